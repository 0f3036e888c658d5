use axum::extract::RawForm;
use serde_json::Value;
use tower_api_routes::{
    Json,
    openapi::{GapKind, Operation},
};

pub async fn get() -> Json<Value> {
    Json(Value::Null)
}

pub async fn post(_: Json<Value>) {}

pub async fn put(_: RawForm) {}

/// Takes anything, and means it.
pub async fn patch(Json(any): Json<Value>) -> Json<Value> {
    Json(any)
}

pub fn openapi(operation: Operation) -> Operation {
    match operation.method().as_str() {
        "PATCH" => operation.covers(GapKind::Body).covers(GapKind::Answer),
        _ => operation,
    }
}
