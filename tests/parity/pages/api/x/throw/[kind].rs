//! Handlers that fail, at every point.

use axum::http::{HeaderName, HeaderValue, header};
use tower_api_routes::{ApiError, ApiRequest, ApiResponse};

use crate::pages_api::{_lib::Failure, x::end::kind::failing};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let kind = req.param("kind").unwrap_or_default();
    let error = ApiError::internal(Failure("thrown"));
    match &*kind {
        // What was set before the error is lost with the response, unless the error carries it.
        "after-header" => Err(error
            .with_header(
                HeaderName::from_static("x-kept"),
                HeaderValue::from_static("yes"),
            )
            .with_header(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            )),
        "after-cookie" => {
            Err(error.with_header(header::SET_COOKIE, HeaderValue::from_static("a=1")))
        }
        "after-write" => Ok(res.body(failing("partial"))),
        "after-send" => Ok(res.send("done")),
        _ => Err(error),
    }
}
