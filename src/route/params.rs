//! The extractors for route parameters and for the route itself.

use std::convert::Infallible;

use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::{
    handed,
    matched::{MatchedRoute, no_route},
};
use crate::{error::ApiError, multi_map::MultiMap};

/// Extractor for the route parameters.
///
/// `T` is a struct or a map by the names of the parameters, a tuple in the order of the path, or,
/// for a route with one parameter, its value alone. A catch-all is a list. Values are
/// percent-decoded once, after the path was split on `/`.
///
/// A parameter that is no `T` is answered with 400, naming the parameter. The query string cannot
/// reach in here.
///
/// `Option<Params<T>>` is `None` where nothing was captured: on a route without parameters, and where an
/// optional catch-all that is the only one matched nothing. Parameters that are no `T` are an error.
///
/// In a route file, `Params<T>` and `Option<Params<T>>` in the signature of a handler are compared with
/// the name of the file when the router is built: a field that must be there and is no parameter, a tuple
/// of another length, or a single value where there are several parameters is a
/// [`RouterErrorKind::Params`](crate::router::RouterErrorKind::Params). An alias of the type, a handler
/// that the file has by `pub use`, and routes that are built by hand are not looked at: those answer 400
/// to each request.
///
/// ```
/// use serde::Deserialize;
/// use tower_api_routes::{FsRouter, Params, router::get};
///
/// #[derive(Deserialize)]
/// struct Comment {
///     post: u64,
///     comment: u64,
/// }
///
/// async fn comment(Params(params): Params<Comment>) -> String {
///     format!("comment {} of post {}", params.comment, params.post)
/// }
///
/// async fn file(Params(path): Params<Vec<String>>) -> String {
///     path.join(" / ")
/// }
///
/// FsRouter::builder()
///     .route("posts/[post]/[comment]", get(comment))
///     .route("files/[...path]", get(file))
///     .build()?;
/// # Ok::<(), tower_api_routes::RouterError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Params<T = MultiMap>(pub T);

impl<T: DeserializeOwned> Params<T> {
    fn of(route: Option<&MatchedRoute>) -> Result<Self, ApiError> {
        route
            .ok_or_else(|| no_route("Params"))?
            .deserialize_params()
            .map(Self)
    }
}

/// Calls `read` with the route of a request: the one that was handed over, or the one in the extensions.
fn with_route<R>(parts: &Parts, read: impl FnOnce(Option<&MatchedRoute>) -> R) -> R {
    let handed = handed::take();
    read(handed.as_ref().or_else(|| parts.extensions.get()))
}

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        with_route(parts, Self::of)
    }
}

impl<T: DeserializeOwned, S: Sync> OptionalFromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, ApiError> {
        with_route(parts, |route| {
            if route.is_some_and(MatchedRoute::has_no_params) {
                return Ok(None);
            }
            Self::of(route).map(Some)
        })
    }
}

impl<S: Sync> FromRequestParts<S> for MatchedRoute {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let route = with_route(parts, |route| Some(route?.clone()));
        route.ok_or_else(|| no_route("MatchedRoute"))
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for MatchedRoute {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(with_route(parts, |route| Some(route?.clone())))
    }
}
