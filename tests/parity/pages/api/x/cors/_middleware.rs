//! Presets `Vary` on preflights too, which no handler sees.

use axum::{
    extract::Request,
    http::{HeaderValue, Method, header},
    middleware::{Next, from_fn},
    response::Response,
};
use tower_api_routes::{Query, router::RouteLayer};

pub fn layer() -> impl RouteLayer {
    from_fn(preset_vary)
}

async fn preset_vary(Query(query): Query, request: Request, next: Next) -> Response {
    let is_preflight = request.method() == Method::OPTIONS;
    let mut response = next.run(request).await;
    let preset = query.get("vary").filter(|_| is_preflight);
    let headers = response.headers_mut();
    if let (Some(preset), Some(vary)) = (preset, headers.get(header::VARY)) {
        let vary = vary.to_str().unwrap_or_default();
        let vary = match preset {
            "*" => preset.to_owned(),
            _ if vary.starts_with(preset) => vary.to_owned(),
            _ => format!("{preset}, {vary}"),
        };
        if let Ok(vary) = HeaderValue::try_from(vary) {
            headers.insert(header::VARY, vary);
        }
    }
    response
}
