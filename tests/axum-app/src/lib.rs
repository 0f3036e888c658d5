//! An application around a library of routes: traces, metrics, a limit for each client and sessions
//! stand outside of them.

pub mod metrics;

use std::sync::Arc;

use axum::{Router, extract::State, middleware::from_fn_with_state, routing::get};
use axum_app_api::{AppState, PAGES_API};
use tower::ServiceBuilder;
use tower_api_routes::{ApiRoutesLayer, RouterError, RouterOptions};
use tower_governor::{
    GovernorLayer, governor::GovernorConfigBuilder, key_extractor::SmartIpKeyExtractor,
};
use tower_http::{
    ServiceBuilderExt,
    request_id::{MakeRequestUuid, RequestId},
    trace::TraceLayer,
};
use tower_sessions::{MemoryStore, SessionManagerLayer};
use tracing::{Span, info_span};

use metrics::{Metrics, count};

/// How many requests a client may send at once.
pub const BURST: u32 = 20;

/// The application, with `/api/*` from the files of the library and `/metrics`.
///
/// # Errors
///
/// Where the routes cannot be put together.
pub fn app(state: AppState) -> Result<Router, RouterError> {
    let api = ApiRoutesLayer::new(PAGES_API)
        .options(RouterOptions::new().route_in_responses(true))
        .with_state(state)
        .router()?;
    let metrics = Metrics::default();

    let mut limit = GovernorConfigBuilder::default();
    let mut limit = limit.burst_size(BURST).key_extractor(SmartIpKeyExtractor);
    let limit = Arc::new(limit.finish().expect("neither is zero"));
    let sessions = SessionManagerLayer::new(MemoryStore::default());

    let outside = ServiceBuilder::new()
        .set_x_request_id(MakeRequestUuid)
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .propagate_x_request_id()
        .layer(from_fn_with_state(metrics.clone(), count))
        .layer(GovernorLayer::new(limit))
        .layer(sessions);
    Ok(Router::new()
        .fallback_service(api)
        .layer(outside)
        .route("/metrics", get(text))
        .with_state(metrics))
}

async fn text(State(metrics): State<Metrics>) -> String {
    metrics.text()
}

fn span(request: &axum::extract::Request) -> Span {
    let id = request.extensions().get::<RequestId>();
    let id = id.and_then(|id| id.header_value().to_str().ok());
    info_span!("request", method = %request.method(), path = request.uri().path(), id)
}
