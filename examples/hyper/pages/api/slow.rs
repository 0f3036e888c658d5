//! `/api/slow`: takes two seconds, to see a graceful shutdown wait for it.

use std::time::Duration;

pub async fn get() -> &'static str {
    tokio::time::sleep(Duration::from_secs(2)).await;
    "done"
}
