use axum::{
    http::header,
    response::{Html, IntoResponse},
};
use tower_api_routes::Params;

pub async fn get(_: Params<Vec<String>>) -> Html<&'static str> {
    Html("")
}

pub async fn head() -> ([(header::HeaderName, &'static str); 1], ()) {
    ([(header::CACHE_CONTROL, "no-store")], ())
}

pub async fn post(body: axum::body::Bytes) -> impl IntoResponse {
    body
}

pub fn openapi(op: tower_api_routes::openapi::Operation) -> tower_api_routes::openapi::Operation {
    match op.method().as_str() {
        "POST" => op.hide(),
        _ => op,
    }
}
