//! The function, with events of API Gateway; and the same routes on a port.

use data_encoding::BASE64;
use example_tests::Server;
use runtime::{Function, INVOCATION, event};
use serde_json::{Value, json};

mod runtime;

/// The body of an answer that is JSON.
fn json_of(answer: &Value) -> Value {
    let content_type = &answer["headers"]["content-type"];
    assert_eq!(content_type, "application/json; charset=utf-8", "{answer}");
    assert_eq!(answer["isBase64Encoded"], false, "{answer}");
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

fn with_body(mut event: Value, content_type: &str, body: &str) -> Value {
    event["headers"]["content-type"] = content_type.into();
    event["headers"]["content-length"] = body.len().to_string().into();
    event["body"] = body.into();
    event
}

#[test]
fn one_process_answers_many_events() {
    let function = Function::start();
    for (query, message) in [
        ("", "Hello, world"),
        ("name=Ada", "Hello, Ada"),
        ("name=Ada%20%26%20Bob", "Hello, Ada & Bob"),
    ] {
        let answer = function.invoke(event("GET", "/api/hello", query));
        assert_eq!(answer["statusCode"], 200, "{answer}");
        assert_eq!(json_of(&answer)["message"], message);
        assert!(answer["headers"]["etag"].is_string(), "{answer}");
    }
}

#[test]
fn routes_and_methods() {
    let function = Function::start();
    let user = function.invoke(event("GET", "/api/users/1", ""));
    assert_eq!(json_of(&user), json!({ "name": "John Doe" }));

    for (method, path, status) in [
        ("GET", "/api/users/2", 404),
        ("GET", "/api/users/x", 400),
        ("GET", "/api/users/%zz", 400),
        ("GET", "/api/users/%2e%2e/whoami", 200),
        ("GET", "/api/users/1%2F..%2Fwhoami", 400),
        ("DELETE", "/api/users/1", 405),
        ("GET", "/api/nothing", 404),
        ("GET", "/", 404),
        ("GET", "/api/hello/", 308),
    ] {
        let answer = function.invoke(event(method, path, ""));
        assert_eq!(answer["statusCode"], status, "{method} {path}: {answer}");
    }
    let answer = function.invoke(event("DELETE", "/api/users/1", ""));
    assert_eq!(answer["headers"]["allow"], "GET, HEAD, PUT, OPTIONS");
    let answer = function.invoke(event("HEAD", "/api/users/1", ""));
    assert_eq!(
        (&answer["statusCode"], &answer["body"]),
        (&json!(200), &json!(""))
    );
}

#[test]
fn bodies() {
    let function = Function::start();
    let put = |content_type, body: &str| {
        function.invoke(with_body(
            event("PUT", "/api/users/1", ""),
            content_type,
            body,
        ))
    };
    let answer = put("application/json", r#"{"name":"Jürgen"}"#);
    assert_eq!(answer["statusCode"], 202, "{answer}");
    assert_eq!(json_of(&answer), json!({ "name": "Jürgen" }));

    let refused = put("application/json", r#"{"name":1}"#);
    assert_eq!(refused["statusCode"], 400);
    assert_eq!(refused["body"], "invalid body: name: expected a string");
    assert_eq!(put("application/json", "{")["body"], "Invalid JSON");
    assert_eq!(put("text/plain", "{}")["statusCode"], 415);
    let large = format!(r#"{{"name":"{}"}}"#, "a".repeat(1024 * 1024));
    assert_eq!(put("application/json", &large)["statusCode"], 413);
}

#[test]
fn bytes_travel_as_base64() {
    let function = Function::start();
    let bytes = [0, 1, 0xff, 0xfe, b'\n'];
    let mut event = with_body(
        event("POST", "/api/reverse", ""),
        "application/octet-stream",
        &BASE64.encode(&bytes),
    );
    event["headers"]["content-length"] = bytes.len().to_string().into();
    event["isBase64Encoded"] = true.into();
    let answer = function.invoke(event);
    assert_eq!(
        answer["headers"]["content-type"],
        "application/octet-stream"
    );
    assert_eq!(answer["isBase64Encoded"], true);
    let body = BASE64.decode(answer["body"].as_str().unwrap().as_bytes());
    assert_eq!(body.unwrap(), [b'\n', 0xfe, 0xff, 1, 0]);
}

#[test]
fn cookies_have_a_place_of_their_own_in_events() {
    let function = Function::start();
    let mut event = event("GET", "/api/hello", "");
    event["cookies"] = json!(["theme=dark", "greetings=41"]);
    let answer = function.invoke(event);
    assert_eq!(json_of(&answer)["greetings"], 42);
    assert_eq!(answer["cookies"], json!(["greetings=42"]));
    assert_eq!(answer["headers"]["set-cookie"], Value::Null);
}

#[test]
fn handlers_see_what_lambda_says() {
    let function = Function::start();
    let answer = function.invoke(event("GET", "/api/whoami", ""));
    let expected = json!({ "invocation": INVOCATION, "ip": "203.0.113.7" });
    assert_eq!(json_of(&answer), expected);
}

#[test]
fn the_same_routes_on_a_port() {
    let server = Server::start(env!("CARGO_BIN_EXE_lambda"));
    let answer = server.get("/api/hello?name=Ada");
    assert_eq!(
        answer.json(),
        json!({ "message": "Hello, Ada", "greetings": 1 })
    );
    assert_eq!(answer.header("set-cookie"), Some("greetings=1"));
    assert_eq!(answer.cors_headers(), [""; 0]);
    let nothing = json!({ "invocation": null, "ip": null });
    assert_eq!(server.get("/api/whoami").json(), nothing);
    assert_eq!(server.get("/").status, 404);
}
