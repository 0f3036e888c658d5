//! Bodies that are parsed by their type.

use example_tests::Server;
use serde_json::json;

const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const TEXT: (&str, &str) = ("content-type", "text/plain");

fn start() -> Server {
    Server::start(env!("CARGO_BIN_EXE_body"))
}

#[test]
fn the_body_is_what_its_type_says() {
    let server = start();
    let octets = ("content-type", "application/octet-stream");
    let activity = ("content-type", "application/activity+json");
    for (header, body, kind, parsed) in [
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
        let answer = server.request("POST", "/api/echo", &[header], body);
        assert_eq!(answer.status, 200, "{header:?}");
        let expected = json!({ "kind": kind, "bytes": body.len(), "body": parsed });
        assert_eq!(answer.json(), expected, "{header:?}");
    }
}

#[test]
fn what_does_not_fit_is_refused_and_named() {
    let server = start();
    let large = format!(r#"{{"items":[]}}{}"#, " ".repeat(1024));
    for (path, header, body, status, answered) in [
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
        let answer = server.request("POST", path, &[header], body);
        assert_eq!(
            (answer.status, answer.text()),
            (status, answered),
            "{path} {body}"
        );
    }
}

#[test]
fn text_is_decoded_by_its_charset() {
    let server = start();
    for (charset, body) in [("utf-8", "naïve".as_bytes()), ("iso-8859-1", b"na\xefve")] {
        let content_type = format!("text/plain; charset={charset}");
        let header = ("content-type", content_type.as_str());
        let answer = server.request("POST", "/api/echo", &[header], body);
        assert_eq!(answer.json()["body"], "naïve", "{charset}");
    }
}

#[test]
fn only_a_signed_webhook_is_accepted() {
    let secret = ("WEBHOOK_SECRET", "It's a Secret to Everybody");
    let server = Server::start_with(env!("CARGO_BIN_EXE_body"), &[secret]);
    let body = r#"{ "action": "opened" }"#;
    let good = "sha256=d277b450e8f784e0bae45c7861c4753d40b99d04c9dc53e6766e262646c29a4e";
    let post = |signature: &str, body: &str| {
        let signature = ("x-hub-signature-256", signature);
        let answer = server.request("POST", "/api/webhook", &[JSON, signature], body);
        (answer.status, answer.text().to_owned())
    };
    let refused = (401, "wrong signature".to_owned());
    assert_eq!(
        post(good, body),
        (202, r#"{"accepted":"opened"}"#.to_owned())
    );
    // The same JSON in other bytes.
    assert_eq!(post(good, r#"{"action":"opened"}"#), refused);
    assert_eq!(post(&good.replace('a', "b"), body), refused);
    assert_eq!(post("", body), refused);
    assert_eq!(
        server.request("POST", "/api/webhook", &[JSON], body).status,
        401
    );
    // An unsigned body is not even parsed.
    assert_eq!(post("", "{"), refused);
}

#[test]
fn without_a_cors_layer_no_answer_carries_a_cors_header() {
    let server = start();
    let origin = ("origin", "https://other.example");
    for path in [
        "/api/echo",
        "/api/json",
        "/api/files",
        "/api/files/x",
        "/api/x",
    ] {
        for method in ["GET", "POST", "OPTIONS"] {
            let answer = server.request(method, path, &[origin], "");
            assert!(
                answer.cors_headers().is_empty(),
                "{method} {path}: {answer:?}"
            );
        }
    }
}
