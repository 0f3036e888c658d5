//! Headers by which a client pretends to be something else.

use crate::{
    alone, in_front,
    support::wire::{Answer, exchange},
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
    for address in [alone().await, in_front().await] {
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
