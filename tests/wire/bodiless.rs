//! Answers that may have no body, and the answer that comes after them.

use std::net::SocketAddr;

use axum::response::IntoResponse;
use bytes::Bytes;
use futures_util::stream;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use tower_api_routes::{
    ApiError, ApiRequest, ApiResponse, FsRouter,
    router::{MethodRouter, any, get},
};

use crate::{
    http2,
    support::wire::{Answer, Client, serve, serve_everywhere},
};

/// One kind of answer for each value of the parameter.
async fn kinds(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let chunks =
        || stream::iter(["ab", "cd"].map(|part| Ok::<_, ApiErrorNever>(Bytes::from(part))));
    Ok(match &*req.param("kind").unwrap_or_default() {
        "json" => res.json(&[1, 2]),
        "text" => res.send("text"),
        "bytes" => res.send(b"bytes"),
        "empty-text" => res.send(""),
        "nothing" => res.send(()),
        "end" => res.end(),
        "stream" => res.stream(chunks()),
        "sized-stream" => res.header("content-length", "4").stream(chunks()),
        "redirect" => res.redirect("/x"),
        "length-too-short" => res.header("content-length", "1").json(&"longer"),
        "length-too-long" => res.header("content-length", "100").send("text"),
        "length-end" => res.header("content-length", "100").end(),
        "204-text" => res.status(204).send("text"),
        "204-stream" => res.status(204).stream(chunks()),
        "204-length" => res.status(204).header("content-length", "9").send("text"),
        "204-chunked" => res
            .status(204)
            .header("transfer-encoding", "chunked")
            .body("text"),
        "304-text" => res.status(304).send("text"),
        "304-length" => res.status(304).header("content-length", "9").end(),
        "304-stream" => res.status(304).stream(chunks()),
        "205" => res.status(205).send("text"),
        "205-length" => res.status(205).header("content-length", "9").send("text"),
        "205-stream" => res.status(205).stream(chunks()),
        "205-end" => res.status(205).end(),
        "error" => return Err(ApiError::bad_request("no")),
        kind => panic!("{kind}"),
    })
}

type ApiErrorNever = std::convert::Infallible;

pub(crate) const KINDS: [&str; 24] = [
    "json",
    "text",
    "bytes",
    "empty-text",
    "nothing",
    "end",
    "stream",
    "sized-stream",
    "redirect",
    "length-too-short",
    "length-too-long",
    "length-end",
    "204-text",
    "204-stream",
    "204-length",
    "204-chunked",
    "304-text",
    "304-length",
    "304-stream",
    "205",
    "205-length",
    "205-stream",
    "205-end",
    "error",
];

pub(crate) fn router(layered: bool) -> FsRouter {
    let wrap = |route: MethodRouter| {
        if layered {
            route.layer(tower_http::set_header::SetResponseHeaderLayer::overriding(
                http::HeaderName::from_static("x-layer"),
                http::HeaderValue::from_static("1"),
            ))
        } else {
            route
        }
    };
    async fn foreign() -> impl IntoResponse {
        (StatusCode::NO_CONTENT, "a body all the same")
    }
    FsRouter::builder()
        .route("kind/[kind]", wrap(any(kinds)))
        .route("next", get(async || "next"))
        .route("foreign", wrap(get(foreign)))
        .build()
        .unwrap()
}

async fn servers() -> Vec<SocketAddr> {
    let mut servers = serve_everywhere(router(false)).await.to_vec();
    servers.push(serve(router(true)).await);
    servers
}

/// The answer to a request that another one follows on the same connection.
async fn before_another(address: SocketAddr, method: &str, path: &str) -> Answer {
    let mut client = Client::connect(address).await;
    let request = |method: &str, path: &str| format!("{method} {path} HTTP/1.1\r\nHost: a\r\n\r\n");
    client
        .send(request(method, path) + &request("GET", "/next"))
        .await;
    let answer = client.answer_to(method).await;
    let next = client.answer().await;
    assert_eq!(
        (next.status(), &*next.body),
        (200, "next"),
        "{method} {path}"
    );
    answer
}

