//! Cookies, and layers around one route, a directory and all routes.

use std::io::IsTerminal;

use axum::Router;
use tower_api_routes::{ApiRoutesLayer, BoxError};

mod auth;

tower_api_routes::include_routes!();

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    // Colours for a person, plain text for a file.
    tracing_subscriber::fmt()
        .with_ansi(std::io::stdout().is_terminal())
        .init();

    let api = ApiRoutesLayer::new("pages/api");
    print!("{}", api.router()?);

    let app = Router::new().layer(api);

    let port = std::env::var("PORT").map_or(Ok(3000), |port| port.parse::<u16>())?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}
