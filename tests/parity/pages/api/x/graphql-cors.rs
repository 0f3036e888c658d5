//! CORS set by hand, the body left to the library.

use axum::http::Method;
use serde_json::json;
use tower_api_routes::{ApiConfig, ApiRequest, ApiResponse};

pub const CONFIG: ApiConfig = ApiConfig::new().body_parser(false);

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let res = res
        .header("access-control-allow-credentials", "true")
        .header(
            "access-control-allow-origin",
            "https://studio.apollographql.com",
        )
        .header(
            "access-control-allow-headers",
            "Origin, X-Requested-With, Content-Type, Accept",
        );
    if req.method() == Method::OPTIONS {
        return res.end();
    }
    res.json(&json!({ "data": { "users": [{ "name": "Nextjs" }] } }))
}
