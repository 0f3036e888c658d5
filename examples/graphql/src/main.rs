//! GraphQL in a route file: `pages/api/graphql.rs`.

use axum::Router;
use tower_api_routes::{ApiRoutesLayer, BoxError};

mod posts;
mod schema;
#[cfg(test)]
mod tests;

tower_api_routes::include_routes!(schema::Blog);

/// What the program serves and the tests ask.
fn app() -> Result<Router, BoxError> {
    let api = ApiRoutesLayer::new("pages/api").with_state(schema::blog());
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
