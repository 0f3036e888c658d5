//! Where one request ends and the next begins.

use axum::http::Method;
use tower_api_routes::{
    CorsLayer, FsRouter,
    router::{get, post},
};

use crate::{
    body, everywhere,
    support::wire::{Client, exchange, serve_everywhere},
    text,
};

const SMUGGLED: &str = "GET /api/smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
const NEXT: &str = "GET /api/next HTTP/1.1\r\nHost: a\r\n\r\n";
const NEXT_ANSWER: &str = r#"["/api/[id]",{"id":"next"}]"#;

#[tokio::test]
async fn h37_a_body_that_no_handler_reads_is_not_the_next_request() {
    for address in everywhere().await {
        for method in ["GET", "HEAD", "DELETE", "OPTIONS"] {
            let mut client = Client::connect(address).await;
            let length = SMUGGLED.len();
            client
                .send(format!(
                    "{method} /api/first HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{SMUGGLED}{NEXT}"
                ))
                .await;
            assert_eq!(client.answer_to(method).await.status(), 200, "{method}");
            assert_eq!(client.answer().await.body, NEXT_ANSWER, "{method}");
        }
    }
}

#[tokio::test]
async fn h37_chunks_that_no_handler_reads_are_not_the_next_request() {
    for address in everywhere().await {
        let mut client = Client::connect(address).await;
        let size = SMUGGLED.len();
        client
            .send(format!(
                "GET /api/first HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{size:x}\r\n{SMUGGLED}\r\n0\r\n\r\n{NEXT}"
            ))
            .await;
        assert_eq!(client.answer().await.status(), 200);
        assert_eq!(client.answer().await.body, NEXT_ANSWER);
    }
}

/// Sends a request with a long body full of requests, then one more, and gives the statuses of all
/// answers.
async fn statuses(address: std::net::SocketAddr, line: &str, headers: &str) -> Vec<u16> {
    let mut client = Client::connect(address).await;
    let body = SMUGGLED.repeat(64 * 1024 / SMUGGLED.len());
    let length = body.len();
    let request = format!(
        "{line} HTTP/1.1\r\nHost: a\r\n{headers}Content-Length: {length}\r\n\r\n{body}{NEXT}"
    );
    client.send(request).await;
    let mut statuses = Vec::new();
    while let Some(answer) = client.try_answer().await {
        assert!(!answer.body.contains("smuggled"), "{line}");
        statuses.push(answer.status());
        if answer.body == NEXT_ANSWER {
            break;
        }
    }
    statuses
}

#[tokio::test]
async fn h38_the_unread_body_of_an_early_answer_is_never_a_request() {
    let small = tower_api_routes::ApiConfig::new().body_limit("10b");
    let router = FsRouter::builder()
        .mount("/api")
        .route("[id]", get(crate::echo))
        .route("text", get(text))
        .route("small", post(body).config(small))
        .route("json", post(body))
        .route(
            "cors",
            get(text).layer(CorsLayer::new().allow_methods([Method::GET])),
        )
        .build()
        .unwrap();
    let cases = [
        ("POST /nowhere/else", "", 404),
        ("POST /api/%zz/", "", 308),
        ("POST /api/%zz", "", 400),
        ("POST /api/text", "", 405),
        ("POST /api/small", "", 413),
        ("POST /api/json", "Content-Encoding: gzip\r\n", 415),
        ("POST /api/json", "Content-Type: application/json\r\n", 400),
        (
            "OPTIONS /api/cors",
            "Origin: https://b.example\r\nAccess-Control-Request-Method: GET\r\n",
            204,
        ),
    ];
    for address in serve_everywhere(router).await {
        for (line, headers, status) in cases {
            let statuses = statuses(address, line, headers).await;
            assert_eq!(statuses.first(), Some(&status), "{line}");
            assert!(matches!(statuses[1..], [] | [200]), "{line}: {statuses:?}");
        }
    }
}

#[tokio::test]
async fn h39_ambiguous_framing_is_refused_or_closes_the_connection() {
    let cases = [
        (
            "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
            "0\r\n\r\n",
        ),
        ("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
        ("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
        ("Content-Length: +1\r\n", "a"),
        ("Content-Length: -1\r\n", ""),
        ("Content-Length: 1\r\nContent-Length: 2\r\n", "ab"),
        ("Content-Length: 1, 2\r\n", "ab"),
        ("Content-Length: 99999999999999999999\r\n", ""),
        ("Transfer-Encoding: chunked\r\n", "1\na\n0\n\n"),
        ("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n"),
        ("Transfer-Encoding: chunked\r\n", "-1\r\n"),
        ("Transfer-Encoding: chunked\r\n", "1\r\nab\r\n0\r\n\r\n"),
        ("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"),
    ];
    let everywhere = everywhere().await;
    let all = everywhere
        .iter()
        .flat_map(|&address| cases.map(|case| (address, case)));
    for (address, (headers, body)) in all {
        let mut client = Client::connect(address).await;
        client
            .send(format!(
                "POST /api/body HTTP/1.1\r\nHost: a\r\n{headers}\r\n{body}{SMUGGLED}"
            ))
            .await;
        let mut answers = 0;
        while let Some(answer) = client.try_answer().await {
            answers += 1;
            assert!(!answer.body.contains("smuggled"), "{headers}{body}");
            let is_refused = answer.status() == 400;
            let closes = answer.header("connection") == Some("close");
            assert!(is_refused || closes, "{headers}{body}: {answer:?}");
        }
        assert!(answers <= 1, "{headers}{body}: {answers} answers");
    }
}

#[tokio::test]
async fn a_request_is_answered_whatever_follows_it() {
    let post = |connection: &str| {
        format!(
            "POST /api/body HTTP/1.1\r\nHost: a\r\n{connection}Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
        )
    };
    let get = "GET /api/text HTTP/1.1\r\nHost: a\r\n\r\n";
    let cases = [
        // RFC 9112, section 2.2: some clients send an empty line after the body.
        (post("Connection: close\r\n"), "\r\n", r#""hello""#),
        (post(""), "\r\n", r#""hello""#),
        (post("Connection: close\r\n"), "GET /", r#""hello""#),
        (get.to_owned(), "GET /api/text HT", "text"),
        (get.to_owned(), "\r\n", "text"),
        (get.to_owned(), "\r", "text"),
    ];
    for address in everywhere().await {
        for (request, more, body) in &cases {
            let answer = exchange(address, request.to_owned() + more).await;
            assert_eq!((answer.status(), &*answer.body), (200, *body), "{more:?}");
        }
        let mut client = Client::connect(address).await;
        client.send(format!("{get}GET /api/te")).await;
        assert_eq!(client.answer().await.body, "text");
        client.send("xt HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert_eq!(client.answer().await.body, "text");
    }
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let requests: String = (0..20)
        .map(|n| format!("GET /api/{n} HTTP/1.1\r\nHost: a\r\n\r\n"))
        .collect();
    for address in everywhere().await {
        let mut client = Client::connect(address).await;
        client.send(&requests).await;
        for n in 0..20 {
            let expected = format!(r#"["/api/[id]",{{"id":"{n}"}}]"#);
            assert_eq!(client.answer().await.body, expected);
        }
    }
}
