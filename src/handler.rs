//! Handlers: the functions that answer a request.
//!
//! A handler is an `async fn` in one of two shapes, told apart by the compiler:
//!
//! * **Extractors.** Zero to sixteen arguments that implement axum-core's [`FromRequestParts`], the
//!   last of them [`FromRequest`], and any [`IntoResponse`] as result. Every response
//!   type of the axum ecosystem works, and every extractor but those that axum's router alone can fill:
//!   `Path`, `RawPathParams`, `MatchedPath` and `NestedPath`. The build script refuses them in route files;
//!   take [`Params`](crate::Params) and [`MatchedRoute`](crate::MatchedRoute). What an extractor refuses
//!   is answered in the form of all errors, see [`guide::errors`](crate::guide::errors).
//! * **The Next.js shape.** `async fn(req: ApiRequest, res: ApiResponse)`, with up to six
//!   [`FromRequestParts`] extractors before the two.
//!
//! ```
//! use tower_api_routes::{ApiError, ApiRequest, ApiResponse, Params, router::{any, get}};
//!
//! async fn next_shape(req: ApiRequest, res: ApiResponse) -> ApiResponse {
//!     res.status(200).json(&req.query())
//! }
//!
//! async fn extractors(Params(id): Params<u64>) -> Result<String, ApiError> {
//!     Ok(format!("post {id}"))
//! }
//!
//! tower_api_routes::FsRouter::builder()
//!     .route("echo", any(next_shape))
//!     .route("posts/[id]", get(extractors))
//!     .build()?;
//! # Ok::<(), tower_api_routes::RouterError>(())
//! ```
//!
//! Handlers of all these types stand in one tree, so they are type-erased: a `HandlerEndpoint` holds the
//! function and the state, and is called through the trait `Endpoint`. The types of the
//! arguments are part of [`Handler`]'s parameter `M`, which only tells the compiler which of the
//! implementations below a function has: `extractors` is a `Handler<(_, Params<u64>), S>` and
//! `next_shape` a `Handler<NextShape<(Untyped,)>, S>`.

#[doc(hidden)]
pub mod check;
pub(crate) mod params_check;
#[doc(hidden)]
pub mod pieces;

use std::{fmt, future::Future, marker::PhantomData, pin::Pin, sync::Arc};

use axum_core::{
    extract::{FromRef, FromRequest, FromRequestParts},
    response::IntoResponse,
};
use http::request::Parts;

use crate::{
    request::ApiRequest,
    response::{ApiResponse, Untyped, handler_response::HandlerResponse},
    route::{hand_over, may_look, takes_route, withdraw},
};

/// The future of a handler, type-erased: the one box that a request costs besides its own.
pub(crate) type BoxFuture = Pin<Box<dyn Future<Output = HandlerResponse> + Send>>;

/// A function that answers requests; see the [module](self) for the shapes.
///
/// `M` tells the shapes apart, `S` is the state of the application.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handler",
    label = "not a handler",
    note = "a handler is `async fn(req: ApiRequest, res: ApiResponse) -> ApiResponse`, or an `async fn` whose arguments are extractors (only the last may read the body) and whose result implements `IntoResponse`",
    note = "the future of a handler is `Send`: nothing that is not may be held across an `.await`",
    note = "an extractor `State<T>` needs `T: FromRef<AppState>` and `include_routes!(AppState)`"
)]
pub trait Handler<M, S>: Send + Sync + 'static {
    /// Answers `request`, with the handler and its state in `endpoint`.
    #[doc(hidden)]
    fn call(endpoint: Arc<HandlerEndpoint<Self, M, S>>, request: ApiRequest) -> BoxFuture
    where
        Self: Sized;
}

/// A type-erased handler. The future of a request holds on to it while it runs: that is the one reference that is counted
/// for each request.
pub(crate) trait Endpoint: Send + Sync + 'static {
    fn call(self: Arc<Self>, request: ApiRequest) -> BoxFuture;
}

/// A handler and the state that it runs with.
#[doc(hidden)]
pub struct HandlerEndpoint<H, M, S> {
    handler: H,
    state: S,
    shape: PhantomData<fn() -> M>,
}

impl<H, M, S> HandlerEndpoint<H, M, S> {
    pub(crate) fn new(handler: H, state: S) -> Self {
        Self {
            handler,
            state,
            shape: PhantomData,
        }
    }
}

impl<H, M, S> fmt::Debug for HandlerEndpoint<H, M, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerEndpoint").finish_non_exhaustive()
    }
}

impl<H, M, S> Endpoint for HandlerEndpoint<H, M, S>
where
    H: Handler<M, S>,
    M: 'static,
    S: Send + Sync + 'static,
{
    fn call(self: Arc<Self>, request: ApiRequest) -> BoxFuture {
        H::call(self, request)
    }
}

/// Marks handlers in the shape of Next.js: `(extractors…, req, res)`.
#[derive(Debug)]
pub struct NextShape<T>(PhantomData<T>);

impl<F, Fut, R, S> Handler<(), S> for F
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = R> + Send,
    R: IntoResponse + 'static,
    S: Send + Sync + 'static,
{
    fn call(endpoint: Arc<HandlerEndpoint<Self, (), S>>, _request: ApiRequest) -> BoxFuture {
        Box::pin(
            async move { HandlerResponse::from_handler::<_, Untyped>((endpoint.handler)().await) },
        )
    }
}

