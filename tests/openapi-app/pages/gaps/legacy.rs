use schemars::JsonSchema;
use serde::Serialize;
use tower_api_routes::{ApiRequest, ApiResponse};

#[derive(Serialize, JsonSchema)]
pub struct Hello {
    name: &'static str,
}

pub async fn handler(_req: ApiRequest, res: ApiResponse<Hello>) -> ApiResponse<Hello> {
    res.json(&Hello { name: "John Doe" })
}
