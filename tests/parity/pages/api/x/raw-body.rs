//! The body as bytes.

use data_encoding::{BASE64, HEXLOWER};
use http_body_util::BodyExt;
use serde_json::json;
use sha2::{Digest, Sha256};
use tower_api_routes::{ApiConfig, ApiError, ApiRequest, ApiResponse};

pub const CONFIG: ApiConfig = ApiConfig::new().body_parser(false);

pub async fn handler(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let body = req.take_body().unwrap_or_default();
    let bytes = body.collect().await?.to_bytes();
    let head = bytes.get(..64).unwrap_or(&bytes);
    Ok(res.json(&json!({
        "parsedBodyType": if req.raw().is_some() { "object" } else { "undefined" },
        "length": bytes.len(),
        "sha256": HEXLOWER.encode(&Sha256::digest(&bytes)),
        "head": BASE64.encode(head),
    })))
}
