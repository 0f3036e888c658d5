//! `explain`: what the server does with a request, and why. The request is sent to the crate's own router
//! (see `engine`), whose answer is told here.

mod candidates;
mod print;

use std::{
    cmp::Reverse,
    io::{self, BufRead},
};

use clap::{Args, ValueEnum};
use http::{Method, Request, Response, StatusCode, Uri, header};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tower_api_routes::{
    Body, FsRouter, MatchedRoute, MultiMap, RouterOptions,
    build::{LayerFile, RouteFile},
    router::TrailingSlash,
};

use crate::{
    Failure, Verdict,
    engine::{Left, Reached, Route, Tree, ask, trees},
    package::Location,
};
use candidates::{Lost, lost, nearest};

/// Explain what becomes of a request: its route, parameters, layers, and which routes lost; exit code 1 if it reaches no handler
///
/// The answer is that of the router that the server runs, as `ApiRoutesLayer` puts it in front of another service, with the routes of
/// the tree and the options given here. What layers
/// and handlers answer is not known: nothing is compiled.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// `GET /api/posts/1?x=2`: a method (GET where there is none) and a path as it is sent, or a URL; `-` reads one
    /// request from each line of the standard input
    #[arg(required = true, num_args = 1..=2, value_names = ["METHOD", "PATH"])]
    request: Vec<String>,
    /// As JSON, one line for each request
    #[arg(long)]
    json: bool,
    /// Where the routes are mounted [default: at what follows `pages` in the directory]
    #[arg(long, value_name = "PATH")]
    mount: Option<String>,
    /// What the application has chosen for paths with a slash too many or too few
    #[arg(long, value_name = "POLICY", default_value = "redirect")]
    trailing_slash: Policy,
    /// What the application has chosen for the most segments of a catch-all
    #[arg(long, value_name = "SEGMENTS", default_value_t = 128)]
    max_segments: usize,
    /// The router stands alone, as `ApiRoutesLayer::router` gives it, and is no layer in front of another service
    #[arg(long)]
    alone: bool,
    /// The application has chosen `RouterOptions::claim_mount`
    #[arg(long)]
    claim_mount: bool,
}

/// A [`TrailingSlash`] by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Policy {
    Redirect,
    Require,
    Strict,
    Ignore,
}

/// What becomes of a request.
struct Explained<'r> {
    method: Method,
    uri: Uri,
    status: StatusCode,
    outcome: Outcome,
    mount: &'r str,
    route: Option<Matched<'r>>,
    allow: Option<String>,
    location: Option<String>,
    /// Other routes that match the path.
    lost: Vec<Lost>,
    /// Routes like the path, where none matches.
    nearest: Vec<String>,
    policy: Policy,
}

struct Matched<'r> {
    path: String,
    route: Route<'r>,
}

#[derive(Debug)]
enum Outcome {
    /// A handler, with the parameters that it gets.
    Handler(MultiMap),
    /// The router itself answers OPTIONS.
    Options,
    Redirect,
    MethodNotAllowed,
    Malformed,
    TooLong,
    NotFound,
    /// No route of ours: left to the service behind.
    Elsewhere,
    /// A route that is left to the service behind, whatever the method, the escapes and the slashes at the end.
    Foreign,
}

