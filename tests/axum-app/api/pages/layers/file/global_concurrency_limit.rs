//! tower's `GlobalConcurrencyLimitLayer`: one request at a time in all routes that share it.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::task::yield_now;
use tower::limit::GlobalConcurrencyLimitLayer;

static INSIDE: AtomicUsize = AtomicUsize::new(0);

pub fn layer() -> GlobalConcurrencyLimitLayer {
    GlobalConcurrencyLimitLayer::new(1)
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
