//! `/api/events`: a stream of Server-Sent Events, one a second; watch it with `curl -N`. It goes on until the server
//! stops, or for three events with `/api/events?count=3`.

use std::{convert::Infallible, time::Duration};

use futures_util::{StreamExt, stream};
use serde::Deserialize;
use tower_api_routes::{
    ApiResponse, Query, Shutdown, State,
    response::{Event, SseOptions},
};

#[derive(Deserialize)]
pub(crate) struct Events {
    count: Option<usize>,
}

pub async fn get(State(shutdown): State<Shutdown>, Query(events): Query<Events>) -> ApiResponse {
    let ticks = stream::unfold(0_u32, async |tick| {
        if tick > 0 {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let event = Event::new(format!("tick {tick}")).id(tick.to_string());
        Some((Ok::<_, Infallible>(event), tick.wrapping_add(1)))
    });
    let options = SseOptions::new(Duration::from_secs(15)).until(&shutdown);
    let count = events.count.unwrap_or(usize::MAX);
    ApiResponse::new().sse(ticks.take(count), options)
}
