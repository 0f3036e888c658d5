//! Route files as one AWS Lambda function, behind API Gateway (HTTP API) or a function URL.
//!
//! Started by hand it serves the same routes on a port.

use axum::Router;
use tower_api_routes::{ApiRoutesLayer, BoxError, FsRouter};

tower_api_routes::include_routes!();

// One request at a time is all that Lambda gives to a process.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    // To CloudWatch, which adds the time: errors of handlers, whose clients learn no reason.
    tracing_subscriber::fmt()
        .with_ansi(false)
        .without_time()
        .init();

    let router = ApiRoutesLayer::new("pages/api").router()?;
    if std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_some() {
        lambda_http::run(router).await
    } else {
        serve(router).await
    }
}

async fn serve(router: FsRouter) -> Result<(), BoxError> {
    print!("{router}");
    let port = std::env::var("PORT").map_or(Ok(3000), |port| port.parse::<u16>())?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, Router::new().fallback_service(router)).await?;
    Ok(())
}
