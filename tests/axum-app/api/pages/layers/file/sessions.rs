//! `SessionManagerLayer` of tower-sessions: a counter for each client.

use tower_api_routes::{ApiError, router::RouteLayer};
use tower_sessions::{MemoryStore, Session, SessionManagerLayer};

pub fn layer() -> impl RouteLayer {
    SessionManagerLayer::new(MemoryStore::default()).with_secure(false)
}

pub async fn get(session: Session) -> Result<String, ApiError> {
    let count = session.get::<u32>("count").await?.unwrap_or(0) + 1;
    session.insert("count", count).await?;
    Ok(count.to_string())
}
