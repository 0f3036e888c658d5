//! Another answer, head and body.

use tower_api_routes::{ApiError, ApiRequest, ApiResponse, ResponseBody, State};

use crate::{App, pages_api::_lib::myself};

pub async fn handler(
    State(app): State<App>,
    _req: ApiRequest,
    res: ApiResponse,
) -> Result<ApiResponse, ApiError> {
    let answer = myself::get(app.address, "/user").await?;
    let mut res = res.status(answer.status());
    *res.headers_mut() = answer.headers().clone();
    Ok(res.body(ResponseBody::new(answer.into_body())))
}
