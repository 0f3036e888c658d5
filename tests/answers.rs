//! What `ApiResponse` answers where Next.js has rules of its own.

mod support;

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Request, Response, header},
};
use futures_util::stream;
use hyper::ext::ReasonPhrase;
use support::{Answer, get, request, send};
use tower::ServiceExt;
use tower_api_routes::{
    ApiConfig, ApiError, ApiRequest, ApiResponse, BodyParserLayer, ErrorFormat, FsRouter,
    RouterOptions,
    response::ResponseBody,
    router::{any, get as on_get},
};

fn router(answer: fn(ApiResponse) -> ApiResponse) -> FsRouter {
    with_format(ErrorFormat::default(), answer)
}

fn with_format(format: ErrorFormat, answer: fn(ApiResponse) -> ApiResponse) -> FsRouter {
    let handler = move |_: ApiRequest, res: ApiResponse| async move { answer(res) };
    FsRouter::builder()
        .options(RouterOptions::new().error_format(format))
        .route("x", any(handler))
        .build()
        .unwrap()
}

async fn answer(answer: fn(ApiResponse) -> ApiResponse) -> Answer {
    get(&router(answer), "/x").await
}

async fn response(answer: fn(ApiResponse) -> ApiResponse) -> Response<ResponseBody> {
    router(answer).oneshot(request("GET", "/x")).await.unwrap()
}

#[tokio::test]
async fn a_body_that_is_not_sent_has_no_entity_tag() {
    for status in [204, 205, 304] {
        let router = FsRouter::builder()
            .route(
                "x",
                any(move |_: ApiRequest, res: ApiResponse| async move {
                    res.header("etag", "\"mine\"").status(status).json(&true)
                }),
            )
            .build()
            .unwrap();
        let answer = get(&router, "/x").await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("etag"), Some("\"mine\""));
        assert_eq!(answer.header("content-type"), None);
        assert_eq!(answer.body, "");
    }
}

#[tokio::test]
async fn a_content_type_without_a_body_stays() {
    let answer = answer(|res| res.status(204).header("content-type", "text/plain").end()).await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("content-type"), Some("text/plain"));
}

#[tokio::test]
async fn h71_a_length_that_is_wrong_is_not_sent() {
    type Build = fn(ApiResponse) -> ApiResponse;
    let answers: [(Build, &str); 4] = [
        (|res| res.header("content-length", 3).json(&"longer"), "8"),
        (|res| res.header("content-length", 3).send("longer"), "6"),
        (|res| res.header("content-length", 3).send(b"longer"), "6"),
        (|res| res.header("content-length", 3).body("longer"), "6"),
    ];
    for (it, length) in answers {
        assert_eq!(answer(it).await.header("content-length"), Some(length));
    }
    // The body that is not there has no length either.
    let empty = answer(|res| res.header("content-length", 3).end()).await;
    assert_eq!(empty.header("content-length"), Some("0"));
}

#[tokio::test]
async fn the_same_cookie_is_set_once() {
    let answer = answer(|res| {
        res.set_cookie(("a", "1"))
            .set_cookie(("b", "2"))
            .set_cookie(("a", "1"))
            .set_cookie(("a", "2"))
            .append_header("set-cookie", "b=2")
            .end()
    })
    .await;
    let lines: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    assert_eq!(lines, ["a=1", "b=2", "a=2", "b=2"]);
}

#[tokio::test]
async fn every_status_has_a_reason() {
    let reason = |response: Response<ResponseBody>| {
        let phrase = response.extensions().get::<ReasonPhrase>()?;
        Some(String::from_utf8_lossy(phrase.as_bytes()).into_owned())
    };
    assert_eq!(reason(response(ApiResponse::end).await), None);
    let teapot = response(|res| res.status(418).end()).await;
    assert_eq!(reason(teapot).as_deref(), Some("I'm a Teapot"));
    let nameless = response(|res| res.status(299).json(&1)).await;
    assert_eq!(reason(nameless).as_deref(), Some("unknown"));
    // One that a handler has set itself.
    let long = response(|mut res| {
        let phrase = ReasonPhrase::try_from("a".repeat(257)).unwrap();
        res.extensions_mut().insert(phrase);
        res.status(418).end()
    });
    assert_eq!(reason(long.await).as_deref(), Some("I'm a Teapot"));
}

