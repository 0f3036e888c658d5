//! `/api/graphql`: POST answers queries, GET is a page to try them (GraphiQL).

use async_graphql::Request;
use axum::{http::Method, response::Html};
use tower_api_routes::{ApiResponse, CorsLayer, Json, State, cors::CorsError};

use crate::schema::Blog;

/// Apollo Sandbox, a page of another site, may send queries.
pub fn layer() -> Result<CorsLayer, CorsError> {
    CorsLayer::new()
        .allow_methods([Method::POST])
        .origin(["https://studio.apollographql.com"])
        .allow_headers(["content-type"])
        .build()
}

pub async fn get() -> Html<&'static str> {
    Html(include_str!("../../public/graphiql.html"))
}

/// Nothing but JSON is taken: a form, which any site can send without asking, is refused with 415.
pub async fn post(State(blog): State<Blog>, Json(request): Json<Request>) -> ApiResponse {
    let response = blog.execute(request).await;
    ApiResponse::new().json(&response)
}
