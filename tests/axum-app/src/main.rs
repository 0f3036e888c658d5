//! Serves the application on the port of the variable `PORT`, or on 3000.

use std::net::SocketAddr;

use axum_app::app;
use axum_app_api::AppState;

#[tokio::main]
async fn main() -> Result<(), tower_api_routes::BoxError> {
    tracing_subscriber::fmt().init();
    let state = AppState::default();
    state.users.add("Ada", "secret");

    let port = std::env::var("PORT").unwrap_or("3000".to_owned());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let app = app(state)?.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app).await?;
    Ok(())
}
