//! A body that nothing has asked for yet.

use std::sync::{Mutex, PoisonError};

use axum_core::body::Body;
use http::{HeaderMap, header};
use http_body::Body as _;

use super::discard::discard_rest;

/// The body of a request until something takes it; locked, so that a request can be shared across
/// threads.
///
/// One that nothing has taken in the end is read on for a while and thrown away, as Node.js does it:
/// a client that is still sending when the connection closes loses the answer.
pub(crate) struct Unread {
    body: Mutex<Option<Body>>,
    /// There is something to read, and the client does not wait for `100 Continue` first.
    is_coming: bool,
}

impl Unread {
    pub(crate) fn new(body: Body, headers: &HeaderMap) -> Self {
        Self {
            is_coming: !body.is_end_stream() && !headers.contains_key(header::EXPECT),
            body: Mutex::new(Some(body)),
        }
    }

    pub(crate) fn take(&self) -> Option<Body> {
        // Nothing panics while the lock is held.
        self.body
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        if self.is_coming
            && let Some(body) = self.take()
        {
            discard_rest(body);
        }
    }
}
