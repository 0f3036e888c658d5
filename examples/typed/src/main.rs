//! Types from the request to the answer: what has the wrong one does not compile, or is refused.

use axum::Router;
use tower_api_routes::{ApiRoutesLayer, BoxError, ErrorFormat, RouterOptions};

mod posts;
#[cfg(test)]
mod tests;

tower_api_routes::include_routes!(posts::Posts);

/// What the program serves and the tests ask.
fn app() -> Result<Router, BoxError> {
    let api = ApiRoutesLayer::new("pages/api")
        .with_state(posts::Posts::default())
        .options(RouterOptions::new().error_format(ErrorFormat::Problem));
    print!("{}", api.router()?);
    Ok(Router::new().layer(api))
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
