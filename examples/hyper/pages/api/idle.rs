//! `/api/idle`: a stream of Server-Sent Events in which nothing happens, but for a comment every quarter of a minute; it
//! ends when the server stops.

use std::{convert::Infallible, time::Duration};

use futures_util::stream;
use tower_api_routes::{
    ApiResponse, Shutdown, State,
    response::{Event, SseOptions},
};

pub async fn get(State(shutdown): State<Shutdown>) -> ApiResponse {
    let never = stream::pending::<Result<Event, Infallible>>();
    let options = SseOptions::new(Duration::from_secs(15)).until(&shutdown);
    ApiResponse::new().sse(never, options)
}
