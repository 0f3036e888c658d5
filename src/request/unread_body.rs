//! A body that nothing has asked for yet.

use std::sync::{Mutex, PoisonError};

use axum_core::body::Body;
use http::{Version, header, request::Parts};
use http_body::Body as _;

use crate::body::discard_rest;

/// The body of a request until something takes it; locked, so that a request can be shared across
/// threads.
///
/// One that nothing has taken in the end is read on for a while and thrown away, as Node.js does it
/// (but not without a bound): a client that is still sending when the connection closes loses the answer.
pub(crate) struct UnreadBody {
    body: Mutex<Option<Body>>,
    version: Version,
    /// There is something to read, and the client does not wait for `100 Continue` first.
    is_coming: bool,
    /// Pieces of it were handed out: what is left is no body any more.
    is_begun: bool,
}

impl UnreadBody {
    #[inline]
    pub(crate) fn new(body: Body, parts: &Parts) -> Self {
        Self {
            version: parts.version,
            is_coming: !body.is_end_stream() && !parts.headers.contains_key(header::EXPECT),
            body: Mutex::new(Some(body)),
            is_begun: false,
        }
    }

    pub(crate) fn take(&self) -> Option<Body> {
        if self.is_begun {
            return None;
        }
        // Nothing panics while the lock is held.
        self.body
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// The body, to be read piece by piece; from here on it cannot be taken.
    pub(crate) fn begin(&mut self) -> &mut Option<Body> {
        self.is_begun = true;
        self.is_coming = true;
        self.body.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for UnreadBody {
    #[inline]
    fn drop(&mut self) {
        // What is left of a body is thrown away like a whole one.
        self.is_begun = false;
        if self.is_coming
            && let Some(body) = self.take()
            && !body.is_end_stream()
        {
            discard_rest(self.version, body);
        }
    }
}
