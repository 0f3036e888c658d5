//! The body of a route's response.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use axum_core::body::Body;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};

use super::resumed::Resumed;
use crate::{byte_size::ByteSize, error::BoxError, panics, route::Route};

/// The body of a response: nothing, bytes, or a stream.
///
/// Bytes are held as they are, without a box. Any other body comes in through [`ResponseBody::new`].
///
/// ```
/// use http_body::Body as _;
/// use tower_api_routes::ResponseBody;
///
/// assert_eq!(ResponseBody::from("hello").size_hint().exact(), Some(5));
/// assert!(ResponseBody::default().is_end_stream());
/// ```
#[derive(Default)]
pub struct ResponseBody {
    content: Content,
}

#[derive(Default)]
enum Content {
    #[default]
    Empty,
    Full(Bytes),
    Stream(Stream),
    /// What an answer to HEAD has in place of its body: the length, if it is known, and no byte.
    Unsent(Option<u64>),
}

struct Stream {
    body: Body,
    watch: Option<Box<Watch>>,
}

/// What is kept of a stream whose length is not known.
struct Watch {
    route: Arc<Route>,
    /// Bytes still to be sent before the warning about a large response; `None` when it is off or
    /// has been given.
    before_warning: Option<u64>,
}

impl ResponseBody {
    /// A body that streams `body`.
    pub fn new<B>(body: B) -> Self
    where
        B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        Self::from(Body::new(body))
    }

    /// No body.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// The bytes of the body, if it is no stream.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match &self.content {
            Content::Empty | Content::Unsent(_) => Some(&[]),
            Content::Full(bytes) => Some(bytes),
            Content::Stream(_) => None,
        }
    }

    /// The bytes of a body that is there as a whole, also where it came in a box. Any other body stays as
    /// it is, and there is `None`.
    pub(crate) fn whole(&mut self) -> Option<&[u8]> {
        if let Content::Stream(stream) = &mut self.content {
            let length = stream.body.size_hint().exact()?;
            let first = match stream.poll_frame(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(Some(first)) => first,
                Poll::Ready(None) => {
                    self.content = Content::Empty;
                    return self.as_bytes();
                }
                Poll::Pending => return None,
            };
            let is_all = stream.body.is_end_stream();
            let first = match first.map(Frame::into_data) {
                Ok(Ok(data)) if is_all && data.len() as u64 == length => {
                    self.content = Content::Full(data);
                    return self.as_bytes();
                }
                first => first.map(|frame| frame.map_or_else(|frame| frame, Frame::data)),
            };
            let rest = std::mem::take(&mut stream.body);
            stream.body = Body::new(Resumed {
                first: Some(first),
                rest,
            });
        }
        self.as_bytes()
    }

    /// In place of a body of this length that is not going to be sent. Layers around the routes see
    /// what the answer to GET would have, so that they treat both alike; whoever reads it gets nothing.
    pub(crate) fn unsent(length: Option<u64>) -> Self {
        Self {
            content: Content::Unsent(length),
        }
    }

    /// Names the route in what is logged about the body, and warns once the response limit of the
    /// route is reached.
    #[inline]
    pub(crate) fn watch(&mut self, route: &Arc<Route>) {
        if let Content::Unsent(_) = self.content {
            return;
        }
        let limit = route.config.response_limit.map(ByteSize::as_bytes);
        let exact = self.size_hint().exact();
        if let (Some(length), Some(limit)) = (exact, limit)
            && length >= limit
        {
            warn_large(route);
        }
        if let Content::Stream(stream) = &mut self.content
            && exact.is_none()
        {
            stream.watch = Some(Box::new(Watch {
                route: Arc::clone(route),
                before_warning: limit,
            }));
        }
    }
}

impl Watch {
    fn count(&mut self, sent: u64) {
        let Some(left) = self.before_warning else {
            return;
        };
        self.before_warning = left.checked_sub(sent).filter(|left| *left > 0);
        if self.before_warning.is_none() {
            warn_large(&self.route);
        }
    }
}

/// A body that panics when it is dropped does so to no one's harm: it was sent, or was not to be.
impl Drop for Stream {
    fn drop(&mut self) {
        panics::discard(std::mem::take(&mut self.body));
    }
}

impl Stream {
    /// A panic of the stream ends this response, not the others of its connection.
    fn poll_frame(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum_core::Error>>> {
        let body = Pin::new(&mut self.body);
        let frame = match panics::catch(|| body.poll_frame(cx)) {
            Ok(poll) => std::task::ready!(poll),
            Err(panic) => {
                let route = self
                    .watch
                    .as_ref()
                    .map_or("", |watch| &*watch.route.pattern);
                tracing::error!(route, %panic, "response body panicked");
                panics::discard(std::mem::take(&mut self.body));
                let error = axum_core::Error::new("the response body panicked");
                return Poll::Ready(Some(Err(error)));
            }
        };
        if let (Some(watch), Some(Ok(frame))) = (&mut self.watch, &frame)
            && let Some(data) = frame.data_ref()
        {
            watch.count(data.len() as u64);
        }
        Poll::Ready(frame)
    }
}

fn warn_large(route: &Route) {
    let limit = route
        .config
        .response_limit
        .map(|limit| limit.to_string())
        .unwrap_or_default();
    tracing::warn!(
        route = route.pattern,
        limit,
        "API response exceeds the limit: API routes are meant to answer quickly"
    );
}

impl HttpBody for ResponseBody {
    type Data = Bytes;
    type Error = axum_core::Error;

