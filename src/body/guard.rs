//! The limit and the deadlines of a body that is still arriving.
//!
//! [`guard`] wraps a body before any handler sees it. Whoever reads the wrapped body, a handler, an
//! extractor of axum or a layer, meets the same errors: one when the body grows over the limit, another
//! when the client pauses for too long.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum_core::body::Body;
use bytes::Bytes;
use http::{HeaderMap, header, request::Parts};
use http_body::{Frame, SizeHint};
use http_body_util::{LengthLimitError, Limited};
use pin_project_lite::pin_project;
use tokio::{
    runtime::Handle,
    time::{Instant, Sleep},
};

use super::{
    discard::{Excess, discard},
    fault::{BodyTimeout, too_large},
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
pub(crate) fn guard<B>(parts: &Parts, body: B, config: &ApiConfig) -> Result<Body, ApiError>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    if body.is_end_stream() {
        return Ok(Body::empty());
    }
    let limit = config.max_body();
    let most = limit.map_or(u64::MAX, ByteSize::as_bytes);
    if announced(&parts.headers).max(body.size_hint().lower()) > most {
        discard(parts, body);
        return Err(too_large(limit));
    }
    Ok(Body::new(LimitedBody {
        body: Limited::new(
            Excess::new(body, most),
            usize::try_from(most).unwrap_or(usize::MAX),
        ),
        deadlines: Deadlines::new(config),
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

pin_project! {
    struct LimitedBody<B> {
        #[pin]
        body: Limited<Excess<B>>,
        deadlines: Deadlines,
        done: bool,
    }
}

impl<B> http_body::Body for LimitedBody<B>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>>,
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
                this.deadlines.end_wait();
                frame
            }
            Poll::Pending => {
                ready!(this.deadlines.poll_wait(cx));
                Some(Err(BodyTimeout.into()))
            }
        };
        *this.done = match &frame {
            Some(Ok(_)) => false,
            // What follows can still be read, to be thrown away: it gives only this error.
            Some(Err(error)) => !error.is::<LengthLimitError>(),
            None => true,
        };
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.done || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// How long a client may keep its reader waiting: each time, and all in all.
///
/// There is no timer until the first wait, and only the time of waits counts: a handler that reads
/// slowly costs the client nothing.
#[derive(Debug)]
struct Deadlines {
    /// The longest single wait.
    idle: Option<Duration>,
    /// What is left of all waits together.
    total: Option<Duration>,
    /// When the current wait began.
    since: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Deadlines {
    fn new(config: &ApiConfig) -> Self {
        Self {
            idle: config.body_idle_timeout,
            total: config.total_deadline(),
            since: None,
            timer: None,
        }
    }

    /// Begins a wait, or goes on with it. Ready when the client has had its time.
    fn poll_wait(&mut self, cx: &mut Context<'_>) -> Poll<()> {
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

    /// Ends a wait, as something has come.
    fn end_wait(&mut self) {
        if let Some(since) = self.since.take()
            && let Some(total) = &mut self.total
        {
            *total = total.saturating_sub(since.elapsed());
        }
    }
}

#[cfg(test)]
mod tests {
    use axum_core::{extract::FromRequest, response::IntoResponse};
    use http::{HeaderValue, Request};
    use http_body::Body as _;
    use http_body_util::{
        BodyExt, Full,
        channel::{Channel, Sender},
    };

    use super::*;

    type Pipe = (Sender<Bytes, BoxError>, Channel<Bytes, BoxError>);

    const SMALL: ApiConfig = ApiConfig::new().body_limit("10b");
    const HASTY: ApiConfig = ApiConfig::new().body_idle_timeout(Duration::from_millis(20));

    fn guarded(body: Channel<Bytes, BoxError>, config: &ApiConfig) -> Body {
        guard(&parts(HeaderMap::new()), body, config).unwrap()
    }

    fn parts(headers: HeaderMap) -> Parts {
        let (mut parts, ()) = Request::new(()).into_parts();
        parts.headers = headers;
        parts
    }

    fn refusal(headers: &HeaderMap, body: &'static str, config: &ApiConfig) -> Option<String> {
        let error = guard(&parts(headers.clone()), Full::from(body), config).err()?;
        assert_eq!(error.headers()[header::CONNECTION], "close");
        Some(error.to_string())
    }

    #[test]
    fn h22_an_announced_body_is_refused_by_its_length() {
        let none = HeaderMap::new();
        let refused = Some("413: Body exceeded 10b limit".to_owned());
        assert_eq!(refusal(&none, "0123456789", &SMALL), None);
        assert_eq!(refusal(&none, "0123456789a", &SMALL), refused);
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("11"));
        assert_eq!(refusal(&headers, "a", &SMALL), refused);
        let zero = ApiConfig::new().body_limit("0b");
        assert_eq!(refusal(&none, "", &zero), None);
        assert_eq!(
            refusal(&none, "a", &zero),
            Some("413: Body exceeded 0b limit".to_owned())
        );
        assert_eq!(
            refusal(&none, "a", &ApiConfig::new().body_limit_bytes(u64::MAX)),
            None
        );
        assert_eq!(refusal(&none, "0123456789a", &SMALL.no_body_limit()), None);
    }

    #[tokio::test]
    async fn h23_nothing_is_delivered_beyond_the_limit() {
        let (mut sender, body): Pipe = Channel::new(4);
        let mut body = guarded(body, &SMALL);
        sender.send_data("0123456789".into()).await.unwrap();
        sender.send_data("a".into()).await.unwrap();
        sender.send_data("b".into()).await.unwrap();
        drop(sender);
        assert_eq!(
            body.frame().await.unwrap().unwrap().into_data().unwrap(),
            "0123456789"
        );
        for _ in 0..2 {
            assert!(body.frame().await.unwrap().is_err());
        }
        assert!(body.frame().await.is_none());
    }

    #[tokio::test]
    async fn h23_extractors_of_axum_answer_413() {
        let (mut sender, body): Pipe = Channel::new(1);
        sender.send_data("0123456789a".into()).await.unwrap();
        drop(sender);
        let request = Request::new(guarded(body, &SMALL));
        let rejection = Bytes::from_request(request, &()).await.unwrap_err();
        assert_eq!(rejection.into_response().status(), 413);
    }

    #[tokio::test(start_paused = true)]
    async fn h36_a_pause_beyond_the_idle_deadline_ends_the_body() {
        let (mut sender, body): Pipe = Channel::new(1);
        let mut body = guarded(body, &HASTY);
        sender.send_data("a".into()).await.unwrap();
        assert!(body.frame().await.unwrap().is_ok());
        let error = body.frame().await.unwrap().unwrap_err();
        assert_eq!(error.to_string(), "the body did not arrive in time");
        sender.send_data("b".into()).await.unwrap();
        assert!(body.frame().await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn h36_pauses_add_up_to_the_total_deadline() {
        let config = ApiConfig::new().body_total_timeout(Duration::from_millis(100));
        let (mut sender, body): Pipe = Channel::new(1);
        let mut body = guarded(body, &config);
        let dribble = async move {
            while sender.send_data("a".into()).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
        };
        let read = async move {
            let mut frames = 0;
            while let Some(Ok(_)) = body.frame().await {
                frames += 1;
            }
            frames
        };
        let ((), frames) = tokio::join!(dribble, read);
        assert!((1..=5).contains(&frames), "{frames}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_handler_that_reads_slowly_costs_the_client_nothing() {
        let (mut sender, body): Pipe = Channel::new(2);
        let config = HASTY.body_total_timeout(Duration::from_millis(20));
        let mut body = guarded(body, &config);
        sender.send_data("a".into()).await.unwrap();
        sender.send_data("b".into()).await.unwrap();
        drop(sender);
        for _ in 0..2 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            assert!(body.frame().await.unwrap().is_ok());
        }
        assert!(body.frame().await.is_none());
    }

    #[test]
    fn without_a_runtime_there_is_no_deadline() {
        let (sender, body): Pipe = Channel::new(1);
        let mut body = guarded(body, &HASTY);
        let mut cx = Context::from_waker(std::task::Waker::noop());
        for _ in 0..2 {
            std::thread::sleep(Duration::from_millis(30));
            assert!(Pin::new(&mut body).poll_frame(&mut cx).is_pending());
        }
        drop(sender);
        assert!(Pin::new(&mut body).poll_frame(&mut cx).is_ready());
    }

    #[tokio::test]
    async fn h40_trailers_pass() {
        let (mut sender, body): Pipe = Channel::new(2);
        sender.send_data("a".into()).await.unwrap();
        let mut trailers = HeaderMap::new();
        trailers.insert("checksum", HeaderValue::from_static("1"));
        sender.send_trailers(trailers.clone()).await.unwrap();
        drop(sender);
        let body = guarded(body, &SMALL.body_parser(false));
        let collected = body.collect().await.unwrap();
        assert_eq!(collected.trailers(), Some(&trailers));
        assert_eq!(collected.to_bytes(), "a");
    }
}
