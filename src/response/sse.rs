//! Server-Sent Events (WHATWG HTML, section 9.2).

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderValue, header};
use http_body::Frame;
use pin_project_lite::pin_project;
use serde::Serialize;
use tokio::{
    runtime::Handle,
    time::{Instant, Sleep, sleep},
};

use super::{api_response::ApiResponse, body::ResponseBody};
use crate::{error::BoxError, json, shutdown::Shutdown};

const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");
/// No cache keeps the stream, and no proxy compresses it, which would hold events back.
const NO_TRANSFORM: HeaderValue = HeaderValue::from_static("no-cache, no-transform");
const KEEP_ALIVE: Bytes = Bytes::from_static(b":\n\n");

/// One event of a stream of Server-Sent Events.
///
/// ```
/// use tower_api_routes::response::Event;
///
/// let event = Event::new("line 1\nline 2").name("news").id("7");
/// assert_eq!(event.to_string(), "event: news\nid: 7\ndata: line 1\ndata: line 2\n\n");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    name: Option<String>,
    id: Option<String>,
    retry: Option<Duration>,
    data: String,
}

impl Event {
    /// An event with this data; each of its lines becomes a line of the stream.
    #[must_use]
    pub fn new(data: impl Into<String>) -> Self {
        Self {
            data: data.into(),
            ..Self::default()
        }
    }

    /// An event with `value` as JSON.
    ///
    /// # Errors
    ///
    /// When `value` does not serialize.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        let text = json::to_bytes(value)?;
        Ok(Self::new(String::from_utf8_lossy(&text)))
    }

    /// Sets the name that listeners are registered for; without one it is `message`. Line breaks are
    /// left out.
    #[must_use]
    pub fn name(mut self, name: impl AsRef<str>) -> Self {
        self.name = Some(one_line(name.as_ref()));
        self
    }

    /// Sets the ID that the browser sends as `Last-Event-ID` when it connects again. Line breaks and
    /// NUL are left out.
    #[must_use]
    pub fn id(mut self, id: impl AsRef<str>) -> Self {
        self.id = Some(one_line(id.as_ref()));
        self
    }

    /// Sets how long the browser waits before it connects again, in whole milliseconds.
    #[must_use]
    pub fn retry(mut self, retry: Duration) -> Self {
        self.retry = Some(retry);
        self
    }
}

fn one_line(text: &str) -> String {
    text.chars()
        .filter(|char| !matches!(char, '\r' | '\n' | '\0'))
        .collect()
}

/// The event as it stands in the stream.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            writeln!(f, "event: {name}")?;
        }
        if let Some(id) = &self.id {
            writeln!(f, "id: {id}")?;
        }
        if let Some(retry) = self.retry {
            writeln!(f, "retry: {}", retry.as_millis())?;
        }
        // A carriage return alone ends a line, too.
        for line in self.data.replace("\r\n", "\n").split(['\r', '\n']) {
            writeln!(f, "data: {line}")?;
        }
        writeln!(f)
    }
}

/// How a stream of events is kept alive, and when it ends.
///
/// ```
/// use std::time::Duration;
/// use tower_api_routes::{Shutdown, response::SseOptions};
///
/// let shutdown = Shutdown::new();
/// let options = SseOptions::new(Duration::from_secs(15)).until(&shutdown);
/// # let _ = options;
/// ```
#[derive(Debug, Clone)]
#[must_use = "options do nothing until `sse` takes them"]
pub struct SseOptions {
    keep_alive: Duration,
    shutdown: Option<Shutdown>,
}

impl SseOptions {
    /// A comment goes out whenever `keep_alive` passes without an event, so that neither side takes
    /// the connection for dead. The stream ends when its events do.
    pub fn new(keep_alive: Duration) -> Self {
        Self {
            keep_alive,
            shutdown: None,
        }
    }

    /// The stream ends when `shutdown` begins, too: its last chunk is sent, and the server can stop. Events that
    /// are ready by then and not yet sent are dropped; a browser connects again and asks for what comes after the
    /// last [`id`](Event::id) that it has seen. Default: it does not.
    pub fn until(mut self, shutdown: &Shutdown) -> Self {
        self.shutdown = Some(shutdown.clone());
        self
    }
}

