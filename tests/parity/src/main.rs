//! The routes of a Next.js app whose answers were recorded, written with the public API of
//! `tower-api-routes` alone. `tests/recorded` compares the answers.

use std::net::SocketAddr;

use axum::{
    Router,
    response::Html,
    routing::{MethodRouter, get},
};
use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::net::TcpListener;
use tower_api_routes::{
    ApiRoutesLayer, BoxError, ErrorFormat, RouterOptions, preview::PreviewKeys,
};

tower_api_routes::include_routes!(App);

/// What routes can ask for with `State`.
#[derive(Debug, Clone)]
struct App {
    keys: PreviewKeys,
    address: SocketAddr,
}

/// A page, as far as an API needs one.
fn page() -> MethodRouter {
    get(|| async { Html("<!doctype html><title>page</title>") })
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let port = std::env::var("PORT").map_or(Ok(4114), |port| port.parse::<u16>())?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let address = listener.local_addr()?;

    let keys = PreviewKeys::generate()?;
    let api = ApiRoutesLayer::new("pages/api")
        .with_state(App {
            keys: keys.clone(),
            address,
        })
        .options(
            RouterOptions::new()
                .error_format(ErrorFormat::NextJs)
                .preview(keys),
        )
        .router()?;
    let app = Router::new()
        .route("/", page())
        .route("/user", page())
        .route("/api-conflict", page())
        .fallback_service(api);

    println!("listening on http://{address}");
    loop {
        let (stream, _) = listener.accept().await?;
        let service = TowerToHyperService::new(app.clone());
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move {
            // A client that leaves early is no news.
            let _ = connection.await;
        });
    }
}
