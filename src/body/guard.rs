//! Limits and deadlines of a body that is still arriving.

use std::{
    borrow::Cow,
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum_core::body::Body;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body::{Frame, SizeHint};
use http_body_util::Limited;
use pin_project_lite::pin_project;
use tokio::{
    runtime::Handle,
    time::{Instant, Sleep},
};

use crate::{
    byte_size::ByteSize,
    config::ApiConfig,
    error::{ApiError, BoxError},
};

/// Puts `body` under the limit and the deadlines of `config`, before any handler sees it.
///
/// An empty body passes at no cost. A body that is announced to be too large is refused before a
/// byte of it is read, so that the server sends no `100 Continue`.
///
/// While it is read, the body fails with [`http_body_util::LengthLimitError`] (which axum's own
/// extractors answer with 413) or [`BodyTimeout`].
pub(crate) fn guard<B>(headers: &HeaderMap, body: B, config: &ApiConfig) -> Result<Body, ApiError>
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    if body.is_end_stream() {
        return Ok(Body::empty());
    }
    let limit = config.max_body();
    let most = limit.map_or(u64::MAX, ByteSize::as_bytes);
    if announced(headers).max(body.size_hint().lower()) > most {
        return Err(too_large(limit));
    }
    Ok(Body::new(Guarded {
        body: Limited::new(body, usize::try_from(most).unwrap_or(usize::MAX)),
        wait: Wait::new(config),
        done: false,
    }))
}

/// What `Content-Length` says; zero if it is absent or malformed, as the server reads it itself.
fn announced(headers: &HeaderMap) -> u64 {
    headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .unwrap_or(0)
}

/// 413, with the limit as it was written.
pub(super) fn too_large(limit: Option<ByteSize>) -> ApiError {
    let message = match limit {
        Some(limit) => format!("Body exceeded {limit} limit").into(),
        None => "Body exceeded the limit".into(),
    };
    closing(StatusCode::PAYLOAD_TOO_LARGE, message)
}

/// An error that leaves a part of the body unread.
pub(super) fn closing(status: StatusCode, message: Cow<'static, str>) -> ApiError {
    ApiError::new(status, message)
        .with_header(header::CONNECTION, HeaderValue::from_static("close"))
}

/// The client paused too long within a body, or took too long for all of it.
#[derive(Debug)]
pub(crate) struct BodyTimeout;

impl fmt::Display for BodyTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body did not arrive in time")
    }
}

impl std::error::Error for BodyTimeout {}

pin_project! {
    struct Guarded<B> {
        #[pin]
        body: Limited<B>,
        wait: Wait,
        done: bool,
    }
}

impl<B> http_body::Body for Guarded<B>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.project();
        if *this.done {
            return Poll::Ready(None);
        }
        let frame = match this.body.poll_frame(cx) {
            Poll::Ready(frame) => {
                this.wait.end();
                frame
            }
            Poll::Pending => {
                ready!(this.wait.poll(cx));
                Some(Err(BodyTimeout.into()))
            }
        };
        *this.done = !matches!(frame, Some(Ok(_)));
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.done || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The time spent waiting for the client.
///
/// There is no timer until the first wait, and only the time of waits counts: a handler that reads
/// slowly costs the client nothing.
#[derive(Debug)]
struct Wait {
    idle: Option<Duration>,
    /// What is left of the total.
    total: Option<Duration>,
    since: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Wait {
    fn new(config: &ApiConfig) -> Self {
        Self {
            idle: config.idle_deadline(),
            total: config.total_deadline(),
            since: None,
            timer: None,
        }
    }

    /// Ready when the client has had its time.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.since.is_none() {
            let Some(patience) = self.idle.into_iter().chain(self.total).min() else {
                return Poll::Pending;
            };
            if Handle::try_current().is_err() {
                return Poll::Pending;
            }
            let now = Instant::now();
            let Some(deadline) = now.checked_add(patience) else {
                return Poll::Pending;
            };
            self.since = Some(now);
            match &mut self.timer {
                Some(timer) => timer.as_mut().reset(deadline),
                None => self.timer = Some(Box::pin(tokio::time::sleep_until(deadline))),
            }
        }
        match &mut self.timer {
            Some(timer) => timer.as_mut().poll(cx),
            None => Poll::Pending,
        }
    }

    fn end(&mut self) {
        if let Some(since) = self.since.take()
            && let Some(total) = &mut self.total
        {
            *total = total.saturating_sub(since.elapsed());
        }
    }
}
