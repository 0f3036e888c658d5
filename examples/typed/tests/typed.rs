//! Typed requests, answers and errors, over HTTP.

use example_tests::{Answer, Server};
use serde_json::{Value, json};

const JSON: (&str, &str) = ("content-type", "application/json");

fn start() -> Server {
    Server::start(env!("CARGO_BIN_EXE_typed"))
}

fn send(server: &Server, method: &str, path: &str, body: &Value) -> Answer {
    server.request(method, path, &[JSON], body.to_string())
}

/// The status and the detail of an RFC 9457 problem; its members agree with the answer.
fn problem(answer: &Answer) -> (u16, String) {
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    let problem = answer.json();
    assert_eq!(problem["status"], answer.status);
    let detail = problem["detail"].as_str().unwrap_or_default().to_owned();
    (answer.status, detail)
}

#[test]
fn an_answer_has_the_type_of_its_handler() {
    let answer = start().get("/api/user");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), json!({ "name": "John Doe" }));
}

#[test]
fn posts_are_added_found_and_replaced() {
    let server = start();
    for (body, expected) in [
        (
            json!({ "title": "Types", "tags": ["rust"], "status": "published" }),
            json!({ "id": 1, "title": "Types", "tags": ["rust"], "status": "published" }),
        ),
        (
            json!({ "title": "Draft" }),
            json!({ "id": 2, "title": "Draft", "tags": [], "status": "draft" }),
        ),
    ] {
        let answer = send(&server, "POST", "/api/posts", &body);
        assert_eq!((answer.status, answer.json()), (201, expected));
    }
    for (query, ids) in [
        ("", &[1, 2][..]),
        ("?status=draft", &[2]),
        ("?tag=rust", &[1]),
        ("?tag=rust&status=draft", &[]),
        ("?unknown=1", &[1, 2]),
    ] {
        let answer = server.get(&format!("/api/posts{query}"));
        let posts = answer.json();
        let found: Vec<_> = posts.as_array().unwrap().iter().collect();
        let found: Vec<_> = found.iter().map(|post| post["id"].clone()).collect();
        assert_eq!(found, ids, "{query}");
    }
    let body = json!({ "title": "Better", "status": "published" });
    let expected = json!({ "id": 2, "title": "Better", "tags": [], "status": "published" });
    let answer = send(&server, "PUT", "/api/posts/2", &body);
    assert_eq!((answer.status, answer.json()), (200, expected.clone()));
    assert_eq!(server.get("/api/posts/2").json(), expected);
}

#[test]
fn what_has_the_wrong_type_is_refused_by_name() {
    let server = start();
    let number = "expected a whole number from 0 to 4294967295";
    for (path, detail) in [
        (
            "/api/posts?status=gone",
            "invalid query: status: expected one of draft, published".to_owned(),
        ),
        (
            "/api/posts/two",
            format!("invalid route parameter: id: {number}"),
        ),
        (
            "/api/posts/-1",
            format!("invalid route parameter: id: {number}"),
        ),
    ] {
        assert_eq!(problem(&server.get(path)), (400, detail), "{path}");
    }
    for (body, detail) in [
        (r#"{"title":7}"#, "invalid body: title: expected a string"),
        (r#"{"titel":"x"}"#, "invalid body: titel: unknown field"),
        (
            r#"{"title":"x","status":"lost"}"#,
            "invalid body: status: expected draft or published",
        ),
        (r#"{"title":"#, "Invalid JSON"),
    ] {
        let answer = server.request("POST", "/api/posts", &[JSON], body);
        assert_eq!(problem(&answer), (400, detail.to_owned()), "{body}");
    }
    let text = [("content-type", "text/plain")];
    let answer = server.request("POST", "/api/posts", &text, r#"{"title":"x"}"#);
    let detail = "unsupported content-type, expected application/json";
    assert_eq!(problem(&answer), (415, detail.to_owned()));
}

#[test]
fn errors_of_the_application_become_answers() {
    let server = start();
    let first = json!({ "title": "Types" });
    assert_eq!(send(&server, "POST", "/api/posts", &first).status, 201);
    let empty = json!({ "title": " " });
    for (method, path, body, status, detail) in [
        (
            "POST",
            "/api/posts",
            &first,
            409,
            "there is a post of this title already",
        ),
        (
            "POST",
            "/api/posts",
            &empty,
            422,
            "the title of a post must not be empty",
        ),
        ("PUT", "/api/posts/9", &first, 404, "there is no post 9"),
        ("DELETE", "/api/posts/1", &empty, 405, ""),
    ] {
        let answer = send(&server, method, path, body);
        assert_eq!(problem(&answer), (status, detail.to_owned()));
    }
    let missing = server.get("/api/posts/9");
    assert_eq!(problem(&missing), (404, "there is no post 9".to_owned()));
}

#[test]
fn without_a_cors_layer_no_answer_carries_a_cors_header() {
    let server = start();
    let origin = ("origin", "https://other.example");
    let asks = ("access-control-request-method", "PUT");
    for path in ["/api/user", "/api/posts", "/api/posts/9", "/api/posts/x"] {
        for method in ["GET", "OPTIONS", "PUT"] {
            let answer = server.request(method, path, &[origin, asks], "");
            assert!(answer.cors_headers().is_empty(), "{method} {path}");
        }
    }
}
