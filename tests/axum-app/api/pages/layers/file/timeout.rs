//! tower-http's `TimeoutLayer`: a deadline for the handler.

use std::{future::pending, time::Duration};

use axum::http::StatusCode;
use tower_http::timeout::TimeoutLayer;

pub fn layer() -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_secs(1))
}

pub async fn get() -> &'static str {
    pending().await
}
