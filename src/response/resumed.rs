//! [`Resumed`]: a body that was looked into, and is sent from its first frame all the same.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum_core::body::Body;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};

/// A body whose first frame was looked at already.
pub(super) struct Resumed {
    pub(super) first: Option<Result<Frame<Bytes>, axum_core::Error>>,
    pub(super) rest: Body,
}

impl HttpBody for Resumed {
    type Data = Bytes;
    type Error = axum_core::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match self.first.take() {
            Some(first) => Poll::Ready(Some(first)),
            None => Pin::new(&mut self.rest).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let first = self
            .first
            .as_ref()
            .and_then(|first| first.as_ref().ok()?.data_ref());
        let first = first.map_or(0, |data| data.len() as u64);
        let rest = self.rest.size_hint();
        let mut both = SizeHint::new();
        both.set_lower(first.saturating_add(rest.lower()));
        if let Some(upper) = rest.upper().and_then(|upper| upper.checked_add(first)) {
            both.set_upper(upper);
        }
        both
    }
}
