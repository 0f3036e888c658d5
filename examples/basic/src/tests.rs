//! The routes, asked without a socket.

use axum::http::Method;
use serde_json::json;
use tower_api_routes::test_client::TestClient;

fn client() -> TestClient {
    TestClient::new(super::app().unwrap())
}

#[tokio::test]
async fn every_route_answers_get() {
    let client = client();
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
        let answer = client.get(path).send().await;
        answer.assert_status(200).assert_json(&body);
        let content_type = answer.header("content-type").unwrap();
        assert!(content_type.starts_with("application/json"), "{answer}");
    }
}

#[tokio::test]
async fn a_handler_answers_every_method() {
    let client = client();
    for method in ["GET", "POST", "DELETE", "PURGE"] {
        let method = method.parse().unwrap();
        let answer = client.request(method, "/api/user").send().await;
        answer
            .assert_status(200)
            .assert_text(r#"{"name":"John Doe"}"#);
    }
    for (method, status, message) in [
        (Method::POST, 201, "processed a POST"),
        (Method::PATCH, 200, "handled a PATCH"),
    ] {
        let answer = client.request(method, "/api/method").send().await;
        answer
            .assert_status(status)
            .assert_json(&json!({ "message": message }));
    }
}

#[tokio::test]
async fn a_body_of_json_is_parsed_and_checked() {
    let client = client();
    for (body, status, answered) in [
        (r#"{"title":"New"}"#, 201, r#"{"id":2,"title":"New"}"#),
        (r#"{"title":"#, 400, "Invalid JSON"),
        (
            r#"{"title":1}"#,
            400,
            "invalid body: title: expected a string",
        ),
    ] {
        let post = client.post("/api/posts").body(body);
        let answer = post.header("content-type", "application/json").send().await;
        answer.assert_status(status).assert_text(answered);
    }
}

#[tokio::test]
async fn a_method_without_a_function_is_refused() {
    let client = client();
    for (path, allow) in [
        ("/api/posts", "GET, HEAD, POST, OPTIONS"),
        ("/api/posts/1", "GET, HEAD, OPTIONS"),
    ] {
        let refused = client.delete(path).send().await;
        refused.assert_status(405).assert_header("allow", allow);
        let options = client.options(path).send().await;
        options.assert_status(204).assert_header("allow", allow);
    }
}

#[tokio::test]
async fn paths_without_a_route_reach_the_app() {
    let client = client();
    let home = client.get("/").send().await;
    assert!(home.text().contains("<title>API Routes</title>"), "{home}");
    for path in ["/nothing", "/api", "/api/nothing", "/api/User", "/apiary"] {
        client.get(path).send().await.assert_status(404);
    }
}

#[tokio::test]
async fn a_parameter_that_cannot_be_read_is_refused() {
    let client = client();
    for (path, body) in [
        ("/api/posts/%zz", "Bad Request"),
        ("/api/posts/%ff", "Bad Request"),
        (
            "/api/posts/x",
            "invalid route parameter: id: expected a whole number from 0 to 18446744073709551615",
        ),
    ] {
        let answer = client.get(path).send().await;
        answer
            .assert_status(400)
            .assert_text(body)
            .assert_header("x-content-type-options", "nosniff");
    }
}

#[tokio::test]
async fn a_slash_at_the_end_is_redirected_with_the_query() {
    let client = client();
    let answer = client.post("/api/user/?a=%20b").send().await;
    answer
        .assert_status(308)
        .assert_header("location", "/api/user?a=%20b");

    let post = client.post("/api/user/?a=%20b").follow_redirects(1);
    let answer = post.send().await;
    answer.assert_status(200);
    assert_eq!(answer.path(), "/api/user?a=%20b");
}

#[tokio::test]
async fn without_a_cors_layer_no_answer_carries_a_cors_header() {
    let client = client()
        .default_header("origin", "https://other.example")
        .default_header("access-control-request-method", "PUT");
    for path in ["/", "/api/user", "/api/posts", "/api/posts/%zz", "/api/x"] {
        for method in [Method::GET, Method::POST, Method::OPTIONS, Method::DELETE] {
            let answer = client.request(method, path).send().await;
            let mut names = answer.headers().keys();
            let is_cors = names.any(|name| name.as_str().starts_with("access-control-"));
            assert!(!is_cors, "{answer}");
        }
    }
}