#[tokio::test]
async fn a_long_message_is_no_reason_phrase() {
    for format in [
        ErrorFormat::Text,
        ErrorFormat::NextJs,
        ErrorFormat::Json,
        ErrorFormat::Problem,
    ] {
        for (length, phrase) in [(256, Some(256)), (257, None), (60_000, None)] {
            let handler = move || async move {
                Err::<(), _>(ApiError::bad_request(
                    "é".repeat(length / 2) + &"a".repeat(length % 2),
                ))
            };
            let router = FsRouter::builder()
                .options(RouterOptions::new().error_format(format))
                .route("x", any(handler))
                .build()
                .unwrap();
            let response = router.oneshot(request("GET", "/x")).await.unwrap();
            let found = response.extensions().get::<ReasonPhrase>();
            let found = found.map(|phrase| phrase.as_bytes().len());
            assert_eq!(found, phrase, "{format:?} {length}");
        }
    }
    let alone = axum::response::IntoResponse::into_response(ApiError::bad_request("a".repeat(257)));
    assert!(alone.extensions().get::<ReasonPhrase>().is_none());
}

#[tokio::test]
async fn h66_redirects_are_never_html() {
    let redirect = |res: ApiResponse| res.header("content-type", "text/html").redirect("/a");
    let marked = get(&with_format(ErrorFormat::Text, redirect), "/x").await;
    assert_eq!(
        marked.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(marked.header("x-content-type-options"), Some("nosniff"));

    let bare = get(&with_format(ErrorFormat::NextJs, redirect), "/x").await;
    assert_eq!(bare.header("content-type"), None);
    assert_eq!(bare.header("x-content-type-options"), None);
    assert_eq!(bare.body, "/a");

    let router = with_format(ErrorFormat::NextJs, |res| res.redirect("http://[<script>"));
    let suspect = get(&router, "/x").await;
    assert_eq!(suspect.header("content-type"), None);
    assert_eq!(suspect.body, "http://[%3Cscript%3E");
}

#[tokio::test]
async fn an_error_keeps_the_headers_that_it_carries() {
    let handler = async || -> Result<ApiResponse, ApiError> {
        Err(ApiError::bad_request("no")
            .with_header(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            )
            .with_header(
                HeaderName::from_static("x-kept"),
                HeaderValue::from_static("yes"),
            ))
    };
    let router = FsRouter::builder()
        .options(RouterOptions::new().error_format(ErrorFormat::NextJs))
        .route("x", any(handler))
        .build()
        .unwrap();
    let answer = get(&router, "/x").await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("x-kept"), Some("yes"));
    assert_eq!(answer.header("x-content-type-options"), None);
}

#[tokio::test]
async fn a_body_parser_around_a_route_keeps_to_its_configuration() {
    let handler = async |req: ApiRequest, res: ApiResponse| -> Result<ApiResponse, ApiError> {
        let length = req.bytes().await?.len();
        Ok(res.body(length.to_string()))
    };
    let config = ApiConfig::new().body_limit("3b");
    let router = FsRouter::builder()
        .route(
            "x",
            any(handler).config(config).layer(BodyParserLayer::new()),
        )
        .build()
        .unwrap();
    for (body, status, text) in [("abc", 200, "3"), ("abcd", 413, "Body exceeded 3b limit")] {
        let request = Request::post("/x").body(Body::from(body)).unwrap();
        let answer = send(&router, request).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (status, text)
        );
    }
}

/// A body of ten frames that counts those which were read.
fn counted(read: &Arc<AtomicUsize>) -> Body {
    let read = Arc::clone(read);
    Body::from_stream(stream::iter((0..10).map(move |_| {
        read.fetch_add(1, Ordering::Relaxed);
        Ok::<_, Infallible>("frame")
    })))
}

#[tokio::test(start_paused = true)]
async fn h38_a_body_that_no_handler_reads_is_read_on() {
    let router = FsRouter::builder()
        .route(
            "next",
            any(async |_: ApiRequest, res: ApiResponse| res.send("done")),
        )
        .route("none", any(async || "done"))
        .route("refused", on_get(async || "done"))
        .build()
        .unwrap();
    for (path, expect, frames) in [
        ("/next", false, 10),
        ("/none", false, 10),
        ("/refused", false, 10),
        // Reading would ask for the body.
        ("/next", true, 0),
    ] {
        let read = Arc::default();
        let mut request = Request::post(path).body(counted(&read)).unwrap();
        if expect {
            let value = HeaderValue::from_static("100-continue");
            request.headers_mut().insert(header::EXPECT, value);
        }
        send(&router, request).await;
        for _ in 0..100 {
            if read.load(Ordering::Relaxed) == 10 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(read.load(Ordering::Relaxed), frames, "{path}");
    }
}
