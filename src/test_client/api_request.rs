//! The `req` for a test that calls a handler itself.

use std::{
    future::Future,
    pin::pin,
    sync::mpsc,
    task::{Context, Poll, Waker},
};

use axum_core::body::Body;
use tower_service::Service;

use super::{request::TestRequest, response::TestResponse};
use crate::{
    config::ApiConfig,
    request::ApiRequest,
    router::{FsRouter, any},
};

impl TestRequest {
    /// The request as a handler of the route `pattern` gets it. The pattern is written as in file
    /// names, with the mount: `/api/posts/[id]`.
    ///
    /// A router matches the path against it, so that parameters, cookies and body are read as in
    /// production.
    ///
    /// ```
    /// use serde_json::json;
    /// use tower_api_routes::{ApiRequest, ApiResponse, test_client::{TestRequest, TestResponse}};
    ///
    /// async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    ///     res.json(&req.param("id"))
    /// }
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let req = TestRequest::get("/api/posts/a%20b").into_api_request("/api/posts/[id]");
    /// let response = handler(req, ApiResponse::new()).await;
    /// TestResponse::from(response).assert_json("a b");
    /// # });
    /// ```
    ///
    /// # Panics
    ///
    /// When the path does not match, the pattern is none, or the router refuses the request.
    #[track_caller]
    #[must_use]
    pub fn into_api_request(self, pattern: &str) -> ApiRequest {
        self.into_configured(pattern, ApiConfig::new())
    }

    /// As [`into_api_request`](Self::into_api_request), with the `CONFIG` of the route: the limit of
    /// the body, say.
    ///
    /// # Panics
    ///
    /// As there.
    #[track_caller]
    #[must_use]
    pub fn into_configured(self, pattern: &str, config: ApiConfig) -> ApiRequest {
        let (sender, receiver) = mpsc::channel();
        let take = move |req: ApiRequest| {
            let sent = sender.send(req);
            async { drop(sent) }
        };
        let route = any(take).config(config);
        let router = FsRouter::builder().route(pattern.trim_start_matches('/'), route);
        let mut router = match router.build() {
            Ok(router) => router,
            Err(error) => panic!("{error}"),
        };
        let request = self.into_request();
        let path = request.uri().clone();
        // Nothing of this waits: the body is not read yet.
        let answer = pin!(router.call(request)).poll(&mut Context::from_waker(Waker::noop()));
        let failed = format!("{path} does not reach a handler of {pattern}");
        match (receiver.try_recv(), answer) {
            (Ok(req), _) => req,
            (Err(_), Poll::Ready(Ok(answer))) => {
                TestResponse::from(answer.map(Body::new)).fail(failed)
            }
            (Err(_), _) => panic!("{failed}"),
        }
    }
}
