//! 4 MiB and a byte, as a stream.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use futures_util::stream;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let chunk = || Bytes::from_static(&[b'.'; 64 * 1024]);
    let last = Bytes::from_static(b".");
    let chunks = std::iter::repeat_with(chunk).take(64).chain([last]);
    res.body(Body::from_stream(stream::iter(
        chunks.map(Ok::<_, Infallible>),
    )))
}
