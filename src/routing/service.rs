//! Services as endpoints, and endpoints as services: how tower layers wrap a route.

use std::{
    convert::Infallible,
    fmt,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum_core::{body::Body, extract::DefaultBodyLimit, response::IntoResponse};
use bytes::Bytes;
use http::{Request, Response, request::Parts};
use http_body::Body as HttpBody;
use tower_layer::Layer;
use tower_service::Service;

use super::{MatchedRoute, router::Route};
use crate::{
    ApiConfig, ApiError, BoxError, BuildError, body,
    handler::{BoxFuture, Endpoint, RouteRequest},
    request::NoRoute,
    response::{
        ResponseBody, reason,
        reply::{Asked, Reply, finish},
    },
};

/// What the layers of a route wrap: the handlers of the route as a service.
///
/// It takes any request body, so that layers which change its type can wrap it, and never fails.
#[derive(Clone)]
pub struct RouteService {
    endpoint: Arc<dyn Endpoint>,
}

impl fmt::Debug for RouteService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouteService").finish_non_exhaustive()
    }
}

impl<B> Service<Request<B>> for RouteService
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

    fn call(&mut self, mut request: Request<B>) -> RouteFuture {
        match request.extensions_mut().remove::<MatchedRoute>() {
            Some(matched) => dispatch(Some(&*self.endpoint), matched, request),
            // A layer has replaced the extensions of the request.
            None => {
                let error = ApiError::internal(NoRoute("a handler"));
                RouteFuture::ready(error.into_response().map(ResponseBody::from))
            }
        }
    }
}

/// Answers a request that matched a route.
pub(crate) fn answer<B>(matched: MatchedRoute, request: Request<B>) -> RouteFuture
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    if matched.route().layers.is_empty() {
        return RouteFuture {
            outermost: true,
            ..dispatch(None, matched, request)
        };
    }
    let route = Arc::clone(matched.route());
    // The layers come before the guard of the body, so that they see its answers too.
    let (parts, body) = request.into_parts();
    let mut asked = Asked::of(&parts.method, &parts.headers);
    asked.keep_for_hook(&matched, &parts);
    RouteFuture {
        answer: Answer::Future(route.endpoint.0.call(RouteRequest::new(
            parts,
            Body::new(body),
            matched,
        ))),
        asked,
        route: Some(route),
        outermost: true,
    }
}

/// Calls an endpoint behind the guard of the body: the one that the layers wrap, or without layers the
/// route's own, which is reached through `matched`.
fn dispatch<B>(
    wrapped: Option<&dyn Endpoint>,
    matched: MatchedRoute,
    request: Request<B>,
) -> RouteFuture
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    #[allow(unused_mut, reason = "preview mode changes them")]
    let (mut parts, body) = request.into_parts();
    let mut asked = Asked::of(&parts.method, &parts.headers);
    asked.keep_for_hook(&matched, &parts);
    #[cfg(feature = "preview")]
    asked.watch_preview(&matched, &mut parts);
    let route = Arc::clone(matched.route());
    let answer = match body::guard(&parts, body, route.config()) {
        Ok(body) => {
            lift_other_limits(&mut parts, &body, route.config());
            let endpoint = wrapped.unwrap_or(&*route.endpoint.0);
            Answer::Future(endpoint.call(RouteRequest::new(parts, body, matched)))
        }
        Err(error) => Answer::Ready(Reply::from_rejection(error)),
    };
    RouteFuture {
        answer,
        asked,
        route: Some(route),
        outermost: false,
    }
}

/// The extractors of axum stop at 2 MB by default; a route that allows more means them too.
#[inline]
fn lift_other_limits(parts: &mut Parts, body: &Body, config: &ApiConfig) {
    const AXUM_DEFAULT: u64 = 2_097_152;
    let lifted = config
        .max_body()
        .is_none_or(|limit| limit.as_bytes() > AXUM_DEFAULT);
    if lifted && !body.is_end_stream() {
        let mut request = Request::new(());
        std::mem::swap(request.extensions_mut(), &mut parts.extensions);
        DefaultBodyLimit::disable().apply(&mut request);
        std::mem::swap(request.extensions_mut(), &mut parts.extensions);
    }
}

/// The future of a route's answer.
#[must_use = "futures do nothing unless polled"]
pub struct RouteFuture {
    answer: Answer,
    asked: Asked,
    route: Option<Arc<Route>>,
    /// Nothing of the route comes after this future.
    outermost: bool,
}

enum Answer {
    Future(BoxFuture),
    Ready(Reply),
    Taken,
}

impl Answer {
    /// The answer of the handler; a panic is a 500.
    #[inline]
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Reply> {
        match std::mem::replace(self, Self::Taken) {
            Self::Ready(reply) => Poll::Ready(reply),
            Self::Future(mut future) => {
                match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
                    Ok(Poll::Ready(reply)) => Poll::Ready(reply),
                    Ok(Poll::Pending) => {
                        *self = Self::Future(future);
                        Poll::Pending
                    }
                    Err(panic) => {
                        let reply = Reply::from_panic(&*panic);
                        // Whatever a destructor of the handler does, the client is answered.
                        let _ = catch_unwind(AssertUnwindSafe(|| drop(future)));
                        Poll::Ready(reply)
                    }
                }
            }
            Self::Taken => Poll::Pending,
        }
    }
}

