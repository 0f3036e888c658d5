//! The body of another answer, as it comes.

use tower_api_routes::{ApiError, ApiRequest, ApiResponse, ResponseBody, State};

use crate::{App, pages_api::_lib::myself};

pub async fn handler(
    State(app): State<App>,
    _req: ApiRequest,
    res: ApiResponse,
) -> Result<ApiResponse, ApiError> {
    let answer = myself::get(app.address, "/api/query?hello=from-pipe").await?;
    if !answer.status().is_success() {
        return Err(ApiError::from_status(answer.status()));
    }
    Ok(res.body(ResponseBody::new(answer.into_body())))
}
