//! An async function as a layer: no handler below runs without the header.

use axum::{
    extract::Request,
    http::StatusCode,
    middleware::{Next, from_fn},
    response::Response,
};
use tower_api_routes::router::RouteLayer;

async fn auth(mut request: Request, next: Next) -> Result<Response, StatusCode> {
    let user = request.headers().get("x-user").cloned();
    let user = user.ok_or(StatusCode::UNAUTHORIZED)?;
    request
        .extensions_mut()
        .insert(User(user.to_str().unwrap_or_default().to_owned()));
    Ok(next.run(request).await)
}

#[derive(Debug, Clone)]
pub(crate) struct User(pub(crate) String);

pub fn layer() -> impl RouteLayer {
    from_fn(auth)
}
