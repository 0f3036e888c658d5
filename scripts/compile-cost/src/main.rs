//! The endpoints of `examples/basic`, written for axum alone.

use axum::{
    Json, Router,
    extract::{Path, RawQuery},
    http::{Method, StatusCode},
    response::{Html, IntoResponse},
    routing::{any, get},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Deserialize, Serialize)]
struct NewPost {
    title: String,
}

#[derive(Serialize)]
struct Post {
    id: u64,
    title: String,
}

async fn home() -> Html<&'static str> {
    Html(include_str!("../public/index.html"))
}

async fn user() -> impl IntoResponse {
    Json(json!({ "name": "John Doe" }))
}

async fn method(method: Method) -> impl IntoResponse {
    if method == Method::POST {
        let message = json!({ "message": "processed a POST" });
        (StatusCode::CREATED, Json(message))
    } else {
        let message = json!({ "message": format!("handled a {method}") });
        (StatusCode::OK, Json(message))
    }
}

async fn posts() -> impl IntoResponse {
    Json([Post {
        id: 1,
        title: "Hello".to_owned(),
    }])
}

async fn new_post(Json(NewPost { title }): Json<NewPost>) -> impl IntoResponse {
    (StatusCode::CREATED, Json(Post { id: 2, title }))
}

async fn post(Path(id): Path<u64>) -> Json<Post> {
    Json(Post {
        id,
        title: format!("Post {id}"),
    })
}

async fn slug(
    Path((_, slug)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> impl IntoResponse {
    let slug: Vec<_> = slug.split('/').collect();
    Json(json!({ "query": { "slug": slug, "rest": query } }))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let app = Router::new()
        .route("/", get(home))
        .route("/api/user", any(user))
        .route("/api/method", any(method))
        .route("/api/posts", get(posts).post(new_post))
        .route("/api/posts/{id}", get(post))
        .route("/api/posts/{id}/{*slug}", any(slug));

    let port = std::env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await
}
