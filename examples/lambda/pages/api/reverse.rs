//! `/api/reverse`: bytes in and bytes out; events carry them as base64.

use tower_api_routes::{ApiError, ApiRequest, ApiResponse};

pub async fn post(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let mut bytes = req.bytes().await?.to_vec();
    bytes.reverse();
    Ok(res.send(bytes))
}
