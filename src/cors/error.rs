//! [`CorsError`]: what [`CorsLayer::build`](super::CorsLayer::build) refuses.
//!
//! Mistakes that browsers would punish in silence, by not showing the answer, are errors at start-up:
//! `*` beside credentials, or the origin `https://example.com/`, whose trailing slash no browser sends.

use std::{error::Error, fmt};

/// Rules that no [`CorsLayer`](super::CorsLayer) may have, found by
/// [`build`](super::CorsLayer::build).
///
/// The message is a sentence that names the culprit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorsError(pub(super) String);

impl fmt::Display for CorsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for CorsError {}