/// An argument made of the head of the request, or the answer that its rejection is.
async fn extract<T, S>(request: &mut ApiRequest, state: &S) -> Result<T, HandlerResponse>
where
    T: FromRequestParts<S>,
    S: Send + Sync,
{
    if takes_route::<T>() {
        hand_over(request.route().clone());
    }
    let extracted = T::from_request_parts(request.parts_mut(), state).await;
    if takes_route::<T>() {
        withdraw();
    }
    extracted.map_err(HandlerResponse::from_rejection)
}

/// The last argument, which may be made of the body.
async fn extract_last<T, S, M>(request: ApiRequest, state: &S) -> Result<T, HandlerResponse>
where
    T: FromRequest<S, M>,
    S: Send + Sync,
{
    let extracted = T::from_request(request.into_request_for::<T>(), state).await;
    if takes_route::<T>() {
        withdraw();
    }
    extracted.map_err(HandlerResponse::from_rejection)
}

/// What is in `$result`, or the answer in place of it.
macro_rules! or_answer {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(answer) => return answer,
        }
    };
}

macro_rules! extractor_handler {
    ([$($ty:ident),*], $last:ident) => {
        #[allow(non_snake_case)]
        impl<F, Fut, R, S, M, $($ty,)* $last> Handler<(M, $($ty,)* $last,), S> for F
        where
            F: Fn($($ty,)* $last) -> Fut + Send + Sync + 'static,
            Fut: Future<Output = R> + Send,
            R: IntoResponse + 'static,
            S: Send + Sync + 'static,
            M: 'static,
            $($ty: FromRequestParts<S> + Send + 'static,)*
            $last: FromRequest<S, M> + Send + 'static,
        {
            fn call(
                endpoint: Arc<HandlerEndpoint<Self, (M, $($ty,)* $last,), S>>,
                request: ApiRequest,
            ) -> BoxFuture {
                Box::pin(async move {
                    // Until the last argument the body stays where it is, so that what is refused before
                    // is answered while the client still sends.
                    let mut request = request;
                    if $(may_look::<$ty>() ||)* may_look::<$last>() {
                        request.show_route();
                    }
                    $(let $ty = or_answer!(extract::<$ty, S>(&mut request, &endpoint.state).await);)*
                    let $last = or_answer!(extract_last::<$last, S, M>(request, &endpoint.state).await);
                    HandlerResponse::from_handler::<_, Untyped>((endpoint.handler)($($ty,)* $last).await)
                })
            }
        }
    };
}

/// An implementation for each number of extractors: `[] T1 T2` is one for `T1` and one for `T1, T2`.
macro_rules! extractor_handlers {
    ([$($before:ident),*]) => {};
    ([$($before:ident),*] $last:ident $($rest:ident)*) => {
        extractor_handler!([$($before),*], $last);
        extractor_handlers!([$($before,)* $last] $($rest)*);
    };
}

extractor_handlers!([] T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12 T13 T14 T15 T16);

macro_rules! next_handler {
    ($($ty:ident),*) => {
        #[allow(non_snake_case)]
        impl<F, Fut, R, S, D, $($ty,)*> Handler<NextShape<(D, $($ty,)*)>, S> for F
        where
            F: Fn($($ty,)* ApiRequest, ApiResponse<D>) -> Fut + Send + Sync + 'static,
            Fut: Future<Output = R> + Send,
            R: IntoResponse + 'static,
            S: Send + Sync + 'static,
            D: 'static,
            $($ty: FromRequestParts<S> + Send + 'static,)*
        {
            fn call(
                endpoint: Arc<HandlerEndpoint<Self, NextShape<(D, $($ty,)*)>, S>>,
                request: ApiRequest,
            ) -> BoxFuture {
                Box::pin(async move {
                    let mut request = request;
                    if $(may_look::<$ty>() ||)* false {
                        request.show_route();
                    }
                    $(let $ty = or_answer!(extract::<$ty, S>(&mut request, &endpoint.state).await);)*
                    let request = or_answer!(request.checked().map_err(HandlerResponse::from_rejection));
                    let response = ApiResponse::for_route(request.route());
                    HandlerResponse::from_handler::<_, D>((endpoint.handler)($($ty,)* request, response).await)
                })
            }
        }
    };
}

next_handler!();
next_handler!(T1);
next_handler!(T1, T2);
next_handler!(T1, T2, T3);
next_handler!(T1, T2, T3, T4);
next_handler!(T1, T2, T3, T4, T5);
next_handler!(T1, T2, T3, T4, T5, T6);

/// Extractor for the state of the application, or a part of it.
///
/// The type is checked when the routes are compiled: a route file that asks for a state that
/// `include_routes!(AppState)` cannot give does not compile.
///
/// ```
/// use tower_api_routes::{FsRouter, State, router::get};
///
/// #[derive(Clone)]
/// struct Greeting(&'static str);
///
/// async fn hello(State(greeting): State<Greeting>) -> &'static str {
///     greeting.0
/// }
///
/// FsRouter::builder()
///     .with_state(Greeting("hello"))
///     .route("hello", get(hello))
///     .build()?;
/// # Ok::<(), tower_api_routes::RouterError>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct State<T>(pub T);

impl<T: FromRef<S>, S: Send + Sync> FromRequestParts<S> for State<T> {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(_parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(T::from_ref(state)))
    }
}
