//! [`RouteUrl`]: the URL of a route, as the functions give it that the build script makes.
//!
//! For each route there is one, in `urls` inside the module of the tree: `pages/api/posts/[id].rs` has
//! `pages_api::urls::posts::id`. They are named after the path, not after the file: a function by the last
//! segment, in modules by those before it. `posts/index.rs` and `posts.rs` are `urls::posts()`, groups leave
//! no trace, and the index of the whole tree is `urls::index()`. A name that is no identifier becomes the
//! nearest one, as for modules (`[id]` → `id`, `a-b` → `a_b`, `type` → `r#type`); if that is taken, by a
//! segment whose name is an identifier as it stands, or comes first in the order in which routes are tried,
//! it gets a number (`id_2`). Where the tree has a file or a directory `urls` of its own, the module is
//! `urls_2`.
//!
//! ```ignore
//! use crate::pages_api::urls;
//!
//! urls::posts();                                    // /api/posts
//! urls::posts::id(42)?;                             // /api/posts/42
//! urls::posts::id("a/b")?;                          // /api/posts/a%2Fb
//! urls::docs(["a", "b"])?;                          // /api/docs/a/b, from docs/[[...slug]].rs
//! urls::docs([""; 0])?;                             // /api/docs
//! urls::posts::id(42)?.below("/v2");                // /v2/posts/42
//! ```

use std::{
    cmp::Ordering,
    fmt::{self, Display},
    hash::{Hash, Hasher},
};

use http::{HeaderValue, header::InvalidHeaderValue};
use serde::{Serialize, Serializer};

use crate::routing::path;

/// The URL of a route: the path, with its mount, percent-encoded.
///
/// The functions in `urls` make it, one for each route file: `pages_api::urls::posts::id(42)?` is
/// `/api/posts/42` where there is a `pages/api/posts/[id].rs`, and does not compile where there is none.
/// They take what the route takes: a value that can be displayed for each `[name]`, and several (anything
/// that can be iterated) for `[...name]` and `[[...name]]`. What they give is a `Result` where the route has
/// parameters, as there are values that no URL can bring to a route; see [`RouteUrlError`].
///
/// Values are encoded as the router decodes them: it finds the same values, unless a file with a fixed name
/// is there for one of them. `urls::posts::id("new")` is `/api/posts/new`, and that is
/// `pages/api/posts/new.rs`, if there is such a file.
///
/// It has no slash at its end: an application with [`TrailingSlash::Require`](crate::router::TrailingSlash::Require)
/// answers it with a redirect to the path with one.
///
/// The mount is the one that the directory has by default, `/api` for `pages/api`.
/// An application that mounts it elsewhere says so to each URL, with [`below`](Self::below).
///
/// It is a value of a header, as it is or in the pairs of axum, a string in JSON, and what a redirect takes:
///
/// ```ignore
/// res.status(201).header(header::LOCATION, urls::posts::id(post.id)?).json(&post)
/// res.redirect(urls::posts())
/// ```
///
/// Two URLs are equal where their texts are.
#[derive(Clone)]
#[must_use]
pub struct RouteUrl {
    /// Empty for the root of a router that is mounted at the root.
    text: String,
    /// How much of the text is the mount, which has no slash at its end.
    mount: usize,
}

/// A value of a parameter that no URL brings to its route.
///
/// No path has an empty segment, as `//` is redirected to `/`; clients resolve `.` and `..`, percent-encoded
/// too, before they send a path (RFC 3986, section 5.2.4; the WHATWG URL standard); and `[...name]` takes one
/// segment or more. See [`routing`](crate::routing).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteUrlError {
    parameter: &'static str,
    kind: RouteUrlErrorKind,
}

/// What is wrong with a value; see [`RouteUrlError::kind`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RouteUrlErrorKind {
    /// A segment is empty.
    Empty,
    /// A segment is `.` or `..`.
    Dots,
    /// There is no segment, and the route takes one or more.
    NoSegments,
}

impl RouteUrl {
    /// `mount` and `path` are as in a URL, each empty or with a slash at its start and none at its end.
    #[doc(hidden)]
    pub fn new(mount: &str, path: &str) -> Self {
        Self {
            text: format!("{mount}{path}"),
            mount: mount.len(),
        }
    }

