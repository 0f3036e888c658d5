//! The metric that OpenTelemetry asks of an HTTP server, for Prometheus:
//! <https://opentelemetry.io/docs/specs/semconv/http/http-metrics/>.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{family::Family, histogram::Histogram},
    registry::{Registry, Unit},
};
use tower_api_routes::MatchedRoute;

use crate::spans;

pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// In seconds, as the convention advises.
const BUCKETS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

/// What tells one series from another. There are as many as the program has routes, whatever the paths
/// that clients ask for: none of these values is chosen by a client.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    http_request_method: &'static str,
    http_route: Option<String>,
    http_response_status_code: u16,
}

#[derive(Clone)]
pub(crate) struct Metrics {
    registry: Arc<Registry>,
    durations: Family<Labels, Histogram>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let durations = Family::new_with_constructor((|| Histogram::new(BUCKETS)) as fn() -> _);
        let mut registry = Registry::default();
        registry.register_with_unit(
            "http_server_request_duration",
            "Duration of HTTP server requests",
            Unit::Seconds,
            durations.clone(),
        );
        Self {
            registry: Arc::new(registry),
            durations,
        }
    }

    /// What Prometheus collects.
    pub(crate) fn text(&self) -> Result<String, String> {
        let mut text = String::new();
        text::encode(&mut text, &self.registry).map_err(|error: fmt::Error| error.to_string())?;
        Ok(text)
    }

    fn observe(&self, labels: &Labels, duration: Duration) {
        let histogram = self.durations.get_or_create(labels);
        histogram.observe(duration.as_secs_f64());
    }
}

/// Measures the time until the answer begins.
pub(crate) async fn record(
    State(metrics): State<Metrics>,
    request: Request,
    next: Next,
) -> Response {
    let begin = Instant::now();
    let http_request_method = spans::known_method(request.method());
    // The pages of axum's router have their pattern here, the routes of files in the answer.
    let page = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = response.extensions().get::<MatchedRoute>();
    let route = route.map(MatchedRoute::pattern);
    let labels = Labels {
        http_request_method,
        http_route: route
            .or(page.as_ref().map(MatchedPath::as_str))
            .map(str::to_owned),
        http_response_status_code: response.status().as_u16(),
    };
    metrics.observe(&labels, begin.elapsed());
    response
}
