//! Cookies: an extractor, a layer that has them parsed once for everyone behind it, and (feature
//! `cookies`) the checked way to set them.
//!
#![cfg_attr(feature = "cookies", doc = "```")]
#![cfg_attr(not(feature = "cookies"), doc = "```ignore")]
//! use axum::{Router, http::header, response::IntoResponse, routing::get};
//! use tower_api_routes::{
//!     ApiError, Cookies,
//!     cookies::{Cookie, set_cookie_value},
//! };
//!
//! async fn visit(cookies: Cookies) -> Result<impl IntoResponse, ApiError> {
//!     let visits: u32 = cookies.get("visits").and_then(|text| text.parse().ok()).unwrap_or(0);
//!     let cookie = Cookie::build(("visits", (visits + 1).to_string())).path("/").http_only(true);
//!     let header = [(header::SET_COOKIE, set_cookie_value(&cookie.build())?)];
//!     Ok((header, format!("visit {}", visits + 1)))
//! }
//!
//! let app: Router = Router::new().route("/", get(visit));
//! ```
//!
//! [`CookiesLayer`] works on any tower service, axum or not: it leaves [`ParsedCookies`] in the
//! extensions of the request, which parse the `Cookie` headers when they are first asked and at
//! most once.
//!
//! ```
//! use http::{Request, Response, header};
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//! use tower_api_routes::{CookiesLayer, cookies::ParsedCookies};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), tower_api_routes::BoxError> {
//! let service = ServiceBuilder::new()
//!     .layer(CookiesLayer::new())
//!     .service(service_fn(async |request: Request<String>| {
//!         let cookies = request.extensions().get::<ParsedCookies>();
//!         let theme = cookies.and_then(|cookies| cookies.get().ok()?.get("theme"));
//!         let answer = theme.unwrap_or("light").to_owned();
//!         Ok::<_, std::convert::Infallible>(Response::new(answer))
//!     }));
//!
//! let request = Request::get("/").header(header::COOKIE, "theme=dark").body(String::new())?;
//! assert_eq!(service.oneshot(request).await?.body(), "dark");
//! # Ok(())
//! # }
//! ```
//!
//! # How `Cookie` headers are read
//!
//! As Next.js reads them, but for the last four lines:
//!
//! - Bytes are Latin-1 characters. Several headers count as one, in their order.
//! - Pairs are separated by `;` and by nothing else: a comma is data, and so are quotes around a
//!   semicolon and names such as `$Version`
//!   ([RFC 6265, section 4.2.2](https://www.rfc-editor.org/rfc/rfc6265#section-4.2.2) knows no
//!   attributes here). A name ends at the first `=`; it may be empty.
//! - A pair without `=` is skipped. No pair hides another.
//! - Names are case-sensitive and never decoded.
//! - A value is percent-decoded; if an escape is malformed or the result is not UTF-8, it stays as
//!   it was. `+` is a plus sign.
//! - The first cookie of a name counts; [`Cookies::get_all`] gives all of them.
//! - Quotation marks around a value are taken off before it is decoded
//!   ([RFC 6265, section 4.1.1](https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1)). One without
//!   its partner is data, so that nothing of `"abc` is lost.
//! - Only blanks and tabs are trimmed. Other white space belongs to the name, so that no disguised
//!   name passes for one with a `__Host-` prefix.
//! - `constructor`, `__proto__` and the like are names like any other.
//! - More than [`MAX_BYTES`] of `Cookie` headers or more than [`MAX_COOKIES`] pairs are refused.

#[cfg(any(feature = "signed-cookies", feature = "private-cookies"))]
mod jar;
mod parse;
#[cfg(feature = "cookies")]
mod set_cookie;

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use axum_core::extract::FromRequestParts;
#[cfg(feature = "cookies")]
pub use cookie::{Cookie, CookieBuilder, Expiration, SameSite, time};
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use serde::{Deserialize, Serialize, Serializer};

#[cfg(any(feature = "signed-cookies", feature = "private-cookies"))]
pub use self::jar::Key;
#[cfg(feature = "private-cookies")]
pub use self::jar::PrivateCookies;
#[cfg(feature = "signed-cookies")]
pub use self::jar::SignedCookies;
use self::parse::Refused;
pub use self::parse::{MAX_BYTES, MAX_COOKIES};
#[cfg(feature = "cookies")]
pub use self::set_cookie::{SetCookieError, set_cookie_value};
use crate::{
    de,
    error::ApiError,
    extension_layer::extension_layer,
    headers::has_header,
    key_order,
    multi_map::{MultiMap, Values},
};

/// The cookies of a request. Clones share them.
///
/// Serializes as Next.js prints `req.cookies`: the first value of each name, array indexes first,
/// then the other names in the order they came. The [module docs](self) have the rules and an
/// example.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Cookies {
    pairs: Arc<MultiMap>,
}