    #[inline]
    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match &mut self.content {
            Content::Empty | Content::Unsent(_) => Poll::Ready(None),
            Content::Full(bytes) => {
                let bytes = std::mem::take(bytes);
                self.content = Content::Empty;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Content::Stream(stream) => stream.poll_frame(cx),
        }
    }

    #[inline]
    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Empty => true,
            Content::Full(_) | Content::Unsent(_) => false,
            Content::Stream(stream) => stream.body.is_end_stream(),
        }
    }

    #[inline]
    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Empty => SizeHint::with_exact(0),
            Content::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Content::Stream(stream) => stream.body.size_hint(),
            Content::Unsent(length) => length.map_or_else(SizeHint::default, SizeHint::with_exact),
        }
    }
}

impl fmt::Debug for ResponseBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.content {
            Content::Empty => f.write_str("Empty"),
            Content::Full(bytes) => write!(f, "Full({} bytes)", bytes.len()),
            Content::Stream(_) => f.write_str("Stream"),
            Content::Unsent(_) => f.write_str("Unsent"),
        }
    }
}

impl From<Body> for ResponseBody {
    fn from(body: Body) -> Self {
        if body.is_end_stream() {
            return Self::default();
        }
        Self {
            content: Content::Stream(Stream { body, watch: None }),
        }
    }
}

impl From<Bytes> for ResponseBody {
    #[inline]
    fn from(bytes: Bytes) -> Self {
        let content = if bytes.is_empty() {
            Content::Empty
        } else {
            Content::Full(bytes)
        };
        Self { content }
    }
}

macro_rules! from_bytes {
    ($($ty:ty),*) => {$(
        impl From<$ty> for ResponseBody {
            fn from(value: $ty) -> Self {
                Self::from(Bytes::from(value))
            }
        }
    )*};
}

from_bytes!(Vec<u8>, String, &'static str, &'static [u8], Box<[u8]>);

impl From<ResponseBody> for Body {
    fn from(body: ResponseBody) -> Self {
        match body.content {
            Content::Empty => Self::empty(),
            Content::Full(bytes) => Self::from(bytes),
            Content::Stream(mut stream) => std::mem::take(&mut stream.body),
            Content::Unsent(_) => Self::new(body),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use http_body_util::{BodyExt, Full};

    use super::*;

    /// Two frames behind an exact length.
    struct Pieces(Vec<&'static str>);

    impl HttpBody for Pieces {
        type Data = Bytes;
        type Error = axum_core::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            Poll::Ready(self.0.pop().map(|piece| match piece {
                "!" => Err(axum_core::Error::new("broken")),
                piece => Ok(Frame::data(piece.into())),
            }))
        }

        fn size_hint(&self) -> SizeHint {
            SizeHint::with_exact(self.0.concat().len() as u64)
        }
    }

    async fn rest(body: ResponseBody) -> Result<Bytes, axum_core::Error> {
        Ok(body.collect().await?.to_bytes())
    }

    #[tokio::test]
    async fn a_body_in_one_piece_is_whole() {
        let mut boxed = ResponseBody::from(Body::new(Full::from("abc")));
        assert_eq!(boxed.as_bytes(), None);
        assert_eq!(boxed.whole(), Some(&b"abc"[..]));
        assert_eq!(boxed.as_bytes(), Some(&b"abc"[..]));
        assert_eq!(rest(boxed).await.unwrap(), "abc");
    }

    #[tokio::test]
    async fn any_other_body_stays_as_it_is() {
        let mut pieces = ResponseBody::new(Pieces(vec!["c", "ab"]));
        assert_eq!(pieces.whole(), None);
        assert_eq!(pieces.size_hint().exact(), Some(3));
        assert_eq!(pieces.whole(), None);
        assert_eq!(rest(pieces).await.unwrap(), "abc");

        let mut broken = ResponseBody::new(Pieces(vec!["c", "!"]));
        assert_eq!(broken.whole(), None);
        assert_eq!(rest(broken).await.unwrap_err().to_string(), "broken");

        let piece = Ok::<_, Infallible>(Bytes::from("abc"));
        let mut stream = ResponseBody::from(Body::from_stream(futures_util::stream::iter([piece])));
        assert_eq!(stream.whole(), None);
        assert_eq!(rest(stream).await.unwrap(), "abc");
    }
}
