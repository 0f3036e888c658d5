//! `/api/slow`: takes longer than `_middleware.rs` waits.

use std::time::Duration;

pub async fn get() -> &'static str {
    tokio::time::sleep(Duration::from_secs(60)).await;
    "done"
}
