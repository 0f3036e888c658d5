//! [`Cors`]: the service that [`CorsLayer`](super::CorsLayer) puts around another, and its future.
//!
//! A preflight is answered at once, and the inner service is not called (unless the rules say so). Every
//! other request goes to the inner service, and its response gets the headers of CORS.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

use super::rules::{Answer, Rules};

/// Adds CORS headers to the answers of a service, and answers preflights for it.
///
/// Made by [`CorsLayer`](super::CorsLayer).
#[derive(Debug, Clone)]
pub struct Cors<S> {
    inner: S,
    rules: Arc<Rules>,
}

impl<S> Cors<S> {
    pub(super) fn new(inner: S, rules: Rules) -> Self {
        Self {
            inner,
            rules: Arc::new(rules),
        }
    }
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for Cors<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    ResBody: Default,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = CorsFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let answer = self.rules.answer(&request);
        let inner = (!self.rules.ends_here(&answer)).then(|| self.inner.call(request));
        CorsFuture {
            inner,
            answer: Some(answer),
            rules: Arc::clone(&self.rules),
        }
    }
}

pin_project! {
    /// Response future of [`Cors`].
    #[derive(Debug)]
    pub struct CorsFuture<F> {
        // None: the preflight is answered here
        #[pin]
        inner: Option<F>,
        answer: Option<Answer>,
        rules: Arc<Rules>,
    }
}

impl<F, B, E> Future for CorsFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Default,
{
    type Output = Result<Response<B>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = match this.inner.as_pin_mut() {
            Some(inner) => ready!(inner.poll(cx))?,
            None => {
                // no Content-Length: RFC 9110 §8.6 forbids it in a 204, servers add it to a 200
                let mut response = Response::new(B::default());
                *response.status_mut() = this.rules.preflight_status;
                response
            }
        };
        if let Some(answer) = this.answer.take() {
            this.rules.write(answer, response.headers_mut());
        }
        Poll::Ready(Ok(response))
    }
}
