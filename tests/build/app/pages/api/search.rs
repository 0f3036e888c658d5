//! A search whose question is the body (the method QUERY, RFC 10008).

use tower_api_routes::{ApiError, ApiRequest};

pub async fn query(req: ApiRequest) -> Result<String, ApiError> {
    Ok(format!("looked for {}", req.text().await?))
}
