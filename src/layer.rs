//! [`ApiRoutesLayer`]: route files in front of any service.

use std::{
    any::Any,
    fmt,
    panic::Location,
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body as HttpBody;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::{
    error::{BoxError, with_causes},
    registry::{IntoRoutes, Routes},
    response::EitherBody,
    router::{FsRouter, Lookup, RouteFuture, RouterError, RouterOptions},
};

/// Puts the routes of a directory in front of a service.
///
/// A request that matches a route is answered by it; every other request reaches the inner service
/// untouched, its body unread and unboxed. With [`claim_mount`](RouterOptions::claim_mount) those below the
/// mount do not: the router answers them. What belongs to a [foreign route](crate::router::FsRouterBuilder::foreign) always
/// reaches the inner service.
///
/// ```ignore
/// tower_api_routes::include_routes!();
///
/// let app = axum::Router::new()
///     .route("/", get(home))
///     .layer(ApiRoutesLayer::new("pages/api"));
/// ```
///
/// # Where the layer stands
///
/// `Router::layer` of axum wraps what was added **before** it. A route, a fallback or a nested
/// router that is added later stands outside of the layer, and so does everything under
/// `route_layer` that matches no route. What always works is to put the layer around the finished
/// application:
///
/// ```ignore
/// use axum::response::IntoResponse;
/// use tower::{ServiceBuilder, make::Shared};
///
/// let app = ServiceBuilder::new()
///     .map_response(IntoResponse::into_response) // the one body type that `axum::serve` takes
///     .layer(ApiRoutesLayer::new("pages/api"))
///     .service(app);
/// axum::serve(listener, Shared::new(app)).await?;
/// ```
///
/// | composition | requests for `/api/*` |
/// | --- | --- |
/// | `Router::new()….layer(api)` | reach the route files |
/// | `….layer(api).fallback(f)` | reach `f`: it was added later |
/// | `….layer(api).route("/{*p}", h)` | reach `h`: it was added later |
/// | `….route_layer(api)` | do not: there is no route for them in the router |
/// | `….merge(other.layer(api))` | reach the route files |
/// | `….nest("/x", inner.layer(api))` | do not; those for `/x/api/*` do where `inner` has a fallback |
/// | `….nest_service("/x", inner.layer(api))` | do not; those for `/x/api/*` do |
/// | `api.layer(router)` | reach the route files, whatever the router has |
///
/// What is nested sees the path without the prefix, so its redirects go to a path without it, unless
/// [`outer_prefix`](RouterOptions::outer_prefix) names it.
#[derive(Clone)]
#[must_use = "a layer does nothing until it wraps a service"]
pub struct ApiRoutesLayer {
    routes: Routes,
    /// Where the application makes the layer, for the panic that happens where it is used.
    made_at: &'static Location<'static>,
    state: Option<Arc<dyn Any + Send + Sync>>,
    mount: String,
    options: RouterOptions,
    router: Arc<OnceLock<FsRouter>>,
}

impl ApiRoutesLayer {
    /// The routes of a directory, named by the constant that
    /// [`include_routes!`](crate::include_routes) made beside the module (`PAGES_API`), or by the
    /// directory as it was given to `build::compile` (`"pages/api"`).
    ///
    /// The routes of a library are named by their constant, `apilib::PAGES_API`; see
    /// [`Routes`](crate::Routes). They are mounted at what follows `pages` in the directory: `pages/api`
    /// at `/api`.
    ///
    /// # Panics
    ///
    /// When no routes of this directory are compiled in; the message says what to write where.
    /// [`try_new`](Self::try_new) gives an error instead.
    #[track_caller]
    #[expect(
        clippy::panic,
        reason = "a mistake in the application, found at start-up"
    )]
    pub fn new(routes: impl IntoRoutes) -> Self {
        match Self::try_new(routes) {
            Ok(layer) => layer,
            Err(error) => panic!("{}", with_causes(&error)),
        }
    }

    /// The routes of a directory, as [`new`](Self::new) finds them.
    ///
    /// # Errors
    ///
    /// When no routes of this directory are compiled in, or those of two crates.
    #[track_caller]
    pub fn try_new(routes: impl IntoRoutes) -> Result<Self, RouterError> {
        let routes = routes.into_routes()?;
        Ok(Self {
            routes,
            made_at: Location::caller(),
            state: None,
            mount: routes.default_mount(),
            options: RouterOptions::new(),
            router: Arc::default(),
        })
    }

    /// Gives the routes their state: a value of the type that `include_routes!` names.
    pub fn with_state<S: Send + Sync + 'static>(self, state: S) -> Self {
        let state: Arc<dyn Any + Send + Sync> = Arc::new(state);
        Self {
            state: Some(state),
            router: Arc::default(),
            ..self
        }
    }

    /// Puts the routes below `path` instead: `/v1`.
    pub fn mount(self, path: impl Into<String>) -> Self {
        Self {
            mount: path.into(),
            router: Arc::default(),
            ..self
        }
    }

    /// Sets what holds for all routes.
    pub fn options(self, options: RouterOptions) -> Self {
        Self {
            options,
            router: Arc::default(),
            ..self
        }
    }

    /// The router behind the layer: a service of its own, which answers what matches no route with
    /// 404, and says which route a path belongs to ([`match_path`](FsRouter::match_path)).
    ///
    /// # Errors
    ///
    /// When the routes take a state that was not given, or one of another type; when the mount is
    /// no path; when the layer of a file could not be made.
    pub fn router(&self) -> Result<FsRouter, RouterError> {
        if let Some(router) = self.router.get() {
            return Ok(router.clone());
        }
        let router = self.routes.build(
            self.mount.clone(),
            self.options.clone(),
            self.state.as_deref(),
        )?;
        Ok(self.router.get_or_init(|| router).clone())
    }

    /// An OpenAPI 3.1 document of the routes, with their mount; see [`FsRouter::openapi`]. Its title is the
    /// name of the package whose routes these are.
    ///
    /// # Errors
    ///
    /// Those of [`router`](Self::router).
    #[cfg(feature = "openapi")]
    pub fn openapi(&self) -> Result<crate::openapi::OpenApi, RouterError> {
        Ok(self.router()?.openapi().title(self.routes.package()))
    }
}