impl Explain {
    pub(crate) fn run(&self, location: &Location) -> Result<Verdict, Failure> {
        let package = location.package()?;
        let report = package.sound_report()?;
        let trees = trees(&report, self.mount.as_deref());
        let mut routers = Vec::new();
        for tree in &trees {
            routers.push((tree, tree.router(self.options())?));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let mut verdict = Verdict::Good;
        let mut explain = |line: &str| -> Result<(), Failure> {
            let (method, uri) = request(line)?;
            let explained = self.explain(&routers, &runtime, &method, &uri)?;
            if self.json {
                anstream::println!("{}", explained.json());
            } else {
                print::print(&explained);
            }
            if !matches!(explained.outcome, Outcome::Handler(_) | Outcome::Options) {
                verdict = Verdict::Bad;
            }
            Ok(())
        };
        if self.request == ["-"] {
            for line in io::stdin().lock().lines() {
                explain(&line?)?;
            }
        } else {
            explain(&self.request.join(" "))?;
        }
        Ok(verdict)
    }

    fn options(&self) -> RouterOptions {
        let policy = match self.trailing_slash {
            Policy::Redirect => TrailingSlash::Redirect,
            Policy::Require => TrailingSlash::Require,
            Policy::Strict => TrailingSlash::Strict,
            Policy::Ignore => TrailingSlash::Ignore,
        };
        RouterOptions::new()
            .trailing_slash(policy)
            .max_segments(self.max_segments)
            .claim_mount(self.claim_mount)
            .route_in_responses(true)
    }

    /// Asks the routers one after the other, the one with the longest mount that the path lies below first, until one of them does
    /// not leave the request to what is behind it.
    fn explain<'r>(
        &self,
        routers: &[(&'r Tree<'r>, FsRouter)],
        runtime: &Runtime,
        method: &Method,
        uri: &Uri,
    ) -> Result<Explained<'r>, Failure> {
        let mut routers: Vec<_> = routers.iter().collect();
        routers.sort_by_key(|(tree, _)| {
            let is_below = candidates::below(&tree.mount, uri.path()).is_some();
            Reverse(is_below.then_some(tree.mount.len()))
        });
        let ask = |(tree, router): &(&'r Tree<'r>, FsRouter)| {
            self.ask(tree, router.clone(), runtime, method, uri)
        };
        let mut told = routers.iter().map(|it| ask(it));
        let first = told.next().ok_or("there are no routes")?;
        if !matches!(first.outcome, Outcome::Elsewhere) {
            return Ok(first);
        }
        Ok(told
            .find(|it| !matches!(it.outcome, Outcome::Elsewhere))
            .unwrap_or(first))
    }

    /// Asks one router.
    fn ask<'r>(
        &self,
        tree: &'r Tree<'r>,
        router: FsRouter,
        runtime: &Runtime,
        method: &Method,
        uri: &Uri,
    ) -> Explained<'r> {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method.clone();
        *request.uri_mut() = uri.clone();
        let response = runtime.block_on(ask(router, self.alone, request));
        let mut outcome = outcome(&response);
        let matched = response.extensions().get::<MatchedRoute>();
        let mut route = matched.and_then(|it| {
            let (path, route) = (it.pattern().to_owned(), tree.route(it.pattern())?);
            Some(Matched { path, route })
        });
        if let (Outcome::Elsewhere, Some(foreign)) =
            (&outcome, candidates::foreign(tree, uri.path()))
        {
            outcome = Outcome::Foreign;
            let path = tree.path(foreign);
            route = Some(Matched {
                path,
                route: foreign,
            });
        }
        let header = |name| {
            let value = response.headers().get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let is_nothing = matches!(outcome, Outcome::NotFound | Outcome::Elsewhere);
        Explained {
            status: response.status(),
            mount: &tree.mount,
            allow: header(header::ALLOW),
            location: header(header::LOCATION),
            lost: match &route {
                Some(route) => lost(tree, route.route, uri.path()),
                None => Vec::new(),
            },
            nearest: match is_nothing {
                true => nearest(tree, uri.path()),
                false => Vec::new(),
            },
            outcome,
            route,
            method: method.clone(),
            uri: uri.clone(),
            policy: self.trailing_slash,
        }
    }
}

fn outcome<B>(response: &Response<B>) -> Outcome {
    if let Some(Reached(params)) = response.extensions().get() {
        return Outcome::Handler(params.clone());
    }
    if response.extensions().get::<Left>().is_some() {
        return Outcome::Elsewhere;
    }
    match response.status() {
        StatusCode::PERMANENT_REDIRECT => Outcome::Redirect,
        StatusCode::METHOD_NOT_ALLOWED => Outcome::MethodNotAllowed,
        StatusCode::BAD_REQUEST => Outcome::Malformed,
        StatusCode::URI_TOO_LONG => Outcome::TooLong,
        StatusCode::NOT_FOUND => Outcome::NotFound,
        _ => Outcome::Options,
    }
}

