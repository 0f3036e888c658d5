//! One post.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tower_api_routes::{
    ApiError, ApiRequest, ApiResponse, Json, Params,
    openapi::{Operation, OperationOutput},
};

#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Post {
    title: String,
}

/// Why a post is not there.
#[derive(Debug)]
pub enum Missing {}

impl axum::response::IntoResponse for Missing {
    fn into_response(self) -> axum::response::Response {
        match self {}
    }
}

impl OperationOutput for Missing {
    fn describe(operation: Operation) -> Operation {
        operation.error(404, "There is no such post.")
    }
}

pub fn openapi(operation: Operation) -> Operation {
    match operation.method().as_str() {
        "PUT" => operation.request_body::<Post>("application/json"),
        _ => operation,
    }
}

pub async fn get(Params(id): Params<u64>) -> Result<Json<Post>, Missing> {
    Ok(Json(Post {
        title: id.to_string(),
    }))
}

/// Answers with what it is given.
#[deprecated]
pub async fn put(req: ApiRequest, res: ApiResponse<Post>) -> ApiResponse<Post> {
    match req.body().await {
        Ok(_) => res.json(&Post {
            title: String::new(),
        }),
        Err(error) => res.status(error.status()),
    }
}

pub async fn delete(_: Params<(u64,)>) -> Result<axum::response::NoContent, ApiError> {
    Ok(axum::response::NoContent)
}
