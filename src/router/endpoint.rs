//! What stands behind a route: its handlers, or the outermost of the layers around them.

use std::{fmt, future::ready, sync::Arc};

use axum_core::{body::Body, response::IntoResponse};
use http::Request;
use tower_service::Service;

use super::dispatch::Methods;
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
pub struct RouteEndpoint(pub(super) Behind);

#[derive(Clone)]
pub(super) enum Behind {
    /// What answers every method.
    Any(Arc<dyn Endpoint>),
    /// What answers some methods, or each in its own way.
    Methods(Arc<Methods>),
    /// A layer around another endpoint.
    Layer(Arc<dyn LayerEndpoint>),
}

/// A type-erased layer, called by reference, with a request that has its route in the extensions.
pub(super) trait LayerEndpoint: Send + Sync + 'static {
    fn call(&self, request: Request<Body>) -> BoxFuture;
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

/// As the handlers of a route.
impl<T> Endpoint for ServiceEndpoint<T>
where
    Self: LayerEndpoint,
{
    fn call(self: Arc<Self>, request: ApiRequest) -> BoxFuture {
        LayerEndpoint::call(&*self, request.into_request())
    }
}

impl<T> LayerEndpoint for ServiceEndpoint<T>
where
    T: Service<Request<Body>> + Clone + Send + Sync + 'static,
    T::Response: IntoResponse,
    T::Error: Into<BoxError>,
    T::Future: Send,
{
    fn call(&self, request: Request<Body>) -> BoxFuture {
        let mut service = match panics::catch(|| self.service.clone()) {
            Ok(service) => service,
            Err(panic) => return Box::pin(ready(HandlerResponse::from_panic(&panic))),
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
