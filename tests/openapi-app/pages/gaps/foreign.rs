use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use tower_api_routes::{ApiRequest, ApiResponse, Json, Query};

/// Of no schema.
#[derive(Serialize, Deserialize)]
pub struct Plain {
    text: String,
}

/// An extractor that says nothing of itself.
#[derive(Debug)]
pub struct Foreign;

impl<S: Sync> axum::extract::FromRequestParts<S> for Foreign {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        _: &mut axum::http::request::Parts,
        _: &S,
    ) -> Result<Self, Self::Rejection> {
        Ok(Self)
    }
}

pub async fn get(_: Foreign, _: Query<u8>) -> impl IntoResponse {
    "text"
}

pub async fn post(Json(plain): Json<Plain>) -> Json<Plain> {
    Json(plain)
}

pub async fn put(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res
}

pub async fn delete() -> Result<Json<Plain>, tower_api_routes::ApiError> {
    Err(tower_api_routes::ApiError::not_found("no"))
}

pub async fn patch() -> Result<String, Foreign> {
    Ok(String::new())
}

impl IntoResponse for Foreign {
    fn into_response(self) -> axum::response::Response {
        "foreign".into_response()
    }
}

pub async fn query() -> String {
    String::new()
}
