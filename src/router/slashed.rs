//! The spelling of paths that [`TrailingSlash::Require`](super::TrailingSlash::Require) asks for: with a
//! slash at the end, as a Next.js with `trailingSlash: true` writes them.
//!
//! The last segment decides, as in the redirects that such a Next.js has:
//!
//! | last segment | its spelling |
//! | --- | --- |
//! | no dot: `users` | with a slash, `/api/users/` |
//! | the name of a file, which ends with a dot and letters, digits or `_`: `hello.json` | without, `/api/hello.json` |
//! | any other with a dot: `a.b-c` | either |
//!
//! Paths that begin with `/.well-known` may have either, too.

use std::borrow::Cow;

use crate::routing::{WELL_KNOWN, path::trim_trailing_slash};

/// What a spelling asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spelling {
    WithSlash,
    WithoutSlash,
    Either,
}

/// The path to look up, without the slash at its end, if `path` is spelled as it is to be.
pub(super) fn as_served(path: &str) -> Option<&str> {
    let plain = trim_trailing_slash(path);
    match (spelling(plain.unwrap_or(path)), plain) {
        _ if path == "/" => Some(path),
        (_, Some(plain)) if plain.ends_with('/') => None,
        (Spelling::WithSlash | Spelling::Either, Some(plain)) => Some(plain),
        (Spelling::WithoutSlash | Spelling::Either, None) => Some(path),
        _ => None,
    }
}

/// Where `path` is redirected to, unless it is spelled as it is to be. `plain` is the same path without
/// doubled slashes and without one at its end.
pub(super) fn target<'p>(path: &str, plain: &'p str) -> Option<Cow<'p, str>> {
    let target = match spelling(plain) {
        _ if plain == "/" => Cow::Borrowed(plain),
        Spelling::WithSlash => Cow::Owned(format!("{plain}/")),
        Spelling::WithoutSlash => Cow::Borrowed(plain),
        Spelling::Either if path.ends_with('/') => Cow::Owned(format!("{plain}/")),
        Spelling::Either => Cow::Borrowed(plain),
    };
    (target != path).then_some(target)
}

/// How the path of a route is to be spelled, `/api/posts/{id}` say. Where it may be either way, it stays as it
/// is. A parameter is taken for a word, as most of its values are.
#[cfg(feature = "openapi")]
pub(super) fn spelled(path: String) -> String {
    let word = match path.rsplit_once('/') {
        Some((before, last)) if last.starts_with('{') => Cow::Owned(format!("{before}/word")),
        _ => Cow::Borrowed(path.as_str()),
    };
    match target(&word, &word) {
        Some(_) => format!("{path}/"),
        None => path,
    }
}

/// The spelling of a path that is given without a slash at its end.
fn spelling(plain: &str) -> Spelling {
    let mut segments = plain.rsplit('/');
    let last = segments.next().unwrap_or_default();
    let below_root = plain.strip_prefix('/').unwrap_or(plain);
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    match last.rsplit_once('.') {
        _ if below_root.starts_with(WELL_KNOWN) => Spelling::Either,
        None => Spelling::WithSlash,
        Some((name, extension))
            if !name.is_empty() && !extension.is_empty() && extension.chars().all(is_word) =>
        {
            Spelling::WithoutSlash
        }
        Some(_) => Spelling::Either,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_segment_decides_on_the_slash() {
        for (path, served, redirected) in [
            ("/", Some("/"), None),
            ("//", None, Some("/")),
            ("/api/users/", Some("/api/users"), None),
            ("/api/users", None, Some("/api/users/")),
            ("/api/hello.json", Some("/api/hello.json"), None),
            ("/api/hello.json/", None, Some("/api/hello.json")),
            ("/api/v1.2/users", None, Some("/api/v1.2/users/")),
            ("/api/v1.2", Some("/api/v1.2"), None),
            ("/api/a.b-c", Some("/api/a.b-c"), None),
            ("/api/a.b-c/", Some("/api/a.b-c"), None),
            ("/api/.env", Some("/api/.env"), None),
            ("/api/.env/", Some("/api/.env"), None),
            ("/api/a.", Some("/api/a."), None),
            ("/api/%2e", None, Some("/api/%2e/")),
            ("/.well-known/a", Some("/.well-known/a"), None),
            ("/.well-known/a/", Some("/.well-known/a"), None),
            ("/.well-known/a.json/", Some("/.well-known/a.json"), None),
            ("/.well-known-not/a", Some("/.well-known-not/a"), None),
            ("/api/.well-known/a", None, Some("/api/.well-known/a/")),
        ] {
            let plain = trim_trailing_slash(path).unwrap_or(path);
            assert_eq!(as_served(path), served, "{path}");
            assert_eq!(target(path, plain).as_deref(), redirected, "{path}");
        }
    }

    #[cfg(feature = "openapi")]
    #[test]
    fn a_parameter_at_the_end_is_taken_for_a_word() {
        for (path, expected) in [
            ("/", "/"),
            ("/api", "/api/"),
            ("/api/{id}", "/api/{id}/"),
            ("/api/{file.name}", "/api/{file.name}/"),
            ("/{a.b}", "/{a.b}/"),
            ("/api/{id}/hello.json", "/api/{id}/hello.json"),
            ("/.well-known/{id}", "/.well-known/{id}"),
        ] {
            assert_eq!(spelled(path.to_owned()), expected);
        }
    }
}
