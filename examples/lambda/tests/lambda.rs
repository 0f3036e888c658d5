//! The function, with events of API Gateway, function URLs and load balancers; and the same routes on a port.

use std::time::{Duration, Instant};

use data_encoding::BASE64;
use example_tests::Server;
use runtime::{Function, INVOCATION, event, load_balancer_event, rest_event};
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
fn a_function_url_is_asked_as_an_http_api_is() {
    let function = Function::start();
    let mut event = event("GET", "/api/hello", "name=Ada");
    let host = "abc.lambda-url.us-east-1.on.aws";
    event["headers"]["host"] = host.into();
    event["requestContext"]["domainName"] = host.into();
    event["requestContext"]["authentication"] = Value::Null;
    let answer = function.invoke(event);
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert_eq!(json_of(&answer)["message"], "Hello, Ada");
}

/// The name of the stage stands in front of the path, whether the event has it there or not.
#[test]
fn the_stage_is_the_base_path() {
    let function = Function::start_with(&[("BASE_PATH", "/prod")]);
    let staged = |path: &str| {
        let mut event = event("GET", path, "");
        event["requestContext"]["stage"] = "prod".into();
        event
    };
    for (event, status, location) in [
        (staged("/prod/api/users/1"), 200, None),
        (staged("/prod/api/users/1/"), 308, Some("/prod/api/users/1")),
        (rest_event("GET", "/api/users/1", &[]), 200, None),
        (
            rest_event("GET", "/api/users/1/", &[]),
            308,
            Some("/prod/api/users/1"),
        ),
        (event("GET", "/api/users/1", ""), 404, None),
    ] {
        let answer = function.invoke(event);
        assert_eq!(answer["statusCode"], status, "{answer}");
        let header = &answer["headers"]["location"];
        let headers = &answer["multiValueHeaders"]["location"][0];
        let found = header.as_str().or(headers.as_str());
        assert_eq!(found, location, "{answer}");
    }
}

#[test]
fn events_of_a_rest_api() {
    let function = Function::start_with(&[("BASE_PATH", "/prod")]);
    // The parameters come decoded.
    let mut event = rest_event("GET", "/api/hello", &[("name", "Ada & Bob")]);
    event["headers"]["cookie"] = "theme=dark".into();
    event["multiValueHeaders"]["cookie"] = json!(["greetings=41", "theme=dark"]);
    let answer = function.invoke(event);
    assert_eq!(answer["statusCode"], 200, "{answer}");
    let body = answer["body"].as_str().unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(
        body,
        json!({ "message": "Hello, Ada & Bob", "greetings": 42 })
    );
    let headers = &answer["multiValueHeaders"];
    assert_eq!(headers["set-cookie"], json!(["greetings=42"]), "{answer}");

    let whoami = function.invoke(rest_event("GET", "/api/whoami", &[]));
    let whoami: Value = serde_json::from_str(whoami["body"].as_str().unwrap()).unwrap();
    assert_eq!(whoami["ip"], "203.0.113.7");

    let reversed = function.invoke(binary(rest_event("POST", "/api/reverse", &[])));
    assert_reversed(&reversed);
}

#[test]
fn events_of_a_load_balancer() {
    let function = Function::start();
    let query = [("name", "Ada%20%26%20Bob"), ("name", "other")];
    let mut event = load_balancer_event("GET", "/api/hello", &query);
    // Two lines of one header.
    event["multiValueHeaders"]["cookie"] = json!(["theme=dark", "greetings=41"]);
    let answer = function.invoke(event);
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert_eq!(answer["statusDescription"], "200 OK");
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!(
        body,
        json!({ "message": "Hello, Ada & Bob", "greetings": 42 })
    );
    let headers = &answer["multiValueHeaders"];
    assert_eq!(headers["set-cookie"], json!(["greetings=42"]), "{answer}");

    let whoami = function.invoke(load_balancer_event("GET", "/api/whoami", &[]));
    let whoami: Value = serde_json::from_str(whoami["body"].as_str().unwrap()).unwrap();
    assert_eq!(whoami["ip"], "203.0.113.7");

    let reversed = function.invoke(binary(load_balancer_event("POST", "/api/reverse", &[])));
    assert_reversed(&reversed);
}

const BYTES: [u8; 5] = [0, 1, 0xff, 0xfe, b'\n'];

/// An event with multi-value headers, and bytes.
fn binary(mut event: Value) -> Value {
    event["multiValueHeaders"]["content-type"] = json!(["application/octet-stream"]);
    event["multiValueHeaders"]["content-length"] = json!([BYTES.len().to_string()]);
    event["body"] = BASE64.encode(&BYTES).into();
    event["isBase64Encoded"] = true.into();
    event
}

fn assert_reversed(answer: &Value) {
    assert_eq!(answer["isBase64Encoded"], true, "{answer}");
    let body = BASE64.decode(answer["body"].as_str().unwrap().as_bytes());
    assert_eq!(body.unwrap(), [b'\n', 0xfe, 0xff, 1, 0]);
}

#[test]
fn an_answer_is_streamed_where_the_function_url_is() {
    let function = Function::start_with(&[("RESPONSE_STREAM", "1")]);
    let (prelude, body, pieces) = function.invoke_streaming(event("GET", "/api/events", ""));
    assert_eq!(prelude["statusCode"], 200, "{prelude}");
    assert_eq!(prelude["headers"]["content-type"], "text/event-stream");
    assert_eq!(
        body,
        "id: 0\ndata: tick 0\n\nid: 1\ndata: tick 1\n\nid: 2\ndata: tick 2\n\n"
    );
    let took = pieces[pieces.len() - 1] - pieces[0];
    assert!(took >= Duration::from_millis(1900), "all at once: {took:?}");

    // What is no stream comes the same way.
    let mut hello = event("GET", "/api/hello", "name=Ada");
    hello["cookies"] = json!(["greetings=41"]);
    let (prelude, body, _) = function.invoke_streaming(hello);
    assert_eq!(prelude["cookies"], json!(["greetings=42"]), "{prelude}");
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body, json!({ "message": "Hello, Ada", "greetings": 42 }));
}

/// The time from the start of the process to the answer to an event that waits for it. It is printed; that of a release
/// build is in the README.
#[test]
fn a_cold_start() {
    let mut times: Vec<Duration> = (0..20)
        .map(|_| {
            let begun = Instant::now();
            let first = [event("GET", "/api/hello", "name=Ada")];
            let function = Function::start_after(&[], &first);
            let answer = function.answer();
            assert_eq!(answer["statusCode"], 200, "{answer}");
            begun.elapsed()
        })
        .collect();
    times.sort();
    let [fastest, median, slowest] = [0, 10, 19].map(|index| times[index].as_secs_f64() * 1000.0);
    println!("cold start, 20 times: {fastest:.1} to {slowest:.1} ms, median {median:.1} ms");
    // The least that a function waits for without a complaint of Lambda's is ten seconds.
    assert!(times[19] < Duration::from_secs(10), "{times:?}");
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
