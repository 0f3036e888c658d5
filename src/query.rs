//! The query string: an extractor, and a layer that has it parsed once for everyone behind it.
//!
//! [`Query<T>`](Query) reads the query string into a type of yours, in every handler that takes
//! extractors, those of axum too:
//!
//! ```
//! use axum::{Router, routing::get};
//! use tower_api_routes::Query;
//!
//! #[derive(serde::Deserialize)]
//! struct Search {
//!     q: String,
//!     #[serde(default)]
//!     tag: Vec<String>,
//!     page: Option<u32>,
//! }
//!
//! async fn search(Query(search): Query<Search>) -> String {
//!     format!("{} in {:?}, page {:?}", search.q, search.tag, search.page)
//! }
//!
//! let app: Router = Router::new().route("/search", get(search));
//! ```
//!
//! [`QueryLayer`] does the same for any tower service, axum or not: it leaves a [`ParsedQuery`] in
//! the extensions of the request, which parses the query string when it is first asked and at most
//! once.
//!
//! ```
//! use http::{Request, Response};
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//! use tower_api_routes::{query::ParsedQuery, QueryLayer};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), tower_api_routes::BoxError> {
//! let service = ServiceBuilder::new()
//!     .layer(QueryLayer::new())
//!     .service(service_fn(async |request: Request<String>| {
//!         let query = request.extensions().get::<ParsedQuery>();
//!         let name = query.and_then(|query| query.get().ok()?.get("name"));
//!         let greeting = format!("hello {}", name.unwrap_or("world"));
//!         Ok::<_, std::convert::Infallible>(Response::new(greeting))
//!     }));
//!
//! let request = Request::get("/?name=J%C3%BCrgen").body(String::new())?;
//! let response = service.oneshot(request).await?;
//! assert_eq!(response.body(), "hello Jürgen");
//! # Ok(())
//! # }
//! ```
//!
//! What a field takes is the same for [`Query`], [`Form`](crate::Form),
//! [`Params`](crate::Params) and typed cookies:
//!
//! | Type of the field | Value |
//! |---|---|
//! | `String`, `&str`, `char`, an enum without data | the text |
//! | whole numbers, `f32`, `f64` | what Rust's `FromStr` reads; no blanks, no infinity |
//! | `bool` | `true`, `on` (a ticked checkbox) or `1`; `false`, `off` or `0`; in this spelling |
//! | `Vec`, tuples, arrays | all values of the name, also a single one |
//! | `Option` | `None` if the name is absent |
//! | a number or `bool` whose value is empty (`?page=`) | as if the name were absent |
//! | any of these but text inside `#[serde(flatten)]` or an enum with data (in an untagged one a number is taken for text) | see [`from_text`] |
//!
//! A browser sends nothing for a checkbox that is not ticked: give such a `bool` a
//! `#[serde(default)]`.
//!
//! The rules are those of [`MultiMap::parse`]; no query string is malformed. More than
//! [`MAX_PAIRS`] pairs are refused.

use std::{
    ops::Deref,
    sync::{Arc, OnceLock},
};

use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use http::{Uri, request::Parts};
use serde::{Deserialize, de::DeserializeOwned};

pub use crate::de::from_text;
use crate::{
    de,
    error::ApiError,
    extension_layer::extension_layer,
    multi_map::{MultiMap, TooManyPairs, plain_pairs},
};

/// How many pairs a query string may have: 1000, the number after which Next.js silently ignores
/// the rest. Here more is an error.
pub const MAX_PAIRS: usize = 1000;

/// Reads the query string into `T`; without `T`, into a [`MultiMap`].
///
/// Only what the URL says behind its `?` counts: route parameters are elsewhere, whatever their
/// names. [`MultiMap::deserialize`] tells how values become fields. The [module
/// docs](self) have an example.
///
/// `Option<Query<T>>` is `None` for a URL without a `?`, and else what `Query<T>` is: a query string
/// that is no `T` is an error, and so is an empty one if `T` asks for something.
///
/// For `T` there are also `Vec<(String, String)>`, every pair in the order of the query string, and
/// maps: `HashMap<String, Vec<String>>` has all values of a name, `HashMap<String, String>` takes each
/// name once.
///
/// # Errors
///
/// 400 `invalid query: ` and the field with what was expected (`age: expected a whole number from
/// 0 to 255`), or 400 `too many query parameters` beyond [`MAX_PAIRS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Query<T = MultiMap>(pub T);

