//! `/api/posts/a/b`: a catch-all route; `slug` is a list. One segment is `[id].rs`.

use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.json(&json!({ "query": req.query() }))
}

#[cfg(test)]
mod tests {
    use tower_api_routes::test_client::{TestRequest, TestResponse};

    use super::*;

    #[tokio::test]
    async fn every_segment_is_decoded_on_its_own() {
        let req =
            TestRequest::get("/api/posts/a%2Fb/c?tag=x").into_api_request("/api/posts/[...slug]");
        TestResponse::from(handler(req, ApiResponse::new()).await)
            .assert_status(200)
            .assert_json(&json!({ "query": { "tag": "x", "slug": ["a/b", "c"] } }));
    }
}
