//! The route that a request matched, and its parameters.
//!
//! A route, its settings, the hook for errors among them and what that hook sees of the route know each
//! other: their types stand together.

use std::{borrow::Cow, fmt, sync::Arc};

use axum_core::response::Response;
use http::{Method, request::Parts, uri::PathAndQuery};
use serde::de::DeserializeOwned;

use crate::{
    config::ApiConfig,
    de,
    error::{ApiError, ErrorFormat},
    etag::EtagAlgorithm,
    multi_map::MultiMap,
    routing::{Captures, Pattern, Segment, path},
};

/// The route that a request matched: an extractor, and in the extensions of the request for every layer
/// of the route. With [`route_in_responses`](crate::RouterOptions::route_in_responses) it is in those of the
/// response, too, for whatever stands around the router.
///
/// `Option<MatchedRoute>` is `None` outside of a route, where the extractor alone answers 500.
///
/// ```
/// use tower::ServiceExt;
/// use tower_api_routes::{FsRouter, MatchedRoute, router::get};
///
/// async fn show(route: MatchedRoute) -> String {
///     format!("{} {}", route.pattern(), route.param("id").unwrap_or_default())
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let router = FsRouter::builder().mount("/api").route("posts/[id]", get(show)).build()?;
/// let request = http::Request::get("/api/posts/a%20b").body(axum::body::Body::empty()).unwrap();
/// let body = axum::body::Body::new(router.oneshot(request).await.unwrap().into_body());
/// let text = axum::body::to_bytes(body, 100).await.unwrap();
/// assert_eq!(text, "/api/posts/[id] a b");
/// # Ok::<(), tower_api_routes::RouterError>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct MatchedRoute {
    route: Arc<Route>,
    /// The path, where something of it was captured.
    path: Option<PathAndQuery>,
    /// Where the path below the mount begins.
    offset: usize,
    captures: Captures,
}

impl MatchedRoute {
    #[inline]
    pub(crate) fn new(
        route: Arc<Route>,
        path: Option<&PathAndQuery>,
        offset: usize,
        captures: Captures,
    ) -> Self {
        Self {
            route,
            path: if captures.is_empty() {
                None
            } else {
                path.cloned()
            },
            offset,
            captures,
        }
    }

    /// The route with its mount, as it is written in file names: `/api/posts/[id]`. Empty in a
    /// [`fallback`](crate::router::FsRouterBuilder::fallback), which is no route.
    #[must_use]
    pub fn pattern(&self) -> &str {
        &self.route.pattern
    }

    /// The file that the route comes from, if it comes from one.
    #[must_use]
    pub fn file(&self) -> Option<&'static str> {
        self.route.file
    }

    /// The configuration of the route.
    #[must_use]
    pub fn config(&self) -> &ApiConfig {
        &self.route.config
    }

    /// A parameter, percent-decoded once; the segments of a catch-all are joined with `/`. `None`
    /// for a name that the route does not have, and for an optional catch-all that matched nothing.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<Cow<'_, str>> {
        self.route.param(&self.captures, self.below_mount(), name)
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.route.settings
    }

    pub(crate) fn route(&self) -> &Arc<Route> {
        &self.route
    }

    fn path(&self) -> &str {
        self.path.as_ref().map_or("", PathAndQuery::path)
    }

    fn below_mount(&self) -> &str {
        self.path().get(self.offset..).unwrap_or_default()
    }

    /// The parameters, in the order of the path.
    fn values(&self) -> impl Iterator<Item = (&str, Value<'_>)> {
        let captured = self.route.captured(&self.captures, self.below_mount());
        captured.filter_map(|(param, raw)| Some((param.name()?, Value::decode(param, raw))))
    }

    /// Whether nothing was captured.
    pub(crate) fn has_no_params(&self) -> bool {
        self.captures.is_empty()
    }

    /// Lays the parameters over the pairs of a query: a parameter replaces a value of its name.
    pub(crate) fn lay_over(&self, map: &mut MultiMap) {
        for (name, value) in self.values() {
            match value {
                Value::One(value) => map.insert(name, &value),
                Value::Many(values) => map.insert_list(name, values),
            }
        }
    }

    pub(crate) fn deserialize_params<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        let mut values = self.values();
        let params = match (values.next(), values.next()) {
            // Most routes have one parameter, which needs no list.
            (Some(only), None) => de::from_pairs(de::Mode::Positional, &[as_pair(&only)]),
            (first, second) => {
                let values: Vec<_> = first.into_iter().chain(second).chain(values).collect();
                let pairs: Vec<_> = values.iter().map(as_pair).collect();
                de::from_pairs(de::Mode::Positional, &pairs)
            }
        };
        params.map_err(|error| ApiError::bad_request(format!("invalid route parameter: {error}")))
    }
}

