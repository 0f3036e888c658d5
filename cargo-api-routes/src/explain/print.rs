//! What becomes of a request, told to a person.

use tower_api_routes::build::{LayerFile, RouteFile};

use super::{Explained, Outcome};
use crate::output::{BOLD, DIM, GREEN, RED, YELLOW, styled};

pub(super) fn print(explained: &Explained<'_>) {
    let Explained { method, uri, .. } = explained;
    anstream::println!("{}", styled(BOLD, format!("{method} {uri}")));
    headline(explained);
    if let Some(route) = &explained.route {
        line(
            "route",
            &format!("{} ({})", route.path, route.route.origin()),
        );
    }
    if let Some(function) = explained.function() {
        line("function", function);
    }
    if let Outcome::Handler(params) = &explained.outcome {
        for (name, values) in params.iter() {
            let values: Vec<_> = values.map(|it| format!("{it:?}")).collect();
            line("parameter", &format!("{name} = {}", values.join(", ")));
        }
    }
    let layers = explained.file().map(RouteFile::layers);
    for layer in layers.unwrap_or_default() {
        let condition = if layer.is_conditional() {
            ", under #[cfg]"
        } else {
            ""
        };
        line("layer", &format!("{}{condition}", LayerFile::file(layer)));
    }
    for lost in &explained.lost {
        line(
            "lost",
            &format!("{} ({}): {}", lost.path, lost.file, lost.why),
        );
    }
    for route in &explained.nearest {
        line("nearest", route);
    }
    line("mount", explained.mount);
    let path = explained.uri.path();
    let is_unusual = path.contains("//") || path.contains('\\');
    let is_redirect = matches!(explained.outcome, Outcome::Redirect);
    if is_unusual || is_redirect || path.len() > 1 && path.ends_with('/') {
        line("slashes", explained.policy.note());
    }
}

fn headline(explained: &Explained<'_>) {
    let status = explained.status.as_u16();
    let (style, text) = match &explained.outcome {
        Outcome::Handler(_) => (GREEN, "reaches its handler".to_owned()),
        Outcome::Options => (
            GREEN,
            format!(
                "{status}: the router answers OPTIONS itself, Allow: {}",
                allow(explained)
            ),
        ),
        Outcome::Redirect => {
            let to = explained.location.as_deref().unwrap_or_default();
            (YELLOW, format!("{status}: redirect to {to}"))
        }
        Outcome::MethodNotAllowed => (
            RED,
            format!(
                "{status}: the route does not answer this method, Allow: {}",
                allow(explained)
            ),
        ),
        Outcome::Malformed => (
            RED,
            format!("{status}: what stands in the path is not well-formed percent-encoded UTF-8"),
        ),
        Outcome::TooLong => (
            RED,
            format!("{status}: the path has more segments than `RouterOptions::max_segments`"),
        ),
        Outcome::NotFound => (RED, format!("{status}: no route")),
        Outcome::Foreign => (
            YELLOW,
            "a foreign route: left as it comes to the service behind `ApiRoutesLayer`".to_owned(),
        ),
        Outcome::Elsewhere => (
            RED,
            "no route: left as it comes to the service behind `ApiRoutesLayer`".to_owned(),
        ),
    };
    anstream::println!("  {}", styled(style, text));
}

fn allow<'e>(explained: &'e Explained<'_>) -> &'e str {
    explained.allow.as_deref().unwrap_or_default()
}

fn line(name: &str, text: &str) {
    anstream::println!("  {} {text}", styled(DIM, format!("{name:<9}")));
}
