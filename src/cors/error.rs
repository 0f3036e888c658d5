use std::{error::Error, fmt};

use http::StatusCode;

/// Rules that no [`CorsLayer`](super::CorsLayer) may have, found by
/// [`build`](super::CorsLayer::build).
///
/// The message is a sentence that names the culprit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorsError {
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// `*` and credentials: what the `*` stands for.
    Wildcard(&'static str),
    /// `*` in a list of origins.
    MixedOrigins,
    Origin(String),
    HeaderName(String),
    PreflightStatus(StatusCode),
}

impl From<Kind> for CorsError {
    fn from(kind: Kind) -> Self {
        Self { kind }
    }
}

impl fmt::Display for CorsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Wildcard(what) => {
                write!(f, "`*` for {what} cannot be combined with credentials")
            }
            Kind::MixedOrigins => f.write_str("`*` cannot stand beside named origins"),
            Kind::Origin(text) => write!(
                f,
                "`{text}` is not an origin: expected `scheme://host` or `scheme://host:port`, in \
                 lower case, without path or default port"
            ),
            Kind::HeaderName(text) => write!(f, "`{text}` is not a header name"),
            Kind::PreflightStatus(status) => {
                write!(f, "preflight status {} is not a success", status.as_u16())
            }
        }
    }
}

impl Error for CorsError {}
