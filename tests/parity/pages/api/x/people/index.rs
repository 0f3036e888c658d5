//! Everyone.

use tower_api_routes::{ApiRequest, ApiResponse};

use super::_data::PEOPLE;

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.status(200).json(&PEOPLE)
}
