//! The routes that did not win: those that match the path too, and those that are only like it.

use strsim::levenshtein;
use tower_api_routes::routing::{Pattern, RouteTree, Segment, path};

use crate::engine::{Route, Tree};

/// A route that matches a path and is not the one that answers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lost {
    pub(super) path: String,
    pub(super) file: String,
    pub(super) why: String,
}

/// How many routes are shown where none matches.
const NEAREST: usize = 3;

/// The path below a mount, cleaned; `None` where it does not lie there.
pub(super) fn below(mount: &str, path: &str) -> Option<String> {
    let clean = path::collapse(path).unwrap_or_else(|| path.to_owned());
    let rest = clean.strip_prefix(mount.trim_end_matches('/'))?;
    let is_below = rest.is_empty() || rest.starts_with('/');
    is_below.then(|| rest.trim_matches('/').to_owned())
}

/// The foreign route that a path belongs to, whatever its slashes.
pub(super) fn foreign<'r>(tree: &Tree<'r>, path: &str) -> Option<Route<'r>> {
    let mut all = RouteTree::new();
    for route in &tree.routes {
        // The router holds them all, so none is refused.
        all.insert(Pattern::parse(route.pattern()).ok()?, *route)
            .ok()?;
    }
    let found = *all.at(&below(&tree.mount, path)?)?.value;
    found.foreign().is_some().then_some(found)
}

/// The routes that match the path and lose against `winner`, in the order in which they would come.
pub(super) fn lost(tree: &Tree<'_>, winner: Route<'_>, path: &str) -> Vec<Lost> {
    let Some(path) = below(&tree.mount, path) else {
        return Vec::new();
    };
    let Ok(best) = Pattern::parse(winner.pattern()) else {
        return Vec::new();
    };
    let others = tree
        .routes
        .iter()
        .filter(|it| it.pattern() != winner.pattern());
    let mut found: Vec<_> = others
        .filter_map(|route| {
            let pattern = Pattern::parse(route.pattern()).ok()?;
            let mut alone = RouteTree::new();
            alone.insert(pattern.clone(), ()).ok()?;
            alone.at(&path)?;
            let lost = Lost {
                path: tree.path(*route),
                file: route.origin(),
                why: why(&best, &pattern),
            };
            Some((pattern, lost))
        })
        .collect();
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    found.into_iter().map(|(_, lost)| lost).collect()
}

/// Why the one pattern comes before the other, where a path matches both: by the first segment in which
/// they differ.
fn why(winner: &Pattern, loser: &Pattern) -> String {
    let pairs = winner.segments().iter().zip(loser.segments());
    match pairs.into_iter().find(|(one, other)| one != other) {
        Some((one, other)) => format!(
            "`{one}`, {}, comes before `{other}`, {}",
            kind(one),
            kind(other)
        ),
        None => "the route that ends here comes first".to_owned(),
    }
}

fn kind(segment: &Segment) -> &'static str {
    match segment {
        Segment::Static(_) => "a static name",
        Segment::Dynamic(_) => "a parameter",
        Segment::CatchAll(_) => "a catch-all",
        _ => "an optional catch-all",
    }
}

/// The routes that are most like a path that matches none.
pub(super) fn nearest(tree: &Tree<'_>, path: &str) -> Vec<String> {
    let whole = path.trim_matches('/');
    let mount = tree.mount.trim_matches('/');
    let below_mount = format!("{mount}/{whole}");
    let mut routes: Vec<_> = tree
        .routes
        .iter()
        .map(|it| {
            let path = tree.path(*it);
            let route = path.trim_matches('/');
            // Who asks for `/hello` may mean `/api/hello`.
            let forgotten = distance(&below_mount, route) + 1;
            (distance(whole, route).min(forgotten), path)
        })
        // What has to be changed in more than half of it is not like it.
        .filter(|(distance, route)| *distance <= route.len().max(whole.len()) / 2)
        .collect();
    routes.sort();
    routes
        .into_iter()
        .take(NEAREST)
        .map(|(_, path)| path)
        .collect()
}

/// How many characters of a path would have to change for it to match a pattern: a parameter fits whatever
/// stands in its place, and one that is missing is a slash and a character.
fn distance(path: &str, pattern: &str) -> usize {
    let mut path_segments = path.split('/').filter(|it| !it.is_empty());
    let mut distance = 0;
    for segment in pattern.split('/') {
        let is_rest = segment.starts_with("[...") || segment.starts_with("[[...");
        distance += match path_segments.next() {
            // What is fit for everything is like nothing.
            _ if is_rest => return distance + 1,
            Some(_) if segment.starts_with('[') => 0,
            Some(found) => levenshtein(found, segment),
            None if segment.starts_with('[') => 2,
            None => segment.chars().count() + 1,
        };
    }
    distance
        + path_segments
            .map(|it| it.chars().count() + 1)
            .sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_lies_below_a_mount_whatever_its_slashes() {
        for (mount, path, found) in [
            ("/api", "/api", Some("")),
            ("/api", "/api/a/b/", Some("a/b")),
            ("/api", "//api//a", Some("a")),
            ("/api", "/apis", None),
            ("/", "/a", Some("a")),
        ] {
            assert_eq!(below(mount, path).as_deref(), found, "{path}");
        }
    }

    #[test]
    fn distances_are_characters_to_change() {
        for (path, pattern, expected) in [
            ("api/user", "api/users", 1),
            ("api/users/1", "api/users/[id]", 0),
            ("api/users", "api/users/[id]", 2),
            ("api/users/", "api/users/[id]", 2),
            ("api/a/b/c", "api/[...rest]", 1),
            ("hello", "api/[...rest]", 6),
            ("api/a/b", "api/a", 2),
        ] {
            assert_eq!(distance(path, pattern), expected, "{path} {pattern}");
        }
    }
}
