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
    endpoint::RouteEndpoint,
    options::TrailingSlash,
    service::{self, RouteFuture},
};
use crate::{
    error::{ApiError, BoxError},
    response::{
        ResponseBody,
        error::{mark_text, write_error},
        finish::Head,
    },
    route::{ErrorContext, MatchedRoute, Route, Settings},
    routing::{Captures, Match, RouteTree, path},
};

/// A router over route files, or over routes given by hand: a plain tower service.
///
/// Cloning is cheap. Every request is answered: one that matches no route with 404.
///
/// ```
/// use http::{Request, StatusCode};
/// use tower::ServiceExt;
/// use tower_api_routes::{FsRouter, router::get};
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
/// # Ok::<(), tower_api_routes::RouterError>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct FsRouter {
    pub(super) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    /// Empty, or `/` and segments without a `/` at the end.
    pub(crate) mount: String,
    pub(crate) tree: RouteTree<Served>,
    pub(crate) trailing_slash: TrailingSlash,
    pub(crate) max_segments: usize,
    pub(crate) settings: Arc<Settings>,
}

/// A route and what stands behind it.
pub(super) struct Served {
    pub(super) route: Arc<Route>,
    pub(super) endpoint: RouteEndpoint,
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
    served: &'r Served,
    /// Where the path below the mount begins.
    offset: usize,
    captures: Captures,
}

impl Found<'_> {
    #[inline]
    fn matched(self, uri: &Uri) -> MatchedRoute {
        MatchedRoute::new(
            Arc::clone(&self.served.route),
            uri,
            self.offset,
            self.captures,
        )
    }
}

impl FsRouter {
    /// The path below which the routes are: `/api`, or `/`.
    #[must_use]
    pub fn mount(&self) -> &str {
        match self.inner.mount.as_str() {
            "" => "/",
            mount => mount,
        }
    }

    /// Finds the route of `request`. `alone` is a router that answers for the whole server, rather than
    /// in front of another service: it redirects to clean paths whether a route is there or not.
    pub(crate) fn lookup<B>(&self, request: &Request<B>, alone: bool) -> Lookup<'_> {
        let uri = request.uri();
        if !alone && !self.may_be_below_mount(uri.path()) {
            return Lookup::NotFound;
        }
        let found = self.find(uri.path());
        if request.method() == Method::CONNECT {
            return match found {
                Some(Lookup::Found(it)) if may_connect(request.version(), &it.served.route) => {
                    Lookup::Found(it)
                }
                _ => Lookup::NotFound,
            };
        }
        found.unwrap_or_else(|| self.lookup_unclean(uri, alone))
    }

    /// Looks up a path as it stands: that of the URI, or what it begins with.
    #[inline]
    fn find(&self, path: &str) -> Option<Lookup<'_>> {
        let below = self.below_mount(path)?;
        let Match {
            value: served,
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
        if served.route.catch_all
            && path::segment_count(path.trim_start_matches('/')) > self.inner.max_segments
        {
            return Some(Lookup::TooLong);
        }
        Some(Lookup::Found(Found {
            served,
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
        let error = ApiError::from_status(status);
        write_error(&self.inner.settings, &error, &context)
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
        mark_text(&self.inner.settings, headers);
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
                let endpoint = &found.served.endpoint;
                let matched = found.matched(request.uri());
                service::call(endpoint, matched, request, true)
            }
            lookup => {
                let (parts, _body) = request.into_parts();
                let mut response = self.answer(&lookup, &parts);
                if let Some(head) = Head::asked(&parts) {
                    head.finish(&mut response);
                }
                RouteFuture::ready(response)
            }
        }
    }
}

/// Whether `route` may answer a request with the method CONNECT: a server takes any 2xx for the start of
/// a tunnel (RFC 9110, section 9.3.6). From HTTP/2 on, CONNECT opens WebSockets (RFC 8441), on routes that
/// ask for it.
fn may_connect(version: Version, route: &Route) -> bool {
    version >= Version::HTTP_2 && route.config().takes_connect()
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