    /// Adds text as it is in a URL, with a slash at its start.
    #[doc(hidden)]
    pub fn text(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    /// Adds the value of a parameter.
    ///
    /// # Errors
    ///
    /// When it is empty, `.` or `..`.
    #[doc(hidden)]
    pub fn segment(
        mut self,
        parameter: &'static str,
        value: &dyn Display,
    ) -> Result<Self, RouteUrlError> {
        let value = value.to_string();
        let fail = |kind| Err(RouteUrlError { parameter, kind });
        match value.as_str() {
            "" => fail(RouteUrlErrorKind::Empty),
            "." | ".." => fail(RouteUrlErrorKind::Dots),
            value => {
                self.text.push('/');
                self.text.push_str(&path::encode_static(value));
                Ok(self)
            }
        }
    }

    /// Adds the values of an optional catch-all, none or more.
    ///
    /// # Errors
    ///
    /// When one of them is empty, `.` or `..`.
    #[doc(hidden)]
    pub fn segments(
        self,
        parameter: &'static str,
        values: impl IntoIterator<Item = impl Display>,
    ) -> Result<Self, RouteUrlError> {
        values
            .into_iter()
            .try_fold(self, |url, value| url.segment(parameter, &value))
    }

    /// Adds the values of a catch-all, one or more.
    ///
    /// # Errors
    ///
    /// When there are none, or one of them is empty, `.` or `..`.
    #[doc(hidden)]
    pub fn some_segments(
        self,
        parameter: &'static str,
        values: impl IntoIterator<Item = impl Display>,
    ) -> Result<Self, RouteUrlError> {
        let before = self.text.len();
        let url = self.segments(parameter, values)?;
        if url.text.len() == before {
            let kind = RouteUrlErrorKind::NoSegments;
            return Err(RouteUrlError { parameter, kind });
        }
        Ok(url)
    }

    /// The same route below another mount, the one that was given to
    /// [`ApiRoutesLayer::mount`](crate::ApiRoutesLayer::mount), as it stands in a URL: `/v2`, or `/` for none.
    ///
    /// What stands before the mount for clients may come along: `/shop/api` where the application is nested
    /// or a proxy removes `/shop`, or `https://example.com/api`.
    pub fn below(self, mount: &str) -> Self {
        let mount = mount.strip_suffix('/').unwrap_or(mount);
        Self::new(mount, self.text.get(self.mount..).unwrap_or_default())
    }

    /// The URL as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        if self.text.is_empty() {
            "/"
        } else {
            &self.text
        }
    }
}

impl Display for RouteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for RouteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl PartialEq for RouteUrl {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for RouteUrl {}

impl PartialOrd for RouteUrl {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RouteUrl {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for RouteUrl {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

/// A string: a link in a JSON body.
impl Serialize for RouteUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl AsRef<str> for RouteUrl {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl From<RouteUrl> for String {
    fn from(url: RouteUrl) -> Self {
        if url.text.is_empty() {
            "/".to_owned()
        } else {
            url.text
        }
    }
}

/// Fails only for a mount with a character that no header may have.
impl TryFrom<RouteUrl> for HeaderValue {
    type Error = InvalidHeaderValue;

    fn try_from(url: RouteUrl) -> Result<Self, InvalidHeaderValue> {
        Self::try_from(String::from(url))
    }
}

impl RouteUrlError {
    /// The name of the parameter, as it is in the name of the file.
    #[must_use]
    pub fn parameter(&self) -> &str {
        self.parameter
    }

    /// What is wrong with the value.
    #[must_use]
    pub fn kind(&self) -> RouteUrlErrorKind {
        self.kind
    }
}

impl Display for RouteUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no URL has this value of `{}`: ", self.parameter)?;
        f.write_str(match self.kind {
            RouteUrlErrorKind::Empty => "it is empty, and no route takes an empty segment",
            RouteUrlErrorKind::Dots => "clients resolve a segment that is `.` or `..`",
            RouteUrlErrorKind::NoSegments => "it has no segments, and its route takes one or more",
        })
    }
}

impl std::error::Error for RouteUrlError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(id: impl Display) -> Result<String, String> {
        let url = RouteUrl::new("/api", "/posts").segment("id", &id);
        url.map(String::from).map_err(|error| error.to_string())
    }

    #[test]
    fn values_are_encoded_as_one_segment() {
        for (value, url) in [
            ("42", "/api/posts/42"),
            ("a/b", "/api/posts/a%2Fb"),
            ("a b?c#d", "/api/posts/a%20b%3Fc%23d"),
            ("%2F", "/api/posts/%252F"),
            ("%2e%2e", "/api/posts/%252e%252e"),
            ("é\\\r\n", "/api/posts/%C3%A9%5C%0D%0A"),
            ("...", "/api/posts/..."),
            ("a:b@c+d", "/api/posts/a:b@c+d"),
        ] {
            assert_eq!(post(value).as_deref(), Ok(url));
        }
        assert_eq!(post(42).as_deref(), Ok("/api/posts/42"));
    }

