//! `ApiResponse`: what each of its helpers sends.

mod support;

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::json;
use support::{Answer, get, logs::Logs, request, send};
use tower::ServiceExt;
use tower_api_routes::{
    ApiConfig, ApiError, ApiRequest, ApiResponse, EtagAlgorithm, FsRouter, Json,
    cookies::Cookie,
    response::Event,
    router::{MethodRouter, any},
};
use tracing::Level;

type Make = fn(ApiResponse) -> ApiResponse;

/// A router with one route, `/x`.
fn router(route: MethodRouter) -> FsRouter {
    FsRouter::builder().route("x", route).build().unwrap()
}

fn route(make: Make) -> MethodRouter {
    any(move |_req: ApiRequest, res: ApiResponse| async move { make(res) })
}

async fn answer(make: Make) -> Answer {
    get(&router(route(make)), "/x").await
}

/// Each case: what the handler does, the headers without the tag, the body.
async fn expect(cases: &[(&str, Make, &[&str], &str)]) {
    for (name, make, headers, body) in cases {
        let answer = answer(*make).await;
        let mut lines = answer.lines();
        lines.retain(|line| !line.starts_with("etag: "));
        assert_eq!(lines, *headers, "{name}");
        assert_eq!(answer.body, *body, "{name}");
    }
}

fn assert_is_plain_500(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 500, "{what}");
    assert_eq!(answer.body, "Internal Server Error", "{what}");
    let lines = [
        "content-type: text/plain; charset=utf-8",
        "x-content-type-options: nosniff",
    ];
    assert_eq!(answer.lines(), lines, "{what}");
}

const JSON_TYPE: &str = "content-type: application/json; charset=utf-8";

#[tokio::test]
async fn any_final_status_can_be_sent() {
    for status in [200, 201, 202, 206, 299, 404, 418, 499, 500, 599, 600, 999] {
        let route = any(move |_req: ApiRequest, res: ApiResponse| async move {
            res.status(status).send("text")
        });
        let answer = get(&router(route), "/x").await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (status, "text")
        );
    }
    let answer = answer(|res| res.status(201).status(202).end()).await;
    assert_eq!(answer.status, 202, "the last one counts");
}

#[tokio::test]
async fn what_is_no_final_status_is_a_500() {
    for status in [0, 1, 99, 100, 101, 103, 199, 1000, u16::MAX] {
        let route = any(move |_req: ApiRequest, res: ApiResponse| async move {
            res.header("x-before", "1").status(status).send("text")
        });
        let answer = get(&router(route), "/x").await;
        assert_is_plain_500(&answer, &status.to_string());
    }
}

#[tokio::test]
async fn json_takes_any_value_and_names_its_type() {
    expect(&[
        (
            "object",
            |res| res.json(&json!({"ok": true})),
            &[JSON_TYPE],
            r#"{"ok":true}"#,
        ),
        (
            "array",
            |res| res.json(&(1, "two", ())),
            &[JSON_TYPE],
            r#"[1,"two",null]"#,
        ),
        (
            "text",
            |res| res.json("a\"b</é"),
            &[JSON_TYPE],
            r#""a\"b</é""#,
        ),
        ("empty text", |res| res.json(""), &[JSON_TYPE], r#""""#),
        ("whole float", |res| res.json(&3.0), &[JSON_TYPE], "3"),
        ("float", |res| res.json(&3.5), &[JSON_TYPE], "3.5"),
        ("big", |res| res.json(&1e21), &[JSON_TYPE], "1e+21"),
        ("minus zero", |res| res.json(&-0.0), &[JSON_TYPE], "0"),
        ("null", |res| res.json(&()), &[JSON_TYPE], "null"),
        ("true", |res| res.json(&true), &[JSON_TYPE], "true"),
        (
            "the type is overwritten",
            |res| {
                res.header("content-type", "application/vnd.api+json")
                    .json(&1)
            },
            &[JSON_TYPE],
            "1",
        ),
        (
            "another type comes after",
            |res| {
                res.json(&1)
                    .header("content-type", "application/vnd.api+json")
            },
            &["content-type: application/vnd.api+json"],
            "1",
        ),
    ])
    .await;
}

#[tokio::test]
async fn h72_what_does_not_serialize_is_a_500() {
    struct Broken;
    impl Serialize for Broken {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(S::Error::custom("secret of `mod::Broken`"))
        }
    }
    struct Half;
    impl Serialize for Half {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq([Some(Broken), None])
        }
    }
    let cases: [(&str, Make); 5] = [
        ("broken", |res| res.json(&Broken)),
        ("half", |res| res.json(&Half)),
        ("keys", |res| {
            res.json(&std::collections::BTreeMap::from([(vec![1], 1)]))
        }),
        ("send", |res| res.send(Json(Broken))),
        ("after a good one", |res| res.json(&1).json(&Broken)),
    ];
    for (name, make) in cases {
        let (logs, _guard) = Logs::capture();
        let answer = get(
            &router(any(move |_req: ApiRequest, res: ApiResponse| async move {
                make(res.header("x-before", "1").status(201))
            })),
            "/x",
        )
        .await;
        assert_is_plain_500(&answer, name);
        let errors = logs.of(Level::ERROR);
        assert_eq!(errors.len(), 1, "{name}: {errors:?}");
        assert!(errors[0].contains("route=\"/x\""), "{errors:?}");
    }
    // JSON has no such number; `JSON.stringify` writes null.
    assert_eq!(answer(|res| res.json(&[f64::NAN])).await.body, "[null]");
}

