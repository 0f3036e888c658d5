//! The headers behind what browsers decide.

use std::process::Command;

use example_tests::{Answer, Server};

const PROGRAM: &str = env!("CARGO_BIN_EXE_cors");
const ALLOWED: &str = "https://shop.example";
const OTHER: &str = "https://evil.example";

fn start() -> Server {
    Server::start_with(PROGRAM, &[("ALLOWED_ORIGIN", ALLOWED)])
}

fn preflight(server: &Server, path: &str, origin: &str, method: &str) -> Answer {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", method),
        ("access-control-request-headers", "content-type"),
    ];
    server.request("OPTIONS", path, &headers, "")
}

/// `Access-Control-Allow-Origin`, `-Credentials` and `Vary`.
fn decided(answer: &Answer) -> [Option<&str>; 3] {
    [
        "access-control-allow-origin",
        "access-control-allow-credentials",
        "vary",
    ]
    .map(|name| answer.header(name))
}

#[test]
fn every_origin_may_read_the_open_route() {
    let server = start();
    for origin in [ALLOWED, OTHER, "null"] {
        let answer = server.request("GET", "/api/hello", &[("origin", origin)], "");
        assert_eq!(answer.status, 200);
        assert_eq!(decided(&answer), [Some("*"), None, None], "{origin}");
    }
    let answer = preflight(&server, "/api/hello", OTHER, "GET");
    assert_eq!((answer.status, answer.text()), (204, ""));
    assert_eq!(
        answer.header("access-control-allow-methods"),
        Some("GET,HEAD")
    );
}

#[test]
fn one_origin_may_read_the_restricted_route() {
    let server = start();
    let allowed = [Some(ALLOWED), Some("true"), Some("Origin")];
    let refused = [None, None, Some("Origin")];
    for (origin, expected) in [
        (ALLOWED, allowed),
        (OTHER, refused),
        ("https://shop.example.evil.example", refused),
        ("https://shop.example:8443", refused),
        ("null", refused),
    ] {
        let answer = preflight(&server, "/api/cart", origin, "PUT");
        assert_eq!((answer.status, answer.text()), (204, ""), "{origin}");
        assert_eq!(decided(&answer), expected, "{origin}");
        assert_eq!(
            answer.header("access-control-allow-methods"),
            Some("GET,PUT")
        );

        // Errors say it, too: no cart, no JSON, no such method.
        for (method, status) in [("GET", 404), ("PUT", 400), ("POST", 405)] {
            let headers = [("origin", origin), ("content-type", "application/json")];
            let answer = server.request(method, "/api/cart", &headers, "{");
            assert_eq!(answer.status, status, "{origin} {method}");
            assert_eq!(decided(&answer), expected, "{origin} {method}");
        }
    }
}

#[test]
fn without_a_cors_layer_no_answer_carries_a_cors_header() {
    let server = start();
    for path in ["/", "/api/private", "/api/nothing"] {
        for origin in [ALLOWED, OTHER] {
            let answer = server.request("GET", path, &[("origin", origin)], "");
            assert!(answer.cors_headers().is_empty(), "{path}: {answer:?}");
            assert_eq!(answer.header("vary"), None, "{path}");
            let answer = preflight(&server, path, origin, "PUT");
            assert!(answer.cors_headers().is_empty(), "{path}: {answer:?}");
        }
    }
}

#[test]
fn a_cart_is_kept_in_a_cookie() {
    let server = start();
    let json = ("content-type", "application/json");
    let put = server.request("PUT", "/api/cart", &[json], r#"{"items":3}"#);
    assert_eq!((put.status, put.text()), (200, r#"{"items":3}"#));
    let cookie = "items=3; Path=/api/cart; HttpOnly; SameSite=Lax";
    assert_eq!(put.header("set-cookie"), Some(cookie));

    for (cookie, status, body) in [
        ("items=3", 200, r#"{"items":3}"#),
        ("items=x", 400, "no cart"),
        ("other=1", 404, "no cart"),
    ] {
        let answer = server.request("GET", "/api/cart", &[("cookie", cookie)], "");
        assert_eq!((answer.status, answer.text()), (status, body), "{cookie}");
    }

    let deleted = server.request("DELETE", "/api/cart", &[], "");
    assert_eq!(deleted.status, 204);
    let cookie = deleted.header("set-cookie").unwrap();
    assert!(cookie.starts_with("items=; Max-Age=0; Path=/api/cart; Expires="));
}

#[test]
fn a_wrong_origin_is_an_error_at_start() {
    let output = Command::new(PROGRAM)
        .envs([("PORT", "0"), ("ALLOWED_ORIGIN", "https://shop.example/")])
        .output()
        .unwrap();
    assert!(!output.status.success());
    let message = String::from_utf8(output.stderr).unwrap();
    let expected = "Error: pages/api/cart.rs: the layer could not be made: `https://shop.example/` is not an origin: ";
    assert!(message.contains(expected), "{message}");
}
