//! One route, its methods and its layers.
//!
//! ```
//! use tower_api_routes::router::{MethodRouter, get};
//!
//! async fn show() -> &'static str { "a post" }
//! async fn update() -> &'static str { "updated" }
//!
//! let route: MethodRouter = get(show).put(update);
//! ```
//!
//! * `HEAD` is answered by the `get` handler, without the body, unless there is a `head` handler.
//! * `OPTIONS` is answered with 204 and `Allow`, unless there is an `options` handler.
//! * Any other method that has no handler is answered with 405 and `Allow`.
//! * [`any`] takes every method, `HEAD`, `OPTIONS` and `TRACE` included, as a Next.js handler does.
//! * `CONNECT` matches no route, unless the route asks for it with
//!   [`extended_connect`](crate::ApiConfig::extended_connect): over HTTP/2 it opens a WebSocket, and
//!   reaches the handler of [`any`].

use std::{fmt, rc::Rc, sync::Arc};

use axum_core::{body::Body, response::IntoResponse};
use http::{Method, Request};
use tower_service::Service;

use super::{
    dispatch::{METHODS, Methods, allowed},
    endpoint::{Behind, RouteEndpoint, ServiceEndpoint},
    error::{RouterError, RouterErrorKind},
    file_layer::SharedLayer,
    layered::RouteLayer,
};
use crate::{
    config::ApiConfig,
    error::BoxError,
    handler::{Endpoint, Handler, HandlerEndpoint, params_check::ParamsCheck},
    routing::methods::each_method,
};

type MakeEndpoint<S> = Box<dyn FnOnce(&S) -> Arc<dyn Endpoint>>;
type ApplyLayer = Box<dyn FnOnce(RouteEndpoint) -> RouteEndpoint>;

/// The handlers of one route, by method, with its configuration and its layers.
pub struct MethodRouter<S = ()> {
    by_method: [Option<MakeEndpoint<S>>; METHODS.len()],
    any: Option<MakeEndpoint<S>>,
    /// From the innermost to the outermost.
    layers: Vec<(ApplyLayer, String)>,
    config: Option<ApiConfig>,
    is_service: bool,
    /// What is to be said of the parameters, with the function that takes them.
    params_checks: Vec<(&'static str, ParamsCheck)>,
    #[cfg(feature = "openapi")]
    describe: Option<crate::openapi::probe::DescribeFile>,
    error: Option<RouterError>,
}

/// A [`MethodRouter`] that has its state.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub(crate) endpoint: RouteEndpoint,
    pub(crate) methods: Vec<Method>,
    pub(crate) layers: Vec<String>,
    pub(crate) config: Option<ApiConfig>,
    pub(crate) params_checks: Vec<(&'static str, ParamsCheck)>,
    #[cfg(feature = "openapi")]
    pub(crate) describe: Option<crate::openapi::probe::DescribeFile>,
}

impl<S> MethodRouter<S> {
    /// A route without handlers: every method is answered with 405.
    #[must_use]
    pub fn new() -> Self {
        Self {
            by_method: Default::default(),
            any: None,
            layers: Vec::new(),
            config: None,
            is_service: false,
            params_checks: Vec::new(),
            #[cfg(feature = "openapi")]
            describe: None,
            error: None,
        }
    }

    /// Sets what the `CONFIG` of a route file sets.
    #[must_use]
    pub fn config(mut self, config: ApiConfig) -> Self {
        self.config = Some(config);
        self
    }

    /// Wraps the route, its answers to wrong methods and to `OPTIONS` included, in `layer`. The
    /// layer added last is the outermost.
    #[must_use]
    pub fn layer<L: RouteLayer>(self, layer: L) -> Self {
        let name = short_type_name::<L>();
        self.push_layer(move |endpoint| layer.wrap(endpoint), name)
    }

    /// As [`layer`](Self::layer), for a layer that a file exports and several routes may share.
    #[doc(hidden)]
    #[must_use]
    pub fn file_layer(self, layer: &SharedLayer) -> Self {
        let wrap = Rc::clone(&layer.wrap);
        self.push_layer(move |endpoint| wrap(endpoint), layer.file.to_owned())
    }

    /// Has the parameters that the function of this name takes compared with those of its file.
    #[doc(hidden)]
    #[must_use]
    pub fn check_params(mut self, function: &'static str, check: Option<ParamsCheck>) -> Self {
        self.params_checks
            .extend(check.map(|check| (function, check)));
        self
    }

    /// Says how the file is described, for documents.
    #[cfg(feature = "openapi")]
    #[doc(hidden)]
    #[must_use]
    pub fn describe(mut self, describe: crate::openapi::probe::DescribeFile) -> Self {
        self.describe = Some(describe);
        self
    }

    fn push_layer<F>(mut self, apply: F, name: String) -> Self
    where
        F: FnOnce(RouteEndpoint) -> RouteEndpoint + 'static,
    {
        self.layers.push((Box::new(apply), name));
        self
    }

