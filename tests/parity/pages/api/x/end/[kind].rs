//! Answers that are put together by hand.

use std::{convert::Infallible, time::Duration};

use axum::body::{Body, Bytes};
use futures_util::{StreamExt, stream};
use hyper::ext::ReasonPhrase;
use serde_json::json;
use tokio::time::sleep;
use tower_api_routes::{ApiError, ApiRequest, ApiResponse};

use crate::pages_api::_lib::Failure;

pub async fn handler(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let kind = req.param("kind").unwrap_or_default();
    Ok(match &*kind {
        "empty" => res.end(),
        "text" => res.body("text"),
        "buffer" => res.body(Bytes::from_static(b"buf")),
        "write-end" => res.body(parts(&["part1,", "part2,", "part3"])),
        "write-head" => res
            .status(201)
            .header("content-type", "text/plain")
            .header("x-custom", "Yes")
            .body("created"),
        "write-head-cookie-array" => res
            .append_header("set-cookie", "a=1")
            .append_header("set-cookie", "a=1")
            .append_header("x-m", 1)
            .append_header("x-m", 2)
            .body("ok"),
        "write-head-reason" => reason(res, "Very Fine")
            .header("content-type", "text/plain")
            .body("ok"),
        "status-message" => reason(res.status(202), "Taken").body("ok"),
        "status-message-json" => reason(res.status(400), "Custom Reason").json(&json!({ "a": 1 })),
        "status-code-prop" => res.status(404).json(&json!({ "error": "nope" })),
        "status-chain" => res
            .status(201)
            .status(202)
            .json(&json!({ "chained": true })),
        "wrong-content-length-json" => res
            .header("content-length", 3)
            .json(&json!({ "longer": "than three" })),
        "content-length-preset-send" => res.header("content-length", 1).send("longer"),
        "preset-content-type-json" => res
            .header("content-type", "application/vnd.api+json")
            .json(&json!({ "a": 1 })),
        "text-content-type" => res.header("content-type", "text/plain").send("ok"),
        "html-content-type" => res
            .header("content-type", "text/html; charset=utf-8")
            .status(200)
            .send("<p>ok</p>"),
        "cache-control" => res
            .header("cache-control", "s-maxage=86400")
            .json(&json!({ "cached": true })),
        "location-201" => res
            .header("location", "/api/x/new")
            .status(201)
            .json(&json!({ "id": 1 })),
        "redirect-preset-ct" => res.header("content-type", "text/html").redirect("/x"),
        "date-preset" => res
            .header("x-order-1", "a")
            .header("b-order-2", "b")
            .header("x-order-1", "c")
            .json(&json!({})),
        // To return is to send: nothing comes after it.
        "double-send" | "end-then-send" | "send-then-end" => first(res, &kind),
        "double-json" => res.json(&json!({ "n": 1 })),
        "set-header-after-send" | "write-head-after-send" => res.send("ok"),
        "cookie-then-redirect-twice" => res.redirect("/x"),
        // What is written by hand goes out as it is; JSON behind it is more text.
        "write-then-json" => res.body(parts(&["abc", r#"{"a":1}"#])),
        "write-then-redirect" => res.body(failing("abc")),
        "write-head-then-send" => res.status(201).header("x-a", "1").body("ok"),
        "write-head-then-json" => res.status(201).header("x-a", "1").body(r#"{"a":1}"#),
        "transfer-encoding-preset" => res.header("transfer-encoding", "chunked").send("te"),
        "connection-close-preset" => res.header("connection", "close").send("bye"),
        kind => super::_headers::set(kind, res)?.send("ok"),
    })
}

fn first(res: ApiResponse, kind: &str) -> ApiResponse {
    match kind {
        "end-then-send" => res.body("first"),
        _ => res.send("first"),
    }
}

fn reason(mut res: ApiResponse, phrase: &'static str) -> ApiResponse {
    let phrase = ReasonPhrase::from_static(phrase.as_bytes());
    res.extensions_mut().insert(phrase);
    res
}

/// A body that goes out piece by piece.
fn parts(parts: &'static [&'static str]) -> Body {
    Body::from_stream(stream::iter(
        parts.iter().map(|part| Ok::<_, Infallible>(*part)),
    ))
}

/// A body that fails after its first piece.
pub(crate) fn failing(part: &'static str) -> Body {
    let failure = async {
        sleep(Duration::from_millis(20)).await;
        Err(Failure("after the first piece"))
    };
    Body::from_stream(stream::iter([Ok(part)]).chain(stream::once(failure)))
}
