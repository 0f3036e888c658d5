//! `/api/posts/1`: a dynamic route, with extractors.

use axum::Json;
use serde::Serialize;
use tower_api_routes::Params;

#[derive(Serialize)]
pub(crate) struct Post {
    id: u64,
    title: String,
}

pub async fn get(Params(id): Params<u64>) -> Json<Post> {
    Json(Post {
        id,
        title: format!("Post {id}"),
    })
}
