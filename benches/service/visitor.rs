//! What the program that times the cases and the one that counts allocations share.

use std::{convert::Infallible, hint::black_box};

use axum::body::Body;
use http::{Request, Response};
use http_body_util::BodyExt;
use tower::{Service, ServiceExt};

/// A request of a case.
pub(super) type Make = fn() -> Request<Body>;

/// Sees one service answer one kind of request.
pub(super) trait Visitor {
    fn visit<S, B>(&mut self, case: &str, server: &str, service: S, request: Make)
    where
        S: Service<Request<Body>, Response = Response<B>, Error = Infallible> + Clone,
        B: http_body::Body + Unpin,
        B::Error: std::fmt::Debug;
}

/// Answers a request and reads the body to its end, as a connection does.
pub(super) async fn answer<S, B>(service: &mut S, request: Request<Body>) -> usize
where
    S: Service<Request<Body>, Response = Response<B>, Error = Infallible>,
    B: http_body::Body + Unpin,
    B::Error: std::fmt::Debug,
{
    let mut response = service.ready().await.unwrap().call(request).await.unwrap();
    let mut frames = 0;
    while let Some(frame) = response.body_mut().frame().await {
        black_box(frame.unwrap());
        frames += 1;
    }
    black_box(&response);
    frames
}

pub(super) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
}
