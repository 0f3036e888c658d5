//! `/api/user`: in the shape of Next.js, with the type of the answer.

use serde::Serialize;
use tower_api_routes::{ApiRequest, ApiResponse};

#[derive(Serialize)]
pub struct Data {
    name: &'static str,
}

pub async fn handler(_req: ApiRequest, res: ApiResponse<Data>) -> ApiResponse<Data> {
    res.status(200).json(&Data { name: "John Doe" })
}
