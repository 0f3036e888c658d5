//! What a body costs in memory, counted by the allocator of the test.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::{Body, Bytes};
use http::Request;
use http_body::{Frame, SizeHint};
use serde::Deserialize;
use tower::ServiceExt;
use tower_api_routes::{
    ApiConfig, ApiError, ApiRequest, FsRouter, RouterOptions,
    router::{MethodRouter, any},
};

const SIZE: usize = 8 * 1024 * 1024;
const FRAME: usize = 16 * 1024;
/// The most that a body may cost: a quarter more than itself, and 64 KiB.
const MOST: u64 = (SIZE + SIZE / 4 + 64 * 1024) as u64;

#[derive(Deserialize)]
struct Borrowed<'a> {
    data: &'a str,
}

async fn bytes(req: ApiRequest) -> Result<String, ApiError> {
    Ok(req.bytes().await?.len().to_string())
}

async fn text(req: ApiRequest) -> Result<String, ApiError> {
    Ok(req.text().await?.len().to_string())
}

async fn json(req: ApiRequest) -> Result<String, ApiError> {
    let value: Borrowed<'_> = req.json().await?;
    Ok((value.data.len() + r#"{"data":""}"#.len()).to_string())
}

/// A body that announces its length, as one with `Content-Length` does. Its frames cost nothing by
/// themselves.
struct Announced(&'static [u8]);

impl http_body::Body for Announced {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let (frame, rest) = self.0.split_at(FRAME.min(self.0.len()));
        self.0 = rest;
        Poll::Ready((!frame.is_empty()).then(|| Ok(Frame::data(Bytes::from_static(frame)))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.len() as u64)
    }
}

/// The most bytes in use while the router answers.
fn peak(route: MethodRouter, content_type: &str, content: &'static [u8]) -> u64 {
    let config = ApiConfig::new().body_limit("8mb");
    let router = FsRouter::builder()
        .options(RouterOptions::new().config(config))
        .route("x", route)
        .build()
        .unwrap();
    let request = Request::post("/x")
        .header("content-type", content_type)
        .header("content-length", SIZE)
        .body(Announced(content))
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let mut answer = None;
    let counted = allocation_counter::measure(|| {
        answer = Some(runtime.block_on(async {
            let response = router.oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            (
                parts.status,
                axum::body::to_bytes(Body::new(body), 64).await.unwrap(),
            )
        }));
    });
    let (status, answer) = answer.unwrap();
    assert_eq!(
        (status.as_u16(), &answer[..]),
        (200, SIZE.to_string().as_bytes())
    );
    counted.bytes_max
}

#[test]
fn h23_a_body_costs_little_more_than_itself() {
    let plain: &'static [u8] = Vec::leak(vec![b'a'; SIZE]);
    let mut object = br#"{"data":""#.to_vec();
    object.resize(SIZE - 2, b'a');
    object.extend(br#""}"#);
    let object: &'static [u8] = Vec::leak(object);
    for (what, peak) in [
        ("bytes", peak(any(bytes), "application/octet-stream", plain)),
        ("text", peak(any(text), "text/plain", plain)),
        ("typed JSON", peak(any(json), "application/json", object)),
    ] {
        println!("{what}: {peak} bytes for {SIZE}");
        assert!(peak <= MOST, "{what}: {peak} bytes");
    }
}
