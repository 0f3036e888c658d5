//! `/api/files`: an upload of any size, written to disk as it arrives.

use tower_api_routes::{ApiConfig, ApiError, ApiRequest, ApiResponse, State};

use crate::App;

pub const CONFIG: ApiConfig = ApiConfig::new().body_parser(false).body_limit("5gb");

pub async fn post(
    State(app): State<App>,
    mut req: ApiRequest,
    res: ApiResponse,
) -> Result<ApiResponse, ApiError> {
    let mut upload = app.files.create().await?;
    while let Some(chunk) = req.chunk().await? {
        upload.write(&chunk).await?;
    }
    Ok(res.status(201).json(&upload.finish().await?))
}
