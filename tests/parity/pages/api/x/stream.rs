//! Three lines, one after the other.

use std::{convert::Infallible, time::Duration};

use futures_util::{StreamExt, stream};
use tokio::time::sleep;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let lines = stream::iter(0..3).then(|line| async move {
        sleep(Duration::from_millis(5)).await;
        Ok::<_, Infallible>(format!("line {line}\n"))
    });
    res.header("content-type", "text/plain").stream(lines)
}
