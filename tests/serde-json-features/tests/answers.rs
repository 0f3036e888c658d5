//! One table of answers for all features of serde_json.

use std::collections::BTreeMap;

use axum::body::{Body, to_bytes};
use http::{Request, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower::ServiceExt;
use tower_api_routes::{
    ApiError, ApiRequest, ApiResponse, BodyParserLayer, FsRouter, Json, ResponseBody,
    body::{BodyValue, ParsedBody},
    router::any,
};

/// What `req.body()` gives, as it is answered.
async fn body(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    Ok(res.send(match req.body().await?.value()? {
        BodyValue::Json(value) => value,
        _ => &Value::Null,
    }))
}

async fn value(Json(value): Json<Value>) -> Json<Value> {
    Json(value)
}

async fn of_request(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let value: Value = req.json().await?;
    Ok(res.json(&value))
}

#[derive(Deserialize, Serialize)]
struct Point {
    x: f64,
}

#[derive(Deserialize, Serialize)]
struct Flat {
    #[serde(flatten)]
    point: Point,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

async fn flat(Json(flat): Json<Flat>) -> Json<Flat> {
    Json(flat)
}

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum Any {
    Whole(u64),
    Float(f64),
    Text(String),
}

async fn untagged(Json(list): Json<Vec<Any>>) -> Json<Vec<Any>> {
    Json(list)
}

#[derive(Deserialize, Serialize)]
#[serde(tag = "kind")]
enum Tagged {
    Circle { radius: f64 },
}

async fn tagged(Json(shape): Json<Tagged>) -> Json<Tagged> {
    Json(shape)
}

async fn typed(Json(numbers): Json<Vec<f64>>) -> Json<Vec<f64>> {
    Json(numbers)
}

async fn made(_: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.json(&json!({ "b": 1.0, "a": [-0.0, 1e21, 0.1, 7, u64::MAX, i64::MIN] }))
}

async fn answer(router: &FsRouter, path: &str, body: impl Into<Body>) -> (u16, String) {
    let request = Request::post(path)
        .header("content-type", "application/json")
        .body(body.into())
        .unwrap();
    let response: Response<ResponseBody> = router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = to_bytes(Body::new(response.into_body()), 1 << 20)
        .await
        .unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn router() -> FsRouter {
    FsRouter::builder()
        .route("body", any(body))
        .route("value", any(value))
        .route("request", any(of_request))
        .route("flat", any(flat))
        .route("untagged", any(untagged))
        .route("tagged", any(tagged))
        .route("typed", any(typed))
        .route("made", any(made))
        .build()
        .unwrap()
}

const UNTYPED: [&str; 3] = ["/body", "/value", "/request"];
const INVALID: &str = "Invalid JSON";

#[tokio::test]
async fn untyped_values_are_the_same() {
    let table = [
        ("1.0", 200, "1"),
        ("-0", 200, "0"),
        ("-0.0", 200, "0"),
        ("1e21", 200, "1e+21"),
        ("[0.1,1E2,-5,1.50]", 200, "[0.1,100,-5,1.5]"),
        (
            "[18446744073709551615,-9223372036854775808]",
            200,
            "[18446744073709551615,-9223372036854775808]",
        ),
        (
            "123456789012345678901234567890",
            200,
            "1.2345678901234568e+29",
        ),
        ("0.1000000000000000055511151231257827", 200, "0.1"),
        ("1e400", 400, INVALID),
        ("{\"a\":[-1e400]}", 400, INVALID),
        (
            r#"{"b":1,"a":{"d":2,"c":3}}"#,
            200,
            r#"{"a":{"c":3,"d":2},"b":1}"#,
        ),
        (r#"{"b":1,"a":2,"b":3}"#, 200, r#"{"a":2,"b":3}"#),
        (r#"{"\u0061":"\u0062"}"#, 200, r#"{"a":"b"}"#),
        ("{}", 200, "{}"),
        ("", 200, "{}"),
        ("{\"a\":01}", 400, INVALID),
    ];
    let router = router();
    for path in UNTYPED {
        for (text, status, expected) in table {
            let answer = answer(&router, path, text).await;
            assert_eq!(answer, (status, expected.to_owned()), "{path} {text}");
        }
        let deep = "[".repeat(128) + &"]".repeat(128);
        assert_eq!(
            answer(&router, path, deep).await,
            (400, INVALID.to_owned()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn values_that_serde_buffers_are_the_same() {
    let table = [
        ("/flat", r#"{"x":1.5,"y":2.0}"#, 200, r#"{"x":1.5,"y":2}"#),
        (
            "/flat",
            r#"{"y":[{"a":-0}],"x":1}"#,
            200,
            r#"{"x":1,"y":[{"a":0}]}"#,
        ),
        ("/flat", r#"{"x":1,"y":1e400}"#, 400, INVALID),
        ("/untagged", r#"[1,1.5,"a",1.0]"#, 200, r#"[1,1.5,"a",1]"#),
        ("/untagged", "[1e400]", 400, INVALID),
        (
            "/tagged",
            r#"{"radius":2.5,"kind":"Circle"}"#,
            200,
            r#"{"kind":"Circle","radius":2.5}"#,
        ),
        (
            "/tagged",
            r#"{"kind":"Circle","radius":"x"}"#,
            400,
            "invalid body: expected a number",
        ),
        ("/typed", "[1.0,1e21,-0]", 200, "[1,1e+21,0]"),
        ("/typed", "[1e400]", 400, INVALID),
    ];
    let router = router();
    for (path, text, status, expected) in table {
        let answer = answer(&router, path, text).await;
        assert_eq!(answer, (status, expected.to_owned()), "{path} {text}");
    }
}

#[tokio::test]
async fn what_a_handler_makes_is_written_the_same() {
    let expected =
        r#"{"a":[0,1e+21,0.1,7,18446744073709551615,-9223372036854775808],"b":1}"#.to_owned();
    assert_eq!(answer(&router(), "/made", "").await, (200, expected));
}

#[tokio::test]
async fn the_layer_parses_the_same() {
    let service = tower::ServiceBuilder::new()
        .layer(BodyParserLayer::new())
        .service_fn(async |request: Request<Body>| {
            let body = request.extensions().get::<ParsedBody>().unwrap();
            let answers = [
                serde_json::to_string(&body.value().unwrap()).unwrap(),
                serde_json::to_string(&body.json::<Value>().unwrap()).unwrap(),
            ];
            Ok::<_, std::convert::Infallible>(Response::new(answers.join(" ")))
        });
    let request = Request::post("/")
        .header("content-type", "application/json")
        .body(Body::from("[10,2]"))
        .unwrap();
    let response = service.oneshot(request).await.unwrap();
    let body = to_bytes(Body::new(response.into_body()), 99).await.unwrap();
    assert_eq!(body, "[10,2] [10,2]");
}

/// Text within JSON stays text: nothing in it is parsed again, past all limits.
#[tokio::test]
async fn json_within_json_is_not_parsed() {
    let bomb = format!("[{}0]", r#"{\"\":0},"#.repeat(100_000));
    for inner in ["[1]", &bomb] {
        let text = format!(r#"{{"$serde_json::private::RawValue":"{inner}"}}"#);
        for path in UNTYPED {
            for sent in [text.clone(), text.replace('$', "\\u0024")] {
                let (status, answer) = answer(&router(), path, sent).await;
                assert!(
                    status == 200 && answer == text || (status, answer.as_str()) == (400, INVALID),
                    "{path}: {status} {answer:.99}"
                );
            }
        }
    }
}
