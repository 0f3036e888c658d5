//! Something else resolves the answer.

use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    tokio::task::yield_now().await;
    res.send("hello world")
}
