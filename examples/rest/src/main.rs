//! Users in a database, behind a REST API: SQLite in a file, or Postgres by `DATABASE_URL`.

use axum::Router;
use tower_api_routes::{ApiRoutesLayer, BoxError, ErrorFormat, RouterOptions};

mod db;
mod page;
mod precondition;
#[cfg(test)]
mod tests;
mod user;

tower_api_routes::include_routes!(db::Db);

/// What the program serves and the tests ask.
fn app(db: db::Db) -> Result<Router, BoxError> {
    let api = ApiRoutesLayer::new("pages/api")
        .options(RouterOptions::new().error_format(ErrorFormat::Problem))
        .with_state(db);
    print!("{}", api.router()?);
    Ok(Router::new().layer(api))
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let url = std::env::var("DATABASE_URL");
    let db = db::Db::connect(url.as_deref().unwrap_or("sqlite://rest.db?mode=rwc")).await?;
    let app = app(db)?;

    let port = std::env::var("PORT").map_or(Ok(3000), |port| port.parse::<u16>())?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}
