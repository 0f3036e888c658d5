//! All routes below `pages/api` as one Vercel function.

use http_body_util::{BodyExt, BodyStream, StreamBody};
use sync_wrapper::SyncStream;
use tokio::sync::oneshot;
use tower::{ServiceExt, service_fn};
use tower_api_routes::{ApiRoutesLayer, BoxError};
use vercel_runtime::{AppState, Request, ResponseBody};

tower_api_routes::include_routes!();

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let router = ApiRoutesLayer::new("pages/api").router()?;
    // Requests and answers as the streams that they are. (The `VercelLayer` of vercel_runtime, for axum, first reads
    // every request to its end, and every answer but JSON and events.)
    vercel_runtime::run(service_fn(move |(state, request): (AppState, Request)| {
        let answer = router.clone().oneshot(request);
        async move {
            let Ok(answer) = answer.await;
            Ok::<_, BoxError>(answer.map(|body| body_of(body, &state)))
        }
    }))
    .await
}

/// The body for Vercel's runtime, which wants it to be `Sync` as well. An invocation would be over with the head of the
/// answer, and what runs may be put to sleep then: that of a stream goes on until it ends.
fn body_of(body: tower_api_routes::ResponseBody, state: &AppState) -> ResponseBody {
    if let Some(bytes) = body.as_bytes() {
        return bytes.to_vec().into();
    }
    let (open, ended) = oneshot::channel::<()>();
    state.wait_until(async {
        // Ready when the sender is dropped, with the body.
        let _ = ended.await;
    });
    let body = body.map_err(move |error| {
        let _ = &open;
        error.into()
    });
    let frames = SyncStream::new(BodyStream::new(body));
    ResponseBody(StreamBody::new(frames).boxed())
}
