//! `/api/health`: whether requests may be sent here; 503 from the signal to stop on. It does not ask the database: one that
//! is slow would take all replicas out at once, where each could still tell its clients what is wrong.

use axum::http::StatusCode;
use tower_api_routes::{Shutdown, State};

pub async fn get(State(shutdown): State<Shutdown>) -> (StatusCode, &'static str) {
    if shutdown.has_begun() {
        (StatusCode::SERVICE_UNAVAILABLE, "stopping")
    } else {
        (StatusCode::OK, "ok")
    }
}
