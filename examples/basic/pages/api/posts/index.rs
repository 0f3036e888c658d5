//! `/api/posts`: one function for each method.

use serde::{Deserialize, Serialize};
use tower_api_routes::{ApiError, ApiRequest, ApiResponse};

#[derive(Deserialize, Serialize)]
struct NewPost {
    title: String,
}

#[derive(Serialize)]
struct Post {
    id: u64,
    title: String,
}

pub async fn get(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.json(&[Post {
        id: 1,
        title: "Hello".to_owned(),
    }])
}

pub async fn post(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let NewPost { title } = req.json().await?;
    Ok(res.status(201).json(&Post { id: 2, title }))
}
