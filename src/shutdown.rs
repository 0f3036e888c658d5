//! [`Shutdown`]: tells streams without end that the server is about to stop.

use std::{fmt, sync::Arc, time::Duration};

use tokio::sync::Semaphore;

/// The word that the server is about to stop, for those that would keep it from stopping: streams of
/// Server-Sent Events, which have no end of their own.
///
/// A server that stops gracefully waits for the requests under way. One idle client of
/// `EventSource` would make it wait for ever, so an endless stream has to be told. The application makes one
/// `Shutdown`, gives a clone to its routes as their state and another to the server, and calls
/// [`begin`](Self::begin) at the signal. All clones are one.
///
/// With axum:
///
/// ```no_run
/// use std::time::Duration;
/// use tower_api_routes::Shutdown;
///
/// # async fn serve(app: axum::Router, listener: tokio::net::TcpListener) -> std::io::Result<()> {
/// let shutdown = Shutdown::new();
/// let at_signal = shutdown.clone();
/// tokio::spawn(async move {
///     if tokio::signal::ctrl_c().await.is_ok() {
///         at_signal.begin();
///     }
/// });
/// tokio::select! {
///     served = axum::serve(listener, app).with_graceful_shutdown(shutdown.begun()) => served?,
///     () = shutdown.begun_for(Duration::from_secs(10)) => eprintln!("requests are cut off"),
/// }
/// # Ok(()) }
/// ```
///
/// and in a route file, with [`SseOptions`](crate::response::SseOptions):
///
/// ```
/// use std::{convert::Infallible, time::Duration};
/// use futures_util::stream;
/// use tower_api_routes::{
///     ApiResponse, Shutdown, State,
///     response::{Event, SseOptions},
/// };
///
/// pub async fn get(State(shutdown): State<Shutdown>) -> ApiResponse {
///     let never = stream::pending::<Result<Event, Infallible>>();
///     let options = SseOptions::new(Duration::from_secs(15)).until(&shutdown);
///     ApiResponse::new().sse(never, options)
/// }
/// ```
#[derive(Clone)]
pub struct Shutdown {
    /// Has no permit, ever: whoever asks for one waits until it is closed, which is the word.
    gate: Arc<Semaphore>,
}

impl Shutdown {
    /// One that has not begun.
    #[must_use]
    pub fn new() -> Self {
        Self {
            gate: Arc::new(Semaphore::new(0)),
        }
    }

    /// Says that the server is about to stop. To say it again changes nothing.
    pub fn begin(&self) {
        self.gate.close();
    }

    /// Whether [`begin`](Self::begin) was called: what a health check answers with 503, so that no new
    /// requests are sent here.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.gate.is_closed()
    }

    /// Waits until [`begin`](Self::begin) is called: what
    /// `axum::serve(..).with_graceful_shutdown(..)` takes.
    pub fn begun(&self) -> impl Future<Output = ()> + Send + 'static {
        let gate = Arc::clone(&self.gate);
        async move {
            // An error is what a closed gate gives.
            let _ = gate.acquire_owned().await;
        }
    }

    /// Waits until [`begin`](Self::begin) is called, and `grace` longer: the deadline of the requests under
    /// way.
    ///
    /// # Panics
    ///
    /// The future panics outside of a tokio runtime with its timer.
    pub fn begun_for(&self, grace: Duration) -> impl Future<Output = ()> + Send + 'static {
        let begun = self.begun();
        async move {
            begun.await;
            tokio::time::sleep(grace).await;
        }
    }
}

impl Default for Shutdown {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shutdown")
            .field("has_begun", &self.has_begun())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{Instant, timeout};

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_hears_of_it_before_and_after() {
        let shutdown = Shutdown::new();
        let early = shutdown.clone().begun();
        let hour = Duration::from_secs(3600);
        assert!(timeout(hour, shutdown.begun()).await.is_err());
        assert!(!shutdown.has_begun());

        let other = shutdown.clone();
        let begin = tokio::spawn(async move { other.begin() });
        early.await;
        begin.await.unwrap();
        assert!(shutdown.has_begun());
        shutdown.begin();
        shutdown.begun().await;
    }

    #[tokio::test(start_paused = true)]
    async fn the_deadline_counts_from_the_beginning() {
        let shutdown = Shutdown::new();
        let other = shutdown.clone();
        let start = Instant::now();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(7)).await;
            other.begin();
        });
        shutdown.begun_for(Duration::from_secs(10)).await;
        assert_eq!(start.elapsed().as_secs(), 17);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_beginning_nothing_ends_though_no_handle_is_left() {
        let begun = Shutdown::new().begun();
        assert!(timeout(Duration::from_secs(3600), begun).await.is_err());
    }
}
