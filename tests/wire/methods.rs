//! Methods, and what goes with the status line.

use crate::{
    alone, in_front,
    support::wire::{Client, exchange},
};

#[tokio::test]
async fn h16_methods_without_a_handler_are_405_and_echo_nothing() {
    let address = alone().await;
    for method in ["TRACE", "FOO", "PROPFIND", "get", "POST"] {
        let request = format!("{method} /api/text HTTP/1.1\r\nHost: a\r\nX-Secret: 1\r\n\r\n");
        let answer = exchange(address, &request).await;
        assert_eq!(answer.status(), 405, "{method}");
        assert_eq!(answer.header("allow"), Some("GET, HEAD, OPTIONS"));
        assert_eq!(answer.body, "Method Not Allowed");
        assert!(!answer.head.to_lowercase().contains("secret"), "{method}");
    }
}

#[tokio::test]
async fn h16_a_handler_for_every_method_gets_every_method() {
    for address in in_front().await {
        for method in ["TRACE", "FOO", "OPTIONS", "PATCH"] {
            let request = format!("{method} /api/x HTTP/1.1\r\nHost: a\r\n\r\n");
            let answer = exchange(address, &request).await;
            assert_eq!(answer.body, r#"["/api/[id]",{"id":"x"}]"#, "{method}");
        }
    }
}

#[tokio::test]
async fn messages_are_the_reason_phrase_and_the_body() {
    let mut client = Client::connect(alone().await).await;
    let json = |body: &str| {
        let length = body.len();
        format!(
            "POST /api/body HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    };
    let large = format!("[{}]", " ".repeat(1024 * 1024));
    for (request, status, message) in [
        (
            "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
            404,
            "Not Found",
        ),
        (
            "GET /api/%zz HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
            400,
            "Bad Request",
        ),
        (
            "PUT /api/text HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
            405,
            "Method Not Allowed",
        ),
        (json("{"), 400, "Invalid JSON"),
        (json(&large), 413, "Body exceeded 1mb limit"),
    ] {
        client.send(request).await;
        let answer = client.answer().await;
        assert_eq!((answer.status(), answer.reason()), (status, message));
        assert_eq!(answer.body, message);
        assert_eq!(
            answer.header("content-type"),
            Some("text/plain; charset=utf-8")
        );
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
}

#[tokio::test]
async fn no_header_is_sent_that_nobody_asked_for() {
    let answer = exchange(
        alone().await,
        "GET /api/admin HTTP/1.1\r\nHost: a\r\nOrigin: https://b.example\r\n\r\n",
    )
    .await;
    assert_eq!(answer.names(), ["content-type", "etag", "content-length"]);
}
