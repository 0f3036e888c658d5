//! What becomes of the body of a request that was answered before the body was read.
//!
//! A client that uploads 100 kB to a route that says 401 at once is still sending when its answer goes
//! out. If the server closed the connection now, the client would get a reset, and with many systems lose
//! the answer that had arrived. So a task of its own goes on reading and throws away what comes, up to
//! [`MOST`] bytes and [`PATIENCE`] seconds; a longer body is then left unread for [`LINGER`], until the
//! answer has been read on the other side.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum_core::body::Body;
use bytes::Bytes;
use http::{Version, header, request::Parts};
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::{BodyExt, LengthLimitError};
use pin_project_lite::pin_project;
use tokio::{
    runtime::Handle,
    time::{sleep, timeout},
};

use super::fault::caused_by;
use crate::error::BoxError;

/// How many bytes a refused client may go on sending: the rest of many a form or upload, read in a
/// moment.
const MOST: u64 = 128 * 1024;

/// How long it may take for that.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the connection of a client that sends more stays open, unread, so that the answer is
/// there and read before the reset.
const LINGER: Duration = Duration::from_secs(1);

/// Reads on for a while and throws away what comes; the [module docs](self) say why.
///
/// The body of a client that waits for `100 Continue` is left alone: it gets its answer instead.
pub(crate) fn discard<B>(parts: &Parts, body: B)
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    if !body.is_end_stream() && !parts.headers.contains_key(header::EXPECT) {
        discard_rest(parts.version, Body::new(body));
    }
}

/// The same for a body that was begun.
pub(crate) fn discard_rest(version: Version, mut body: Body) {
    let Ok(runtime) = Handle::try_current() else {
        return;
    };
    runtime.spawn(async move {
        let is_longer = timeout(PATIENCE, is_longer(&mut body)).await;
        // The end of a stream of HTTP/2 harms no other: hyper ends it after the answer, with NO_ERROR
        // (RFC 9113, section 8.1). A stream that is not read holds up the others of its connection.
        if is_longer == Ok(true) && version < Version::HTTP_2 {
            sleep(LINGER).await;
        }
    });
}

/// Reads until the body ends, or there is more than may come.
async fn is_longer(body: &mut Body) -> bool {
    let mut left = MOST;
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => {
                let length = frame.data_ref().map_or(0, Bytes::len) as u64;
                match left.checked_sub(length) {
                    Some(rest) => left = rest,
                    None => return !body.is_end_stream(),
                }
            }
            // Data beyond the limit of the route, which `Excess` counts.
            Err(error) if caused_by::<LengthLimitError>(&error) => {}
            Err(error) => return caused_by::<TooMuch>(&error),
        }
    }
    false
}

/// A body has gone on for too long after it was refused.
#[derive(Debug)]
struct TooMuch;

impl std::fmt::Display for TooMuch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the body goes on after it was refused")
    }
}

impl std::error::Error for TooMuch {}

pin_project! {
    /// A body that fails once it is longer than a limit by more than may be thrown away.
    ///
    /// [`http_body_util::Limited`] shows nothing of what it withholds, not even its length: this
    /// counts beneath it.
    pub(super) struct Excess<B> {
        #[pin]
        body: B,
        left: Option<u64>,
    }
}

impl<B> Excess<B> {
    /// `limit` is the one of the `Limited` around it.
    pub(super) fn new(body: B, limit: u64) -> Self {
        Self {
            body,
            left: Some(limit.saturating_add(MOST)),
        }
    }
}

impl<B> http_body::Body for Excess<B>
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
        let Some(left) = *this.left else {
            return Poll::Ready(Some(Err(TooMuch.into())));
        };
        let polled = this.body.poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            let length = frame.data_ref().map_or(0, Bytes::len);
            *this.left = left.checked_sub(length as u64);
        }
        polled.map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::{StreamExt, stream};
    use http::Request;
    use http_body_util::{Limited, StreamBody};
    use tokio::{sync::oneshot, time::Instant};

    use super::*;

    /// Frames of 16 KiB.
    const FRAME: usize = 16 * 1024;

    /// How long a body of so many frames, whose end does not come, is kept, and how many of them are
    /// read.
    async fn kept(version: Version, frames: usize, expects: bool) -> (Duration, usize) {
        let (dropped, is_dropped) = oneshot::channel::<()>();
        let (count, mut counted) = tokio::sync::watch::channel(0_usize);
        let data = stream::repeat_with(move || {
            count.send_modify(|count| *count += 1);
            Ok::<_, Infallible>(Frame::data(Bytes::from(vec![b' '; FRAME])))
        });
        let frames = data.take(frames).chain(stream::pending());
        let body = StreamBody::new(frames.inspect(move |_| {
            // Is dropped with the body.
            let _ = &dropped;
        }));
        let mut request = Request::new(());
        *request.version_mut() = version;
        if expects {
            let value = http::HeaderValue::from_static("100-continue");
            request.headers_mut().insert(header::EXPECT, value);
        }
        let begun = Instant::now();
        discard(&request.into_parts().0, body);
        let _ = is_dropped.await;
        let read = *counted.borrow_and_update();
        (begun.elapsed(), read)
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_a_rest_is_read_and_not_for_ever() {
        const HTTP_11: Version = Version::HTTP_11;
        let table = [
            // A rest that pauses.
            (HTTP_11, 0, false, PATIENCE, 0),
            (HTTP_11, 8, false, PATIENCE, 8),
            // More than may come.
            (Version::HTTP_10, 9, false, LINGER, 9),
            (HTTP_11, 1000, false, LINGER, 9),
            (Version::HTTP_2, 1000, false, Duration::ZERO, 9),
            (Version::HTTP_3, 1000, false, Duration::ZERO, 9),
            // The client waits.
            (HTTP_11, 1000, true, Duration::ZERO, 0),
        ];
        for (version, frames, expects, time, read) in table {
            let (took, count) = kept(version, frames, expects).await;
            let took = Duration::from_millis(took.as_millis() as u64);
            let what = format!("{version:?} {frames} {expects}");
            // tokio's timers are exact to a millisecond.
            assert!(
                took.abs_diff(time) <= Duration::from_millis(1),
                "{what}: {took:?}"
            );
            assert_eq!(count, read, "{what}");
        }
    }

    #[tokio::test]
    async fn what_a_limit_withholds_counts_too() {
        let frames = std::iter::repeat_with(|| Ok::<_, Infallible>(Bytes::from(vec![b' '; FRAME])));
        let (count, counted) = tokio::sync::watch::channel(0_usize);
        let frames = stream::iter(frames).inspect(move |_| count.send_modify(|count| *count += 1));
        let limit = 20 * FRAME;
        let excess = Excess::new(
            StreamBody::new(frames.map(|data| data.map(Frame::data))),
            limit as u64,
        );
        let mut body = Body::new(Limited::new(excess, limit));
        for _ in 0..20 {
            assert!(body.frame().await.unwrap().is_ok());
        }
        assert!(body.frame().await.unwrap().is_err());
        assert!(is_longer(&mut body).await);
        assert_eq!(*counted.borrow(), 20 + 9);
    }
}
