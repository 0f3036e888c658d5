//! Redirects: [`ApiResponse::redirect`] and its relatives, and which targets are refused.
//!
//! `res.redirect("/posts/1")` is a 307 with `Location: /posts/1`. A target that a browser would run
//! as a script (`javascript:…`), or one with a line break in it, makes the answer a 500 instead.

use std::fmt;

use http::{HeaderValue, StatusCode, header};
use percent_encoding::{AsciiSet, utf8_percent_encode};

use super::{
    api_response::ApiResponse,
    body::ResponseBody,
    error::{TEXT, mark},
};
use crate::error::ApiError;

/// What of ASCII stands in no URL, and is encoded as what is outside of ASCII. Not the percent sign, as
/// escapes are not to be encoded again; nor the backslash, which a browser takes for a slash within a
/// path. Control characters are refused.
const NO_PATH: &AsciiSet = &AsciiSet::EMPTY
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The same after the path, where a backslash is data.
const NO_QUERY: &AsciiSet = &NO_PATH.add(b'\\');

/// Why a redirect was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RedirectError(Problem);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Problem {
    Status(StatusCode),
    Target,
    Scheme,
    Leaves,
}

impl fmt::Display for RedirectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Problem::Status(status) => write!(
                f,
                "{} is no status of a redirect: use 301, 302, 303, 307 or 308",
                status.as_u16()
            ),
            Problem::Target => {
                f.write_str("the target of the redirect has a character that no header may have")
            }
            Problem::Scheme => f.write_str("the target of the redirect would run as a script"),
            Problem::Leaves => f.write_str("the target of the redirect leaves the site"),
        }
    }
}

impl std::error::Error for RedirectError {}

impl<T> ApiResponse<T> {
    /// Redirects to `url` with 307 (the method and the body are kept), as `res.redirect(url)`.
    ///
    /// `url` may be any URL, absolute ones included: check one that comes from the request, or use
    /// [`redirect_local`](Self::redirect_local). What no URL may have (RFC 3986, section 2) is
    /// percent-encoded: characters outside of ASCII, blanks, ``"<>`{|}^``, and a backslash after the
    /// path. Escapes that are there stay as they are.
    /// A URL with a control character, or one that would run as a script (`javascript:`, `data:`,
    /// `vbscript:`), makes the answer a 500.
    ///
    /// The body is the URL as `text/plain`, whatever type was set; with
    /// [`ErrorFormat::NextJs`](crate::ErrorFormat::NextJs) it has no type, as in Next.js.
    pub fn redirect(self, url: impl AsRef<str>) -> Self {
        self.redirect_with(StatusCode::TEMPORARY_REDIRECT, url)
    }

    /// Redirects with one of the statuses 301, 302, 303, 307 and 308; any other makes the answer a
    /// 500.
    pub fn redirect_with<C>(self, status: C, url: impl AsRef<str>) -> Self
    where
        C: TryInto<StatusCode, Error: Into<crate::error::BoxError>>,
    {
        match status.try_into() {
            Ok(status) => match location(status, url.as_ref()) {
                Ok(location) => self.to(status, location),
                Err(error) => self.fail(error),
            },
            Err(error) => self.fail(error),
        }
    }

    /// Redirects with 307 to a path of this site, for a target that the client has named (`?next=/posts`). One
    /// that could lead anywhere else (another host, another scheme, `//host`, a backslash, a control character)
    /// makes the answer a 400, as the fault is the client's.
    pub fn redirect_local(self, path: impl AsRef<str>) -> Self {
        self.redirect_local_with(StatusCode::TEMPORARY_REDIRECT, path)
    }

    /// [`redirect_local`](Self::redirect_local) with one of the statuses 301, 302, 303, 307 and 308; any other
    /// makes the answer a 500. After a form, 303 makes the browser GET the target (RFC 9110, section 15.4.4).
    pub fn redirect_local_with<C>(self, status: C, path: impl AsRef<str>) -> Self
    where
        C: TryInto<StatusCode, Error: Into<crate::error::BoxError>>,
    {
        let path = path.as_ref();
        if is_local(path) {
            return self.redirect_with(status, path);
        }
        let checked = self.redirect_with(status, "/");
        let leaves = RedirectError(Problem::Leaves);
        checked.fail_as(ApiError::bad_request(leaves.to_string()))
    }