impl<T> Deref for Query<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let query = match parts.extensions.get::<ParsedQuery>() {
            Some(query) if query.is_of(&parts.uri) => query.get().and_then(deserialize),
            _ => deserialize_plain(&parts.uri).unwrap_or_else(|| deserialize(&parse(&parts.uri)?)),
        };
        query.map(Query)
    }
}

impl<S: Sync, T: DeserializeOwned> OptionalFromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, ApiError> {
        if parts.uri.query().is_none() {
            return Ok(None);
        }
        <Self as FromRequestParts<S>>::from_request_parts(parts, state)
            .await
            .map(Some)
    }
}

/// `query` as a `T`.
pub(crate) fn deserialize<'q, T: Deserialize<'q>>(query: &'q MultiMap) -> Result<T, ApiError> {
    query.deserialize().map_err(invalid)
}

/// The query string of `uri` as a `T`, without a map in between; `None` where it takes one.
pub(crate) fn deserialize_plain<'q, T: Deserialize<'q>>(
    uri: &'q Uri,
) -> Option<Result<T, ApiError>> {
    let pairs = plain_pairs(uri.query().unwrap_or_default())?;
    Some(de::from_pairs(de::Mode::InOrder, &pairs).map_err(invalid))
}

fn invalid(error: de::Error) -> ApiError {
    ApiError::bad_request(format!("invalid query: {error}")).with_source(error)
}

/// Parses the query string of `uri`.
///
/// # Errors
///
/// 400 beyond [`MAX_PAIRS`].
pub(crate) fn parse(uri: &Uri) -> Result<MultiMap, ApiError> {
    MultiMap::parse(uri.query().unwrap_or_default(), MAX_PAIRS).map_err(too_many)
}

/// Refuses a query string with too many pairs, without parsing any other.
#[inline]
pub(crate) fn check_limit(uri: &Uri) -> Result<(), ApiError> {
    match uri.query() {
        Some(query) if memchr::memchr_iter(b'&', query.as_bytes()).count() >= MAX_PAIRS => {
            parse(uri).map(|_| ())
        }
        _ => Ok(()),
    }
}

fn too_many(error: TooManyPairs) -> ApiError {
    ApiError::bad_request("too many query parameters").with_source(error)
}

/// The query string of a request, parsed when it is first asked for, and at most once.
///
/// [`QueryLayer`] puts it into the extensions of the request. Clones share what was parsed.
#[derive(Debug, Clone)]
pub struct ParsedQuery {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    uri: Uri,
    parsed: OnceLock<Result<MultiMap, TooManyPairs>>,
}

impl ParsedQuery {
    /// The query string of `uri`. Nothing is parsed yet.
    #[must_use]
    pub fn new(uri: &Uri) -> Self {
        Self {
            shared: Arc::new(Shared {
                uri: uri.clone(),
                parsed: OnceLock::new(),
            }),
        }
    }

    /// The names and values.
    ///
    /// # Errors
    ///
    /// 400 `too many query parameters` beyond [`MAX_PAIRS`].
    pub fn get(&self) -> Result<&MultiMap, ApiError> {
        let Shared { uri, parsed } = &*self.shared;
        parsed
            .get_or_init(|| MultiMap::parse(uri.query().unwrap_or_default(), MAX_PAIRS))
            .as_ref()
            .map_err(|error| too_many(*error))
    }

    /// Whether `uri` still has the query string that this was made from.
    fn is_of(&self, uri: &Uri) -> bool {
        self.shared.uri.query() == uri.query()
    }
}

extension_layer! {
    /// Gives every request a [`ParsedQuery`] in its extensions.
    ///
    /// [`Query`] uses it, so that several extractors share one parsed query string. The [module
    /// docs](self) have an example.
    QueryLayer, QueryService, |request| ParsedQuery::new(request.uri())
}

#[cfg(test)]
mod tests {
    use std::{
        future::Future,
        pin::pin,
        task::{Context, Poll, Waker},
    };

