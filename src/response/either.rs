//! The body of a response that this crate or an inner service gives.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::Either;
use pin_project_lite::pin_project;

use super::body::ResponseBody;
use crate::error::BoxError;

pin_project! {
    /// The body of a response that a layer of this crate gives, or its inner service.
    ///
    /// The default is an empty body, as layers need one that answer by themselves.
    pub struct EitherBody<B> {
        #[pin]
        body: Either<ResponseBody, B>,
    }
}

impl<B> EitherBody<B> {
    pub(crate) fn ours(body: ResponseBody) -> Self {
        Self {
            body: Either::Left(body),
        }
    }

    pub(crate) fn inner(body: B) -> Self {
        Self {
            body: Either::Right(body),
        }
    }
}

impl<B> Default for EitherBody<B> {
    fn default() -> Self {
        Self::ours(ResponseBody::empty())
    }
}

impl<B> fmt::Debug for EitherBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.body {
            Either::Left(body) => body.fmt(f),
            Either::Right(_) => f.write_str("Inner"),
        }
    }
}

impl<B> Body for EitherBody<B>
where
    B: Body<Data = Bytes, Error: Into<BoxError>>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.project().body.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
