//! Two events.

use std::{convert::Infallible, time::Duration};

use futures_util::{StreamExt, stream};
use tower_api_routes::{ApiRequest, ApiResponse, response::Event};

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let events = stream::iter(["0", "1"]).map(|data| Ok::<_, Infallible>(Event::new(data)));
    res.sse(events, Duration::from_secs(15))
}
