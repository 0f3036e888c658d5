//! How often each route gave which answer.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use tower_api_routes::MatchedRoute;

/// The counts, by route and status.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    counts: Arc<Mutex<BTreeMap<(String, u16), u64>>>,
}

impl Metrics {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<(String, u16), u64>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One line for each series, as Prometheus reads them.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for ((route, status), count) in &*self.lock() {
            // Writing to a `String` never fails.
            let _ = writeln!(
                text,
                "http_requests_total{{http_route=\"{route}\",status=\"{status}\"}} {count}"
            );
        }
        text
    }
}

/// Counts a request when it is answered.
pub async fn count(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let route = response.extensions().get::<MatchedRoute>();
    let route = route.map_or("", MatchedRoute::pattern).to_owned();
    let series = (route, response.status().as_u16());
    *metrics.lock().entry(series).or_default() += 1;
    response
}
