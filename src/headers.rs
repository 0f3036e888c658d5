//! Looking at headers.

use http::{HeaderMap, HeaderName};

/// Whether there is such a header. Few headers are faster looked at than looked up.
#[inline]
pub(crate) fn has_header(headers: &HeaderMap, wanted: &HeaderName) -> bool {
    headers.keys().any(|name| name == wanted)
}
