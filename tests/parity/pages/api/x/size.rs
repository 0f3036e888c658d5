//! The length of the body, in UTF-16: of a text, or of its JSON.

use serde_json::{Value, json};
use tower_api_routes::{ApiError, ApiRequest, ApiResponse, BodyValue};

use crate::pages_api::_lib::javascript::{stringify, type_of};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let body = req.body().await?;
    let body_type = type_of(body)?;
    let text = match body.value()? {
        BodyValue::Json(Value::String(text)) => text.as_str().into(),
        BodyValue::Json(_) | BodyValue::Form(_) => stringify(body).await?.into(),
        _ => body.text()?,
    };
    let length = text.encode_utf16().count();
    Ok(res.json(&json!({ "bodyType": body_type, "length": length })))
}
