//! Around every route of this directory: an id and a line in the log for each request, compressed
//! answers, and a deadline.

use std::time::Duration;

use axum::{extract::Request, http::StatusCode};
use tower::ServiceBuilder;
use tower_api_routes::{MatchedRoute, router::RouteLayer};
use tower_http::{
    ServiceBuilderExt,
    request_id::{MakeRequestUuid, RequestId},
    timeout::TimeoutLayer,
    trace::{DefaultOnResponse, TraceLayer},
};
use tracing::{Level, Span, info_span};

/// For a handler, from the head of the request to the head of the answer.
const DEADLINE: Duration = Duration::from_secs(1);

/// The first layer is the outermost.
pub fn layer() -> impl RouteLayer {
    let trace = TraceLayer::new_for_http()
        .make_span_with(span)
        .on_response(DefaultOnResponse::new().level(Level::INFO));
    ServiceBuilder::new()
        .set_x_request_id(MakeRequestUuid)
        .layer(trace)
        .propagate_x_request_id()
        .compression()
        .layer(TimeoutLayer::with_status_code(
            StatusCode::GATEWAY_TIMEOUT,
            DEADLINE,
        ))
}

fn span(request: &Request) -> Span {
    let extensions = request.extensions();
    let id = extensions.get::<RequestId>();
    info_span!(
        "request",
        method = %request.method(),
        route = extensions.get::<MatchedRoute>().map(MatchedRoute::pattern),
        id = id.and_then(|id| id.header_value().to_str().ok()),
    )
}
