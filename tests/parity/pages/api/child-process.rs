//! The output of another process.

use tokio::process::Command;
use tower_api_routes::{ApiError, ApiRequest, ApiResponse};

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let output = Command::new("echo").arg("hi").output().await?;
    let text = String::from_utf8(output.stdout)?;
    Ok(res.body(text.trim_end().to_owned()))
}