impl fmt::Debug for ApiRoutesLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiRoutesLayer")
            .field("routes", &self.routes)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// # Panics
///
/// [`Layer::layer`] panics, at start-up, where [`ApiRoutesLayer::router`] gives an error: call that
/// first to handle it. The message ends with the line of the application that made the layer.
impl<S> Layer<S> for ApiRoutesLayer {
    type Service = ApiRoutes<S>;

    #[track_caller]
    #[expect(
        clippy::panic,
        reason = "a mistake in the application, found at start-up"
    )]
    fn layer(&self, inner: S) -> ApiRoutes<S> {
        match self.router() {
            Ok(router) => ApiRoutes::new(router, inner),
            // Whoever calls this is a library most often: it says nothing of the mistake.
            Err(error) => panic!(
                "{} (the layer is made at {})",
                with_causes(&error),
                self.made_at
            ),
        }
    }
}

/// An [`FsRouter`] in front of another service; the service of [`ApiRoutesLayer`].
#[derive(Debug, Clone)]
pub struct ApiRoutes<S> {
    router: FsRouter,
    inner: S,
}

impl<S> ApiRoutes<S> {
    /// Puts `router` in front of `inner`.
    pub fn new(router: FsRouter, inner: S) -> Self {
        Self { router, inner }
    }

    /// The router.
    pub fn router(&self) -> &FsRouter {
        &self.router
    }
}

impl<S, B, R> Service<Request<B>> for ApiRoutes<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<EitherBody<R>>;
    type Error = S::Error;
    type Future = ApiRoutesFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let answer = match self.router.lookup(&request, false) {
            Lookup::Elsewhere => Answer::Inner {
                future: self.inner.call(request),
            },
            lookup => Answer::Route {
                future: self.router.respond(lookup, request),
            },
        };
        ApiRoutesFuture { answer }
    }
}

pin_project! {
    /// The future of [`ApiRoutes`].
    #[must_use = "futures do nothing unless polled"]
    pub struct ApiRoutesFuture<F> {
        #[pin]
        answer: Answer<F>,
    }
}

pin_project! {
    #[project = AnswerProjection]
    enum Answer<F> {
        Route { future: RouteFuture },
        Inner { #[pin] future: F },
    }
}

impl<F, R, E> Future for ApiRoutesFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = Result<Response<EitherBody<R>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().answer.project() {
            AnswerProjection::Route { future } => {
                let Ok(response) = ready!(Pin::new(future).poll(cx));
                Poll::Ready(Ok(response.map(EitherBody::ours)))
            }
            AnswerProjection::Inner { future } => {
                let response = ready!(future.poll(cx))?;
                Poll::Ready(Ok(response.map(EitherBody::inner)))
            }
        }
    }
}

impl<F> fmt::Debug for ApiRoutesFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiRoutesFuture").finish_non_exhaustive()
    }
}
