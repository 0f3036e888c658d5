//! [`TestStream`]: an answer whose body is read piece by piece.

use std::{
    fmt,
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use axum_core::{body::Body, response::IntoResponse};
use bytes::{Bytes, BytesMut};
use http::Response;
use http_body_util::BodyExt;

use super::{
    event::{EventReader, ReceivedEvent},
    response::TestResponse,
};
use crate::error::BoxError;

/// An answer whose body is read as it comes.
///
/// Reading waits for as long as the answer takes. Where it may take forever, put a limit around it
/// (`tokio::time::timeout`).
pub struct TestStream {
    /// With no body.
    head: TestResponse,
    received: BytesMut,
    body: Body,
    events: EventReader,
}

impl TestStream {
    pub(super) fn new(asked: String, path: String, response: Response<Body>) -> Self {
        let (head, body) = response.into_parts();
        Self {
            head: TestResponse {
                asked,
                path,
                head,
                body: Bytes::new(),
            },
            received: BytesMut::new(),
            body,
            events: EventReader::default(),
        }
    }

    /// The answer with what has come of its body so far, for assertions.
    #[must_use]
    pub fn response(&self) -> TestResponse {
        TestResponse {
            body: self.received.clone().freeze(),
            ..self.head.clone()
        }
    }

    /// The next piece of the body, as the service gives it; `None` at its end.
    ///
    /// # Panics
    ///
    /// When the body breaks off; see [`collect`](Self::collect).
    pub async fn chunk(&mut self) -> Option<Bytes> {
        match self.next().await {
            Ok(chunk) => chunk,
            Err(error) => self
                .response()
                .fail(format_args!("the body broke off: {error}")),
        }
    }

    /// The next server-sent event (WHATWG HTML, section 9.2.6); `None` at the end. Comments, such as
    /// those that keep a connection alive, are read over.
    ///
    /// # Panics
    ///
    /// When the body breaks off.
    pub async fn event(&mut self) -> Option<ReceivedEvent> {
        loop {
            if let Some(event) = self.events.next() {
                return Some(event);
            }
            let chunk = self.chunk().await?;
            self.events.feed(&chunk);
        }
    }

    /// Reads the rest.
    ///
    /// # Errors
    ///
    /// What the body broke off with.
    pub async fn collect(mut self) -> Result<TestResponse, BoxError> {
        while self.next().await?.is_some() {}
        Ok(self.response())
    }

    async fn next(&mut self) -> Result<Option<Bytes>, BoxError> {
        while let Some(frame) = self.body.frame().await {
            // The others are trailers.
            if let Ok(chunk) = frame?.into_data() {
                self.received.extend_from_slice(&chunk);
                return Ok(Some(chunk));
            }
        }
        Ok(None)
    }
}

impl<R: IntoResponse> From<R> for TestStream {
    fn from(answer: R) -> Self {
        Self::new(String::new(), String::new(), answer.into_response())
    }
}

/// What a handler gave, for a test that calls it itself.
///
/// What the router does to an answer afterwards (304 for `If-None-Match`, no body for `HEAD`, the
/// forms of errors) is not done.
///
/// # Panics
///
/// When the body is a stream that is not there yet, or breaks off; [`TestStream::from`] reads such a
/// one.
impl<R: IntoResponse> From<R> for TestResponse {
    #[track_caller]
    fn from(answer: R) -> Self {
        let mut stream = TestStream::from(answer);
        let mut cx = Context::from_waker(Waker::noop());
        loop {
            let read = pin!(stream.chunk()).poll(&mut cx);
            match read {
                Poll::Ready(Some(_)) => {}
                Poll::Ready(None) => return stream.response(),
                Poll::Pending => stream
                    .response()
                    .fail("the body is a stream that goes on: read it with `TestStream::from`"),
            }
        }
    }
}

impl fmt::Debug for TestStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.response(), f)
    }
}