impl Cookies {
    /// Reads all `Cookie` headers.
    ///
    /// # Errors
    ///
    /// 431 for more than [`MAX_BYTES`] or more than [`MAX_COOKIES`].
    pub fn from_headers(headers: &HeaderMap) -> Result<Self, ApiError> {
        Self::read(headers.get_all(header::COOKIE)).map_err(ApiError::from_refused)
    }

    /// The cookies of a request, those of a [`CookiesLayer`] if there is one.
    pub(crate) fn from_parts(parts: &Parts) -> Result<Self, ApiError> {
        match parts.extensions.get::<ParsedCookies>() {
            Some(cookies) if cookies.are_of(&parts.headers) => cookies.get().cloned(),
            _ => Self::from_headers(&parts.headers),
        }
    }

    /// Whether the limits cannot be exceeded, told from the length of the headers.
    #[inline]
    pub(crate) fn are_few(headers: &HeaderMap) -> bool {
        if !has_header(headers, &header::COOKIE) {
            return true;
        }
        let values = headers.get_all(header::COOKIE).iter();
        values.map(HeaderValue::len).sum::<usize>() < MAX_COOKIES
    }

    fn read<'a>(headers: impl IntoIterator<Item = &'a HeaderValue>) -> Result<Self, Refused> {
        let headers = headers.into_iter().map(HeaderValue::as_bytes);
        let pairs = Arc::new(parse::parse(headers)?);
        Ok(Self { pairs })
    }

    /// The value of the first cookie named `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.get(name)
    }

    /// The value of the cookie named `name`, which must be the only one; `None` where there is none.
    ///
    /// Of two with one name a browser does not say which is yours: a neighbouring subdomain may have set the other.
    ///
    /// # Errors
    ///
    /// 400 where several were sent, naming them.
    pub fn single(&self, name: &str) -> Result<Option<&str>, ApiError> {
        self.pairs.single(name)
    }

    /// The values of all cookies named `name`, in the order they came.
    ///
    /// A browser sends several when they were set for different paths or domains, possibly by a
    /// neighbouring subdomain that is not yours.
    #[must_use]
    pub fn get_all(&self, name: &str) -> Values<'_> {
        self.pairs.get_all(name)
    }

    /// Whether there is a cookie named `name`.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.pairs.contains(name)
    }

    /// The number of different names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there is no cookie.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The names in the order they came, each with its first value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs
            .iter()
            .filter_map(|(name, mut values)| Some((name, values.next()?)))
    }

    /// Reads the cookies into a type of yours, as [`MultiMap::deserialize`] does, with the first
    /// value of each name.
    ///
    /// # Errors
    ///
    /// A value does not fit its field, or a field that must be there is missing. The error names
    /// the field and what was expected, and never shows what was sent.
    pub fn deserialize<'de, T: Deserialize<'de>>(&'de self) -> Result<T, de::Error> {
        let pairs: Vec<_> = self
            .iter()
            .map(|(name, value)| (name, de::Value::One(value)))
            .collect();
        de::from_pairs(de::Mode::Named, &pairs)
    }
}

impl fmt::Debug for Cookies {
    /// Shows the names alone: values are often secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.iter().map(|(name, _)| name);
        f.debug_set().entries(names).finish()
    }
}

impl Serialize for Cookies {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut items: Vec<_> = self.iter().collect();
        key_order::sort(&mut items, |(name, _)| name);
        serializer.collect_map(items)
    }
}

impl<S: Sync> FromRequestParts<S> for Cookies {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        Self::from_parts(parts)
    }
}

/// The cookies of a request, parsed when they are first asked for, and at most once.
///
/// [`CookiesLayer`] puts them into the extensions of the request. Clones share what was parsed.
#[derive(Clone)]
pub struct ParsedCookies {
    shared: Arc<Shared>,
}

struct Shared {
    headers: Vec<HeaderValue>,
    parsed: OnceLock<Result<Cookies, Refused>>,
}

impl ParsedCookies {
    /// The cookies in `headers`. Nothing is parsed yet.
    #[must_use]
    pub fn new(headers: &HeaderMap) -> Self {
        Self {
            shared: Arc::new(Shared {
                headers: headers.get_all(header::COOKIE).iter().cloned().collect(),
                parsed: OnceLock::new(),
            }),
        }
    }

    /// The cookies.
    ///
    /// # Errors
    ///
    /// 431 for more than [`MAX_BYTES`] or more than [`MAX_COOKIES`].
    pub fn get(&self) -> Result<&Cookies, ApiError> {
        let Shared { headers, parsed } = &*self.shared;
        parsed
            .get_or_init(|| Cookies::read(headers))
            .as_ref()
            .map_err(|refused| ApiError::from_refused(*refused))
    }

    /// Whether `headers` still have the cookies that this was made from.
    fn are_of(&self, headers: &HeaderMap) -> bool {
        headers
            .get_all(header::COOKIE)
            .iter()
            .eq(&self.shared.headers)
    }
}

