use std::convert::Infallible;

use axum::{
    Form, Json,
    extract::{Query, State},
    response::{Redirect, Sse, sse::Event},
};
use futures_util::stream::{Pending, pending};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Search {
    q: String,
    deep: Option<bool>,
}

pub async fn get(Query(search): Query<Search>, _: State<()>) -> Result<Json<Search>, Redirect> {
    Ok(Json(search))
}

pub async fn post(Json(search): Json<Search>) -> (axum::http::HeaderMap, Vec<u8>) {
    (axum::http::HeaderMap::new(), search.q.into_bytes())
}

pub async fn put(
    Form(search): Form<Search>,
) -> Result<&'static str, (axum::http::StatusCode, String)> {
    match search.deep {
        None => Ok("put"),
        Some(_) => Err((axum::http::StatusCode::CONFLICT, search.q)),
    }
}

pub async fn patch() -> Sse<Pending<Result<Event, Infallible>>> {
    Sse::new(pending())
}
