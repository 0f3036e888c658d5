//! Extended CONNECT over HTTP/2 (RFC 8441): who may open a tunnel.

use std::{convert::Infallible, future::ready, net::SocketAddr};

use axum::{
    extract::{
        Request as AxumRequest, WebSocketUpgrade,
        ws::{Message, WebSocket, rejection::WebSocketUpgradeRejection},
    },
    response::Response,
};
use futures_util::{SinkExt, StreamExt};
use http::{Method, Request};
use hyper::ext::Protocol;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message as ClientMessage, protocol::Role},
};
use tower::service_fn;
use tower_api_routes::{
    ApiConfig, ApiError, ApiRequest, ApiResponse, ApiRoutes, CorsLayer, ErrorContext, FsRouter,
    RouterOptions,
    router::{FsRouterBuilder, MethodRouter, any, get},
};

use crate::http2;

async fn shout(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        if let Message::Text(text) = message {
            let answer = Message::text(text.to_uppercase());
            if socket.send(answer).await.is_err() {
                return;
            }
        }
    }
}

async fn websocket(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(shout)
}

/// Answers plain requests too.
async fn either(upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>) -> Response {
    match upgrade {
        Ok(upgrade) => upgrade.on_upgrade(shout),
        Err(_) => Response::new("plain".into()),
    }
}

async fn beside(upgrade: WebSocketUpgrade, req: ApiRequest, _: ApiResponse) -> Response {
    assert_eq!(req.url(), "/beside");
    upgrade.on_upgrade(shout)
}

/// Takes the connection as it is, and sends back what comes.
async fn raw(mut request: AxumRequest) {
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let mut stream = TokioIo::new(upgrade.await.unwrap());
        let mut bytes = [0; 5];
        stream.read_exact(&mut bytes).await.unwrap();
        stream.write_all(&bytes).await.unwrap();
        stream.shutdown().await.unwrap();
    });
}

fn router() -> FsRouter {
    builder().build().unwrap()
}

fn builder() -> FsRouterBuilder {
    let plain = service_fn(|_: AxumRequest| ready(Ok::<_, Infallible>("x")));
    let proxy = service_fn(async |request| {
        raw(request).await;
        Ok::<_, Infallible>(())
    });
    let asks = |route: MethodRouter| route.config(ApiConfig::new().extended_connect(true));
    FsRouter::builder()
        .route("websocket", asks(any(websocket)))
        .route(
            "layered",
            asks(any(websocket))
                .layer(CorsLayer::new())
                .layer(CorsLayer::new()),
        )
        .route("either", asks(any(either)))
        .route("beside", asks(any(beside)))
        .route("raw", asks(any(raw)))
        .route("service", asks(MethodRouter::new().service(proxy)))
        .route(
            "app",
            asks(
                MethodRouter::new()
                    .service(axum::Router::new().route("/app", axum::routing::any(websocket))),
            ),
        )
        .route("get", asks(get(websocket)))
        .route("text", any(async || "text"))
        .route("nothing", any(async || ()))
        .route(
            "json",
            any(async |_: ApiRequest, res: ApiResponse| res.json(&1)),
        )
        .route(
            "end",
            any(async |_: ApiRequest, res: ApiResponse| res.status(204).end()),
        )
        .route("plain-service", MethodRouter::new().service(plain))
        .route(
            "layered-text",
            any(async || "text")
                .layer(CorsLayer::new())
                .layer(CorsLayer::new()),
        )
        .route("silent", any(websocket))
}

async fn servers() -> [SocketAddr; 3] {
    // The hook keeps a copy of the request, which takes no connection.
    let hook = |error: &ApiError, _: &ErrorContext<'_>| error.status();
    [
        http2::serve(router()).await,
        http2::serve(
            builder()
                .options(RouterOptions::new().on_error(hook))
                .build()
                .unwrap(),
        )
        .await,
        http2::serve(ApiRoutes::new(router(), axum::Router::new())).await,
    ]
}

async fn open(address: SocketAddr, path: &str) -> http::Response<hyper::body::Incoming> {
    let mut client = http2::connect(address).await;
    let mut request = Request::builder()
        .method(Method::CONNECT)
        .uri(format!("http://a{path}"))
        .header("origin", "https://b.example")
        .header("sec-websocket-version", "13")
        .body(http2::empty())
        .unwrap();
    request
        .extensions_mut()
        .insert(Protocol::from_static("websocket"));
    // The settings of the server, which allow this, come before its first answer.
    let first = Request::get("http://a/").body(http2::empty()).unwrap();
    client.send_request(first).await.unwrap();
    client.send_request(request).await.unwrap()
}

#[tokio::test]
async fn websockets_open_over_http_2() {
    for address in servers().await {
        for path in ["/websocket", "/layered", "/either", "/beside", "/app"] {
            let response = open(address, path).await;
            assert_eq!(response.status(), 200, "{path}");
            let stream = TokioIo::new(hyper::upgrade::on(response).await.unwrap());
            let mut socket = WebSocketStream::from_raw_socket(stream, Role::Client, None).await;
            for word in ["hello", "again"] {
                socket.send(ClientMessage::text(word)).await.unwrap();
                let answer = socket.next().await.unwrap().unwrap();
                assert_eq!(
                    answer.into_text().unwrap().as_str(),
                    word.to_uppercase(),
                    "{path}"
                );
            }
        }
    }
}

#[tokio::test]
async fn any_handler_or_service_may_take_the_connection() {
    for address in servers().await {
        for path in ["/raw", "/service"] {
            let response = open(address, path).await;
            assert_eq!(response.status(), 200, "{path}");
            let mut stream = TokioIo::new(hyper::upgrade::on(response).await.unwrap());
            stream.write_all(b"hello").await.unwrap();
            let mut all = String::new();
            stream.read_to_string(&mut all).await.unwrap();
            assert_eq!(all, "hello", "{path}");
        }
    }
}

#[tokio::test]
async fn h15_connect_matches_no_route_that_does_not_ask_for_it() {
    for address in servers().await {
        for (path, status) in [
            ("/text", 404),
            ("/nothing", 404),
            ("/json", 404),
            ("/end", 404),
            ("/plain-service", 404),
            ("/layered-text", 404),
            ("/silent", 404),
            ("/nowhere", 404),
            ("/get", 405),
        ] {
            let response = open(address, path).await;
            assert_eq!(response.status(), status, "{path}");
        }
    }
}

#[tokio::test]
async fn h15_connect_without_a_protocol_matches_no_route() {
    for address in servers().await {
        let mut client = http2::connect(address).await;
        for target in ["a:443", "text:80"] {
            let request = Request::connect(target).body(http2::empty()).unwrap();
            let response = client.send_request(request).await.unwrap();
            assert_eq!(response.status(), 404, "{target}");
        }
    }
}
