//! Bodies that are parsed by their type, sent without a socket.

use axum::http::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower_api_routes::test_client::{MultipartForm, TestClient};

use crate::{App, app, files::Files, webhook::Secret};

const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const TEXT: (&str, &str) = ("content-type", "text/plain");

/// A client, and the directory of the files, which goes with the test.
fn client() -> (TestClient, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let app = app(App {
        files: Files::new(directory.path().to_owned()),
        secret: Secret::new(b"It's a Secret to Everybody").unwrap(),
    });
    (TestClient::new(app.unwrap()), directory)
}

#[tokio::test]
async fn the_body_is_what_its_type_says() {
    let (client, _directory) = client();
    let octets = ("content-type", "application/octet-stream");
    let activity = ("content-type", "application/activity+json");
    for ((name, value), body, kind, parsed) in [
        (JSON, r#"{"a":[1,null]}"#, "json", json!({ "a": [1, null] })),
        (JSON, "", "json", json!({})),
        (activity, "true", "json", json!(true)),
        (
            FORM,
            "a=1&b=x+y&a=%32",
            "form",
            json!({ "a": ["1", "2"], "b": "x y" }),
        ),
        (TEXT, "a=1", "text", json!("a=1")),
        (octets, "abc", "bytes", json!("abc")),
    ] {
        let post = client.post("/api/echo").header(name, value).body(body);
        let expected = json!({ "kind": kind, "bytes": body.len(), "body": parsed });
        post.send().await.assert_status(200).assert_json(&expected);
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_and_named() {
    let (client, _directory) = client();
    let large = format!(r#"{{"items":[]}}{}"#, " ".repeat(1024));
    for (path, (name, value), body, status, answered) in [
        (
            "/api/json",
            JSON,
            r#"{"items":[{"price":250,"quantity":3},{"price":5,"quantity":1}]}"#,
            200,
            r#"{"total":755}"#,
        ),
        (
            "/api/json",
            JSON,
            r#"{"items":[{"price":-1}]}"#,
            400,
            "invalid body: items[0].price: expected a whole number from 0 to 4294967295",
        ),
        ("/api/json", JSON, "{", 400, "Invalid JSON"),
        (
            "/api/json",
            TEXT,
            "{}",
            415,
            "unsupported content-type, expected application/json",
        ),
        ("/api/json", JSON, &large, 413, "Body exceeded 1kb limit"),
        (
            "/api/form",
            FORM,
            "email=a%40b.example&topic=rust&topic=tower&age=42",
            200,
            r#"{"email":"a@b.example","topic":["rust","tower"],"age":42}"#,
        ),
        (
            "/api/form",
            FORM,
            "email=a%40b.example&topic=rust&age=",
            200,
            r#"{"email":"a@b.example","topic":["rust"],"age":null}"#,
        ),
        (
            "/api/form",
            FORM,
            "topic=rust",
            400,
            "invalid body: email: missing",
        ),
        (
            "/api/text",
            TEXT,
            "three words, really",
            200,
            r#"{"letters":16,"words":3}"#,
        ),
        (
            "/api/echo",
            ("content-encoding", "gzip"),
            "abc",
            415,
            "unsupported content-encoding, expected identity",
        ),
    ] {
        let post = client.post(path).header(name, value);
        let answer = post.body(body.to_owned()).send().await;
        answer.assert_status(status).assert_text(answered);
    }
}

#[tokio::test]
async fn text_is_decoded_by_its_charset() {
    let (client, _directory) = client();
    for (charset, body) in [("utf-8", "naïve".as_bytes()), ("iso-8859-1", b"na\xefve")] {
        let content_type = format!("text/plain; charset={charset}");
        let post = client
            .post("/api/echo")
            .header("content-type", content_type);
        let answer = post.body(body).send().await;
        assert_eq!(answer.json::<Value>()["body"], "naïve", "{answer}");
    }
}

#[tokio::test]
async fn only_a_signed_webhook_is_accepted() {
    let (client, _directory) = client();
    let body = r#"{ "action": "opened" }"#;
    let good = "sha256=d277b450e8f784e0bae45c7861c4753d40b99d04c9dc53e6766e262646c29a4e";
    for (signature, body, status, answered) in [
        (good, body, 202, r#"{"accepted":"opened"}"#),
        // The same JSON in other bytes.
        (good, r#"{"action":"opened"}"#, 401, "wrong signature"),
        (&good.replace('a', "b"), body, 401, "wrong signature"),
        ("", body, 401, "wrong signature"),
        // An unsigned body is not even parsed.
        ("", "{", 401, "wrong signature"),
    ] {
        let post = client
            .post("/api/webhook")
            .header("content-type", "application/json")
            .header("x-hub-signature-256", signature)
            .body(body.to_owned());
        let answer = post.send().await;
        answer.assert_status(status).assert_text(answered);
    }
    let unsigned = client.post("/api/webhook").json(&json!({})).send().await;
    unsigned.assert_status(401);
}

#[tokio::test]
async fn the_fields_of_a_form_are_read_one_by_one() {
    let (client, _directory) = client();
    let post = |form: &MultipartForm| client.post("/api/album").multipart(form).send();
    let form = MultipartForm::new().text("title", "Holidays").file(
        "picture",
        "../a.png",
        "image/png",
        "hello world",
    );
    let id = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";
    post(&form).await.assert_json(&json!({
        "title": "Holidays",
        "pictures": [{ "name": "../a.png", "id": id, "bytes": 11 }],
    }));

    for (form, message) in [
        (
            MultipartForm::new().text("other", ""),
            "fields are `title` and `picture`",
        ),
        (
            MultipartForm::new().text("title", "x".repeat(201)),
            "the title has more than 200 bytes",
        ),
    ] {
        post(&form).await.assert_status(400).assert_text(message);
    }
    let text = client.post("/api/album").text("").send().await;
    text.assert_status(415);
}

#[tokio::test]
async fn what_is_no_id_reaches_no_path() {
    let (client, _directory) = client();
    for (id, status) in [
        ("0".repeat(64), 404),
        ("0".repeat(63), 400),
        ("..%2F..%2Fetc%2Fpasswd".to_owned(), 400),
        ("%2Fetc%2Fpasswd".to_owned(), 400),
    ] {
        let answer = client.get(&format!("/api/files/{id}")).send().await;
        answer.assert_status(status);
    }
}

#[tokio::test]
async fn without_a_cors_layer_no_answer_carries_a_cors_header() {
    let (client, _directory) = client();
    let client = client.default_header("origin", "https://other.example");
    for path in [
        "/api/echo",
        "/api/json",
        "/api/files",
        "/api/files/x",
        "/api/x",
    ] {
        for method in [Method::GET, Method::POST, Method::OPTIONS] {
            let answer = client.request(method, path).send().await;
            let mut names = answer.headers().keys();
            let is_cors = names.any(|name| name.as_str().starts_with("access-control-"));
            assert!(!is_cors, "{answer}");
        }
    }
}