#[tokio::test]
async fn send_chooses_by_the_kind_of_value() {
    const BYTES: &str = "content-type: application/octet-stream";
    expect(&[
        ("text", |res| res.send("hello"), &[], "hello"),
        (
            "owned text",
            |res| res.send("hello".to_owned()),
            &[],
            "hello",
        ),
        ("empty text", |res| res.send(""), &[], ""),
        ("html", |res| res.send("<p>hi</p>"), &[], "<p>hi</p>"),
        (
            "text with a type",
            |res| res.header("content-type", "text/html").send("<p>"),
            &["content-type: text/html"],
            "<p>",
        ),
        ("bytes", |res| res.send(b"buf"), &[BYTES], "buf"),
        ("owned bytes", |res| res.send(vec![b'b']), &[BYTES], "b"),
        (
            "shared bytes",
            |res| res.send(Bytes::from("b")),
            &[BYTES],
            "b",
        ),
        (
            "bytes with a type",
            |res| res.header("content-type", "image/png").send(b"png"),
            &["content-type: image/png"],
            "png",
        ),
        (
            "object",
            |res| res.send(json!({"a": 1})),
            &[JSON_TYPE],
            r#"{"a":1}"#,
        ),
        ("typed", |res| res.send(Json([1, 2])), &[JSON_TYPE], "[1,2]"),
        ("number", |res| res.send(42), &[JSON_TYPE], "42"),
        ("float", |res| res.send(0.1), &[JSON_TYPE], "0.1"),
        ("true", |res| res.send(true), &[JSON_TYPE], "true"),
        (
            "JSON overwrites the type",
            |res| res.header("content-type", "text/plain").send(42),
            &[JSON_TYPE],
            "42",
        ),
        ("nothing", |res| res.send(()), &[], ""),
        ("none", |res| res.send(None::<&str>), &[], ""),
        ("some", |res| res.send(Some("a")), &[], "a"),
        (
            "nothing keeps headers",
            |res| res.header("content-type", "text/x").send(()),
            &["content-type: text/x"],
            "",
        ),
    ])
    .await;
}

