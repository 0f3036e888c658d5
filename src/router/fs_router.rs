//! [`FsRouter`]: the service that finds the route of a request.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header, request::Parts};
use http_body::Body as HttpBody;
use tower_service::Service;
use tracing::{Span, level_filters::LevelFilter};

use super::{
    lookup::{Lookup, Refusal, Routes, Served},
    service::{self, RouteFuture},
};
use crate::{
    body,
    error::{ApiError, BoxError},
    response::{
        ResponseBody,
        error::{TEXT, mark, write_error},
        finish::Head,
    },
    route::{ErrorContext, MatchedRoute},
    routing::Captures,
};

/// A router over route files, or over routes given by hand: a plain tower service.
///
/// Cloning is cheap. Every request is answered: one that matches no route with 404, or by the
/// [`fallback`](super::FsRouterBuilder::fallback). The pattern of the route is recorded as `http.route` on the
/// current [`tracing`] span, where that has this field.
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
    pub(super) inner: Arc<Routes>,
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
    /// in front of another service.
    #[inline]
    pub(crate) fn lookup<B>(&self, request: &Request<B>, alone: bool) -> Lookup<'_> {
        self.inner.lookup(request, alone)
    }

    /// The answer to a request that reaches no handler.
    fn refuse(
        &self,
        refusal: Option<&Refusal>,
        route: Option<&MatchedRoute>,
        parts: &Parts,
    ) -> Response<ResponseBody> {
        let status = match refusal {
            Some(Refusal::Redirect(target)) => match HeaderValue::try_from(target) {
                Ok(location) => return self.redirect(target, location),
                // The bytes of a request target are header values, but for DEL in older versions of `http`.
                Err(_) => StatusCode::BAD_REQUEST,
            },
            Some(Refusal::Malformed) => StatusCode::BAD_REQUEST,
            Some(Refusal::TooLong) => StatusCode::URI_TOO_LONG,
            None => match &self.inner.not_found {
                Some(response) => return Response::clone(response).map(Into::into),
                None => StatusCode::NOT_FOUND,
            },
        };
        let error = ApiError::from_status(status);
        let context = ErrorContext { route, parts };
        write_error(&self.inner.settings, &error, Some(&context))
    }

    fn redirect(&self, target: &str, location: HeaderValue) -> Response<ResponseBody> {
        let mut response = Response::new(ResponseBody::from(target.to_owned()));
        *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
        let headers = response.headers_mut();
        if let Ok(refresh) = HeaderValue::try_from(format!("0;url={target}")) {
            headers.insert(header::REFRESH, refresh);
        }
        headers.insert(header::LOCATION, location);
        if self.inner.settings.error_format.marks_text() {
            mark(headers, TEXT);
        }
        response
    }

    /// Answers `request` as its lookup came out.
    pub(crate) fn respond<B>(&self, lookup: Lookup<'_>, request: Request<B>) -> RouteFuture
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let (refusal, route) = match lookup {
            Lookup::Found(found) => {
                let endpoint = &found.served.endpoint;
                let matched = found.matched(request.uri().path_and_query());
                name_on_span(&matched);
                let kept = self.keep(|| Box::new(matched.clone()));
                return service::call(endpoint, matched, request, true).naming(kept);
            }
            Lookup::Refused(refusal, route) => (Some(refusal), route),
            Lookup::NotFound | Lookup::Elsewhere => {
                if let Some(Served {
                    route, endpoint, ..
                }) = self.inner.fallback_for(&request)
                {
                    let nothing =
                        MatchedRoute::new(Arc::clone(route), None, 0, Captures::default());
                    return service::call(endpoint, nothing, request, true);
                }
                (None, None)
            }
        };
        if let Some(route) = &route {
            name_on_span(route);
        }
        let (parts, body) = request.into_parts();
        body::discard(&parts, body);
        if refusal.is_none()
            && parts.method != Method::HEAD
            && let Some(not_found) = &self.inner.not_found
        {
            return RouteFuture::constant(not_found);
        }
        let mut response = self.refuse(refusal.as_ref(), route.as_deref(), &parts);
        if let Some(head) = Head::asked(&parts) {
            head.finish(&mut response);
        }
        RouteFuture::ready(response).naming(route.and_then(|route| self.keep(|| route)))
    }

    /// What the extensions of a response are to hold.
    #[inline]
    fn keep(&self, route: impl FnOnce() -> Box<MatchedRoute>) -> Option<Box<MatchedRoute>> {
        self.inner.settings.route_in_responses.then(route)
    }
}

/// Records the route on the span around the request, where that has the field: the attribute
/// `http.route` of OpenTelemetry.
#[inline]
#[expect(
    clippy::needless_borrows_for_generic_args,
    reason = "older versions of tracing take sized values alone"
)]
fn name_on_span(route: &MatchedRoute) {
    // Most of the cost is to look for a span where nobody listens to any.
    if LevelFilter::current() != LevelFilter::OFF {
        Span::current().record("http.route", &route.pattern());
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
