//! The routes, over HTTP.

use example_tests::Server;
use serde_json::json;

const JSON: (&str, &str) = ("content-type", "application/json");

fn start() -> Server {
    Server::start(env!("CARGO_BIN_EXE_basic"))
}

#[test]
fn every_route_answers_get() {
    let server = start();
    for (path, body) in [
        ("/api/user", json!({ "name": "John Doe" })),
        ("/api/method", json!({ "message": "handled a GET" })),
        ("/api/posts", json!([{ "id": 1, "title": "Hello" }])),
        ("/api/posts/1", json!({ "id": 1, "title": "Post 1" })),
        (
            "/api/posts/a/b?tag=x",
            json!({ "query": { "tag": "x", "slug": ["a", "b"] } }),
        ),
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.json(), body, "{path}");
        let content_type = answer.header("content-type").unwrap();
        assert!(content_type.starts_with("application/json"), "{path}");
    }
}

#[test]
fn a_handler_answers_every_method() {
    let server = start();
    for method in ["GET", "POST", "DELETE", "PURGE"] {
        let answer = server.request(method, "/api/user", &[], "");
        assert_eq!(answer.status, 200, "{method}");
        assert_eq!(answer.text(), r#"{"name":"John Doe"}"#, "{method}");
    }
    for (method, status, message) in [
        ("POST", 201, "processed a POST"),
        ("PATCH", 200, "handled a PATCH"),
    ] {
        let answer = server.request(method, "/api/method", &[], "");
        assert_eq!(answer.status, status, "{method}");
        assert_eq!(answer.json(), json!({ "message": message }));
    }
}

#[test]
fn a_body_of_json_is_parsed_and_checked() {
    let server = start();
    for (body, status, answered) in [
        (r#"{"title":"New"}"#, 201, r#"{"id":2,"title":"New"}"#),
        (r#"{"title":"#, 400, "Invalid JSON"),
        (
            r#"{"title":1}"#,
            400,
            "invalid body: title: expected a string",
        ),
    ] {
        let answer = server.request("POST", "/api/posts", &[JSON], body);
        assert_eq!((answer.status, answer.text()), (status, answered), "{body}");
    }
}

#[test]
fn a_method_without_a_function_is_refused() {
    let server = start();
    for (path, allow) in [
        ("/api/posts", "GET, HEAD, POST, OPTIONS"),
        ("/api/posts/1", "GET, HEAD, OPTIONS"),
    ] {
        let refused = server.request("DELETE", path, &[], "");
        assert_eq!(refused.status, 405, "{path}");
        assert_eq!(refused.header("allow"), Some(allow), "{path}");
        let options = server.request("OPTIONS", path, &[], "");
        assert_eq!(options.status, 204, "{path}");
        assert_eq!(options.header("allow"), Some(allow), "{path}");
    }
}

#[test]
fn head_is_answered_as_get_without_the_body() {
    let server = start();
    for path in ["/api/user", "/api/posts", "/api/posts/1"] {
        let get = server.get(path);
        let head = server.request("HEAD", path, &[], "");
        let without_date = |headers: &[(String, String)]| {
            let mut headers = headers.to_vec();
            headers.retain(|(name, _)| name != "date");
            headers.sort();
            headers
        };
        assert_eq!(head.status, get.status, "{path}");
        assert_eq!(
            without_date(&head.headers),
            without_date(&get.headers),
            "{path}"
        );
        assert_eq!(head.body, b"", "{path}");
    }
}

#[test]
fn paths_without_a_route_reach_the_app() {
    let server = start();
    assert!(server.get("/").text().contains("<title>API Routes</title>"));
    for path in ["/nothing", "/api", "/api/nothing", "/api/User", "/apiary"] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
}

#[test]
fn a_parameter_that_cannot_be_read_is_refused() {
    let server = start();
    for (path, body) in [
        ("/api/posts/%zz", "Bad Request"),
        ("/api/posts/%ff", "Bad Request"),
        (
            "/api/posts/x",
            "invalid route parameter: id: expected a whole number from 0 to 18446744073709551615",
        ),
    ] {
        let answer = server.get(path);
        assert_eq!((answer.status, answer.text()), (400, body), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
}

#[test]
fn a_slash_at_the_end_is_redirected_with_the_query() {
    let answer = start().request("POST", "/api/user/?a=%20b", &[], "");
    assert_eq!(answer.status, 308);
    assert_eq!(answer.header("location"), Some("/api/user?a=%20b"));
}

#[test]
fn without_a_cors_layer_no_answer_carries_a_cors_header() {
    let server = start();
    let origin = ("origin", "https://other.example");
    let asks = ("access-control-request-method", "PUT");
    for path in ["/", "/api/user", "/api/posts", "/api/posts/%zz", "/api/x"] {
        for method in ["GET", "POST", "OPTIONS", "DELETE"] {
            let answer = server.request(method, path, &[origin, asks], "");
            let found = answer.cors_headers();
            assert!(found.is_empty(), "{method} {path}: {found:?}");
        }
    }
}

#[test]
fn the_routes_are_listed_at_start() {
    let output = start().output();
    for (route, file) in [
        ("/api/posts/[id]", "pages/api/posts/[id].rs"),
        ("/api/user", "pages/api/user.rs"),
    ] {
        assert!(
            output
                .lines()
                .any(|line| line.starts_with(route) && line.contains(file)),
            "{output}"
        );
    }
}
