//! Traces, metrics and logs that name the route of each request.

use axum::{Router, http::header, middleware::from_fn_with_state, routing::get};
use tower::ServiceBuilder;
use tower_api_routes::{ApiRoutesLayer, BoxError, ErrorFormat, RouterOptions};
use tower_http::{ServiceBuilderExt, request_id::MakeRequestUuid};

mod metrics;
mod spans;
mod telemetry;
#[cfg(test)]
mod tests;

tower_api_routes::include_routes!();

/// What the program serves and the tests ask.
fn app() -> Result<Router, BoxError> {
    let options = RouterOptions::new()
        .error_format(ErrorFormat::Json)
        // An unknown path below /api is answered in JSON, too.
        .claim_mount(true)
        // For the metrics, which see the answers from outside.
        .route_in_responses(true);
    let api = ApiRoutesLayer::new("pages/api").options(options);
    let metrics = metrics::Metrics::new();
    let around = ServiceBuilder::new()
        .set_x_request_id(MakeRequestUuid)
        .layer(spans::layer(api.router()?))
        .layer(from_fn_with_state(metrics.clone(), metrics::record))
        .propagate_x_request_id();

    Ok(Router::new()
        .route("/", get(async || "the API is at /api/posts/1"))
        .route(
            "/metrics",
            get(async move || {
                let headers = [(header::CONTENT_TYPE, metrics::CONTENT_TYPE)];
                (headers, metrics.text())
            }),
        )
        .layer(api)
        .layer(around))
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let traces = telemetry::traces()?;
    tracing::subscriber::set_global_default(telemetry::subscriber(traces.as_ref()))?;
    let app = app()?;

    let port = std::env::var("PORT").map_or(Ok(3000), |port| port.parse::<u16>())?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app)
        .with_graceful_shutdown(async {
            let _ = tokio::signal::ctrl_c().await;
        })
        .await?;

    // The last spans are sent before the program ends.
    if let Some(traces) = traces {
        traces.shutdown()?;
    }
    Ok(())
}