#[tokio::test]
async fn h71_head_is_get_without_the_body() {
    for address in servers().await {
        // Under HEAD, the length that goes with an empty body is the handler's own to name.
        for kind in KINDS.into_iter().filter(|kind| *kind != "length-end") {
            let path = format!("/kind/{kind}");
            let get = before_another(address, "GET", &path).await;
            let head = before_another(address, "HEAD", &path).await;
            assert_eq!(head.body, "", "{kind}");
            assert_eq!(head.status(), get.status(), "{kind}");
            // Of a stream nobody knows the length before it ends, and what ends empty may be all
            // that there is for HEAD.
            let lines = |answer: &Answer| {
                let mut lines: Vec<_> = answer.head.lines().skip(1).map(str::to_owned).collect();
                lines.retain(|line| {
                    !line.starts_with("date:")
                        && line != "transfer-encoding: chunked"
                        && line != "content-length: 0"
                });
                lines.sort();
                lines
            };
            assert_eq!(lines(&head), lines(&get), "{kind}");
        }
    }
}

#[tokio::test]
async fn h71_204_and_304_have_no_body() {
    for address in servers().await {
        for (kind, status) in [
            ("kind/204-text", 204),
            ("kind/204-stream", 204),
            ("kind/204-length", 204),
            ("kind/204-chunked", 204),
            ("kind/304-text", 304),
            ("kind/304-length", 304),
            ("kind/304-stream", 304),
            ("foreign", 204),
        ] {
            for method in ["GET", "HEAD", "POST"] {
                if method == "POST" && kind == "foreign" {
                    continue;
                }
                let answer = before_another(address, method, &format!("/{kind}")).await;
                assert_eq!(answer.status(), status, "{method} {kind}");
                for name in ["content-length", "transfer-encoding", "content-type"] {
                    assert_eq!(answer.header(name), None, "{method} {kind} {name}");
                }
            }
        }
    }
}

#[tokio::test]
async fn h71_205_has_no_body_and_says_so() {
    for address in servers().await {
        for kind in ["205", "205-length", "205-stream", "205-end"] {
            for method in ["GET", "POST"] {
                let answer = before_another(address, method, &format!("/kind/{kind}")).await;
                assert_eq!((answer.status(), &*answer.body), (205, ""), "{kind}");
                assert_eq!(answer.header("content-length"), Some("0"), "{kind}");
                for name in ["transfer-encoding", "content-type", "etag"] {
                    assert_eq!(answer.header(name), None, "{method} {kind} {name}");
                }
            }
        }
    }
    let address = http2::serve(router(true)).await;
    for kind in ["205", "205-length", "205-stream"] {
        let mut client = http2::connect(address).await;
        let request = Request::get(format!("http://a/kind/{kind}")).body(http2::empty());
        let response = client.send_request(request.unwrap()).await.unwrap();
        assert_eq!(response.status(), 205, "{kind}");
        assert_eq!(response.headers().get("content-length"), None, "{kind}");
        let body = response.into_body().collect().await.unwrap();
        assert_eq!(body.to_bytes(), "", "{kind}");
    }
}

#[tokio::test]
async fn the_length_of_an_answer_is_the_length_of_its_body() {
    for address in servers().await {
        for (kind, length, body) in [
            ("json", "5", "[1,2]"),
            ("length-too-short", "8", "\"longer\""),
            ("length-too-long", "4", "text"),
            ("length-end", "0", ""),
            ("sized-stream", "4", "abcd"),
            ("end", "0", ""),
        ] {
            let answer = before_another(address, "GET", &format!("/kind/{kind}")).await;
            let lengths: Vec<_> = answer.headers("content-length").collect();
            assert_eq!((lengths, &*answer.body), (vec![length], body), "{kind}");
        }
    }
}

#[tokio::test]
async fn an_answer_has_one_framing_and_a_final_status() {
    let both = async || {
        let headers = [("content-length", "9"), ("transfer-encoding", "chunked")];
        (headers, "text")
    };
    let interim = async |status: u16| (StatusCode::from_u16(status).unwrap(), "text");
    let router = FsRouter::builder()
        .route("next", get(async || "next"))
        .route("both", get(both))
        .route("switches", get(move || interim(101)))
        .route("continues", get(move || interim(100)))
        .build()
        .unwrap();
    for address in serve_everywhere(router).await {
        let answer = before_another(address, "GET", "/both").await;
        assert_eq!(answer.header("content-length"), Some("4"));
        assert_eq!(answer.header("transfer-encoding"), None);
        assert_eq!(answer.body, "text");
        for path in ["/switches", "/continues"] {
            let answer = before_another(address, "GET", path).await;
            assert_eq!(answer.status(), 500, "{path}");
        }
    }
}
