//! Typed requests, answers and errors, asked without a socket.

use axum::http::Method;
use serde_json::{Value, json};
use tower_api_routes::test_client::{TestClient, TestResponse};

fn client() -> TestClient {
    TestClient::new(super::app().unwrap())
}

/// The status and the detail of an RFC 9457 problem; its members agree with the answer.
fn problem(answer: &TestResponse) -> (u16, String) {
    answer.assert_header("content-type", "application/problem+json");
    let problem: Value = answer.json();
    assert_eq!(problem["status"], answer.status().as_u16(), "{answer}");
    let detail = problem["detail"].as_str().unwrap_or_default().to_owned();
    (answer.status().as_u16(), detail)
}

#[tokio::test]
async fn posts_are_added_found_and_replaced() {
    let client = client();
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
        let answer = client.post("/api/posts").json(&body).send().await;
        let location = format!("/api/posts/{}", expected["id"]);
        answer
            .assert_status(201)
            .assert_header("location", &location)
            .assert_json(&expected);
    }
    for (query, ids) in [
        (&[][..], &[1, 2][..]),
        (&[("status", "draft")], &[2]),
        (&[("tag", "rust")], &[1]),
        (&[("tag", "rust"), ("status", "draft")], &[]),
        (&[("unknown", "1")], &[1, 2]),
    ] {
        let answer = client.get("/api/posts").query(query).send().await;
        let posts: Vec<Value> = answer.json();
        let found: Vec<_> = posts.iter().map(|post| post["id"].clone()).collect();
        assert_eq!(found, ids, "{answer}");
    }
    let body = json!({ "title": "Better", "status": "published" });
    let expected = json!({ "id": 2, "title": "Better", "tags": [], "status": "published" });
    let answer = client.put("/api/posts/2").json(&body).send().await;
    answer.assert_status(200).assert_json(&expected);
    let answer = client.get("/api/posts/2").send().await;
    answer.assert_status(200).assert_json(&expected);
}

#[tokio::test]
async fn an_old_address_leads_to_the_new_one() {
    let client = client();
    let post = json!({ "title": "Types" });
    client.post("/api/posts").json(&post).send().await;
    let moved = client.get("/api/articles/1").send().await;
    moved
        .assert_status(308)
        .assert_header("location", "/api/posts/1");
    let followed = client.get("/api/articles/1").follow_redirects(1);
    let post: Value = followed.send().await.json();
    assert_eq!(post["title"], "Types");
    let wrong = client.get("/api/articles/one").send().await;
    assert_eq!(problem(&wrong).0, 400);
}

#[tokio::test]
async fn what_has_the_wrong_type_is_refused_by_name() {
    let client = client();
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
        let answer = client.get(path).send().await;
        assert_eq!(problem(&answer), (400, detail), "{path}");
    }
    let post = |content_type, body| {
        let post = client
            .post("/api/posts")
            .header("content-type", content_type);
        post.body(body).send()
    };
    for (body, detail) in [
        (r#"{"title":7}"#, "invalid body: title: expected a string"),
        (r#"{"titel":"x"}"#, "invalid body: titel: unknown field"),
        (
            r#"{"title":"x","status":"lost"}"#,
            "invalid body: status: expected draft or published",
        ),
        (r#"{"title":"#, "Invalid JSON"),
    ] {
        let answer = post("application/json", body).await;
        assert_eq!(problem(&answer), (400, detail.to_owned()), "{body}");
    }
    let answer = post("text/plain", r#"{"title":"x"}"#).await;
    let detail = "unsupported content-type, expected application/json";
    assert_eq!(problem(&answer), (415, detail.to_owned()));
}

#[tokio::test]
async fn errors_of_the_application_become_answers() {
    let client = client();
    let first = json!({ "title": "Types" });
    let answer = client.post("/api/posts").json(&first).send().await;
    answer.assert_status(201);
    let empty = json!({ "title": " " });
    for (method, path, body, status, detail) in [
        (
            Method::POST,
            "/api/posts",
            &first,
            409,
            "there is a post of this title already",
        ),
        (
            Method::POST,
            "/api/posts",
            &empty,
            422,
            "the title of a post must not be empty",
        ),
        (
            Method::PUT,
            "/api/posts/9",
            &first,
            404,
            "there is no post 9",
        ),
        (Method::DELETE, "/api/posts/1", &empty, 405, ""),
    ] {
        let answer = client.request(method, path).json(body).send().await;
        assert_eq!(problem(&answer), (status, detail.to_owned()));
    }
    let missing = client.get("/api/posts/9").send().await;
    assert_eq!(problem(&missing), (404, "there is no post 9".to_owned()));
}

#[tokio::test]
async fn without_a_cors_layer_no_answer_carries_a_cors_header() {
    let client = client()
        .default_header("origin", "https://other.example")
        .default_header("access-control-request-method", "PUT");
    for path in ["/api/user", "/api/posts", "/api/posts/9", "/api/posts/x"] {
        for method in [Method::GET, Method::OPTIONS, Method::PUT] {
            let answer = client.request(method, path).send().await;
            let mut names = answer.headers().keys();
            let is_cors = names.any(|name| name.as_str().starts_with("access-control-"));
            assert!(!is_cors, "{answer}");
        }
    }
}