impl fmt::Debug for ParsedCookies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ParsedCookies")
            .field(&self.shared.parsed.get())
            .finish()
    }
}

impl ApiError {
    fn from_refused(refused: Refused) -> Self {
        Self::from_status(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE).with_source(refused)
    }
}

extension_layer! {
    /// Gives every request [`ParsedCookies`] in its extensions.
    ///
    /// The extractor [`Cookies`] uses them, so that several extractors share what was parsed. The
    /// [module docs](self) have an example.
    CookiesLayer, CookiesService, |request| ParsedCookies::new(request.headers())
}

#[cfg(test)]
mod tests {
    use std::{
        future::Future,
        pin::pin,
        task::{Context, Poll, Waker},
    };

    use super::*;

    fn headers(lines: &[&str]) -> HeaderMap {
        let values = lines
            .iter()
            .map(|line| HeaderValue::from_str(line).unwrap());
        values.map(|value| (header::COOKIE, value)).collect()
    }

    fn cookies(lines: &[&str]) -> Cookies {
        Cookies::from_headers(&headers(lines)).unwrap()
    }

    #[test]
    fn the_first_of_a_name_counts_and_the_others_are_there() {
        let cookies = cookies(&["b=1; a=2", "b=3; 7=x"]);
        assert_eq!(cookies.get("b"), Some("1"));
        assert!(cookies.get_all("b").eq(["1", "3"]));
        assert_eq!(cookies.get("B"), None);
        assert_eq!(cookies.len(), 3);
        assert!(cookies.iter().eq([("b", "1"), ("a", "2"), ("7", "x")]));
        assert!(cookies.contains("a") && !cookies.contains("c"));
        assert!(!cookies.is_empty() && Cookies::default().is_empty());
        assert_eq!(cookies.single("a").unwrap(), Some("2"));
        assert_eq!(cookies.single("c").unwrap(), None);
        assert_eq!(cookies.single("b").unwrap_err().status(), 400);
        assert_eq!(
            serde_json::to_string(&cookies).unwrap(),
            r#"{"7":"x","b":"1","a":"2"}"#
        );

        #[derive(Debug, Deserialize, PartialEq)]
        struct Typed {
            b: u8,
        }
        assert_eq!(cookies.deserialize::<Typed>().unwrap(), Typed { b: 1 });
    }

    #[test]
    fn values_are_not_shown() {
        assert_eq!(format!("{:?}", cookies(&["b=1; a=2"])), r#"{"b", "a"}"#);
        let parsed = ParsedCookies::new(&headers(&["token=secret"]));
        assert!(parsed.get().is_ok());
        let text = format!("{parsed:?}");
        assert!(text.contains("token") && !text.contains("secret"), "{text}");
    }

    #[test]
    fn more_than_512_are_refused_and_never_taken_for_few() {
        for (line, is_taken) in [
            ("a=1".to_owned(), true),
            (";".repeat(2000), true),
            ("=;".repeat(255), true),
            ("=;".repeat(512), true),
            ("=;".repeat(513), false),
            ("a=1;".repeat(512), true),
            ("a=1;".repeat(513), false),
        ] {
            // In one header, and in two.
            let half = line.len() / 4 * 2;
            for lines in [vec![line.as_str()], vec![&line[..half], &line[half..]]] {
                let headers = headers(&lines);
                let result = Cookies::from_headers(&headers);
                assert_eq!(result.is_ok(), is_taken, "{line:.20}");
                if let Err(error) = result {
                    assert_eq!(error.status(), 431);
                    assert!(!Cookies::are_few(&headers), "{line:.20}");
                }
                let parsed = ParsedCookies::new(&headers);
                assert_eq!(parsed.get().is_ok(), is_taken, "{line:.20}");
            }
        }
        assert!(Cookies::are_few(&HeaderMap::new()));
        assert!(Cookies::are_few(&headers(&["a=1; b=2"])));
    }

    #[test]
    fn what_the_layer_parsed_is_used_unless_the_headers_have_changed_since() {
        let parsed = ParsedCookies::new(&headers(&["a=1", "b=2"]));
        let get = |lines: &[&str]| {
            let (mut parts, ()) = http::Request::new(()).into_parts();
            parts.headers = headers(lines);
            parts.extensions.insert(parsed.clone());
            let cookies = Cookies::from_request_parts(&mut parts, &());
            // Extractors of a head wait for nothing.
            match pin!(cookies).poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(cookies) => cookies.unwrap(),
                Poll::Pending => panic!("it waits"),
            }
        };
        for lines in [&["a=2", "b=2"][..], &["a=1"], &[], &["a=1", "b=2", "c=3"]] {
            assert_eq!(get(lines), cookies(lines));
        }
        assert!(parsed.shared.parsed.get().is_none(), "read anew");
        assert_eq!(get(&["a=1", "b=2"]), cookies(&["a=1", "b=2"]));
        assert!(parsed.shared.parsed.get().is_some(), "parsed there");
    }
}