    use super::*;

    /// Extractors of a head wait for nothing.
    fn ready<T>(future: impl Future<Output = T>) -> T {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("it waits"),
        }
    }

    fn parts(uri: &str, parsed: Option<ParsedQuery>) -> Parts {
        let (mut parts, ()) = http::Request::get(uri).body(()).unwrap().into_parts();
        if let Some(parsed) = parsed {
            parts.extensions.insert(parsed);
        }
        parts
    }

    fn extract(parts: &mut Parts) -> Query {
        ready(<Query as FromRequestParts<()>>::from_request_parts(
            parts,
            &(),
        ))
        .unwrap()
    }

    #[test]
    fn extractors_share_what_the_layer_parsed() {
        let parsed = ParsedQuery::new(&Uri::from_static("/?a=1"));
        let query = extract(&mut parts("/?a=1", Some(parsed.clone())));
        assert_eq!(query.get("a"), Some("1"));
        assert!(parsed.shared.parsed.get().is_some(), "parsed there");
    }

    #[test]
    fn a_query_string_that_was_rewritten_since_is_read_anew() {
        let parsed = ParsedQuery::new(&Uri::from_static("/?a=1"));
        for (uri, expected) in [("/?a=2", Some("2")), ("/?a", Some("")), ("/", None)] {
            let query = extract(&mut parts(uri, Some(parsed.clone())));
            assert_eq!(query.get("a"), expected, "{uri}");
        }
        assert!(parsed.shared.parsed.get().is_none());
        assert_eq!(parsed.get().unwrap().get("a"), Some("1"));
    }

    #[test]
    fn pairs_that_stand_for_themselves_need_no_map() {
        for (uri, pairs) in [
            ("/", Some(&[][..])),
            ("/?", Some(&[])),
            ("/?a=1&b", Some(&[("a", "1"), ("b", "")])),
            // Grouping and decoding take one.
            ("/?a=1&a=2", None),
            ("/?a=%31", None),
            ("/?a+b", None),
        ] {
            let uri = Uri::from_static(uri);
            let read = deserialize_plain::<Vec<(&str, &str)>>(&uri).map(Result::unwrap);
            assert_eq!(read.as_deref(), pairs, "{uri}");
        }
        let wrong = Uri::from_static("/?a=1&b=x");
        let error = deserialize_plain::<std::collections::HashMap<&str, u8>>(&wrong)
            .unwrap()
            .unwrap_err();
        assert_eq!(error.status(), 400);
        assert!(error.message().starts_with("invalid query: "));
    }

    #[test]
    fn an_optional_query_is_absent_without_a_question_mark() {
        let optional = |uri| {
            let mut parts = parts(uri, None);
            let query =
                <Query as OptionalFromRequestParts<()>>::from_request_parts(&mut parts, &());
            let query: Option<Query> = ready(query).unwrap();
            query.map(|query| query.len())
        };
        assert_eq!(optional("/"), None);
        assert_eq!(optional("/?"), Some(0));
        assert_eq!(optional("/?a=1&b=2"), Some(2));
    }

    #[test]
    fn a_thousand_pairs_are_taken_and_one_more_is_refused() {
        for (query, is_taken) in [
            (String::new(), true),
            (format!("a{}", "&a".repeat(998)), true),
            (format!("a{}", "&a".repeat(999)), true),
            (format!("a{}", "&a".repeat(1000)), false),
            (format!("a{}", "&a".repeat(2000)), false),
            // Nothing between two separators is no pair.
            (format!("a{}", "&&a".repeat(999)), true),
            (format!("a{}", "&&a".repeat(1000)), false),
            ("&".repeat(5000), true),
        ] {
            let uri = Uri::try_from(format!("/?{query}")).unwrap();
            let what = format!("{} bytes", query.len());
            assert_eq!(check_limit(&uri).is_ok(), is_taken, "{what}");
            assert_eq!(parse(&uri).is_ok(), is_taken, "{what}");
            assert_eq!(ParsedQuery::new(&uri).get().is_ok(), is_taken, "{what}");
        }
        assert!(check_limit(&Uri::from_static("/")).is_ok());
    }
}
