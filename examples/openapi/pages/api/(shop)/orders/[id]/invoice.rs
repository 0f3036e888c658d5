//! What users order.

use axum::http::{Method, StatusCode};
use serde_json::json;
use tower_api_routes::{ApiConfig, ApiError, Multipart, Params, State, openapi::Operation};

use crate::{errors::Missing, orders::OrderId, shop::Shop};

pub const CONFIG: ApiConfig = ApiConfig::new().body_limit("1mb");

/// Gives the invoice of an order as it was uploaded.
pub async fn get(
    State(shop): State<Shop>,
    Params(id): Params<OrderId>,
) -> Result<Vec<u8>, Missing> {
    shop.invoice(id)
}

/// Uploads the invoice of an order, in place of the one that it may have.
pub async fn put(
    State(shop): State<Shop>,
    Params(id): Params<OrderId>,
    mut form: Multipart,
) -> Result<StatusCode, ApiError> {
    let mut invoice = None;
    while let Some(field) = form.next_field().await? {
        if field.name() != Some("invoice") {
            return Err(ApiError::bad_request("the one field is `invoice`"));
        }
        invoice = Some(field.bytes().await?.to_vec());
    }
    let invoice = invoice.ok_or_else(|| ApiError::bad_request("the field `invoice` is missing"))?;
    shop.keep_invoice(id, invoice)?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a form holds is no type: it is said here.
pub fn openapi(operation: Operation) -> Operation {
    match *operation.method() {
        Method::PUT => {
            let file = json!({ "type": "string", "contentMediaType": "application/octet-stream" });
            let form = json!({
                "type": "object",
                "properties": { "invoice": file },
                "required": ["invoice"],
                "additionalProperties": false,
            });
            operation
                .request_body_as("multipart/form-data", form)
                .status(204)
                // Of `ApiError`, there is this one alone; the others are those of `Multipart`.
                .error(404, "There is nothing with this id.")
                .remove_response("default")
        }
        _ => operation,
    }
}
