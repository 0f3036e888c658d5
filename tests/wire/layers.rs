//! Layers around routes, over real connections: every layer answers first, or sees every answer.

use std::net::SocketAddr;

use axum::{
    extract::Request,
    middleware::{Next, from_fn},
    response::Response,
};
use http::StatusCode;
use tower_api_routes::{
    ApiConfig, ApiError, ApiRequest, ApiRoutes, CorsLayer, FsRouter,
    router::{MethodRouter, RouteLayer, post},
};

use crate::support::wire::{Answer, exchange, serve};

fn auth() -> impl RouteLayer {
    from_fn(
        async |request: Request, next: Next| -> Result<Response, StatusCode> {
            let preflight = request
                .headers()
                .contains_key("access-control-request-method");
            if preflight || request.headers().contains_key("authorization") {
                Ok(next.run(request).await)
            } else {
                Err(StatusCode::UNAUTHORIZED)
            }
        },
    )
}

fn cors() -> impl RouteLayer {
    let cors = CorsLayer::new().origin(["https://a.example"]);
    cors.build().unwrap()
}

fn route() -> MethodRouter {
    async fn length(req: ApiRequest) -> Result<String, ApiError> {
        Ok(req.bytes().await?.len().to_string())
    }
    let config = ApiConfig::new().body_idle_timeout(std::time::Duration::from_millis(200));
    post(length).config(config)
}

async fn servers() -> [SocketAddr; 2] {
    let router = || {
        FsRouter::builder()
            .route("inner-cors", route().layer(cors()).layer(auth()))
            .route("outer-cors", route().layer(auth()).layer(cors()))
            .build()
            .unwrap()
    };
    [
        serve(router()).await,
        serve(ApiRoutes::new(router(), axum::Router::new())).await,
    ]
}

async fn ask(address: SocketAddr, line: &str, headers: &str, body: &str) -> Answer {
    let request =
        format!("{line} HTTP/1.1\r\nHost: a\r\nOrigin: https://a.example\r\n{headers}\r\n{body}");
    exchange(address, request).await
}

#[tokio::test]
async fn h59_every_answer_of_a_route_passes_all_of_its_layers() {
    const KEY: &str = "Authorization: x\r\n";
    for address in servers().await {
        for (method, headers, body, status) in [
            ("POST", "Content-Length: 9999999\r\n", "", 413),
            ("POST", "Transfer-Encoding: chunked\r\n", "zz\r\n", 400),
            ("POST", "Content-Length: 5\r\n", "abc", 408),
            ("POST", "Content-Length: 5\r\n", "abcde", 200),
            ("DELETE", "", "", 405),
            ("OPTIONS", "", "", 204),
            // No handler is there for the body to be too large for.
            ("DELETE", "Content-Length: 9999999\r\n", "", 405),
            ("OPTIONS", "Content-Length: 9999999\r\n", "", 204),
        ] {
            for path in ["/inner-cors", "/outer-cors"] {
                let line = format!("{method} {path}");
                let answer = ask(address, &line, &format!("{KEY}{headers}"), body).await;
                assert_eq!(answer.status(), status, "{line} {headers}");
                let origin = answer.header("access-control-allow-origin");
                assert_eq!(origin, Some("https://a.example"), "{line} {headers}");
                assert_eq!(answer.header("vary"), Some("Origin"), "{line} {headers}");
            }
        }
        for length in ["5", "9999999"] {
            let length = format!("Content-Length: {length}\r\n");
            let answer = ask(address, "POST /inner-cors", &length, "").await;
            assert_eq!(answer.status(), 401, "{length}");
            let answer = ask(address, "POST /outer-cors", &length, "").await;
            assert_eq!(answer.status(), 401, "{length}");
            assert_eq!(answer.header("vary"), Some("Origin"), "{length}");
            let preflight = format!("{length}Access-Control-Request-Method: POST\r\n");
            for path in ["/inner-cors", "/outer-cors"] {
                let answer = ask(address, &format!("OPTIONS {path}"), &preflight, "").await;
                assert_eq!(answer.status(), 204, "{path} {length}");
                let vary = answer.header("vary").unwrap();
                assert!(vary.starts_with("Origin"), "{path} {length}: {vary}");
            }
        }
    }
}
