//! Posts and their drafts.
//!
//! A post belongs to one author.

use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tower_api_routes::{ApiConfig, ApiError, Json, Query, openapi::Operation};

use crate::Caller;

pub const CONFIG: ApiConfig = ApiConfig::new().body_limit("16kb");

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Filter {
    /// The page, from 1.
    page: Option<u32>,
    #[serde(default)]
    tag: Vec<String>,
    sort_by: Order,
    #[serde(flatten)]
    period: Period,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    Newest,
    Title,
}

#[derive(Deserialize, JsonSchema)]
struct Period {
    since: Option<u16>,
}

#[derive(Serialize, JsonSchema)]
pub struct Page<T> {
    items: Vec<T>,
    next: Option<u32>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Post {
    #[serde(skip_deserializing)]
    id: u64,
    title: String,
    #[serde(default)]
    replies: Vec<Post>,
    body: Body,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Body {
    Text { text: String },
    Link { url: String },
}

/// Lists posts.
///
/// The newest come first,
/// unless `sortBy` says otherwise.
pub async fn get(Query(filter): Query<Filter>) -> Result<Json<Page<Post>>, ApiError> {
    let _ = (filter.page, filter.tag, filter.sort_by, filter.period.since);
    Ok(Json(Page {
        items: Vec::new(),
        next: None,
    }))
}

/// Writes a post.
pub async fn post(_: Caller, Json(post): Json<Post>) -> Result<(StatusCode, Json<Post>), ApiError> {
    Ok((StatusCode::CREATED, Json(post)))
}

pub fn openapi(operation: Operation) -> Operation {
    match operation.method().as_str() {
        "POST" => operation
            .status(201)
            .response_header::<String>(201, "location"),
        _ => operation.no_security(),
    }
}
