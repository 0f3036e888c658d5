//! tower's `ConcurrencyLimitLayer`: one request at a time, the others wait.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::task::yield_now;
use tower::limit::ConcurrencyLimitLayer;

static INSIDE: AtomicUsize = AtomicUsize::new(0);

pub fn layer() -> ConcurrencyLimitLayer {
    ConcurrencyLimitLayer::new(1)
}

/// How many requests are in the handler.
pub async fn get() -> String {
    let inside = INSIDE.fetch_add(1, Ordering::SeqCst) + 1;
    for _ in 0..10 {
        yield_now().await;
    }
    INSIDE.fetch_sub(1, Ordering::SeqCst);
    inside.to_string()
}