impl From<Duration> for SseOptions {
    fn from(keep_alive: Duration) -> Self {
        Self::new(keep_alive)
    }
}

impl<T> ApiResponse<T> {
    /// Answers with a stream of events, `text/event-stream`.
    ///
    /// `options` is the time without an event after which a comment goes out, or [`SseOptions`]: an endless stream
    /// has to end when the server stops, see [`Shutdown`]. An error of the stream ends it.
    ///
    /// ```
    /// use std::{convert::Infallible, time::Duration};
    /// use futures_util::stream;
    /// use tower_api_routes::{ApiRequest, ApiResponse, response::Event};
    ///
    /// async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    ///     let events = stream::iter([Ok::<_, Infallible>(Event::new("hello"))]);
    ///     res.sse(events, Duration::from_secs(15))
    /// }
    /// ```
    pub fn sse<S, E>(mut self, events: S, options: impl Into<SseOptions>) -> Self
    where
        S: Stream<Item = Result<Event, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let headers = self.headers_mut();
        headers.insert(header::CONTENT_TYPE, EVENT_STREAM);
        headers.insert(header::CACHE_CONTROL, NO_TRANSFORM);
        let SseOptions {
            keep_alive,
            shutdown,
        } = options.into();
        let body = ResponseBody::new(Events {
            events,
            keep_alive,
            timer: None,
            stop: shutdown.map(Stop::of),
        });
        self.body(body)
    }
}

/// The end that an application gives to a stream.
struct Stop {
    shutdown: Shutdown,
    /// Waits for it. All streams wait at one place behind a lock, so it is asked only where there is no event.
    begun: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Stop {
    fn of(shutdown: Shutdown) -> Self {
        let begun = Box::pin(shutdown.begun());
        Self { shutdown, begun }
    }
}

pin_project! {
    struct Events<S> {
        #[pin]
        events: S,
        keep_alive: Duration,
        timer: Option<Pin<Box<Sleep>>>,
        stop: Option<Stop>,
    }
}

impl<S, E> http_body::Body for Events<S>
where
    S: Stream<Item = Result<Event, E>>,
    E: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.project();
        // Before the events: a stream that always has one ends, too.
        let has_begun = |stop: &Stop| stop.shutdown.has_begun();
        if this.stop.as_ref().is_some_and(has_begun) {
            return Poll::Ready(None);
        }
        if let Poll::Ready(event) = this.events.poll_next(cx) {
            *this.timer = None;
            return Poll::Ready(event.map(|event| {
                event
                    .map(|event| Frame::data(Bytes::from(event.to_string())))
                    .map_err(Into::into)
            }));
        }
        if let Some(stop) = this.stop
            && stop.begun.as_mut().poll(cx).is_ready()
        {
            return Poll::Ready(None);
        }
        if this.timer.is_none() && Handle::try_current().is_ok() {
            *this.timer = Some(Box::pin(sleep(*this.keep_alive)));
        }
        let Some(timer) = this.timer else {
            return Poll::Pending;
        };
        ready!(timer.as_mut().poll(cx));
        if let Some(next) = Instant::now().checked_add(*this.keep_alive) {
            timer.as_mut().reset(next);
        }
        Poll::Ready(Some(Ok(Frame::data(KEEP_ALIVE))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_written_line_by_line() {
        for (event, text) in [
            (Event::new(""), "data: \n\n"),
            (
                Event::new("a\r\nb\rc\nd"),
                "data: a\ndata: b\ndata: c\ndata: d\n\n",
            ),
            (
                Event::new("x").retry(Duration::from_secs(2)),
                "retry: 2000\ndata: x\n\n",
            ),
            (
                Event::new("x").name("a\nb").id("1\0\r2"),
                "event: ab\nid: 12\ndata: x\n\n",
            ),
            (Event::json(&[1.0, 2.5]).unwrap(), "data: [1,2.5]\n\n"),
        ] {
            assert_eq!(event.to_string(), text);
        }
    }
}