/// The decoded value of a parameter.
enum Value<'a> {
    One(Cow<'a, str>),
    /// The segments of a catch-all.
    Many(Vec<Cow<'a, str>>),
}

impl<'a> Value<'a> {
    /// Splits on `/` before anything is decoded. That all of it can be decoded was checked when the
    /// route matched.
    fn decode(param: &Segment, raw: &'a str) -> Self {
        let decode = |segment| path::decode_segment(segment).unwrap_or_default();
        if param.is_catch_all() {
            Self::Many(raw.split('/').map(decode).collect())
        } else {
            Self::One(decode(raw))
        }
    }
}

fn as_pair<'v>((name, value): &'v (&str, Value<'_>)) -> de::Pair<'v> {
    let value = match value {
        Value::One(value) => de::Value::One(value),
        Value::Many(values) => de::Value::Many(values.iter().map(|it| &**it).collect()),
    };
    (name, value)
}

impl fmt::Debug for MatchedRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MatchedRoute")
            .field("pattern", &self.pattern())
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}

/// What the routes of one router have in common.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    pub(crate) error_format: ErrorFormat,
    pub(crate) on_error: Option<ErrorHook>,
    pub(crate) etag: EtagAlgorithm,
    pub(crate) route_in_responses: bool,
    #[cfg(feature = "preview")]
    pub(crate) preview: Option<Arc<crate::preview::PreviewKeys>>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("error_format", &self.error_format)
            .field("on_error", &self.on_error.is_some())
            .field("etag", &self.etag)
            .field("route_in_responses", &self.route_in_responses)
            .finish_non_exhaustive()
    }
}

/// A route of a router.
pub(crate) struct Route {
    pub(crate) pattern: String,
    pub(crate) segments: Pattern,
    pub(crate) file: Option<&'static str>,
    pub(crate) methods: Vec<Method>,
    pub(crate) layers: Vec<String>,
    pub(crate) config: ApiConfig,
    pub(crate) settings: Arc<Settings>,
    /// Whether a path of any length may match.
    pub(crate) catch_all: bool,
    /// Whether another service answers it: the router only knows that it is there.
    pub(crate) is_foreign: bool,
}

impl Route {
    /// Whether it answers what matches no route. A route that has a pattern has at least a slash.
    pub(crate) fn is_fallback(&self) -> bool {
        self.pattern.is_empty()
    }

    /// The segments that capture something, in the order of the path.
    pub(crate) fn params(&self) -> impl Iterator<Item = &Segment> {
        self.segments
            .segments()
            .iter()
            .filter(|segment| segment.name().is_some())
    }

    /// The segments that captured something, each with what stands for it in the path `below` the mount,
    /// percent-encoded. An optional catch-all that matched nothing is left out.
    pub(crate) fn captured<'r, 'p>(
        &'r self,
        captures: &'p Captures,
        below: &'p str,
    ) -> impl Iterator<Item = (&'r Segment, &'p str)> {
        self.params()
            .zip(captures.iter())
            .filter_map(|(param, range)| Some((param, below.get(range)?)))
    }

    /// A parameter, percent-decoded once.
    pub(crate) fn param<'p>(
        &self,
        captures: &'p Captures,
        below: &'p str,
        name: &str,
    ) -> Option<Cow<'p, str>> {
        let mut captured = self.captured(captures, below);
        let (_, raw) = captured.find(|(param, _)| param.name() == Some(name))?;
        path::decode_segment(raw).ok()
    }
}

/// What a hook for errors can know of the request besides the error.
#[derive(Debug)]
#[non_exhaustive]
pub struct ErrorContext<'a> {
    /// The route, if the error came up after one was found.
    pub route: Option<&'a MatchedRoute>,
    /// Method, URI, headers and extensions of the request.
    pub parts: &'a Parts,
}

/// What [`on_error`](crate::RouterOptions::on_error) was given.
pub(crate) type ErrorHook = Arc<dyn Fn(&ApiError, &ErrorContext<'_>) -> Response + Send + Sync>;

/// 500, as something was asked for that only a route can give.
pub(crate) fn no_route(what: &str) -> ApiError {
    ApiError::internal(format!(
        "`{what}` was asked for outside of a route: serve the handler through `FsRouter` or `ApiRoutesLayer`"
    ))
}
