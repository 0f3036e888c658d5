//! A handler that fails.

use tower_api_routes::{ApiError, ApiResponse};

use crate::pages_api::_lib::Failure;

pub async fn handler() -> Result<ApiResponse, ApiError> {
    Err(Failure("User error").into())
}
