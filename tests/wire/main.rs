//! Routes behind a real server: what hostile bytes on a connection come to.

#[path = "../support/mod.rs"]
mod support;

mod bodiless;
mod compression;
mod connect;
mod frames;
mod framing;
mod fronts;
mod headers;
mod http2;
mod injection;
mod layers;
mod methods;
mod refused;
mod targets;
mod versions;

use std::net::SocketAddr;

use axum::Router;
use http::{Method, Uri};
use support::wire::{serve, serve_in_front};
use tower_api_routes::{
    ApiError, ApiRequest, ApiResponse, FsRouter,
    router::{any, get, post},
};

/// Answers with the route and `req.query`.
async fn echo(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.json(&(req.route().pattern(), req.query()))
}

/// Answers with the body, parsed.
async fn body(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let body = req.body().await?;
    Ok(res.json(body.value()?))
}

async fn text() -> &'static str {
    "text"
}

fn routes() -> FsRouter {
    FsRouter::builder()
        .mount("/api")
        .route("", any(echo))
        .route("[id]", any(echo))
        .route("admin", any(echo))
        .route("body", post(body))
        .route("text", get(text))
        .route("user/[id]", any(echo))
        .route("user/admin", any(echo))
        .route("files/[...slug]", any(echo))
        .build()
        .unwrap()
}

/// The routes alone.
async fn alone() -> SocketAddr {
    serve(routes()).await
}

/// The routes in front of an axum router, which names what it was given: as a layer of it, and
/// around it.
async fn in_front() -> [SocketAddr; 2] {
    async fn inner(method: Method, uri: Uri) -> String {
        format!("axum: {method} {uri}")
    }
    serve_in_front(routes(), Router::new().fallback(inner)).await
}

/// The routes alone and in front of an axum router.
async fn everywhere() -> [SocketAddr; 3] {
    let [inside, outside] = in_front().await;
    [alone().await, inside, outside]
}
