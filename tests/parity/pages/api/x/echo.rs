//! What a handler knows of its request.

use serde::Serialize;
use tower_api_routes::{ApiError, ApiRequest, ApiResponse, Cookies, MultiMap, ParsedBody};

use crate::pages_api::_lib::javascript::type_of;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Echo<'a> {
    method: &'a str,
    url: &'a str,
    query: &'a MultiMap,
    cookies: &'a Cookies,
    body_type: &'static str,
    body: &'a ParsedBody,
}

pub async fn handler(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let body = req.body().await?;
    Ok(res.status(200).json(&Echo {
        method: req.method().as_str(),
        url: req.url(),
        query: req.query(),
        cookies: req.cookies(),
        body_type: type_of(body)?,
        body,
    }))
}
