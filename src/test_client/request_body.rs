//! [`RequestBody`]: what is sent once, or again after a redirect.

use axum_core::body::Body;
use bytes::Bytes;
use http::{HeaderMap, header};

/// The body of a request, as far as it can be sent.
pub(super) enum RequestBody {
    Bytes(Bytes),
    /// Can be sent once.
    Stream(Option<Body>),
}

impl RequestBody {
    /// The body to send now; a stream is gone then.
    pub(super) fn take(&mut self) -> Body {
        match self {
            Self::Bytes(bytes) => Body::from(bytes.clone()),
            Self::Stream(body) => body.take().unwrap_or_default(),
        }
    }

    pub(super) fn is_gone(&self) -> bool {
        matches!(self, Self::Stream(None))
    }

    /// Goes on without a body, and without what `headers` say of it.
    pub(super) fn drop_with(&mut self, headers: &mut HeaderMap) {
        *self = Self::Bytes(Bytes::new());
        for name in [
            header::CONTENT_ENCODING,
            header::CONTENT_LANGUAGE,
            header::CONTENT_LENGTH,
            header::CONTENT_LOCATION,
            header::CONTENT_TYPE,
        ] {
            headers.remove(name);
        }
    }
}
