//! Why a request is not forwarded, or not answered by the upstream server.

use std::{error::Error, fmt, io};

use axum::{
    http::{StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use tower_api_routes::BoxError;

use crate::host::UnclearHost;

#[derive(Debug)]
pub(crate) enum Failure {
    /// The client asks for a tunnel.
    Connect,
    Host(UnclearHost),
    /// The body of the request is coded in a way that hyper does not decode.
    Coding,
    /// The upstream server cannot be reached, or answers something else than HTTP.
    Upstream(BoxError),
    /// The upstream server says nothing for too long.
    Silence(BoxError),
}

impl Failure {
    /// Of what was sent to the upstream server.
    pub(crate) fn of_upstream(error: BoxError) -> Self {
        let timed_out = |cause: &(dyn Error + 'static)| {
            cause
                .downcast_ref::<io::Error>()
                .is_some_and(|cause| cause.kind() == io::ErrorKind::TimedOut)
        };
        if causes(&*error).any(timed_out) {
            Self::Silence(error)
        } else {
            Self::Upstream(error)
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Connect => StatusCode::METHOD_NOT_ALLOWED.into_response(),
            Self::Host(_) => {
                (StatusCode::BAD_REQUEST, "the request must name one host").into_response()
            }
            Self::Coding => {
                let text = "the body may have no transfer coding but chunked";
                (StatusCode::NOT_IMPLEMENTED, text).into_response()
            }
            // It starts, or starts again: that takes about a second.
            Self::Upstream(_) => {
                let text = "the upstream server does not answer";
                (StatusCode::BAD_GATEWAY, [(RETRY_AFTER, "1")], text).into_response()
            }
            Self::Silence(_) => {
                let text = "the upstream server takes too long to answer";
                (StatusCode::GATEWAY_TIMEOUT, text).into_response()
            }
        }
    }
}

/// For the log, with all causes.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect => f.write_str("CONNECT is not allowed"),
            Self::Host(_) => f.write_str("no host, or not one"),
            Self::Coding => f.write_str("a transfer coding besides chunked"),
            Self::Upstream(error) | Self::Silence(error) => {
                write!(f, "{error}")?;
                causes(&**error).try_for_each(|cause| write!(f, ": {cause}"))
            }
        }
    }
}

impl From<UnclearHost> for Failure {
    fn from(error: UnclearHost) -> Self {
        Self::Host(error)
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(error.source(), |&error| error.source())
}
