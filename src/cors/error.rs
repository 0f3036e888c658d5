//! [`CorsError`]: what [`CorsLayer::build`](super::CorsLayer::build) refuses.
//!
//! Mistakes that browsers would punish in silence, by not showing the answer, are errors at start-up:
//! `*` beside credentials, or the origin `https://example.com/`, whose trailing slash no browser sends.

use std::{error::Error, fmt};

use http::StatusCode;

/// Rules that no [`CorsLayer`](super::CorsLayer) may have, found by
/// [`build`](super::CorsLayer::build).
///
/// The message is a sentence that names the culprit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorsError(Problem);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Problem {
    /// `*` beside credentials; the text says what the `*` stands for.
    Wildcard(&'static str),
    /// `*` in a list of origins.
    MixedOrigins,
    Origin(String),
    HeaderName(String),
    PreflightStatus(StatusCode),
}

impl From<Problem> for CorsError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl fmt::Display for CorsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Problem::Wildcard(what) => {
                write!(f, "`*` for {what} cannot be combined with credentials")
            }
            Problem::MixedOrigins => f.write_str("`*` cannot stand beside named origins"),
            Problem::Origin(text) => write!(
                f,
                "`{text}` is not an origin: expected `scheme://host` or `scheme://host:port`, in \
                 lower case, without path or default port"
            ),
            Problem::HeaderName(text) => write!(f, "`{text}` is not a header name"),
            Problem::PreflightStatus(status) => {
                write!(f, "preflight status {} is not a success", status.as_u16())
            }
        }
    }
}

impl Error for CorsError {}
