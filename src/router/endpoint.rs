//! What stands behind a route: its handlers, or the outermost of the layers around them.

use std::{fmt, future::ready, sync::Arc};

use axum_core::{body::Body, response::IntoResponse};
use http::{Method, Request};
use tower_service::Service;

use crate::{
    error::{ApiError, BoxError},
    handler::{BoxFuture, Endpoint},
    panics,
    request::ApiRequest,
    response::handler_response::HandlerResponse,
};

/// An endpoint, opaque to the outside.
#[doc(hidden)]
#[derive(Clone)]
pub struct RouteEndpoint {
    endpoint: Arc<dyn Endpoint>,
    is_layer: bool,
}

impl RouteEndpoint {
    /// The handlers of a route, which no layer wraps yet.
    pub(super) fn handler(endpoint: Arc<dyn Endpoint>) -> Self {
        Self {
            endpoint,
            is_layer: false,
        }
    }

    /// A layer around another endpoint.
    pub(super) fn layer(endpoint: Arc<dyn Endpoint>) -> Self {
        Self {
            endpoint,
            is_layer: true,
        }
    }

    /// Whether a body goes from here to a handler: neither to a layer, nor to nobody, as a method without
    /// a handler is refused whatever its body.
    pub(super) fn takes_body(&self, method: &Method) -> bool {
        !self.is_layer && self.endpoint.has_handler(method)
    }

    pub(super) fn call(&self, request: ApiRequest) -> BoxFuture {
        self.endpoint.call(request)
    }
}

impl fmt::Debug for RouteEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouteEndpoint").finish_non_exhaustive()
    }
}

/// A service behind a route.
pub(super) struct ServiceEndpoint<T> {
    service: T,
}

impl<T> ServiceEndpoint<T> {
    pub(super) fn new(service: T) -> Self {
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
    fn call(&self, request: ApiRequest) -> BoxFuture {
        let request = request.into_request();
        let mut service = match panics::catch(|| self.service.clone()) {
            Ok(service) => service,
            Err(panic) => return Box::pin(ready(HandlerResponse::from_panic(panic))),
        };
        Box::pin(async move {
            if let Err(error) = std::future::poll_fn(|cx| service.poll_ready(cx)).await {
                return HandlerResponse::from_rejection(ApiError::internal(error));
            }
            match service.call(request).await {
                Ok(response) => HandlerResponse::from_response(response.into_response()),
                Err(error) => HandlerResponse::from_rejection(ApiError::internal(error)),
            }
        })
    }
}