/// Reads `GET /path`, or `/path` alone.
fn request(line: &str) -> Result<(Method, Uri), Failure> {
    let (method, target) = match line.trim().split_once(char::is_whitespace) {
        Some((method, target)) => (method, target.trim_start()),
        None => ("GET", line.trim()),
    };
    let method =
        Method::from_bytes(method.as_bytes()).map_err(|_| format!("{method:?} is no method"))?;
    let uri = target.parse::<Uri>().map_err(|error| {
        format!("{target:?} cannot be sent: {error}; in a request everything but ASCII, and blanks, are percent-encoded")
    })?;
    if !uri.path().starts_with('/') {
        return Err(format!("{target:?} is no path: it begins with a slash").into());
    }
    Ok((method, uri))
}

impl Outcome {
    fn name(&self) -> &'static str {
        match self {
            Self::Handler(_) => "handler",
            Self::Options => "options",
            Self::Redirect => "redirect",
            Self::MethodNotAllowed => "method not allowed",
            Self::Malformed => "malformed",
            Self::TooLong => "too long",
            Self::NotFound => "not found",
            Self::Elsewhere => "elsewhere",
            Self::Foreign => "foreign",
        }
    }
}

impl Explained<'_> {
    fn file(&self) -> Option<&RouteFile> {
        self.route.as_ref().and_then(|it| it.route.file())
    }

    /// The function of the file that answers.
    fn function(&self) -> Option<&str> {
        let Outcome::Handler(_) = self.outcome else {
            return None;
        };
        let method = self.method.as_str().to_lowercase();
        let file = self.file()?;
        let has = |name: &str| file.functions().find(|it| *it == name);
        let of_get = || has("get").filter(|_| method == "head");
        has(&method)
            .or_else(of_get)
            .or_else(|| has("handler"))
            .or_else(|| has("service"))
    }

    fn json(&self) -> Value {
        let file = self.file();
        let foreign = self.route.as_ref().and_then(|it| it.route.foreign());
        let layers: Vec<_> = file
            .map(RouteFile::layers)
            .unwrap_or_default()
            .iter()
            .map(LayerFile::file)
            .collect();
        let lost = self
            .lost
            .iter()
            .map(|it| json!({ "path": it.path, "file": it.file, "why": it.why }));
        json!({
            "method": self.method.as_str(),
            "target": self.uri.to_string(),
            "outcome": self.outcome.name(),
            // What a handler answers is not known here.
            "status": match self.outcome {
                Outcome::Handler(_) | Outcome::Foreign | Outcome::Elsewhere => None,
                _ => Some(self.status.as_u16()),
            },
            "route": self.route.as_ref().map(|it| it.path.as_str()),
            "file": file.map(RouteFile::file).or(foreign.and_then(|it| it.file())),
            "leftBy": foreign.and_then(|it| it.left_by()),
            "function": self.function(),
            "params": match &self.outcome {
                Outcome::Handler(params) => Some(params),
                _ => None,
            },
            "layers": layers,
            "allow": self.allow,
            "location": self.location,
            "lost": lost.collect::<Vec<_>>(),
            "nearest": self.nearest,
        })
    }
}

impl Policy {
    fn note(self) -> &'static str {
        match self {
            Self::Redirect => {
                "TrailingSlash::Redirect: a route's path with doubled slashes, backslashes or a slash at the end is redirected (308) to the clean one"
            }
            Self::Require => {
                "TrailingSlash::Require: a route's path has a slash at its end, unless it ends with the name of a file; others are redirected (308)"
            }
            Self::Strict => "TrailingSlash::Strict: a path with a slash too many matches nothing",
            Self::Ignore => {
                "TrailingSlash::Ignore: a slash at the end is overlooked, doubled slashes match nothing"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_a_method_and_a_path() {
        for (line, expected) in [
            ("/a", Some("GET /a")),
            (" PUT  /a%2Fb?x=1 ", Some("PUT /a%2Fb?x=1")),
            (
                "GET https://example.com/a/",
                Some("GET https://example.com/a/"),
            ),
            ("a", None),
            ("GET /a b", None),
            ("G@T /a", None),
            ("", None),
        ] {
            let found = request(line)
                .ok()
                .map(|(method, uri)| format!("{method} {uri}"));
            assert_eq!(found.as_deref(), expected, "{line:?}");
        }
    }
}
