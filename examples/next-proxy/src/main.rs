//! Route files in front of a Next.js server: what has a file here is answered here, everything else
//! by Next.js.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, serve::ListenerExt};
use tower_api_routes::{ApiRoutesLayer, BoxError};

mod failure;
mod headers;
mod host;
mod location;
mod patience;
mod proxy;
mod websocket;

tower_api_routes::include_routes!();

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let upstream = std::env::var("UPSTREAM").unwrap_or("http://127.0.0.1:3001".to_owned());
    // Next.js itself waits for 30 seconds for what it hands on.
    let patience = std::env::var("UPSTREAM_TIMEOUT").map_or(Ok(30), |seconds| seconds.parse())?;
    let proxy = proxy::Proxy::new(&upstream, Duration::from_secs(patience))?;

    let api = ApiRoutesLayer::new("pages/api");
    print!("{}", api.router()?);
    println!("everything else: {upstream}");

    let app = Router::new()
        .fallback(proxy::forward)
        .with_state(proxy)
        .layer(api);

    let port = std::env::var("PORT").map_or(Ok(3000), |port| port.parse::<u16>())?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    // Events and messages of a few bytes are not held back to be sent with the next.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app).await?;
    Ok(())
}
