//! `/api/posts`: a typed query string, and a typed body.

use axum::{
    http::{StatusCode, header},
    response::IntoResponse,
};
use serde::Deserialize;
use tower_api_routes::{ApiError, Json, Query, State};

use crate::{
    pages_api::urls,
    posts::{NewPost, Post, Posts, Status},
};

/// `?status=draft&tag=rust`
#[derive(Deserialize)]
pub struct Filter {
    status: Option<Status>,
    tag: Option<String>,
}

pub async fn get(State(posts): State<Posts>, Query(filter): Query<Filter>) -> Json<Vec<Post>> {
    Json(posts.find(filter.status, filter.tag.as_deref()))
}

pub async fn post(
    State(posts): State<Posts>,
    Json(new): Json<NewPost>,
) -> Result<impl IntoResponse, ApiError> {
    let post = posts.add(new)?;
    let location = [(header::LOCATION, urls::posts::id(post.id.0)?)];
    Ok((StatusCode::CREATED, location, Json(post)))
}
