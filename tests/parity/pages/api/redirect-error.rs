//! A redirect without a target cannot be written; one to nowhere can fail.

use tower_api_routes::{ApiError, ApiRequest, ApiResponse};

use crate::pages_api::_lib::Failure;

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let target: Option<&str> = None;
    Ok(res.redirect(target.ok_or(Failure("no target"))?))
}