    /// Answers every method that has no handler of its own with `service`, which is given the request as it came: its body is a
    /// stream without a limit, unless the configuration of the route sets one. A route with a service and no configuration has its
    /// parser off, for its other handlers, too.
    ///
    /// [`Request`](crate::Request) and [`Body`](crate::Body) are what this crate and axum call them.
    /// Anything that implements `IntoResponse` is a response; an error is answered with 500 and logged.
    ///
    /// ```
    /// use std::convert::Infallible;
    /// use tower::{Service, service_fn};
    /// use tower_api_routes::{Request, router::MethodRouter};
    ///
    /// // What stands in a route file.
    /// pub fn service()
    /// -> impl Service<Request, Response = String, Error = Infallible, Future: Send> + Clone + Send + Sync {
    ///     service_fn(async |request: Request| Ok(request.uri().path().to_owned()))
    /// }
    ///
    /// let route: MethodRouter = MethodRouter::new().service(service());
    /// ```
    #[must_use]
    pub fn service<T>(mut self, service: T) -> Self
    where
        T: Service<Request<Body>> + Clone + Send + Sync + 'static,
        T::Response: IntoResponse,
        T::Error: Into<BoxError>,
        T::Future: Send,
    {
        self.is_service = true;
        self.set_any(Box::new(move |_| Arc::new(ServiceEndpoint::new(service))));
        self
    }

    /// A second one is an error, as a second handler for one method is.
    fn set_any(&mut self, make: MakeEndpoint<S>) {
        if self.any.is_some() {
            let problem = "two handlers or services take every method: remove one";
            self.fail(RouterError::new(RouterErrorKind::Method, problem));
        }
        self.any = Some(make);
    }

    /// Remembers the first mistake.
    fn fail(&mut self, error: RouterError) {
        self.error.get_or_insert(error);
    }
}

impl<S: Clone + Send + Sync + 'static> MethodRouter<S> {
    /// Answers every method that has no handler of its own.
    #[must_use]
    pub fn any<H: Handler<M, S>, M: 'static>(mut self, handler: H) -> Self {
        self.set_any(make_endpoint(handler));
        self
    }

    /// Answers `method`. A second handler for one method is an error of
    /// [`build`](super::FsRouterBuilder::build), and so is a method that has none of the functions
    /// below: use [`any`](Self::any) for it.
    #[must_use]
    pub fn on<H: Handler<M, S>, M: 'static>(self, method: &Method, handler: H) -> Self {
        self.on_named(method.as_str(), handler)
    }

    fn on_named<H: Handler<M, S>, M: 'static>(mut self, method: &str, handler: H) -> Self {
        let slot = METHODS
            .iter()
            .position(|known| *known == method)
            .and_then(|index| self.by_method.get_mut(index));
        let problem = match slot {
            Some(slot @ None) => {
                *slot = Some(make_endpoint(handler));
                return self;
            }
            Some(Some(_)) => format!("{method} has two handlers: remove one"),
            None => format!("{method} cannot have a handler of its own: take it in `any`"),
        };
        self.fail(RouterError::new(RouterErrorKind::Method, problem));
        self
    }

    pub(crate) fn resolve(self, state: &S) -> Result<Resolved, RouterError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let by_method = self.by_method.map(|make| make.map(|make| make(state)));
        let any = self.any.map(|make| make(state));
        let methods = allowed(&by_method);
        let lists_methods = any.is_none();
        let mut endpoint = RouteEndpoint(match any {
            Some(any) if methods.is_empty() => Behind::Any(any),
            any => Behind::Methods(Arc::new(Methods::new(by_method, any, &methods))),
        });
        let mut layers = Vec::with_capacity(self.layers.len());
        for (apply, name) in self.layers {
            endpoint = apply(endpoint);
            layers.push(name);
        }
        layers.reverse();
        let config = match self.config {
            None if self.is_service => Some(ApiConfig::of_service()),
            config => config,
        };
        Ok(Resolved {
            endpoint,
            methods: if lists_methods { methods } else { Vec::new() },
            layers,
            config,
            params_checks: self.params_checks,
            #[cfg(feature = "openapi")]
            describe: self.describe,
        })
    }
}

fn make_endpoint<H, M, S>(handler: H) -> MakeEndpoint<S>
where
    H: Handler<M, S>,
    M: 'static,
    S: Clone + Send + Sync + 'static,
{
    Box::new(|state| Arc::new(HandlerEndpoint::new(handler, state.clone())))
}

/// The path of a type without its modules: `TimeoutLayer` for `tower_http::timeout::TimeoutLayer`.
fn short_type_name<T>() -> String {
    let name = std::any::type_name::<T>();
    let end = name.find('<').unwrap_or(name.len());
    let head = name.get(..end).unwrap_or(name);
    head.rsplit("::").next().unwrap_or(head).to_owned()
}

impl<S> Default for MethodRouter<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> fmt::Debug for MethodRouter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MethodRouter")
            .field("any", &self.any.is_some())
            .field(
                "layers",
                &self.layers.iter().map(|(_, name)| name).collect::<Vec<_>>(),
            )
            .finish_non_exhaustive()
    }
}

/// A route that answers every method with `handler`, as a Next.js handler does.
pub fn any<H, M, S>(handler: H) -> MethodRouter<S>
where
    H: Handler<M, S>,
    M: 'static,
    S: Clone + Send + Sync + 'static,
{
    MethodRouter::new().any(handler)
}

macro_rules! methods {
    ($($function:ident $name:literal),*) => {
        impl<S: Clone + Send + Sync + 'static> MethodRouter<S> {$(
            #[doc = concat!("Answers `", $name, "` with `handler`.")]
            #[must_use]
            pub fn $function<H: Handler<M, S>, M: 'static>(self, handler: H) -> Self {
                self.on_named($name, handler)
            }
        )*}

        $(
            #[doc = concat!("A route that answers `", $name, "` with `handler`.")]
            pub fn $function<H, M, S>(handler: H) -> MethodRouter<S>
            where
                H: Handler<M, S>,
                M: 'static,
                S: Clone + Send + Sync + 'static,
            {
                MethodRouter::new().$function(handler)
            }
        )*
    };
}

each_method!(methods);
