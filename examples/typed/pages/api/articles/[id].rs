//! `/api/articles/1`: where a post was before; whoever has the old address is sent to the new one.

use tower_api_routes::{ApiError, ApiResponse, Params};

use crate::{pages_api::urls, posts::PostId};

pub async fn get(Params(id): Params<PostId>) -> Result<ApiResponse, ApiError> {
    Ok(ApiResponse::new().redirect_with(308, urls::posts::id(id.0)?))
}
