//! Routes for other origins: one for all, one for a named one, one for none.

use axum::{Router, response::Html, routing::get};
use tower_api_routes::{ApiRoutesLayer, BoxError};

tower_api_routes::include_routes!();

async fn home() -> Html<&'static str> {
    Html(include_str!("../public/index.html"))
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let api = ApiRoutesLayer::new("pages/api");
    print!("{}", api.router()?);

    let app = Router::new().route("/", get(home)).layer(api);

    let port = std::env::var("PORT").map_or(Ok(3000), |port| port.parse::<u16>())?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}
