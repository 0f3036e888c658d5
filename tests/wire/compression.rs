//! HEAD and entity tags where a layer compresses the answers, within the routes and around them.

use std::net::SocketAddr;

use axum::routing::Route;
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use tower::{Layer, ServiceBuilder, layer::layer_fn};
use tower_api_routes::{
    ApiRequest, ApiResponse, ApiRoutes, CorsLayer, FsRouter,
    router::{MethodRouter, any, get},
};
use tower_http::compression::CompressionLayer;

use crate::{
    http2,
    support::wire::{self, Client},
};

fn long() -> String {
    "hello ".repeat(100)
}

async fn tagged(_: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.json(&long())
}

async fn streamed(_: ApiRequest, res: ApiResponse) -> ApiResponse {
    let chunks = [long(), long()].map(|chunk| Ok::<_, std::io::Error>(Bytes::from(chunk)));
    res.header("content-type", "text/plain")
        .stream(stream::iter(chunks))
}

async fn foreign() -> String {
    long()
}

async fn small(_: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.json(&"small")
}

fn router(wrap: impl Fn(MethodRouter) -> MethodRouter) -> FsRouter {
    FsRouter::builder()
        .route("tagged", wrap(any(tagged)))
        .route("streamed", wrap(any(streamed)))
        .route("foreign", wrap(get(foreign)))
        .route("small", wrap(any(small)))
        .build()
        .unwrap()
}

const PATHS: [&str; 4] = ["/tagged", "/streamed", "/foreign", "/small"];

/// Each way to compress: the layer alone, within others, and around all routes.
async fn http1_servers() -> Vec<(&'static str, SocketAddr)> {
    let outside = || CompressionLayer::new().layer(router(|route| route));
    let in_front = || {
        ServiceBuilder::new()
            .layer(CompressionLayer::new())
            .service(ApiRoutes::new(router(|route| route), axum::Router::new()))
    };
    vec![
        ("alone", wire::serve(router(alone)).await),
        ("innermost", wire::serve(router(innermost)).await),
        ("outermost", wire::serve(router(outermost)).await),
        ("outside", wire::serve(outside()).await),
        ("in front", wire::serve(in_front()).await),
        ("within axum", wire::serve(in_axum()).await),
    ]
}

async fn http2_servers() -> Vec<(&'static str, SocketAddr)> {
    vec![
        ("alone", http2::serve(router(alone)).await),
        ("innermost", http2::serve(router(innermost)).await),
        ("outermost", http2::serve(router(outermost)).await),
        (
            "outside",
            http2::serve(CompressionLayer::new().layer(router(|route| route))).await,
        ),
        ("outside, in axum", http2::serve(in_axum()).await),
    ]
}

/// The routes as a layer of axum's router, which drops bodies for HEAD itself where it has a handler.
fn in_axum() -> axum::Router {
    axum::Router::new()
        .fallback(async || "page")
        .layer(layer_fn(|inner: Route| {
            ApiRoutes::new(router(|route| route), inner)
        }))
        .layer(CompressionLayer::new())
}

fn alone(route: MethodRouter) -> MethodRouter {
    route.layer(CompressionLayer::new())
}

fn innermost(route: MethodRouter) -> MethodRouter {
    route.layer(CompressionLayer::new()).layer(CorsLayer::new())
}

fn outermost(route: MethodRouter) -> MethodRouter {
    route.layer(CorsLayer::new()).layer(CompressionLayer::new())
}

/// The header lines of an answer, but those that an answer to HEAD may leave out: the date, and how
/// the body is framed.
fn lines(head: &str) -> Vec<String> {
    let mut lines: Vec<_> = head.lines().skip(1).map(str::to_owned).collect();
    lines.retain(|line| !line.starts_with("date:") && line != "transfer-encoding: chunked");
    lines.sort();
    lines
}

#[tokio::test]
async fn h71_head_has_the_headers_of_get_behind_compression() {
    for (name, address) in http1_servers().await {
        let mut client = Client::connect(address).await;
        for path in PATHS {
            for coding in ["gzip", "identity", "br;q=1, gzip;q=0.5", ""] {
                client.send(request("HEAD", path, coding)).await;
                let head = client.answer_to("HEAD").await;
                // What follows on the connection shows that there was no body.
                client.send(request("GET", path, "identity")).await;
                let plain = client.answer().await;
                assert_eq!(plain.status(), 200, "{name} {path} {coding}");
                let get = get_head(address, path, coding).await;
                assert_eq!(lines(&head.head), lines(&get), "{name} {path} {coding}");
            }
        }
    }
}

fn request(method: &str, path: &str, coding: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: a\r\nAccept-Encoding: {coding}\r\n\r\n")
}

/// The head of an answer whose body need not be text.
async fn get_head(address: SocketAddr, path: &str, coding: &str) -> String {
    let mut client = Client::connect(address).await;
    client.send(request("GET", path, coding)).await;
    client.read_until(b"\r\n\r\n").await.unwrap()
}

/// Headers and length of the body of an answer over HTTP/2.
async fn over_http2(
    address: SocketAddr,
    method: &str,
    path: &str,
    coding: &str,
) -> (HeaderMap, usize) {
    let mut client = http2::connect(address).await;
    let request = Request::builder()
        .method(method)
        .uri(format!("http://a{path}"))
        .header("accept-encoding", coding)
        .body(http2::empty());
    let response = client.send_request(request.unwrap()).await.unwrap();
    let (mut parts, body) = response.into_parts();
    parts.headers.remove("date");
    (
        parts.headers,
        body.collect().await.unwrap().to_bytes().len(),
    )
}

#[tokio::test]
async fn h71_head_over_http_2_has_no_wrong_length_behind_compression() {
    for (name, address) in http2_servers().await {
        for path in PATHS {
            for coding in ["gzip", "identity", "gzip;q=0, identity"] {
                let (mut get, _) = over_http2(address, "GET", path, coding).await;
                let (mut head, body) = over_http2(address, "HEAD", path, coding).await;
                assert_eq!(body, 0, "{name} {path} {coding}");
                // A length may be left out, and is never a wrong one.
                let length = get.remove("content-length");
                if let Some(stated) = head.remove("content-length") {
                    assert_eq!(Some(stated), length, "{name} {path} {coding}");
                }
                // What a layer around the routes does to a body, it does to none.
                if !name.starts_with("outside") {
                    assert_eq!(head, get, "{name} {path} {coding}");
                }
            }
        }
    }
}
