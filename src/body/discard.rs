//! What becomes of the body of a refused request.

use std::time::Duration;

use axum_core::body::Body;
use http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError};
use tokio::{runtime::Handle, time::timeout};

use super::read::caused_by;

/// How long a refused client may go on sending.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads on for a few seconds and throws away what comes.
///
/// A client that is still sending when the connection closes gets a reset and loses the answer. The
/// body of a client that waits for `100 Continue` is left alone: it gets its answer instead.
pub(super) fn discard(headers: &HeaderMap, body: Body) {
    if headers.contains_key(header::EXPECT) {
        return;
    }
    discard_rest(body);
}

/// The same for a body that was begun.
pub(crate) fn discard_rest(mut body: Body) {
    let Ok(runtime) = Handle::try_current() else {
        return;
    };
    runtime.spawn(async move {
        let rest = async {
            while let Some(frame) = body.frame().await {
                if frame.is_err_and(|error| !caused_by::<LengthLimitError>(&error)) {
                    break;
                }
            }
        };
        let _ = timeout(PATIENCE, rest).await;
    });
}