#[tokio::test]
async fn what_is_known_as_a_whole_has_a_tag() {
    let cases: [(&str, Make, Option<&str>); 9] = [
        ("json", |res| res.json(&json!({})), Some(r#""bwc9mymkdm2""#)),
        ("send", |res| res.send(true), Some(r#""ywwejgvrps4""#)),
        ("empty", |res| res.send(""), Some(r#""78p3gz236i0""#)),
        (
            "overwritten",
            |res| res.header("etag", "\"a\"").send(true),
            Some(r#""ywwejgvrps4""#),
        ),
        ("nothing", |res| res.send(()), None),
        (
            "end",
            |res| res.header("etag", "\"a\"").end(),
            Some("\"a\""),
        ),
        ("body", |res| res.body("text"), None),
        ("off", |res| res.etag(EtagAlgorithm::Off).json(&1), None),
        ("redirect", |res| res.redirect("/"), None),
    ];
    for (name, make, tag) in cases {
        assert_eq!(answer(make).await.header("etag"), tag, "{name}");
    }
}

#[tokio::test]
async fn a_body_that_is_replaced_takes_its_tag_along() {
    let cases: [(&str, Make); 5] = [
        ("end", |res| res.json(&1).end()),
        ("body", |res| res.json(&1).body("text")),
        ("redirect", |res| res.json(&1).redirect("/")),
        ("nothing", |res| res.json(&1).send(())),
        ("off", |res| res.json(&1).etag(EtagAlgorithm::Off).json(&2)),
    ];
    for (name, make) in cases {
        assert_eq!(answer(make).await.header("etag"), None, "{name}");
    }
}

#[tokio::test]
async fn end_and_body_send_the_headers_as_they_are() {
    expect(&[
        ("end", |res| res.header("x-a", "1").end(), &["x-a: 1"], ""),
        (
            "body",
            |res| res.header("x-a", "1").body("text"),
            &["x-a: 1"],
            "text",
        ),
        ("bytes", |res| res.body(vec![b'a']), &[], "a"),
        ("end after json", |res| res.json(&1).end(), &[JSON_TYPE], ""),
        (
            "stream",
            |res| res.stream(stream::iter(["ab", "cd"].map(Ok::<_, Infallible>))),
            &["content-type: application/octet-stream"],
            "abcd",
        ),
        (
            "stream with a type",
            |res| {
                res.header("content-type", "text/csv")
                    .stream(stream::iter([Ok::<_, Infallible>("a,b")]))
            },
            &["content-type: text/csv"],
            "a,b",
        ),
        ("a fresh response", |res| res, &[], ""),
    ])
    .await;
}

#[tokio::test]
async fn headers_are_set_added_and_removed() {
    expect(&[
        (
            "set twice",
            |res| res.header("x-one", "first").header("X-One", "second").end(),
            &["x-one: second"],
            "",
        ),
        (
            "added",
            |res| res.header("x-a", "1").append_header("x-a", "2").end(),
            &["x-a: 1", "x-a: 2"],
            "",
        ),
        (
            "set after added",
            |res| {
                res.append_header("x-a", "1")
                    .append_header("x-a", "2")
                    .header("x-a", "3")
                    .end()
            },
            &["x-a: 3"],
            "",
        ),
        (
            "removed",
            |res| {
                res.header("x-a", "1")
                    .append_header("x-a", "2")
                    .remove_header("X-A")
                    .end()
            },
            &[],
            "",
        ),
        ("empty", |res| res.header("x-a", "").end(), &["x-a: "], ""),
        (
            "number",
            |res| res.header("x-a", 12).end(),
            &["x-a: 12"],
            "",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_wrong_header_is_a_500_and_nothing_of_the_rest_is_sent() {
    let cases: [(&str, Make); 8] = [
        ("line feed", |res| res.header("x-bad", "a\nb")),
        ("line break", |res| res.header("x-bad", "a\r\nx-c: d")),
        ("NUL", |res| res.append_header("x-bad", "a\0")),
        ("name with a blank", |res| res.header("x bad", "a")),
        ("name with a colon", |res| res.header("x-bad: a\r\nb", "a")),
        ("empty name", |res| res.header("", "a")),
        ("name beyond ASCII", |res| res.append_header("ü", "a")),
        ("both", |res| res.header("", "\n")),
    ];
    for (name, make) in cases {
        let route = any(move |_req: ApiRequest, res: ApiResponse| async move {
            let res = make(
                res.status(201)
                    .header("x-before", "1")
                    .set_cookie(("a", "1")),
            );
            res.header("x-after", "1").send("text")
        });
        assert_is_plain_500(&get(&router(route), "/x").await, name);
    }
}

#[tokio::test]
async fn h47_h48_a_cookie_is_set_whole_or_not_at_all() {
    let answer = answer(|res| {
        res.set_cookie(("a", "1; Domain=evil"))
            .set_cookie(Cookie::build(("b", "2")).path("/").http_only(true))
            .send("ok")
    })
    .await;
    assert_eq!(
        answer.lines()[1..],
        [
            "set-cookie: a=1%3B%20Domain%3Devil",
            "set-cookie: b=2; Path=/; HttpOnly"
        ]
    );
    let wrong = [
        Cookie::new("a;b", "v"),
        Cookie::new("", "v"),
        Cookie::build(("a", "v")).path("/; Secure").build(),
        Cookie::build(("a", "v")).domain("e\r\n").build(),
        Cookie::new("__Host-x", "v"),
        Cookie::new("__Secure-x", "v"),
        Cookie::build(("a", "v"))
            .same_site(tower_api_routes::cookies::SameSite::None)
            .build(),
        Cookie::new("a", "v".repeat(5000)),
        Cookie::build(("a", "v"))
            .path(format!("/{}", "p".repeat(1024)))
            .build(),
    ];
    for cookie in wrong {
        let name = format!("{cookie:.100}");
        let route = any(move |_req: ApiRequest, res: ApiResponse| {
            let cookie = cookie.clone();
            async move { res.set_cookie(("good", "1")).set_cookie(cookie).send("ok") }
        });
        assert_is_plain_500(&get(&router(route), "/x").await, &name);
    }
}

#[tokio::test]
async fn redirects() {
    let cases: [(&str, Make, u16, &str); 9] = [
        ("default", |res| res.redirect("/target"), 307, "/target"),
        (
            "status before",
            |res| res.status(201).redirect("/t"),
            307,
            "/t",
        ),
        ("301", |res| res.redirect_with(301, "/t"), 301, "/t"),
        ("302", |res| res.redirect_with(302, "/t"), 302, "/t"),
        ("303", |res| res.redirect_with(303, "/t"), 303, "/t"),
        ("308", |res| res.redirect_with(308, "/t"), 308, "/t"),
        (
            "absolute",
            |res| res.redirect("https://example.com/a?b=c&d=e#f"),
            307,
            "https://example.com/a?b=c&d=e#f",
        ),
        ("local", |res| res.redirect_local("/a?b#c"), 307, "/a?b#c"),
        (
            "local 303",
            |res| res.redirect_local_with(303, "/a"),
            303,
            "/a",
        ),
    ];
    for (name, make, status, target) in cases {
        let answer = answer(make).await;
        assert_eq!(answer.status, status, "{name}");
        let lines = [
            "content-type: text/plain; charset=utf-8".to_owned(),
            format!("location: {target}"),
            "x-content-type-options: nosniff".to_owned(),
        ];
        assert_eq!(
            (answer.lines(), &*answer.body),
            (lines.to_vec(), target),
            "{name}"
        );
    }
}

#[tokio::test]
async fn h67_only_the_statuses_of_redirects() {
    for status in [0, 99, 200, 201, 300, 304, 305, 306, 309, 400, 999, 1000] {
        let route = any(move |_req: ApiRequest, res: ApiResponse| async move {
            res.redirect_with(status, "/target")
        });
        assert_is_plain_500(&get(&router(route), "/x").await, &status.to_string());
        for target in ["/target", "//target"] {
            let route = any(move |_req: ApiRequest, res: ApiResponse| async move {
                res.redirect_local_with(status, target)
            });
            assert_is_plain_500(&get(&router(route), "/x").await, &status.to_string());
        }
    }
}

#[tokio::test]
async fn h49_cookies_stay_separate_and_go_with_redirects_and_304() {
    let cookies = ["set-cookie: a=1", "set-cookie: b=2; Path=/"];
    let set = |res: ApiResponse| {
        res.set_cookie(("a", "1"))
            .append_header("set-cookie", "b=2; Path=/")
    };
    let route = any(move |req: ApiRequest, res: ApiResponse| async move {
        match req.query().get("kind") {
            Some("redirect") => set(res).redirect("/y"),
            _ => set(res).json(&1),
        }
    });
    let router = router(route);
    let redirect = get(&router, "/x?kind=redirect").await;
    let ok = get(&router, "/x").await;
    let mut conditional = request("GET", "/x");
    let tag = ok.headers["etag"].clone();
    conditional.headers_mut().insert("if-none-match", tag);
    let fresh = send(&router, conditional).await;
    for (answer, status) in [(redirect, 307), (ok, 200), (fresh, 304)] {
        assert_eq!(answer.status, status);
        let mut lines = answer.lines();
        lines.retain(|line| line.starts_with("set-cookie"));
        assert_eq!(lines, cookies, "{status}");
    }
}

#[tokio::test]
async fn the_type_of_the_data_can_be_fixed() {
    #[derive(Serialize)]
    struct User {
        name: &'static str,
    }
    async fn typed(req: ApiRequest, res: ApiResponse<User>) -> ApiResponse<User> {
        match req.query().get("name") {
            Some(_) => res.status(404).end(),
            None => res.json(&User { name: "John Doe" }),
        }
    }
    let router = router(any(typed));
    let answer = get(&router, "/x").await;
    assert_eq!(answer.body, r#"{"name":"John Doe"}"#);
    assert_eq!(answer.lines()[0], JSON_TYPE);
    assert!(answer.header("etag").is_some());
    assert_eq!(get(&router, "/x?name=x").await.status, 404);
    // The answer of a typed response is conditional, too.
    let mut conditional = request("GET", "/x");
    let tag = answer.headers["etag"].clone();
    conditional.headers_mut().insert("if-none-match", tag);
    assert_eq!(send(&router, conditional).await.status, 304);
}

#[tokio::test]
async fn h73_question_mark_is_a_500_whose_cause_is_logged() {
    async fn handler(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
        let res = res.status(201).header("x-before", "1");
        match req.query().get("kind") {
            Some("io") => drop(std::fs::read("/no/such/secret")?),
            Some("number") => drop("secret".parse::<u8>()?),
            Some("own") => return Err(ApiError::bad_request("name is missing")),
            _ => {}
        }
        Ok(res.send("ok"))
    }
    let router = router(any(handler));
    assert_eq!(get(&router, "/x").await.body, "ok");
    for (kind, cause) in [("io", "No such file"), ("number", "invalid digit")] {
        let (logs, _guard) = Logs::capture();
        let answer = get(&router, &format!("/x?kind={kind}")).await;
        assert_is_plain_500(&answer, kind);
        let errors = logs.of(Level::ERROR);
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].contains(cause), "{errors:?}");
    }
    let (logs, _guard) = Logs::capture();
    let answer = get(&router, "/x?kind=own").await;
    assert_eq!(
        (answer.status.as_u16(), &*answer.body),
        (400, "name is missing")
    );
    assert_eq!(answer.header("x-before"), None);
    assert_eq!(logs.of(Level::ERROR), [""; 0], "a refusal is no error");
}

#[cfg(feature = "strong-etag")]
#[tokio::test]
async fn h69_strong_tags_are_of_the_bytes_alone() {
    let tag = |make: Make| async move { answer(make).await.header("etag").unwrap().to_owned() };
    let text = tag(|res| res.etag(EtagAlgorithm::Strong).send("same")).await;
    assert_eq!(text.len(), 45, "256 bits in base 64: {text}");
    let bytes = tag(|res| res.etag(EtagAlgorithm::Strong).send(b"same")).await;
    assert_eq!(bytes, text);
    let other = tag(|res| res.etag(EtagAlgorithm::Strong).send("some")).await;
    assert_ne!(other, text);
    let router = FsRouter::builder()
        .options(tower_api_routes::RouterOptions::new().etag(EtagAlgorithm::Strong))
        .route("x", route(|res| res.send("same")))
        .build()
        .unwrap();
    assert_eq!(get(&router, "/x").await.header("etag"), Some(&*text));
}

#[tokio::test]
async fn h70_streams_are_passed_on_frame_by_frame_without_a_tag() {
    let polled = Arc::new(AtomicUsize::new(0));
    let counter = polled.clone();
    let router = router(any(move |_req: ApiRequest, res: ApiResponse| {
        let counter = counter.clone();
        let frames = std::iter::repeat_with(move || {
            counter.fetch_add(1, Ordering::SeqCst);
            Ok::<_, Infallible>(Bytes::from_static(&[0; 64 * 1024]))
        });
        async move { res.stream(stream::iter(frames.take(200))) }
    }));
    let mut request = request("GET", "/x");
    request
        .headers_mut()
        .insert("if-none-match", "*".parse().unwrap());
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers().get("etag"), None);
    let mut body = response.into_body();
    assert_eq!(polled.load(Ordering::SeqCst), 0);
    for frames in 1..=200 {
        body.frame().await.unwrap().unwrap();
        assert_eq!(polled.load(Ordering::SeqCst), frames);
    }
    assert!(body.frame().await.is_none());
}

#[tokio::test]
async fn a_large_answer_is_warned_of_once() {
    const SMALL: ApiConfig = ApiConfig::new().response_limit("10b");
    let cases: [(&str, Make, ApiConfig, usize); 9] = [
        ("below", |res| res.send("123456789"), SMALL, 0),
        ("at the limit", |res| res.send("1234567890"), SMALL, 1),
        ("above", |res| res.json(&[1; 10]), SMALL, 1),
        (
            "off",
            |res| res.json(&[1; 10]),
            SMALL.no_response_limit(),
            0,
        ),
        (
            "streamed",
            |res| res.stream(stream::iter([Ok::<_, Infallible>("1234"); 9])),
            SMALL,
            1,
        ),
        (
            "streamed below",
            |res| res.stream(stream::iter([Ok::<_, Infallible>("123"); 3])),
            SMALL,
            0,
        ),
        (
            "default, at the limit",
            |res| res.body(vec![0; 4 << 20]),
            ApiConfig::new(),
            1,
        ),
        (
            "default, below",
            |res| res.body(vec![0; (4 << 20) - 1]),
            ApiConfig::new(),
            0,
        ),
        ("no body", |res| res.status(204).json(&[1; 10]), SMALL, 0),
    ];
    for (name, make, config, warnings) in cases {
        // A layer turns the body into a stream; it is counted once all the same.
        let layer = tower_http::set_header::SetRequestHeaderLayer::overriding(
            http::header::ACCEPT,
            http::HeaderValue::from_static("*/*"),
        );
        for route in [route(make), route(make).layer(layer)] {
            let router = router(route.config(config.clone()));
            let (logs, _guard) = Logs::capture();
            get(&router, "/x").await;
            let lines = logs.of(Level::WARN);
            assert_eq!(lines.len(), warnings, "{name}: {lines:?}");
            for line in lines {
                let limit = if config == SMALL { "10b" } else { "4mb" };
                let expected = format!(
                    "WARN API response exceeds the limit: API routes are meant to answer quickly \
                     route=\"/x\" limit=\"{limit}\""
                );
                assert_eq!(line, expected, "{name}");
            }
            let (logs, _guard) = Logs::capture();
            send(&router, request("HEAD", "/x")).await;
            assert_eq!(logs.of(Level::WARN), [""; 0], "HEAD {name}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn events_are_sent_as_they_come_with_comments_in_between() {
    let route = route(|res| {
        let events = stream::unfold(0, |n| async move {
            // The third event takes long.
            let pause = if n == 2 { 25 } else { 1 };
            tokio::time::sleep(Duration::from_secs(pause)).await;
            (n < 3).then(|| (Ok::<_, Infallible>(Event::new(n.to_string())), n + 1))
        });
        res.status(200).sse(events, Duration::from_secs(10))
    });
    let response = router(route).oneshot(request("GET", "/x")).await.unwrap();
    let headers = response.headers();
    assert_eq!(headers["content-type"], "text/event-stream");
    assert_eq!(headers["cache-control"], "no-cache, no-transform");
    assert_eq!(headers.get("etag"), None);
    assert_eq!(headers.get("content-length"), None);
    let start = tokio::time::Instant::now();
    let mut body = response.into_body();
    let mut frames = Vec::new();
    while let Some(frame) = body.frame().await {
        let data = frame.unwrap().into_data().unwrap();
        let text = String::from_utf8(data.to_vec()).unwrap();
        frames.push((start.elapsed().as_secs(), text));
    }
    let expected = [
        (1, "data: 0\n\n"),
        (2, "data: 1\n\n"),
        (12, ":\n\n"),
        (22, ":\n\n"),
        (27, "data: 2\n\n"),
    ];
    assert_eq!(frames, expected.map(|(at, text)| (at, text.to_owned())));
}

#[tokio::test]
async fn an_error_among_the_events_ends_them() {
    let route = route(|res| {
        let events = [Ok(Event::new("a")), Err("broken"), Ok(Event::new("b"))];
        res.sse(stream::iter(events), Duration::from_secs(10))
    });
    let response = router(route).oneshot(request("GET", "/x")).await.unwrap();
    let mut body = response.into_body();
    assert!(body.frame().await.unwrap().is_ok());
    assert!(body.frame().await.unwrap().is_err());
}

#[tokio::test]
async fn downloads_have_a_name() {
    expect(&[(
        "attachment",
        |res| {
            res.attachment("a b.csv")
                .header("content-type", "text/csv")
                .body("1,2")
        },
        &[
            "content-disposition: attachment; filename=\"a b.csv\"",
            "content-type: text/csv",
        ],
        "1,2",
    )])
    .await;
}

#[tokio::test]
async fn errors_carry_nothing_but_themselves() {
    let headers = |answer: Answer| answer.headers;
    let expected: HeaderMap = headers(get(&router(MethodRouter::new()), "/nowhere").await);
    for make in [(|res| res.header("x-a", "1").status(99)) as Make, |res| {
        res.json(&1).header("", "")
    }] {
        assert_eq!(headers(answer(make).await), expected);
    }
}

#[tokio::test]
async fn an_extractor_handler_gets_a_response_of_its_route() {
    async fn handler(res: ApiResponse, _request: Request<Body>) -> ApiResponse {
        res.json(&1)
    }
    let router = FsRouter::builder()
        .options(tower_api_routes::RouterOptions::new().etag(EtagAlgorithm::Off))
        .route("x", any(handler))
        .build()
        .unwrap();
    assert_eq!(get(&router, "/x").await.header("etag"), None);
}
