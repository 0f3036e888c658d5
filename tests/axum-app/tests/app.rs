//! The application, asked as its clients would.

use axum_app::{BURST, app};
use axum_app_api::{AppState, PAGES_API};
use serde_json::json;
use tower_api_routes::{ApiRoutesLayer, test_client::TestClient};
use tower_sessions::{MemoryStore, SessionManagerLayer};

fn state() -> AppState {
    let state = AppState::default();
    state.users.add("Ada", "secret");
    state.users.add("Bob", "1234");
    state
}

/// A client with an address of its own.
fn client(state: AppState) -> TestClient {
    TestClient::new(app(state).unwrap()).default_header("x-forwarded-for", "192.0.2.1")
}

async fn log_in(client: &TestClient, name: &str, password: &str) {
    let login = json!({ "name": name, "password": password });
    let response = client.post("/api/login").json(&login).send().await;
    response
        .assert_status(200)
        .assert_json(&json!({ "name": name }));
}

#[tokio::test]
async fn the_guard_looks_users_up_in_the_state() {
    let state = state();
    let client = client(state.clone());
    client.get("/api/health").send().await.assert_text("up");
    client
        .get("/api/notes")
        .send()
        .await
        .assert_status(401)
        .assert_text("log in first");

    log_in(&client, "Ada", "secret").await;
    let created = client.post("/api/notes").text("buy milk").send().await;
    created.assert_status(201).assert_json(&0);
    client
        .get("/api/notes")
        .send()
        .await
        .assert_json(&["buy milk"]);
    client
        .get("/api/notes/0")
        .send()
        .await
        .assert_text("buy milk");
    client.get("/api/notes/1").send().await.assert_status(404);

    // The session goes on, and its user is gone.
    state.users.remove("Ada");
    client.get("/api/notes").send().await.assert_status(401);
}

#[tokio::test]
async fn a_session_ends_and_belongs_to_one_client() {
    let client = client(state());
    let wrong = json!({ "name": "Ada", "password": "1234" });
    let response = client.post("/api/login").json(&wrong).send().await;
    response
        .assert_status(401)
        .assert_text("wrong name or password");

    log_in(&client, "Bob", "1234").await;
    client.get("/api/notes").send().await.assert_status(200);
    client.delete("/api/login").send().await.assert_status(200);
    client.get("/api/notes").send().await.assert_status(401);
}

#[tokio::test]
async fn a_lookup_that_fails_is_500_and_says_nothing() {
    let state = state();
    state.users.add("broken", "");
    let client = client(state);
    let login = json!({ "name": "broken", "password": "" });
    let response = client.post("/api/login").json(&login).send().await;
    response
        .assert_status(500)
        .assert_text("Internal Server Error");
}

#[tokio::test]
async fn each_client_has_a_limit_of_its_own() {
    let client = client(state());
    for _ in 0..BURST {
        client.get("/api/health").send().await.assert_status(200);
    }
    client.get("/api/health").send().await.assert_status(429);
    let other = client.get("/api/health");
    let other = other.header("x-forwarded-for", "192.0.2.2");
    other.send().await.assert_status(200);
}

#[tokio::test]
async fn requests_are_counted_by_route_and_have_an_id() {
    let client = client(state());
    for number in 0..3 {
        let path = format!("/api/notes/{number}");
        let response = client.get(&path).send().await;
        response.assert_status(401);
        assert!(response.header("x-request-id").is_some());
    }
    client.get("/api/nothing").send().await.assert_status(404);
    client.put("/api/health").send().await.assert_status(405);
    client.get("/metrics").send().await.assert_text(
        "http_requests_total{http_route=\"\",status=\"404\"} 1\n\
         http_requests_total{http_route=\"/api/health\",status=\"405\"} 1\n\
         http_requests_total{http_route=\"/api/notes/[number]\",status=\"401\"} 3\n",
    );
}

/// What stands outside of a guard, a session, is all that its test needs besides the router.
#[tokio::test]
async fn a_guard_is_tested_with_the_router_alone_and_a_state_of_the_test() {
    let routes = ApiRoutesLayer::new(PAGES_API).with_state(state());
    let router = routes.router().unwrap();
    let sessions = SessionManagerLayer::new(MemoryStore::default());
    let client = TestClient::new(tower::Layer::layer(&sessions, router));
    client.get("/api/notes").send().await.assert_status(401);
    log_in(&client, "Bob", "1234").await;
    client
        .get("/api/notes")
        .send()
        .await
        .assert_json(&json!([]));
}