impl RouteFuture {
    /// An answer that no handler gives.
    pub(crate) fn ready(response: Response<ResponseBody>) -> Self {
        Self {
            answer: Answer::Ready(Reply::from_response(response)),
            asked: Asked::default(),
            route: None,
            outermost: true,
        }
    }
}

impl Future for RouteFuture {
    type Output = Result<Response<ResponseBody>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut reply = std::task::ready!(self.answer.poll(cx));
        if let Some(route) = self.route.take() {
            finish(&mut reply, &route, &self.asked);
            if self.outermost {
                reason::complete(&mut reply.response);
                reply.response.body_mut().watch(&route);
            }
        }
        Poll::Ready(Ok(*reply.response))
    }
}

impl fmt::Debug for RouteFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouteFuture").finish_non_exhaustive()
    }
}

/// A tower layer that can wrap a route: what `pub fn layer()` of a route file or a `_middleware.rs`
/// returns.
///
/// Every layer of tower, tower-http and axum fits whose service takes and gives HTTP messages. A
/// layer whose type cannot be written down (`axum::middleware::from_fn`) is returned as
/// `impl RouteLayer`:
///
/// ```
/// use axum::{extract::Request, http::StatusCode, middleware::{Next, from_fn}, response::Response};
/// use tower_api_routes::routing::RouteLayer;
///
/// async fn auth(request: Request, next: Next) -> Result<Response, StatusCode> {
///     if request.headers().contains_key("authorization") {
///         Ok(next.run(request).await)
///     } else {
///         Err(StatusCode::UNAUTHORIZED)
///     }
/// }
///
/// pub fn layer() -> impl RouteLayer {
///     from_fn(auth)
/// }
/// # tower_api_routes::routing::get::<_, _, ()>(async || "").layer(layer());
/// ```
///
/// A service that fails is answered with 500; the error is logged.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot wrap a route",
    label = "not a tower layer for routes",
    note = "a layer for routes is a `tower::Layer<RouteService>` whose service is `Clone + Send + Sync`, takes `http::Request<axum_core::body::Body>` and gives a response that implements `IntoResponse`"
)]
pub trait RouteLayer: 'static {
    /// Wraps a route.
    #[doc(hidden)]
    fn wrap(&self, endpoint: RouteEndpoint) -> RouteEndpoint;
}

/// An endpoint, opaque to the outside.
#[doc(hidden)]
#[derive(Clone)]
pub struct RouteEndpoint(pub(crate) Arc<dyn Endpoint>);

impl fmt::Debug for RouteEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouteEndpoint").finish_non_exhaustive()
    }
}

impl<L> RouteLayer for L
where
    L: Layer<RouteService> + 'static,
    L::Service: Service<Request<Body>, Response: IntoResponse, Error: Into<BoxError>, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static,
{
    fn wrap(&self, endpoint: RouteEndpoint) -> RouteEndpoint {
        let service = self.layer(RouteService {
            endpoint: endpoint.0,
        });
        RouteEndpoint(Arc::new(ServiceEndpoint::new(service)))
    }
}

/// What `pub fn layer()` may return: a layer, or the result of building one.
#[doc(hidden)]
pub trait FileLayer<M>: 'static {
    /// Wraps a route.
    ///
    /// # Errors
    ///
    /// The error that there is in place of the layer.
    fn try_wrap(&self, endpoint: RouteEndpoint) -> Result<RouteEndpoint, BuildError>;
}

impl<L: RouteLayer> FileLayer<()> for L {
    fn try_wrap(&self, endpoint: RouteEndpoint) -> Result<RouteEndpoint, BuildError> {
        Ok(self.wrap(endpoint))
    }
}

/// Marks a layer that may have failed to be built.
#[doc(hidden)]
#[derive(Debug)]
pub enum Fallible {}

impl<L: RouteLayer, E: fmt::Display + 'static> FileLayer<Fallible> for Result<L, E> {
    fn try_wrap(&self, endpoint: RouteEndpoint) -> Result<RouteEndpoint, BuildError> {
        match self {
            Ok(layer) => Ok(layer.wrap(endpoint)),
            Err(error) => Err(BuildError::new(error.to_string())),
        }
    }
}

/// A service behind a route.
pub(crate) struct ServiceEndpoint<T> {
    service: T,
}

impl<T> ServiceEndpoint<T> {
    pub(crate) fn new(service: T) -> Self {
        Self { service }
    }
}

impl<T> Endpoint for ServiceEndpoint<T>
where
    T: Service<Request<Body>> + Clone + Send + Sync + 'static,
    T::Response: IntoResponse,
    T::Error: Into<BoxError>,
    T::Future: Send,
{
    fn call(&self, request: RouteRequest) -> BoxFuture {
        let request = request.into_request();
        let mut service = self.service.clone();
        Box::pin(async move {
            if let Err(error) = std::future::poll_fn(|cx| service.poll_ready(cx)).await {
                return Reply::from_rejection(ApiError::internal(error));
            }
            match service.call(request).await {
                Ok(response) => Reply::from_response(response.into_response()),
                Err(error) => Reply::from_rejection(ApiError::internal(error)),
            }
        })
    }
}