    fn to(mut self, status: StatusCode, location: HeaderValue) -> Self {
        *self.response.status_mut() = status;
        let body = ResponseBody::from(bytes::Bytes::copy_from_slice(location.as_bytes()));
        let headers = self.response.headers_mut();
        // Without a type it is no HTML either: a `<` is encoded.
        if self.marks_text {
            mark(headers, TEXT);
        } else {
            headers.remove(header::CONTENT_TYPE);
        }
        headers.insert(header::LOCATION, location);
        self.body(body)
    }
}

fn location(status: StatusCode, url: &str) -> Result<HeaderValue, RedirectError> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Err(RedirectError(Problem::Status(status)));
    }
    if runs_as_script(url) {
        return Err(RedirectError(Problem::Scheme));
    }
    let (path, query) = url.split_at(url.find(['?', '#']).unwrap_or(url.len()));
    let path = utf8_percent_encode(path, NO_PATH);
    let query = utf8_percent_encode(query, NO_QUERY);
    HeaderValue::try_from(format!("{path}{query}")).map_err(|_| RedirectError(Problem::Target))
}

/// Schemes that a browser would run, with the characters ignored that a URL parser ignores.
fn runs_as_script(url: &str) -> bool {
    let scheme: String = url
        .chars()
        .filter(|char| !char.is_ascii_control())
        .skip_while(|char| *char == ' ')
        .take_while(|char| *char != ':')
        .take(16)
        .collect();
    ["javascript", "data", "vbscript"]
        .iter()
        .any(|script| scheme.eq_ignore_ascii_case(script))
        && url.contains(':')
}

/// One slash, then neither a slash nor a backslash, and nothing that a URL parser would drop.
fn is_local(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path
            .bytes()
            .any(|byte| byte == b'\\' || byte.is_ascii_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h64_location_is_encoded_or_refused() {
        let ok = |url| location(StatusCode::FOUND, url).unwrap();
        assert_eq!(ok("/target"), "/target");
        assert_eq!(ok("/café ✓"), "/caf%C3%A9%20%E2%9C%93");
        assert_eq!(
            ok("https://example.com/a?b=c&d=e#f"),
            "https://example.com/a?b=c&d=e#f"
        );
        assert_eq!(ok("/%E2%9C%93"), "/%E2%9C%93");
        assert_eq!(
            ok("/a b\"<>{}|^`%20%zz?c d=\"<e>\"&f=[g]#h i"),
            "/a%20b%22%3C%3E%7B%7D%7C%5E%60%20%zz?c%20d=%22%3Ce%3E%22&f=[g]#h%20i"
        );
        assert_eq!(
            ok("http://[::1]:80/~a'(*)!$,;:@"),
            "http://[::1]:80/~a'(*)!$,;:@"
        );
        // A URL parser takes it for a slash in a path, and for itself after that.
        assert_eq!(ok(r"/a\b?c\d#e\f"), r"/a\b?c%5Cd#e%5Cf");
        assert_eq!(ok(r"/a\b#e\f?g\h"), r"/a\b#e%5Cf?g%5Ch");
        for url in ["/a\r\nX-Injected: 1", "/a\0", "/a\x7f"] {
            let error = location(StatusCode::FOUND, url).unwrap_err();
            assert_eq!(
                error.to_string(),
                "the target of the redirect has a character that no header may have"
            );
        }
    }

    #[test]
    fn h65_only_paths_of_this_site_are_local() {
        for path in ["/", "/a", "/a//b", "/a?next=//evil"] {
            assert!(is_local(path), "{path}");
        }
        for path in [
            "",
            "a",
            "//evil",
            "/\\evil",
            "\\evil",
            "https:evil",
            "\t//evil",
            "/\t/evil",
            "javascript:x",
            "http://ok\\@evil",
        ] {
            assert!(!is_local(path), "{path:?}");
        }
    }

    #[test]
    fn h65_scripts_are_no_targets() {
        for url in [
            "javascript:alert(1)",
            "JavaScript:x",
            " javascript:x",
            "java\tscript:x",
            "data:text/html,x",
        ] {
            assert!(runs_as_script(url), "{url:?}");
        }
        for url in ["/javascript:x", "https://javascript", "data", "/data:x", ""] {
            assert!(!runs_as_script(url), "{url:?}");
        }
    }

    #[test]
    fn h67_only_redirect_statuses() {
        for status in [200, 201, 300, 304, 305, 306, 309, 404, 999] {
            let status = StatusCode::from_u16(status).unwrap();
            assert!(location(status, "/x").is_err(), "{status}");
        }
    }
}
