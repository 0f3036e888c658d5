//! A client for services, in process; [`wire`] has one for real connections.
#![allow(dead_code, reason = "every test binary uses its own part")]

pub(crate) mod logs;
pub(crate) mod wire;

use axum::body::Body;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt;
use tower::{Service, ServiceExt};

/// A response, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// All headers, one line each, in the order of their names.
    pub(crate) fn lines(&self) -> Vec<String> {
        let line =
            |(name, value): (_, &HeaderValue)| format!("{name}: {}", value.to_str().unwrap());
        let mut lines: Vec<_> = self.headers.iter().map(line).collect();
        lines.sort();
        lines
    }
}

/// Sends a request and reads the answer.
pub(crate) async fn send<S, B>(service: &S, request: Request<Body>) -> Answer
where
    S: Service<Request<Body>, Response = Response<B>> + Clone,
    S::Error: std::fmt::Debug,
    B: http_body::Body,
    B::Error: std::fmt::Debug,
{
    let response = service.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    }
}

/// A request of this method without a body.
pub(crate) fn request(method: &str, uri: &str) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(uri)
        .body(Body::empty())
        .unwrap()
}

pub(crate) async fn get<S, B>(service: &S, uri: &str) -> Answer
where
    S: Service<Request<Body>, Response = Response<B>> + Clone,
    S::Error: std::fmt::Debug,
    B: http_body::Body,
    B::Error: std::fmt::Debug,
{
    send(service, request("GET", uri)).await
}

/// The requests and answers of a table: path, status, body.
pub(crate) async fn expect<S, B>(service: &S, cases: &[(&str, u16, &str)])
where
    S: Service<Request<Body>, Response = Response<B>> + Clone,
    S::Error: std::fmt::Debug,
    B: http_body::Body,
    B::Error: std::fmt::Debug,
{
    for (uri, status, body) in cases {
        let answer = get(service, uri).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (*status, *body),
            "GET {uri}"
        );
    }
}
