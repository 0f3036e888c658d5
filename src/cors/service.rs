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

#[cfg(test)]
mod tests {
    use std::{
        future::{Ready, ready},
        task::Waker,
    };

    use http::{Method, StatusCode};

    use super::*;

    /// Counts its requests; with one it is busy, with two it is closed.
    #[derive(Default)]
    struct Counting {
        requests: u8,
    }

    impl Service<Request<()>> for Counting {
        type Response = Response<String>;
        type Error = &'static str;
        type Future = Ready<Result<Response<String>, &'static str>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
            match self.requests {
                0 => Poll::Ready(Ok(())),
                1 => Poll::Pending,
                _ => Poll::Ready(Err("closed")),
            }
        }

        fn call(&mut self, _: Request<()>) -> Self::Future {
            self.requests += 1;
            ready(Ok(Response::new("from the handler".to_owned())))
        }
    }

    fn call(service: &mut Cors<Counting>, method: Method) -> Response<String> {
        let mut request = Request::new(());
        *request.method_mut() = method;
        for name in ["origin", "access-control-request-method"] {
            request.headers_mut().append(name, "x".parse().unwrap());
        }
        let mut future = Box::pin(service.call(request));
        match future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            Poll::Ready(answer) => answer.unwrap(),
            Poll::Pending => panic!("it waits"),
        }
    }

    #[test]
    fn a_preflight_is_not_passed_on_and_any_other_request_is() {
        let mut service = Cors::new(Counting::default(), Rules::default());
        let preflight = call(&mut service, Method::OPTIONS);
        assert_eq!(preflight.status(), StatusCode::NO_CONTENT);
        assert_eq!((&**preflight.body(), service.inner.requests), ("", 0));
        let other = call(&mut service, Method::GET);
        assert_eq!(other.status(), StatusCode::OK);
        assert_eq!(
            (&**other.body(), service.inner.requests),
            ("from the handler", 1)
        );
        for answer in [preflight, other] {
            assert_eq!(answer.headers()["access-control-allow-origin"], "*");
        }
    }

    #[test]
    fn it_is_ready_when_the_inner_service_is() {
        for (requests, expected) in [
            (0, Poll::Ready(Ok(()))),
            (1, Poll::Pending),
            (2, Poll::Ready(Err("closed"))),
        ] {
            let mut service = Cors::new(Counting { requests }, Rules::default());
            let mut context = Context::from_waker(Waker::noop());
            assert_eq!(service.poll_ready(&mut context), expected);
        }
    }
}
