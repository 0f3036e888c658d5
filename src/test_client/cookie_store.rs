//! The cookies that a client keeps between its requests (RFC 6265, sections 5.3 and 5.4).

use cookie::{Cookie, Expiration, time::OffsetDateTime};
use http::{HeaderMap, HeaderValue, header, request::Parts};

use super::request::add_cookies;
use crate::routing::path::decode_segment;

/// Cookies with their paths, those of longer paths first. There is one host, and the connection counts
/// as secure, so that `Domain`, `Secure` and `SameSite` play no part.
#[derive(Debug, Default)]
pub(super) struct CookieStore {
    kept: Vec<(Cookie<'static>, String)>,
}

impl CookieStore {
    /// Keeps, replaces and removes what the `Set-Cookie` lines of an answer say.
    pub(super) fn keep_all(&mut self, headers: &HeaderMap, request_path: &str) {
        for line in headers.get_all(header::SET_COOKIE) {
            self.keep(line, request_path);
        }
    }

    /// A line that is no cookie is skipped, as browsers do it.
    pub(super) fn keep(&mut self, line: &HeaderValue, request_path: &str) {
        let Some(cookie) = parse(line) else {
            return;
        };
        let path = match cookie.path() {
            Some(path) if path.starts_with('/') => path,
            _ => default_path(request_path),
        }
        .to_owned();
        self.kept
            .retain(|(kept, of)| kept.name() != cookie.name() || *of != path);
        if !is_over(&cookie) {
            self.kept.push((cookie, path));
            self.kept
                .sort_by_key(|(_, path)| std::cmp::Reverse(path.len()));
        }
    }

    /// Adds the cookies for the path of the request to the ones that it brings itself; these come in
    /// place of kept ones of their name.
    pub(super) fn add_to(&self, request: &mut Parts) {
        let own = request.headers.get(header::COOKIE);
        let own = own.and_then(|own| own.to_str().ok()).unwrap_or_default();
        let is_own = |name: &str| {
            own.split(';')
                .any(|pair| pair.split('=').next().unwrap_or_default().trim() == name)
        };
        let path = request.uri.path();
        let pairs: Vec<String> = self
            .kept
            .iter()
            .filter(|(cookie, of)| path_matches(path, of) && !is_own(cookie.name()))
            .map(|(cookie, _)| format!("{}={}", cookie.name(), cookie.value()))
            .collect();
        if !pairs.is_empty() {
            add_cookies(&mut request.headers, pairs.join("; ").as_bytes());
        }
    }

    /// The decoded value of a cookie; of several paths, the longest.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let mut kept = self.kept.iter();
        let (cookie, _) = kept.find(|(cookie, _)| cookie.name() == name)?;
        Some(decoded(cookie.value()))
    }
}

/// The cookie of a `Set-Cookie` line.
pub(super) fn parse(line: &HeaderValue) -> Option<Cookie<'static>> {
    Cookie::parse(line.to_str().ok()?.to_owned()).ok()
}

/// A value as `req.cookies` has it: percent-decoded, or as it is where that cannot be done.
pub(super) fn decoded(value: &str) -> String {
    decode_segment(value).map_or_else(|_| value.to_owned(), Into::into)
}

/// Whether a cookie has ended when it comes, which removes one; `Max-Age` comes before `Expires`.
fn is_over(cookie: &Cookie<'_>) -> bool {
    match (cookie.max_age(), cookie.expires()) {
        (Some(age), _) => !age.is_positive(),
        (None, Some(Expiration::DateTime(time))) => time <= OffsetDateTime::now_utc(),
        (None, _) => false,
    }
}

/// The path of a cookie that names none (RFC 6265, section 5.1.4).
fn default_path(request_path: &str) -> &str {
    match request_path.rsplit_once('/') {
        None | Some(("", _)) => "/",
        Some((directory, _)) => directory,
    }
}

/// RFC 6265, section 5.1.4.
fn path_matches(request: &str, cookie: &str) -> bool {
    request
        .strip_prefix(cookie)
        .is_some_and(|rest| rest.is_empty() || cookie.ends_with('/') || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(lines: &[&str]) -> CookieStore {
        let mut store = CookieStore::default();
        for line in lines {
            store.keep(&HeaderValue::try_from(*line).unwrap(), "/a/b");
        }
        store
    }

    fn sent(lines: &[&str], path: &str) -> String {
        let (mut parts, ()) = http::Request::get(path).body(()).unwrap().into_parts();
        store(lines).add_to(&mut parts);
        let cookie = parts.headers.remove(header::COOKIE);
        cookie.map_or_else(String::new, |it| it.to_str().unwrap().to_owned())
    }

    #[test]
    fn cookies_go_to_the_paths_they_are_for() {
        let lines = ["root=1; Path=/", "dir=2", "deep=3; Path=/a/b/c"];
        for (path, cookies) in [
            ("/", "root=1"),
            ("/a", "dir=2; root=1"),
            ("/ab", "root=1"),
            ("/a/x", "dir=2; root=1"),
            ("/a/b/c/d", "deep=3; dir=2; root=1"),
        ] {
            assert_eq!(sent(&lines, path), cookies, "{path}");
        }
    }

    #[test]
    fn a_cookie_is_replaced_and_removed_by_its_name_and_path() {
        let old = "Expires=Thu, 01 Jan 1970 00:00:00 GMT";
        for (second, cookies) in [
            ("s=2; Path=/", "s=2"),
            ("s=2; Path=/a", "s=2; s=1"),
            ("s=; Path=/; Max-Age=0", ""),
            ("s=; Path=/; Max-Age=-1", ""),
            (&format!("s=; Path=/; {old}"), ""),
            // Max-Age comes first.
            (&format!("s=2; Path=/; Max-Age=60; {old}"), "s=2"),
            ("s=; Path=/elsewhere; Max-Age=0", "s=1"),
        ] {
            assert_eq!(sent(&["s=1; Path=/", second], "/a"), cookies, "{second}");
        }
    }

    #[test]
    fn what_is_no_cookie_is_skipped() {
        assert_eq!(sent(&["", "=x", "no pair", "a=1"], "/a"), "a=1");
    }

    #[test]
    fn values_are_sent_as_they_came_and_shown_decoded() {
        assert_eq!(sent(&["a=x%20y"], "/a"), "a=x%20y");
        assert_eq!(store(&["a=x%20y"]).get("a").as_deref(), Some("x y"));
        assert_eq!(store(&["a=%ff"]).get("a").as_deref(), Some("%ff"));
    }
}
