//! Headers by which a client pretends to be something else.

use tokio::io::AsyncWriteExt;

use crate::{
    everywhere,
    support::wire::{Answer, Client, exchange},
};

/// The answer without its date.
fn undated(answer: Answer) -> Answer {
    let lines = answer
        .head
        .lines()
        .filter(|line| !line.starts_with("date: "));
    Answer {
        head: lines.collect::<Vec<_>>().join("\n"),
        ..answer
    }
}

#[tokio::test]
async fn h79_no_request_header_has_a_meaning_of_its_own() {
    let spoofed = [
        "Host: evil.example",
        "X-Forwarded-For: 127.0.0.1",
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Prefix: /api",
        "Forwarded: host=evil.example;proto=https",
        "X-Original-URL: /api/admin",
        "X-Rewrite-URL: /api/admin",
        "X-HTTP-Method-Override: DELETE",
        "X-HTTP-Method: DELETE",
        "X-Method-Override: DELETE",
        "X-Middleware-Subrequest: middleware:middleware:middleware",
        "X-Middleware-Rewrite: /api/admin",
        "X-Middleware-Next: 1",
        "X-Middleware-Set-Cookie: a=1",
        "X-Nextjs-Data: 1",
        "X-Nextjs-Redirect: /api/admin",
        "X-Matched-Path: /api/admin",
        "X-Invoke-Path: /api/admin",
        "X-Invoke-Status: 500",
        "X-Prerender-Revalidate: 11111111111111111111111111111111",
        "X-Now-Route-Matches: 1=admin",
        "Upgrade: h2c",
    ];
    for address in everywhere().await {
        for line in [
            "GET /api/x?a=1",
            "GET /api/user/1",
            "POST /api/text",
            "GET /api/admin/",
            "GET //api/admin",
            "GET /nowhere",
            "GET /api/%zz",
        ] {
            let plain = format!("{line} HTTP/1.1\r\nHost: a\r\n\r\n");
            let plain = undated(exchange(address, plain).await);
            for header in spoofed {
                let request = format!("{line} HTTP/1.1\r\nHost: a\r\n{header}\r\n\r\n");
                let answer = undated(exchange(address, request).await);
                assert_eq!(answer, plain, "{line} {header}");
            }
            let without_host = format!("{line} HTTP/1.1\r\n\r\n");
            assert_eq!(undated(exchange(address, without_host).await), plain);
        }
    }
}

#[tokio::test]
async fn too_many_headers_and_too_long_ones_are_431() {
    let many = |count: usize| {
        let lines: String = (0..count).map(|n| format!("X-{n}: 1\r\n")).collect();
        format!("GET /api/text HTTP/1.1\r\n{lines}\r\n")
    };
    let long = format!(
        "GET /api/text HTTP/1.1\r\nX-Long: {}\r\n\r\n",
        "a".repeat(1_000_000)
    );
    for address in everywhere().await {
        for (request, status) in [(many(100), 200), (many(150), 431), (long.clone(), 431)] {
            // The server does not read a head to its end that it refuses.
            let mut client = Client::connect(address).await;
            let _ = client.stream.write_all(request.as_bytes()).await;
            assert_eq!(client.answer().await.status(), status);
        }
    }
}
