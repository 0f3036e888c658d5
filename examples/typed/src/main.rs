//! Types from the request to the answer: what has the wrong one does not compile, or is refused.

use axum::Router;
use tower_api_routes::{ApiRoutesLayer, BoxError, ErrorFormat, RouterOptions};

mod posts;

tower_api_routes::include_routes!(posts::Posts);

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let api = ApiRoutesLayer::new("pages/api")
        .with_state(posts::Posts::default())
        .options(RouterOptions::new().error_format(ErrorFormat::Problem));
    print!("{}", api.router()?);

    let app = Router::new().layer(api);

    let port = std::env::var("PORT").map_or(Ok(3000), |port| port.parse::<u16>())?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}
