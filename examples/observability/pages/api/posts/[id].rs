//! /api/posts/1: a thousand paths, one route.

use axum::Json;
use serde_json::{Value, json};
use tower_api_routes::Params;

pub async fn get(Params(id): Params<u64>) -> Json<Value> {
    Json(json!({ "id": id }))
}
