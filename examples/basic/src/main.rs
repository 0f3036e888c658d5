//! Files in `pages/api` become endpoints of an axum app.

use axum::{Router, response::Html, routing::get};
use tower_api_routes::{ApiRoutesLayer, BoxError};

#[cfg(test)]
mod tests;

tower_api_routes::include_routes!();

async fn home() -> Html<&'static str> {
    Html(include_str!("../public/index.html"))
}

/// What the program serves and the tests ask.
fn app() -> Result<Router, BoxError> {
    let api = ApiRoutesLayer::new("pages/api");
    print!("{}", api.router()?);
    Ok(Router::new().route("/", get(home)).layer(api))
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let app = app()?;

    let port = std::env::var("PORT").map_or(Ok(3000), |port| port.parse::<u16>())?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}
