//! The API over HTTP.

use example_tests::{Answer, Server};
use serde_json::{Value, json};

const JSON: (&str, &str) = ("content-type", "application/json");
const PATH: &str = "/api/graphql";

fn start() -> Server {
    Server::start(env!("CARGO_BIN_EXE_graphql"))
}

fn send(server: &Server, request: &Value) -> Answer {
    server.request("POST", PATH, &[JSON], request.to_string())
}

/// The answer to a query that is all right.
fn data(server: &Server, query: &str) -> Value {
    let answer = send(server, &json!({ "query": query }));
    assert_eq!(answer.status, 200, "{query}");
    let mut answer = answer.json();
    assert_eq!(answer["errors"], Value::Null, "{query}");
    answer["data"].take()
}

#[test]
fn queries() {
    let server = start();
    assert_eq!(
        data(&server, "{ posts { id title } }"),
        json!({ "posts": [{ "id": 1, "title": "Hello" }] })
    );
    assert_eq!(
        data(
            &server,
            "{ one: post(id: 1) { body } two: post(id: 2) { body } }"
        ),
        json!({ "one": { "body": "The first post." }, "two": null })
    );
    assert_eq!(
        data(&server, "{ post(id: 0) { id } }"),
        json!({ "post": null })
    );
}

#[test]
fn a_mutation_with_variables() {
    let server = start();
    let request = json!({
        "operationName": "Add",
        "query": "query Other { posts { id } } \
            mutation Add($post: NewPost!) { addPost(post: $post) { id title body } }",
        "variables": { "post": { "title": "New" } },
    });
    assert_eq!(
        send(&server, &request).json()["data"],
        json!({ "addPost": { "id": 2, "title": "New", "body": "" } })
    );
    assert_eq!(
        data(&server, "{ posts(first: 1) { title } }"),
        json!({ "posts": [{ "title": "New" }] })
    );
}

#[test]
fn mistakes_in_a_query_are_told_in_the_answer() {
    let server = start();
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
        let answer = send(&server, &json!({ "query": query }));
        assert_eq!(answer.status, 200, "{query}");
        let answer = answer.json();
        let found = answer["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(found.ends_with(message), "{query}: {answer}");
    }
}

#[test]
fn deep_and_wide_queries_are_refused() {
    let server = start();
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
        let answer = send(&server, &json!({ "query": query })).json();
        assert_eq!(answer["errors"][0]["message"], message);
    }
}

#[test]
fn what_is_no_request_of_graphql_is_refused() {
    let server = start();
    for (content_type, body, status) in [
        ("application/json", "{", 400),
        ("application/json", "\"{ posts { id } }\"", 400),
        ("application/json", "{\"query\": 1}", 400),
        ("application/x-www-form-urlencoded", "query=%7B%7D", 415),
        ("text/plain", "{\"query\": \"{ posts { id } }\"}", 415),
    ] {
        let headers = [("content-type", content_type)];
        let answer = server.request("POST", PATH, &headers, body);
        assert_eq!(answer.status, status, "{content_type} {body}");
    }
    assert_eq!(server.request("PUT", PATH, &[JSON], "{}").status, 405);
}

#[test]
fn get_is_a_page() {
    let answer = start().get(PATH);
    assert_eq!(
        answer.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert!(answer.text().contains("GraphiQL.createFetcher"));
}

#[test]
fn one_other_site_may_send_queries() {
    let server = start();
    let preflight = |origin| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "content-type"),
        ];
        server.request("OPTIONS", PATH, &headers, "")
    };
    let sandbox = "https://studio.apollographql.com";
    let allowed = preflight(sandbox);
    assert_eq!(allowed.status, 204);
    assert_eq!(allowed.header("access-control-allow-origin"), Some(sandbox));
    assert_eq!(allowed.header("access-control-allow-methods"), Some("POST"));
    assert_eq!(
        allowed.header("access-control-allow-headers"),
        Some("content-type")
    );
    let refused = preflight("https://example.com");
    assert_eq!(refused.header("access-control-allow-origin"), None);

    let headers = [JSON, ("origin", sandbox)];
    let query = json!({ "query": "{ posts { id } }" });
    let answer = server.request("POST", PATH, &headers, query.to_string());
    assert_eq!(answer.header("access-control-allow-origin"), Some(sandbox));
}
