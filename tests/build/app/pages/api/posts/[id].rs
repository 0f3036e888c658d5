//! Methods, a configuration and a layer.

use axum::http::{HeaderName, HeaderValue};
use tower_api_routes::{ApiConfig, ApiError, ApiRequest, Params};
use tower_http::set_header::SetResponseHeaderLayer;

pub const CONFIG: ApiConfig = ApiConfig::new().body_limit("10b");

pub fn layer() -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::appending(
        HeaderName::from_static("x-layers"),
        HeaderValue::from_static("file"),
    )
}

pub async fn get(Params(id): Params<String>) -> String {
    id
}

pub async fn put(req: ApiRequest) -> Result<String, ApiError> {
    Ok(req.text().await?.into_owned())
}