    #[test]
    fn values_that_no_path_has_are_refused() {
        let dots = "no URL has this value of `id`: clients resolve a segment that is `.` or `..`";
        assert_eq!(post("."), Err(dots.to_owned()));
        assert_eq!(post(".."), Err(dots.to_owned()));
        let empty =
            "no URL has this value of `id`: it is empty, and no route takes an empty segment";
        assert_eq!(post(""), Err(empty.to_owned()));
        let url = || RouteUrl::new("/api", "/docs");
        let error = url().some_segments("slug", [""; 0]).unwrap_err();
        assert_eq!(error.parameter(), "slug");
        assert_eq!(error.kind(), RouteUrlErrorKind::NoSegments);
        assert_eq!(
            error.to_string(),
            "no URL has this value of `slug`: it has no segments, and its route takes one or more"
        );
        assert!(url().segments("slug", ["a", ".."]).is_err());
        assert!(url().some_segments("slug", ["a", ""]).is_err());
    }

    #[test]
    fn catch_alls_are_lists() {
        let url = || RouteUrl::new("", "/docs");
        let of = |url: Result<RouteUrl, RouteUrlError>| String::from(url.unwrap());
        assert_eq!(of(url().segments("slug", [""; 0])), "/docs");
        assert_eq!(of(url().segments("slug", ["a/b", "c"])), "/docs/a%2Fb/c");
        assert_eq!(of(url().some_segments("slug", vec![1, 2])), "/docs/1/2");
    }

    #[test]
    fn a_route_can_be_mounted_elsewhere() {
        for (mount, index, post) in [
            ("/v2", "/v2", "/v2/posts"),
            ("/v2/", "/v2", "/v2/posts"),
            ("/", "/", "/posts"),
            ("", "/", "/posts"),
            (
                "https://a.example/x",
                "https://a.example/x",
                "https://a.example/x/posts",
            ),
        ] {
            assert_eq!(RouteUrl::new("/api", "").below(mount).as_str(), index);
            assert_eq!(RouteUrl::new("/api", "/posts").below(mount).as_str(), post);
            assert_eq!(RouteUrl::new("", "/posts").below(mount).as_str(), post);
        }
        let moved = RouteUrl::new("/api", "/posts").below("/v2").below("/");
        assert_eq!(moved.to_string(), "/posts");
    }

    #[test]
    fn urls_are_equal_where_their_texts_are() {
        let (one, other) = (RouteUrl::new("/api", "/x"), RouteUrl::new("", "/api/x"));
        assert_eq!(one, other);
        assert_eq!(std::collections::HashSet::from([one, other]).len(), 1);
        assert_eq!(RouteUrl::new("", ""), RouteUrl::new("", "/"));
    }

    #[test]
    fn a_url_is_a_header_value_and_a_string_in_json() {
        let url = RouteUrl::new("/api", "/posts");
        assert_eq!(serde_json::to_string(&url).unwrap(), r#""/api/posts""#);
        assert_eq!(HeaderValue::try_from(url.clone()).unwrap(), "/api/posts");
        assert_eq!(
            HeaderValue::try_from(url.below("/").below("")).unwrap(),
            "/posts"
        );
        assert_eq!(String::from(RouteUrl::new("", "")), "/");
        assert!(HeaderValue::try_from(RouteUrl::new("/\n", "")).is_err());
    }

    #[test]
    fn a_url_is_text_in_every_way() {
        let url = RouteUrl::new("/api", "/posts");
        let text: &str = url.as_ref();
        assert_eq!(text, "/api/posts");
        assert_eq!(format!("{url} {url:?}"), r#"/api/posts "/api/posts""#);
    }

    #[test]
    fn urls_compare_and_hash_as_their_texts() {
        let urls = ["a", "b"].map(|id| RouteUrl::new("/api", "/posts").segment("id", &id).unwrap());
        let [a, b] = &urls;
        assert!(a == a && a != b && a < b);
        assert_eq!(a.partial_cmp(b), Some(a.as_str().cmp(b.as_str())));
        let hash = |value: &dyn Fn(&mut std::hash::DefaultHasher)| {
            let mut hasher = std::hash::DefaultHasher::new();
            value(&mut hasher);
            hasher.finish()
        };
        for url in &urls {
            assert_eq!(
                hash(&|state| url.hash(state)),
                hash(&|state| url.as_str().hash(state))
            );
        }
    }
}
