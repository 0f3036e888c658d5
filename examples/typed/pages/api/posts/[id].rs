//! `/api/posts/1`: a typed parameter; once with extractors, once with `req` and `res`.

use tower_api_routes::{ApiError, ApiRequest, ApiResponse, Json, Params, State};

use crate::posts::{Post, PostId, Posts};

pub async fn get(
    State(posts): State<Posts>,
    Params(id): Params<PostId>,
) -> Result<Json<Post>, ApiError> {
    Ok(Json(posts.get(id)?))
}

pub async fn put(
    State(posts): State<Posts>,
    req: ApiRequest,
    res: ApiResponse<Post>,
) -> Result<ApiResponse<Post>, ApiError> {
    let id = req.params()?;
    let post = posts.replace(id, req.json().await?)?;
    Ok(res.json(&post))
}
