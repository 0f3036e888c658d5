//! `/api/count`: how many users there are, as Server-Sent Events: one now, and one whenever that has changed, through
//! whichever process. It ends when the server stops.

use std::time::Duration;

use futures_util::stream;
use tower_api_routes::{
    ApiResponse, Shutdown, State,
    response::{Event, SseOptions},
};

use crate::db::Db;

/// How often the database is asked.
const INTERVAL: Duration = Duration::from_secs(1);

pub async fn get(State(db): State<Db>, State(shutdown): State<Shutdown>) -> ApiResponse {
    let counts = stream::try_unfold((db, None), async |(db, last)| {
        loop {
            let count = db.count().await?;
            if last != Some(count) {
                let event = Event::new(count.to_string());
                return Ok::<_, sqlx::Error>(Some((event, (db, Some(count)))));
            }
            tokio::time::sleep(INTERVAL).await;
        }
    });
    let options = SseOptions::new(Duration::from_secs(15)).until(&shutdown);
    ApiResponse::new().sse(counts, options)
}
