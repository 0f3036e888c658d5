//! How tower layers wrap a route.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum_core::{body::Body, response::IntoResponse};
use bytes::Bytes;
use http::{Request, Response};
use http_body::Body as HttpBody;
use tower_layer::Layer;
use tower_service::Service;

use super::{
    endpoint::{Behind, RouteEndpoint, ServiceEndpoint},
    service::{self, RouteFuture},
};
use crate::{
    error::BoxError,
    route::{MatchedRoute, no_route},
};

/// What the layers of a route wrap: the handlers of the route as a service.
///
/// It takes any request body, so that layers which change its type can wrap it, answers with axum's
/// [`Body`], as the routes of an axum router do, and never fails. The limit and the deadlines of the
/// route hold for the body that it is given by the innermost layer.
#[derive(Debug, Clone)]
pub struct RouteService {
    inner: RouteEndpoint,
}

impl<B> Service<Request<B>> for RouteService
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = RouteServiceFuture;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<B>) -> RouteServiceFuture {
        let inner = match request.extensions_mut().remove::<MatchedRoute>() {
            Some(matched) => service::call(&self.inner, matched, request, false),
            // A layer has replaced the extensions of the request.
            None => RouteFuture::ready(no_route("a handler").into_response().map(Into::into)),
        };
        RouteServiceFuture { inner }
    }
}

/// The future of [`RouteService`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct RouteServiceFuture {
    inner: RouteFuture,
}

impl Future for RouteServiceFuture {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Ok(response) = ready!(Pin::new(&mut self.inner).poll(cx));
        Poll::Ready(Ok(response.map(Body::from)))
    }
}

/// A tower layer that can wrap a route: what `pub fn layer()` of a route file or a `_middleware.rs`
/// returns, alone or in a `Result` whose error is then one of start-up.
///
/// What fits axum's `Router::layer` fits: every layer of tower, tower-http and axum whose service takes
/// and gives HTTP messages and is `Clone`, `Send` and `Sync`. A layer whose type cannot be written down
/// (`axum::middleware::from_fn`) is returned as `impl RouteLayer`:
///
/// ```
/// use axum::{extract::Request, http::StatusCode, middleware::{Next, from_fn}, response::Response};
/// use tower_api_routes::router::RouteLayer;
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
/// # tower_api_routes::router::get::<_, _, ()>(async || "").layer(layer());
/// ```
///
/// The arguments of `layer` are parts of the state of the application, of any type that implements
/// `FromRef<AppState>`, or the whole of it. The layer is made once, when the router is built:
///
/// ```
/// use axum::{extract::{Request, State}, http::StatusCode, middleware::{Next, from_fn_with_state}, response::Response};
/// use tower_api_routes::router::RouteLayer;
///
/// #[derive(Clone)]
/// pub struct Tokens(&'static [&'static str]);
///
/// async fn auth(State(tokens): State<Tokens>, request: Request, next: Next) -> Result<Response, StatusCode> {
///     match request.headers().get("authorization") {
///         Some(token) if tokens.0.iter().any(|it| token == it) => Ok(next.run(request).await),
///         _ => Err(StatusCode::UNAUTHORIZED),
///     }
/// }
///
/// pub fn layer(tokens: Tokens) -> impl RouteLayer {
///     from_fn_with_state(tokens, auth)
/// }
/// # tower_api_routes::router::get::<_, _, ()>(async || "").layer(layer(Tokens(&[])));
/// ```
///
/// A service that fails is answered with 500; the error is logged. Which layers fit, and what to write
/// in place of those that do not, is listed in [`guide::middleware`](crate::guide::middleware).
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

impl<L> RouteLayer for L
where
    L: Layer<RouteService> + 'static,
    L::Service: Service<Request<Body>, Response: IntoResponse, Error: Into<BoxError>, Future: Send>
        + ClonedService
        + Send
        + Sync
        + 'static,
{
    fn wrap(&self, endpoint: RouteEndpoint) -> RouteEndpoint {
        let service = self.layer(RouteService { inner: endpoint });
        RouteEndpoint(Behind::Layer(Arc::new(ServiceEndpoint::new(service))))
    }
}

/// A service of which every request is given a clone: `Clone`, with a note for whoever lacks it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the service `{Self}` is not `Clone`, so that its layer cannot wrap a route",
    label = "wraps a route in a service that is not `Clone`",
    note = "every request is given a clone of the service: put a `tower::buffer::BufferLayer` outside of a layer such as `tower::limit::RateLimitLayer`, as in `ServiceBuilder::new().buffer::<Request>(1024).rate_limit(5, Duration::from_secs(1))`"
)]
pub trait ClonedService: Clone {}

#[diagnostic::do_not_recommend]
impl<S: Clone> ClonedService for S {}
