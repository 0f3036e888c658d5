//! A text with an entity tag.

use tower_api_routes::{ApiError, ApiRequest, ApiResponse};

use crate::pages_api::_lib::javascript::number;

pub async fn handler(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let query = req.query();
    let filled = |name| query.get(name).filter(|value| !value.is_empty());
    let status = filled("status").map_or(200, number);
    let text = filled("text").unwrap_or("text").to_owned();
    Ok(res.status(u16::try_from(status)?).send(text))
}
