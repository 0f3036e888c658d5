//! [`FsRouter`]: the service that finds the route of a request.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{
    HeaderValue, Method, Request, Response, StatusCode, Uri, Version, header, request::Parts,
};
use http_body::Body as HttpBody;
use tower_service::Service;

use super::{
    Captures, FsRouterBuilder, Match, MatchedRoute, Pattern, RouteInfo, RouteTree, Segment,
    TrailingSlash, path,
    service::{self, RouteEndpoint, RouteFuture},
};
use crate::{
    ApiConfig, ApiError, BoxError, body,
    error::{ErrorContext, ErrorWriter},
    etag::EtagAlgorithm,
    response::{ResponseBody, reply::keep_length_only},
};

/// A router over route files, or over routes given by hand: a plain tower service.
///
/// Cloning is cheap. Every request is answered: one that matches no route with 404.
///
/// ```
/// use http::{Request, StatusCode};
/// use tower::ServiceExt;
/// use tower_api_routes::{FsRouter, routing::get};
///
/// async fn hello() -> &'static str {
///     "hello"
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let router = FsRouter::builder().mount("/api").route("hello", get(hello)).build()?;
///
/// let request = Request::get("/api/hello").body(axum::body::Body::empty()).unwrap();
/// let response = router.clone().oneshot(request).await.unwrap();
/// assert_eq!(response.status(), StatusCode::OK);
///
/// let request = Request::get("/api/nothing").body(axum::body::Body::empty()).unwrap();
/// let response = router.oneshot(request).await.unwrap();
/// assert_eq!(response.status(), StatusCode::NOT_FOUND);
/// # Ok::<(), tower_api_routes::BuildError>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct FsRouter {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    /// Empty, or `/` and segments without a `/` at the end.
    pub(crate) mount: String,
    pub(crate) tree: RouteTree<Arc<Route>>,
    pub(crate) trailing_slash: TrailingSlash,
    pub(crate) max_segments: usize,
    pub(crate) settings: Arc<Settings>,
}

/// What the routes of one router have in common.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    pub(crate) errors: ErrorWriter,
    pub(crate) etag: EtagAlgorithm,
    #[cfg(feature = "preview")]
    pub(crate) preview: Option<Arc<crate::preview::PreviewKeys>>,
}

/// A route of a router.
pub(crate) struct Route {
    pub(crate) pattern: String,
    pub(crate) segments: Pattern,
    pub(crate) file: Option<&'static str>,
    pub(crate) methods: Vec<Method>,
    pub(crate) layers: Vec<String>,
    pub(crate) config: ApiConfig,
    pub(crate) endpoint: RouteEndpoint,
    pub(crate) settings: Arc<Settings>,
    /// Whether a path of any length may match.
    pub(crate) catch_all: bool,
}

impl Route {
    pub(crate) fn pattern(&self) -> &str {
        &self.pattern
    }

    pub(crate) fn file(&self) -> Option<&'static str> {
        self.file
    }

    pub(crate) fn config(&self) -> &ApiConfig {
        &self.config
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The segments that capture something, in the order of the path.
    pub(crate) fn params(&self) -> impl Iterator<Item = &Segment> {
        self.segments
            .segments()
            .iter()
            .filter(|segment| segment.name().is_some())
    }
}

/// What a router makes of a request target.
pub(crate) enum Lookup<'r> {
    Found(Found<'r>),
    /// 308 to the same resource under its one spelling.
    Redirect(String),
    /// A parameter that cannot be decoded.
    Malformed,
    /// More segments than are allowed.
    TooLong,
    NotFound,
}

/// A route, and what the path of a request means to it. Made from the URI of that request, or from a path
/// that the URI begins with.
pub(crate) struct Found<'r> {
    route: &'r Arc<Route>,
    /// Where the path below the mount begins.
    offset: usize,
    captures: Captures,
}

impl Found<'_> {
    #[inline]
    fn matched(self, uri: &Uri) -> MatchedRoute {
        MatchedRoute::new(Arc::clone(self.route), uri, self.offset, self.captures)
    }
}

impl FsRouter {
    /// A router whose routes are given by hand.
    pub fn builder() -> FsRouterBuilder {
        FsRouterBuilder::new()
    }

    pub(crate) fn from_inner(inner: Inner) -> Self {
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The path below which the routes are: `/api`, or `/`.
    #[must_use]
    pub fn mount(&self) -> &str {
        match self.inner.mount.as_str() {
            "" => "/",
            mount => mount,
        }
    }

    /// The routes, in the order in which they are matched.
    pub fn routes(&self) -> impl Iterator<Item = RouteInfo<'_>> {
        self.inner.tree.iter().map(|(_, route)| RouteInfo { route })
    }

