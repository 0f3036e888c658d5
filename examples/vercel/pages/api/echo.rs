//! `/api/echo`: sends bytes back as they come, piece by piece.

use futures_util::stream;
use tower_api_routes::{ApiConfig, ApiRequest, ApiResponse};

// 4.5 MB are all that Vercel takes for a request.
pub const CONFIG: ApiConfig = ApiConfig::new().body_limit("4500kb");

pub async fn post(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let pieces = stream::unfold(req, async |mut req| match req.chunk().await {
        Ok(Some(piece)) => Some((Ok(piece), req)),
        Ok(None) => None,
        Err(error) => Some((Err(error.to_string()), req)),
    });
    res.header("content-type", "application/octet-stream")
        .stream(pieces)
}
