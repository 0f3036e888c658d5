//! `res` is an extractor as well, so that the two may stand the other way round.

use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(res: ApiResponse, req: ApiRequest) -> ApiResponse {
    res.status(200).send(format!("{} swapped", req.method()))
}
