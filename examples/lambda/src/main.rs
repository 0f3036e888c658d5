//! Route files as one AWS Lambda function, behind a function URL, API Gateway (HTTP API or REST API) or an Application
//! Load Balancer.
//!
//! Started by hand it serves the same routes on a port.

use axum::Router;
use lambda_http::{Adapter, tower::ServiceExt};
use tower_api_routes::{ApiRoutesLayer, BoxError, FsRouter};

mod headers;

tower_api_routes::include_routes!();

// One request at a time is all that Lambda gives to a process.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    // To CloudWatch, which adds the time: errors of handlers, whose clients learn no reason.
    tracing_subscriber::fmt()
        .with_ansi(false)
        .without_time()
        .init();

    // In a stage of API Gateway the paths begin with its name: `BASE_PATH=/prod`.
    let base = std::env::var("BASE_PATH").unwrap_or_default();
    let router = ApiRoutesLayer::new("pages/api")
        .mount(format!("{base}/api"))
        .router()?;
    if std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_none() {
        serve(router).await
    } else if std::env::var_os("RESPONSE_STREAM").is_some() {
        // For a function URL whose invoke mode is `RESPONSE_STREAM`.
        lambda_http::run_with_streaming_response(router).await
    } else {
        let function = Adapter::from(router).map_request(headers::keep_all_values);
        lambda_http::lambda_runtime::run(function).await
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
