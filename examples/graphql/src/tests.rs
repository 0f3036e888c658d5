//! The API, asked without a socket.

use serde_json::{Value, json};
use tower_api_routes::test_client::{TestClient, TestResponse};

const PATH: &str = "/api/graphql";

fn client() -> TestClient {
    TestClient::new(super::app().unwrap())
}

async fn send(client: &TestClient, request: &Value) -> TestResponse {
    client.post(PATH).json(request).send().await
}

/// The answer to a query that is all right.
async fn data(client: &TestClient, query: &str) -> Value {
    let answer = send(client, &json!({ "query": query })).await;
    let mut read: Value = answer.assert_status(200).json();
    assert_eq!(read["errors"], Value::Null, "{answer}");
    read["data"].take()
}

#[tokio::test]
async fn queries() {
    let client = client();
    assert_eq!(
        data(&client, "{ posts { id title } }").await,
        json!({ "posts": [{ "id": 1, "title": "Hello" }] })
    );
    assert_eq!(
        data(
            &client,
            "{ one: post(id: 1) { body } two: post(id: 2) { body } }"
        )
        .await,
        json!({ "one": { "body": "The first post." }, "two": null })
    );
    assert_eq!(
        data(&client, "{ post(id: 0) { id } }").await,
        json!({ "post": null })
    );
}

#[tokio::test]
async fn a_mutation_with_variables() {
    let client = client();
    let request = json!({
        "operationName": "Add",
        "query": "query Other { posts { id } } \
            mutation Add($post: NewPost!) { addPost(post: $post) { id title body } }",
        "variables": { "post": { "title": "New" } },
    });
    send(&client, &request)
        .await
        .assert_json(&json!({ "data": { "addPost": { "id": 2, "title": "New", "body": "" } } }));
    assert_eq!(
        data(&client, "{ posts(first: 1) { title } }").await,
        json!({ "posts": [{ "title": "New" }] })
    );
}

#[tokio::test]
async fn mistakes_in_a_query_are_told_in_the_answer() {
    let client = client();
    for (query, message) in [
        (
            "{ posts { nothing } }",
            "Unknown field \"nothing\" on type \"Post\".",
        ),
        (
            "{ posts(first: 101) { id } }",
            "Failed to parse \"Int\": the value is 101, must be less than or equal to 100",
        ),
        (
            "mutation { addPost(post: { title: \"\" }) { id } }",
            "Failed to parse \"String\": the string length is 0, must be greater than or equal to 1 \
             (occurred while parsing \"NewPost\")",
        ),
        ("", "expected executable_definition"),
    ] {
        let answer = send(&client, &json!({ "query": query })).await;
        let read: Value = answer.assert_status(200).json();
        let found = read["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(found.ends_with(message), "{query}: {answer}");
    }
}

#[tokio::test]
async fn deep_and_wide_queries_are_refused() {
    let client = client();
    let deep = "{ __type(name: \"Post\") ".to_owned()
        + &"{ fields { type ".repeat(6)
        + "{ name }"
        + &"} }".repeat(6)
        + "}";
    let wide: String = (0..201)
        .map(|index| format!("a{index}: post(id: 1) {{ id }} "))
        .collect();
    for (query, message) in [
        (deep, "Query is nested too deep."),
        (format!("{{ {wide} }}"), "Query is too complex."),
    ] {
        let answer = send(&client, &json!({ "query": query })).await;
        let answer: Value = answer.json();
        assert_eq!(answer["errors"][0]["message"], message);
    }
}

#[tokio::test]
async fn what_is_no_request_of_graphql_is_refused() {
    let client = client();
    for (content_type, body, status) in [
        ("application/json", "{", 400),
        ("application/json", "\"{ posts { id } }\"", 400),
        ("application/json", "{\"query\": 1}", 400),
        ("application/x-www-form-urlencoded", "query=%7B%7D", 415),
        ("text/plain", "{\"query\": \"{ posts { id } }\"}", 415),
    ] {
        let post = client.post(PATH).header("content-type", content_type);
        post.body(body).send().await.assert_status(status);
    }
    let answer = client.put(PATH).json(&json!({})).send().await;
    answer.assert_status(405);
}

#[tokio::test]
async fn one_other_site_may_send_queries() {
    let client = client();
    let preflight = |origin| {
        client
            .options(PATH)
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type")
            .send()
    };
    let sandbox = "https://studio.apollographql.com";
    let allowed = preflight(sandbox).await;
    allowed
        .assert_status(204)
        .assert_header("access-control-allow-origin", sandbox)
        .assert_header("access-control-allow-methods", "POST")
        .assert_header("access-control-allow-headers", "content-type");
    let refused = preflight("https://example.com").await;
    refused.assert_no_header("access-control-allow-origin");

    let post = client.post(PATH).header("origin", sandbox);
    let answer = post
        .json(&json!({ "query": "{ posts { id } }" }))
        .send()
        .await;
    answer.assert_header("access-control-allow-origin", sandbox);
}
