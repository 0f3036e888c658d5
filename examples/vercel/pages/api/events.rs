//! `/api/events`: three Server-Sent Events, a second apart.

use std::{convert::Infallible, time::Duration};

use futures_util::stream;
use tower_api_routes::{ApiRequest, ApiResponse, response::Event};

pub async fn get(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let ticks = stream::unfold(0_u32, async |tick| {
        if tick > 0 {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let event = Event::new(format!("tick {tick}")).id(tick.to_string());
        (tick < 3).then(|| (Ok::<_, Infallible>(event), tick + 1))
    });
    res.sse(ticks, Duration::from_secs(15))
}
