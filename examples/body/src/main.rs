//! Request bodies: parsed by their type, checked as bytes, and streamed to disk.

use axum::Router;
use data_encoding::HEXLOWER;
use tower_api_routes::{ApiRoutesLayer, BoxError};

mod files;
#[cfg(test)]
mod tests;
mod webhook;

tower_api_routes::include_routes!(App);

/// What the routes share.
#[derive(Clone)]
pub(crate) struct App {
    files: files::Files,
    secret: webhook::Secret,
}

/// What the program serves and the tests ask.
fn app(state: App) -> Result<Router, BoxError> {
    let api = ApiRoutesLayer::new("pages/api").with_state(state);
    print!("{}", api.router()?);
    Ok(Router::new().layer(api))
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let secret = match std::env::var("WEBHOOK_SECRET") {
        Ok(secret) => secret,
        Err(_) => random_secret()?,
    };
    let dir = match std::env::var_os("FILES") {
        Some(dir) => dir.into(),
        None => tempfile::tempdir()?.keep(),
    };
    println!("files go to {}", dir.display());

    let app = app(App {
        files: files::Files::new(dir),
        secret: webhook::Secret::new(secret.as_bytes())?,
    })?;

    let port = std::env::var("PORT").map_or(Ok(3000), |port| port.parse::<u16>())?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}

/// A secret for this run alone.
fn random_secret() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    let secret = HEXLOWER.encode(&bytes);
    println!("WEBHOOK_SECRET is not set, so it is {secret}");
    Ok(secret)
}