    /// Finds the route of `request`. `alone` is a router that answers for the whole server, rather than
    /// in front of another service: it redirects to clean paths whether a route is there or not.
    pub(crate) fn lookup<B>(&self, request: &Request<B>, alone: bool) -> Lookup<'_> {
        let uri = request.uri();
        if is_tunnel(request) || !alone && !self.may_be_below_mount(uri.path()) {
            return Lookup::NotFound;
        }
        self.find(uri.path())
            .unwrap_or_else(|| self.lookup_unclean(uri, alone))
    }

    /// Looks up a path as it stands: that of the URI, or what it begins with.
    #[inline]
    fn find(&self, path: &str) -> Option<Lookup<'_>> {
        let below = self.below_mount(path)?;
        let Match {
            value: route,
            captures,
            ..
        } = self.inner.tree.at(below)?;
        // What stands in a static name is clean; what was captured may be anything.
        if let Some(first) = captures.get(0) {
            let captured = below.get(first.start..).unwrap_or_default();
            match memchr::memchr2(b'%', b'\\', captured.as_bytes()) {
                Some(_) if captured.contains('\\') => return None,
                Some(_) if !path::is_well_formed(captured) => return Some(Lookup::Malformed),
                _ => {}
            }
        }
        if route.catch_all
            && path::segment_count(path.trim_start_matches('/')) > self.inner.max_segments
        {
            return Some(Lookup::TooLong);
        }
        Some(Lookup::Found(Found {
            route,
            offset: path.len() - below.len(),
            captures,
        }))
    }

    /// The path below the mount, without the slash between them.
    #[inline]
    fn below_mount<'p>(&self, path: &'p str) -> Option<&'p str> {
        let rest = path.strip_prefix(self.inner.mount.as_str())?;
        match rest.strip_prefix('/') {
            // The root of a mount has one spelling: `/api`, and `/` where there is none.
            Some("") if !self.inner.mount.is_empty() => None,
            None if rest.is_empty() && !self.inner.mount.is_empty() => Some(rest),
            below => below,
        }
    }

    /// Whether the path begins with the letter that the mount begins with, however many slashes come
    /// before: what most requests for another service do not.
    #[inline]
    fn may_be_below_mount(&self, path: &str) -> bool {
        let first = path.bytes().find(|byte| !matches!(byte, b'/' | b'\\'));
        let mount = self.inner.mount.as_bytes().get(1).copied();
        mount.is_none() || first == mount
    }

    /// A path that matches nothing as it stands.
    fn lookup_unclean(&self, uri: &Uri, alone: bool) -> Lookup<'_> {
        let path = uri.path();
        if !path.starts_with('/') {
            return Lookup::NotFound;
        }
        let collapsed = path::collapse(path);
        let trimmed = path::trim_trailing_slash(collapsed.as_deref().unwrap_or(path));
        let clean = trimmed.or(collapsed.as_deref());
        match (self.inner.trailing_slash, clean) {
            // One step at a time, as Next.js does it: first the doubled slashes, then the last one.
            (TrailingSlash::Redirect, Some(clean)) if alone || self.matches(clean) => {
                return Lookup::Redirect(with_query(collapsed.as_deref().unwrap_or(clean), uri));
            }
            (TrailingSlash::Ignore, Some(clean)) if collapsed.is_none() => {
                if let Some(found) = self.find(clean) {
                    return found;
                }
            }
            _ => {}
        }
        if alone && !path::is_well_formed(path) {
            return Lookup::Malformed;
        }
        Lookup::NotFound
    }

    fn matches(&self, path: &str) -> bool {
        self.below_mount(path)
            .is_some_and(|below| self.inner.tree.at(below).is_some())
    }

    /// The answer to a request that reaches no route.
    fn answer(&self, lookup: &Lookup<'_>, parts: &Parts) -> Response<ResponseBody> {
        let status = match lookup {
            Lookup::Redirect(target) => return self.redirect(target),
            Lookup::Malformed => StatusCode::BAD_REQUEST,
            Lookup::TooLong => StatusCode::URI_TOO_LONG,
            Lookup::NotFound | Lookup::Found(_) => StatusCode::NOT_FOUND,
        };
        let context = ErrorContext {
            route: None,
            parts: Some(parts),
        };
        self.inner
            .settings
            .errors
            .write(&ApiError::from_status(status), &context)
    }

    fn redirect(&self, target: &str) -> Response<ResponseBody> {
        // The bytes of a request target are header values.
        let Ok(location) = HeaderValue::try_from(target) else {
            return Response::new(ResponseBody::empty());
        };
        let mut response = Response::new(ResponseBody::from(target.to_owned()));
        *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
        let headers = response.headers_mut();
        if let Ok(refresh) = HeaderValue::try_from(format!("0;url={target}")) {
            headers.insert(header::REFRESH, refresh);
        }
        headers.insert(header::LOCATION, location);
        self.inner.settings.errors.mark_text(headers);
        response
    }

    /// Answers `request` as its lookup came out.
    pub(crate) fn respond<B>(&self, lookup: Lookup<'_>, request: Request<B>) -> RouteFuture
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        match lookup {
            Lookup::Found(found) => {
                let matched = found.matched(request.uri());
                service::answer(matched, request)
            }
            lookup => {
                let (parts, body) = request.into_parts();
                body::discard(&parts, body);
                let mut response = self.answer(&lookup, &parts);
                if parts.method == Method::HEAD {
                    keep_length_only(&mut response);
                }
                RouteFuture::ready(response)
            }
        }
    }
}

/// Whether the request asks for a tunnel (RFC 9110, section 9.3.6), whatever its target: the server
/// would take a 2xx for the start of one. From HTTP/2 on, CONNECT opens WebSockets (RFC 8441).
fn is_tunnel<B>(request: &Request<B>) -> bool {
    request.method() == Method::CONNECT && request.version() <= Version::HTTP_11
}

/// The path, and the query byte for byte as it was sent.
fn with_query(path: &str, uri: &Uri) -> String {
    match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    }
}

impl<B> Service<Request<B>> for FsRouter
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<ResponseBody>;
    type Error = Infallible;
    type Future = RouteFuture;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> RouteFuture {
        self.respond(self.lookup(&request, true), request)
    }
}
