//! The extractor for route parameters.

use axum_core::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::matched::{MatchedRoute, NoRoute};
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

impl<T, S> FromRequestParts<S> for Params<T>
where
    T: DeserializeOwned,
    S: Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        parts
            .extensions
            .get::<MatchedRoute>()
            .ok_or_else(|| ApiError::internal(NoRoute("Params")))?
            .deserialize_params()
            .map(Self)
    }
}
