//! The function, with a stand-in for Vercel in front of it.
#![cfg(unix)]

use std::time::{Duration, Instant};

use runtime::Function;
use serde_json::json;

mod runtime;

#[test]
fn the_rewrite_sends_every_path_to_the_one_function() {
    let config: serde_json::Value = serde_json::from_str(include_str!("../vercel.json")).unwrap();
    assert_eq!(
        config["rewrites"],
        json!([{ "source": "/api/:path*", "destination": "/api/routes" }])
    );
    // The destination is a file that a binary of the package names.
    let manifest = include_str!("../Cargo.toml");
    assert!(manifest.contains("path = \"api/routes.rs\""));
}

#[test]
fn one_process_answers_many_invocations() {
    let function = Function::start();
    for (path, message) in [
        ("/api/hello", "Hello, world"),
        ("/api/hello?name=Ada%20%26%20Bob", "Hello, Ada & Bob"),
    ] {
        let answer = function.invoke("GET", path, &[("cookie", "greetings=41")], "");
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(
            answer.json(),
            json!({ "message": message, "greetings": 42 })
        );
        assert_eq!(answer.header("set-cookie"), Some("greetings=42"));
        let length = answer.body.len().to_string();
        assert_eq!(answer.header("content-length"), Some(&*length));

        // Entity tags go through, and 304 has no body.
        let tag = answer.header("etag").unwrap();
        let headers = [("cookie", "greetings=41"), ("if-none-match", tag)];
        let again = function.invoke("GET", path, &headers, "");
        assert_eq!((again.status, again.text()), (304, ""));
    }
}

#[test]
fn routes_methods_and_bodies() {
    let function = Function::start();
    let json = ("content-type", "application/json");
    for (method, path, body, status, text) in [
        ("GET", "/api/users/1", "", 200, r#"{"name":"John Doe"}"#),
        ("GET", "/api/users/2", "", 404, "no such user"),
        ("GET", "/api/users/1/", "", 308, "/api/users/1"),
        ("HEAD", "/api/users/1", "", 200, ""),
        (
            "PUT",
            "/api/users/1",
            r#"{"name":"Ada"}"#,
            200,
            r#"{"name":"Ada"}"#,
        ),
        ("PUT", "/api/users/1", "{", 400, "Invalid JSON"),
        ("DELETE", "/api/users/1", "", 405, "Method Not Allowed"),
        ("GET", "/api/nothing", "", 404, "Not Found"),
    ] {
        let answer = function.invoke(method, path, &[json], body);
        assert_eq!(
            (answer.status, answer.text()),
            (status, text),
            "{method} {path}"
        );
    }
    let head = function.invoke("HEAD", "/api/users/1", &[], "");
    assert_eq!(head.header("content-length"), Some("19"));
}

#[test]
fn an_answer_is_streamed_and_its_invocation_ends_with_it() {
    let function = Function::start();
    let begun = Instant::now();
    let mut events = function.open("GET", "/api/events", "");
    events.read_until("tick 0\n\n");
    assert!(begun.elapsed() < Duration::from_millis(900), "held back");
    assert_eq!(function.ended(Duration::ZERO), None, "over before its end");
    events.read_until("tick 2\n\n");
    events.read_until("\r\n0\r\n\r\n");
    let took = begun.elapsed();
    assert!(took >= Duration::from_secs(2), "three ticks in {took:?}");
    assert_eq!(function.ended(Duration::from_secs(30)), Some(events.id));
}

#[test]
fn a_request_is_streamed() {
    let function = Function::start();
    let mut echo = function.open("POST", "/api/echo", "transfer-encoding: chunked\r\n");
    for piece in ["first", "other"] {
        echo.write(&format!("5\r\n{piece}\r\n"));
        // Comes back while the body goes on.
        echo.read_until(&format!("5\r\n{piece}\r\n"));
    }
    // The end of what is sent, and of what comes back.
    echo.write("0\r\n\r\n");
    echo.read_until("0\r\n\r\n");
    assert_eq!(function.ended(Duration::from_secs(30)), Some(echo.id));
}
