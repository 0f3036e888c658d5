//! tower's `TimeoutLayer`, whose service fails: that is a 500.

use std::{future::pending, time::Duration};

use tower::timeout::TimeoutLayer;

pub fn layer() -> TimeoutLayer {
    TimeoutLayer::new(Duration::from_secs(1))
}

pub async fn get() -> &'static str {
    pending().await
}
