//! `/api/files/b94d27b9…`: a file, read from disk as it is sent.

use axum::http::header;
use tokio_util::io::ReaderStream;
use tower_api_routes::{ApiConfig, ApiError, ApiResponse, Params, State};

use crate::{App, files::FileId};

pub const CONFIG: ApiConfig = ApiConfig::new().no_response_limit();

pub async fn get(
    State(app): State<App>,
    Params(id): Params<FileId>,
    res: ApiResponse,
) -> Result<ApiResponse, ApiError> {
    let file = app.files.open(&id).await?;
    let file = file.ok_or_else(|| ApiError::not_found("there is no such file"))?;
    let length = file.metadata().await?.len();
    Ok(res
        .header(header::CONTENT_LENGTH, length)
        .attachment("file")
        .stream(ReaderStream::new(file)))
}
