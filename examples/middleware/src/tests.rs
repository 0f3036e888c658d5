//! Cookies, and what the layers do, asked without a socket.

use axum::http::Method;
use serde_json::json;
use tower_api_routes::test_client::TestClient;

const ADA: &str = "Bearer token-of-ada";

fn client() -> TestClient {
    TestClient::new(super::app().unwrap())
}

#[tokio::test]
async fn cookies_are_read_and_set() {
    for (sent, visits) in [
        ("", 1),
        ("visits=1", 2),
        ("a=b; visits=41", 42),
        ("visits=x", 1),
    ] {
        let answer = client().get("/api/cookies").header("cookie", sent);
        let answer = answer.send().await;
        answer.assert_json(&json!({ "visits": visits }));
        let lines: Vec<_> = answer.headers().get_all("set-cookie").iter().collect();
        let cookie = format!("visits={visits}; Path=/; HttpOnly; SameSite=Lax");
        assert_eq!(lines, [cookie.as_str()], "{answer}");
    }
}

#[tokio::test]
async fn a_client_that_keeps_its_cookies_is_counted() {
    let client = client();
    for visits in 1..=3 {
        let answer = client.get("/api/cookies").send().await;
        answer.assert_json(&json!({ "visits": visits }));
    }
}

#[tokio::test]
async fn a_layer_wraps_the_route_of_its_file_alone() {
    let client = client();
    let quotes = client.get("/api/quotes").send().await;
    quotes.assert_header("cache-control", "public, max-age=60");
    let cookies = client.get("/api/cookies").send().await;
    cookies.assert_no_header("cache-control");
}

#[tokio::test]
async fn a_directory_is_closed_without_a_token() {
    let client = client();
    for path in ["/api/account", "/api/account/orders/7"] {
        for token in [None, Some("Bearer wrong"), Some("Basic token-of-ada")] {
            let mut request = client.get(path);
            if let Some(token) = token {
                request = request.header("authorization", token);
            }
            request
                .send()
                .await
                .assert_status(401)
                .assert_text("Unauthorized")
                .assert_header("www-authenticate", "Bearer");
        }
        // Nor does anybody learn which methods there are.
        client.delete(path).send().await.assert_status(401);
    }
    let open = client.get("/api/cookies").send().await;
    open.assert_status(200);
}

#[tokio::test]
async fn the_user_is_handed_on_to_the_handler() {
    let ada = client().default_header("authorization", ADA);
    let answer = ada.get("/api/account").send().await;
    answer.assert_status(200).assert_text(r#"{"name":"Ada"}"#);

    let grace = client().default_header("authorization", "Bearer token-of-grace");
    let answer = grace.get("/api/account/orders/7").send().await;
    let expected = json!({ "user": { "name": "Grace" }, "page": ["orders", "7"] });
    answer.assert_status(200).assert_json(&expected);

    let answer = ada.delete("/api/account").send().await;
    answer.assert_status(405);
}

#[tokio::test]
async fn every_answer_carries_the_id_of_the_request() {
    let client = client();
    for (path, status) in [("/api/quotes", 200), ("/api/account", 401)] {
        let answer = client.get(path).send().await;
        let id = answer.assert_status(status).header("x-request-id").unwrap();
        assert_eq!(id.len(), 36, "{id}");
    }
    let request = client
        .get("/api/quotes")
        .header("x-request-id", "from-a-proxy");
    let answer = request.send().await;
    answer.assert_header("x-request-id", "from-a-proxy");
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_ask() {
    let client = client();
    let plain = client.get("/api/quotes").send().await;
    plain.assert_no_header("content-encoding");
    let request = client.get("/api/quotes").header("accept-encoding", "gzip");
    let compressed = request.send().await;
    compressed
        .assert_header("content-encoding", "gzip")
        .assert_header("vary", "accept-encoding");
    assert!(compressed.bytes().starts_with(&[0x1f, 0x8b]), "no gzip");
    assert!(compressed.bytes().len() < plain.bytes().len() / 2);
}

/// With tokio's clock, which runs ahead when all wait.
#[tokio::test(start_paused = true)]
async fn a_handler_that_takes_too_long_is_given_up() {
    let answer = client().get("/api/slow").send().await;
    answer.assert_status(504);
    assert!(answer.header("x-request-id").is_some(), "{answer}");
}

#[tokio::test]
async fn a_directory_can_leave_the_layers_further_up_out() {
    let answer = client().get("/api/health").send().await;
    answer
        .assert_status(200)
        .assert_text("ok")
        .assert_no_header("x-request-id")
        .assert_header("cache-control", "no-store");
}

#[tokio::test]
async fn without_a_cors_layer_no_answer_carries_a_cors_header() {
    let client = client()
        .default_header("origin", "https://other.example")
        .default_header("access-control-request-method", "PUT");
    for path in ["/api/account", "/api/cookies", "/api/health", "/api/x"] {
        for method in [Method::GET, Method::OPTIONS, Method::PUT] {
            let answer = client.request(method, path).send().await;
            let mut names = answer.headers().keys();
            let is_cors = names.any(|name| name.as_str().starts_with("access-control-"));
            assert!(!is_cors, "{answer}");
        }
    }
}
