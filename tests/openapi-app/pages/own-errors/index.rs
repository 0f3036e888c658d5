use tower_api_routes::{ApiError, Query};

pub async fn get(_: Query) -> Result<String, ApiError> {
    Ok(String::new())
}
