//! The routes of a Next.js app whose answers were recorded, written with the public API of
//! `tower-api-routes` alone. `tests/recorded` compares the answers.

use std::net::SocketAddr;

use axum::{
    Router,
    http::HeaderName,
    middleware::map_response,
    response::{Html, Response},
    routing::{MethodRouter, get},
};
use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::net::TcpListener;
use tower_api_routes::{
    ApiRoutesLayer, BoxError, ErrorFormat, MatchedRoute, RouterOptions, preview::PreviewKeys,
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

/// Names the route of an answer that carries it.
async fn show_route(mut response: Response) -> Response {
    if let Some(route) = response.extensions_mut().remove::<MatchedRoute>() {
        let headers = response.headers_mut();
        let shown = [
            ("x-route", route.pattern()),
            ("x-file", route.file().unwrap_or_default()),
        ];
        for (name, value) in shown {
            headers.extend(
                value
                    .parse()
                    .map(|value| (HeaderName::from_static(name), value)),
            );
        }
    }
    response
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let port = std::env::var("PORT").map_or(Ok(4114), |port| port.parse::<u16>())?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let address = listener.local_addr()?;

    // For the tests of `cargo api-routes explain`: every answer names its route.
    let shows_routes = std::env::var_os("SHOW_ROUTES").is_some();
    let keys = PreviewKeys::generate()?;
    let api = ApiRoutesLayer::new("pages/api")
        .with_state(App {
            keys: keys.clone(),
            address,
        })
        .options(
            RouterOptions::new()
                .error_format(ErrorFormat::NextJs)
                .route_in_responses(shows_routes)
                .preview(keys),
        )
        .router()?;
    let mut app = Router::new()
        .route("/", page())
        .route("/user", page())
        .route("/api-conflict", page())
        .fallback_service(api);
    if shows_routes {
        app = app.layer(map_response(show_route));
    }

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
