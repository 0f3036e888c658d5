//! The client of tests: what it sends, what it keeps, and what it says when a test fails.

use std::{
    convert::Infallible,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, Response, StatusCode, header},
    response::{AppendHeaders, Redirect},
    routing::{any as axum_any, get as axum_get},
};
use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower::{ServiceBuilder, service_fn};
use tower_api_routes::{
    ApiConfig, ApiError, ApiRequest, ApiResponse, BoxError, ErrorFormat, FsRouter, Json,
    RouterOptions,
    cookies::{Cookie, time},
    response::Event,
    router::{any, get},
    test_client::{TestClient, TestRequest, TestResponse, TestStream},
};

/// Answers with what has arrived.
async fn echo(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let header = |name| req.header(name).map(str::to_owned);
    let body = req.text().await?.into_owned();
    Ok(res.json(&json!({
        "method": req.method().as_str(),
        "url": req.url(),
        "host": header("host"),
        "type": header("content-type"),
        "length": header("content-length"),
        "cookie": header("cookie"),
        "x": header("x"),
        "body": body,
    })))
}

fn router() -> FsRouter {
    FsRouter::builder()
        .mount("/api")
        .route("echo", any(echo))
        .build()
        .unwrap()
}

async fn echoed(request: TestRequest<TestClient>) -> Value {
    request.send().await.assert_status(200).json()
}

/// The message of a test that fails.
fn message<T>(test: impl FnOnce() -> T) -> String {
    let panic = catch_unwind(AssertUnwindSafe(test)).err();
    let panic = panic.expect("the test does not fail");
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => (*panic.downcast::<&str>().unwrap()).to_owned(),
    }
}

/// The message of a test that fails while it waits.
async fn message_of<T>(test: impl Future<Output = T>) -> String {
    let panic = futures_util::FutureExt::catch_unwind(AssertUnwindSafe(test)).await;
    message(|| match panic {
        Ok(_) => (),
        Err(panic) => std::panic::resume_unwind(panic),
    })
}

#[tokio::test]
async fn method_path_headers_and_query_are_sent() {
    let client = TestClient::new(router());
    for (request, method) in [
        (client.get("/api/echo"), "GET"),
        (client.post("/api/echo"), "POST"),
        (client.put("/api/echo"), "PUT"),
        (client.patch("/api/echo"), "PATCH"),
        (client.delete("/api/echo"), "DELETE"),
        (client.options("/api/echo"), "OPTIONS"),
        (
            client.request("PURGE".parse().unwrap(), "/api/echo"),
            "PURGE",
        ),
    ] {
        assert_eq!(echoed(request).await["method"], method);
    }
    client
        .head("/api/echo")
        .send()
        .await
        .assert_status(200)
        .assert_text("");

    #[derive(Serialize)]
    struct Page {
        page: u32,
        tag: Option<&'static str>,
    }
    let request = client
        .get("/api/echo?a=1")
        .query(&Page { page: 2, tag: None });
    let request = request.query(&[("q", "x y&z")]);
    assert_eq!(
        echoed(request).await["url"],
        "/api/echo?a=1&page=2&q=x+y%26z"
    );

    let request = client.get("/api/echo").header("x", "1").header("x", "2");
    assert_eq!(echoed(request).await["x"], "2");

    assert_eq!(echoed(client.get("/api/echo")).await["host"], "localhost");
    let client = client
        .default_header("x", "9")
        .default_header("host", "a.example");
    assert_eq!(echoed(client.get("/api/echo")).await["x"], "9");
    let answer = echoed(client.get("/api/echo").header("x", "1")).await;
    assert_eq!(
        (&answer["x"], &answer["host"]),
        (&json!("1"), &json!("a.example"))
    );
}

#[tokio::test]
async fn bodies_are_sent_with_their_type_and_length() {
    let client = TestClient::new(router());
    let post = || client.post("/api/echo");
    for (request, content_type, length, body) in [
        (post(), None, None, ""),
        (
            post().json(&json!({ "a": 1 })),
            Some("application/json"),
            Some("7"),
            r#"{"a":1}"#,
        ),
        (
            post()
                .header("content-type", "application/merge-patch+json")
                .json(&json!(null)),
            Some("application/merge-patch+json"),
            Some("4"),
            "null",
        ),
        (
            post().form(&[("a", "x y"), ("b", "&")]),
            Some("application/x-www-form-urlencoded"),
            Some("11"),
            "a=x+y&b=%26",
        ),
        (
            post().text("é"),
            Some("text/plain; charset=utf-8"),
            Some("2"),
            "é",
        ),
        (post().body("raw"), None, Some("3"), "raw"),
    ] {
        let answer = echoed(request).await;
        assert_eq!(answer["body"], body);
        assert_eq!(answer["type"], json!(content_type), "{body}");
        assert_eq!(answer["length"], json!(length), "{body}");
    }
}

#[cfg(feature = "multipart")]
#[tokio::test]
async fn forms_with_files_are_read_field_by_field() {
    async fn upload(mut form: tower_api_routes::Multipart) -> String {
        let mut read = String::new();
        while let Some(field) = form.next_field().await.unwrap() {
            let name = field.name().unwrap_or_default().to_owned();
            let file = field.file_name().unwrap_or_default().to_owned();
            let kind = field
                .content_type()
                .map(ToString::to_string)
                .unwrap_or_default();
            let text = field.text().await.unwrap();
            read += &format!("{name}|{file}|{kind}|{text}\n");
        }
        read
    }
    let router = FsRouter::builder()
        .route("upload", any(upload))
        .build()
        .unwrap();
    let form = tower_api_routes::test_client::MultipartForm::new()
        .text("title", "two\r\nlines --boundary-0")
        .file("file", "a b.csv", "text/csv", "1;2");
    TestClient::new(router)
        .post("/upload")
        .multipart(&form)
        .send()
        .await
        .assert_text("title|||two\r\nlines --boundary-0\nfile|a b.csv|text/csv|1;2\n");
}

#[tokio::test]
async fn any_service_has_a_client() {
    let text = async |client: TestClient| client.get("/api/echo").send().await.text().to_owned();

    let router = router();
    assert!(text(TestClient::new(router)).await.contains("GET"));

    let app = Router::new().route("/api/echo", axum_get(async || "axum"));
    assert_eq!(text(TestClient::new(app)).await, "axum");

    // A service that is not `Sync`, fails with another error and has another body.
    let service = service_fn(async |request: Request<Body>| {
        Ok::<_, std::io::Error>(Response::new(request.uri().path().to_owned()))
    });
    let stack = ServiceBuilder::new()
        .timeout(Duration::from_secs(60))
        .concurrency_limit(1)
        .service(service);
    let boxed = tower::util::BoxCloneService::new(stack);
    assert_eq!(text(TestClient::new(boxed)).await, "/api/echo");
}

#[tokio::test]
async fn extensions_reach_the_application() {
    let app = Router::new().route(
        "/",
        axum_get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string()),
    );
    let client = TestClient::new(app);
    let peer = SocketAddr::from(([192, 0, 2, 1], 80));
    client
        .get("/")
        .extension(ConnectInfo(peer))
        .send()
        .await
        .assert_text("192.0.2.1:80");
}

/// Sets, shows and removes a cookie.
fn session() -> TestClient {
    async fn set(req: ApiRequest, res: ApiResponse) -> ApiResponse {
        let value = req.query().get("value").unwrap_or_default().to_owned();
        let age = req.query().contains("gone").then_some(time::Duration::ZERO);
        let mut cookie = Cookie::build(("s", value)).path("/").secure(true).build();
        cookie.set_max_age(age);
        res.set_cookie(cookie)
    }
    async fn show(req: ApiRequest, res: ApiResponse) -> ApiResponse {
        res.json(&req.cookies().get("s"))
    }
    let router = FsRouter::builder()
        .route("set", any(set))
        .route("show", any(show));
    TestClient::new(router.build().unwrap())
}

#[tokio::test]
async fn cookies_are_kept_between_requests() {
    let client = session();
    let show = async || client.get("/show").send().await.json::<Option<String>>();
    assert_eq!(show().await, None);
    for value in ["one", "a b;=\"é"] {
        let response = client.post("/set").query(&[("value", value)]).send().await;
        let cookie = response.cookie("s").unwrap();
        assert_eq!((cookie.value(), cookie.path()), (value, Some("/")));
        assert_eq!(client.cookie("s").as_deref(), Some(value));
        assert_eq!(show().await.as_deref(), Some(value));
        // Another user.
        assert_eq!(session().cookie("s"), None);
        assert_eq!(client.clone().cookie("s").as_deref(), Some(value));
    }
    client.post("/set?gone").send().await;
    assert_eq!((show().await, client.cookie("s")), (None, None));
}

#[tokio::test]
async fn a_cookie_of_one_request_goes_before_a_kept_one() {
    let cookies = ["a=kept; Path=/", "__Host-b=kept; Path=/; Secure"];
    let set = AppendHeaders(cookies.map(|cookie| (header::SET_COOKIE, cookie)));
    let app = Router::new().route("/set", axum_get(async || set));
    let client = TestClient::new(app.fallback_service(router()));
    client.get("/set").send().await.assert_status(200);
    let request = client
        .get("/api/echo")
        .cookie("a", "own")
        .cookie("c", "x y");
    assert_eq!(
        echoed(request).await["cookie"],
        "a=own; c=x%20y; __Host-b=kept"
    );
    let request = client.get("/api/echo").header("cookie", "__Host-b=raw");
    assert_eq!(echoed(request).await["cookie"], "__Host-b=raw; a=kept");
    assert_eq!(
        echoed(client.get("/api/echo")).await["cookie"],
        "a=kept; __Host-b=kept"
    );
}

/// `/to/308` redirects with this status to `/seen`; `/far` to another host; `/round` to itself.
fn redirecting() -> TestClient {
    async fn seen(request: Request<Body>) -> String {
        let (head, body) = request.into_parts();
        let body = axum::body::to_bytes(body, 100).await.unwrap();
        let kind = head.headers.contains_key("content-type");
        let cookie = head.headers.get("cookie").map(|it| it.to_str().unwrap());
        format!("{} {} {:?} {kind} {cookie:?}", head.method, head.uri, body)
    }
    async fn to(axum::extract::Path(status): axum::extract::Path<u16>) -> Response<Body> {
        Response::builder()
            .status(status)
            .header("location", "/seen?q#top")
            .header("set-cookie", "on=1; Path=/")
            .body(Body::from("moved"))
            .unwrap()
    }
    let app = Router::new()
        .route("/seen", axum_any(seen))
        .route("/to/{status}", axum_any(to))
        .route(
            "/far",
            axum_get(async || Redirect::to("https://other.example/x")),
        )
        .route("/round", axum_get(async || Redirect::to("/round")));
    TestClient::new(app)
}

#[tokio::test]
async fn redirects_are_followed_on_request() {
    let client = redirecting();
    let response = client.post("/to/308").text("x").send().await;
    response.assert_status(308).assert_text("moved");
    assert_eq!(response.path(), "/to/308");

    let client = redirecting();
    for (status, answer) in [
        (303, r#"GET /seen?q b"" false Some("on=1")"#),
        (302, r#"GET /seen?q b"" false Some("on=1")"#),
        (307, r#"POST /seen?q b"x" true Some("on=1")"#),
    ] {
        let request = client.post(&format!("/to/{status}")).text("x");
        let response = request.follow_redirects(1).send().await;
        response.assert_status(200).assert_text(answer);
        assert_eq!(response.path(), "/seen?q");
    }
    let get = |path| client.get(path).follow_redirects(3);
    get("/to/301").send().await.assert_status(200);
    get("/far").send().await.assert_status(303);

    let told = message_of(get("/round").send()).await;
    assert!(
        told.starts_with("there are more than 3 redirects\n\nGET /round (sent at "),
        "{told}"
    );
}

#[tokio::test]
async fn streams_are_read_piece_by_piece() {
    let (sender, receiver) = tokio::sync::mpsc::channel::<&str>(1);
    let receiver = std::sync::Mutex::new(Some(receiver));
    let receiver = std::sync::Arc::new(receiver);
    let app = Router::new().route(
        "/",
        axum_get(async move || {
            let receiver = receiver.lock().unwrap().take().unwrap();
            Body::from_stream(stream::unfold(receiver, async |mut receiver| {
                Some((Ok::<_, Infallible>(receiver.recv().await?), receiver))
            }))
        }),
    );
    // The answer is there before anything of the body is.
    let mut stream = TestClient::new(app).get("/").stream().await;
    stream.response().assert_status(200).assert_text("");
    for (piece, so_far) in [("one", "one"), ("two", "onetwo")] {
        sender.send(piece).await.unwrap();
        assert_eq!(stream.chunk().await.unwrap(), piece);
        stream.response().assert_text(so_far);
    }
    sender.send("three").await.unwrap();
    drop(sender);
    stream.collect().await.unwrap().assert_text("onetwothree");
}

#[tokio::test(start_paused = true)]
async fn events_are_read_one_by_one_over_the_comments_between_them() {
    async fn ticks(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
        let events = stream::iter(1..=2).then(async |number| {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Event::json(&json!({ "tick": number })).map(|it| it.name("tick").id(number.to_string()))
        });
        res.sse(events, Duration::from_secs(15))
    }
    let router = FsRouter::builder()
        .route("ticks", get(ticks))
        .build()
        .unwrap();
    let mut stream = TestClient::new(router).get("/ticks").stream().await;
    for number in ["1", "2"] {
        let event = stream.event().await.unwrap();
        assert_eq!((event.name(), event.id()), ("tick", Some(number)));
        assert_eq!(event.json::<Value>()["tick"].to_string(), number);
    }
    assert_eq!(stream.event().await, None);
    let all = stream.collect().await.unwrap();
    assert!(all.text().starts_with(":\n\n:\n\n:\n\n"), "{all}");
}

/// Answers with one piece, and breaks off.
fn breaking() -> TestClient {
    let app = Router::new().route(
        "/",
        axum_get(async || {
            let pieces = [Ok("begun"), Err(std::io::Error::other("out of paper"))];
            (
                [(header::CONTENT_TYPE, "text/event-stream")],
                Body::from_stream(stream::iter(pieces)),
            )
        }),
    );
    TestClient::new(app)
}

#[tokio::test]
async fn a_body_that_breaks_off_fails_the_test_with_what_has_come() {
    let told = message_of(breaking().get("/").send()).await;
    assert!(
        told.starts_with("the body broke off: out of paper\n\nGET / (sent at"),
        "{told}"
    );
    assert!(told.ends_with("\n\nbegun"), "{told}");

    let mut stream = breaking().get("/").stream().await;
    assert_eq!(stream.chunk().await.unwrap(), "begun");
    let told = message_of(stream.chunk()).await;
    assert!(told.contains(&format!("sent at {}:", file!())), "{told}");
    assert!(told.contains("broke off: out of paper"), "{told}");

    let told = message_of(async { breaking().get("/").stream().await.event().await }).await;
    assert!(told.contains("broke off: out of paper"), "{told}");

    // Where it is meant to, it is an error.
    let error = breaking()
        .get("/")
        .stream()
        .await
        .collect()
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "out of paper");
}

#[tokio::test]
async fn a_service_that_fails_fails_the_test() {
    let service =
        service_fn(async |_: Request<Body>| Err::<Response<Body>, BoxError>("out of order".into()));
    let told = message_of(TestClient::new(service).get("/x").send()).await;
    let place = format!("GET /x (sent at {}:", file!());
    assert!(told.starts_with(&place), "{told}");
    assert!(
        told.ends_with("): the service failed: out of order"),
        "{told}"
    );
}

#[tokio::test]
async fn a_failed_assertion_prints_the_request_and_the_whole_answer() {
    let client = TestClient::new(router());
    let response = client.post("/api/nothing").send().await;
    let line = line!() - 1;
    let told = message(|| {
        response.assert_status(201);
    });
    // As the documentation shows it.
    let (_, documented) = include_str!("../docs/testing.md")
        .split_once("```text\n")
        .unwrap();
    let (documented, _) = documented.split_once("\n```").unwrap();
    let (before, after) = documented
        .split_once("tests/test_client.rs:LINE:COLUMN")
        .unwrap();
    assert!(
        told.starts_with(&format!("{before}{}:{line}:", file!())),
        "{told}"
    );
    assert!(told.ends_with(after), "{told}");

    let answer = told.split_once("\n\n").unwrap().1;
    assert_eq!(format!("{response}"), answer);
    assert_eq!(format!("{response:?}"), answer);
    let value = message(|| response.json::<Value>());
    for (told, what) in [
        (
            message(|| drop(response.assert_header("x", "1").clone())),
            "expected the header x: 1",
        ),
        (
            message(|| drop(response.assert_header("content-type", "x").clone())),
            "expected the header content-type: x",
        ),
        (
            message(|| drop(response.assert_no_header("content-type").clone())),
            "expected no header content-type",
        ),
        (
            message(|| drop(response.assert_text("Not").clone())),
            "expected the body \"Not\"",
        ),
        (
            message(|| drop(response.assert_json("x").clone())),
            "the body is no serde_json::value::Value: expected value at line 1 column 1",
        ),
        (
            value,
            "the body is no serde_json::value::Value: expected value at line 1 column 1",
        ),
    ] {
        assert_eq!(told, format!("{what}\n\n{answer}"));
    }
}

#[test]
fn a_failed_assertion_names_the_line_of_the_test() {
    // The hook is that of the whole process: others go on being told.
    let seen = std::sync::Arc::new(std::sync::Mutex::new(vec![]));
    let places = std::sync::Arc::clone(&seen);
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let location = info.location().unwrap();
        let place = (location.file().to_owned(), location.line());
        places.lock().unwrap().push(place);
        before(info);
    }));
    let response = TestResponse::from("text");
    let first = line!() + 1;
    message(|| drop(response.assert_status(404).clone()));
    message(|| response.json::<u8>());
    message(|| drop(response.assert_text("x").clone()));
    message(|| TestRequest::get("no slash"));
    message(|| TestRequest::get("/").header("a b", "x"));
    message(|| TestRequest::get("/").query(&1));
    drop(std::panic::take_hook());
    let seen = seen.lock().unwrap();
    for line in first..first + 6 {
        assert!(
            seen.contains(&(file!().to_owned(), line)),
            "{line}: {seen:?}"
        );
    }
}

#[test]
fn json_is_compared_as_javascript_sees_it() {
    let response = TestResponse::from(r#"{"b":1.0,"a":[1,null]}"#);
    response.assert_json(&json!({ "a": [1.0, null], "b": 1 }));
    let told = message(|| drop(response.assert_json(&json!({ "a": [1] })).clone()));
    let expected = "expected the JSON {\n  \"a\": [\n    1\n  ]\n}\n\nHTTP/1.1 200 OK\n";
    assert!(told.starts_with(expected), "{told}");
    assert!(told.ends_with("\n\n{\"b\":1.0,\"a\":[1,null]}"), "{told}");
}

#[test]
fn what_cannot_stand_in_a_request_is_told_where_it_is_set() {
    for (told, what) in [
        (
            message(|| TestRequest::get("api")),
            "the path \"api\" must begin with `/`",
        ),
        (
            message(|| TestRequest::get("/a b")),
            "the path \"/a b\" must be percent-encoded: invalid uri character",
        ),
        (
            message(|| TestRequest::get("/").header("x", "a\nb")),
            "no value of a header: failed to parse header value",
        ),
        (
            message(|| TestRequest::get("/").query("x")),
            "the value is no list of pairs: top-level serializer supports only maps and structs",
        ),
    ] {
        assert_eq!(told, what);
    }
    let told = message(|| TestRequest::get("/").cookie("a b", "x"));
    assert!(told.contains("a b"), "{told}");
}

#[derive(Debug, Deserialize, PartialEq)]
struct Post {
    title: String,
}

#[tokio::test]
async fn a_handler_is_called_with_a_request_of_its_route() {
    async fn handler(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
        let post: Post = req.json().await?;
        Ok(res.status(201).json(&json!({
            "route": req.route().pattern(),
            "slug": req.param("slug"),
            "query": req.query(),
            "theme": req.cookies().get("theme"),
            "title": post.title,
        })))
    }
    let request = |title: Value| {
        TestRequest::post("/api/blog/a%20b/c%2Fd?x=1&slug=no")
            .cookie("theme", "dark blue")
            .json(&json!({ "title": title }))
            .into_api_request("/api/blog/[...slug]")
    };
    let response = TestResponse::from(handler(request(json!("New")), ApiResponse::new()).await);
    response.assert_status(201).assert_json(&json!({
        "route": "/api/blog/[...slug]",
        "slug": "a b/c/d",
        "query": { "x": "1", "slug": ["a b", "c/d"] },
        "theme": "dark blue",
        "title": "New",
    }));
    TestResponse::from(handler(request(json!(1)), ApiResponse::new()).await)
        .assert_status(400)
        .assert_text("invalid body: title: expected a string");
    // Whatever a handler may answer.
    TestResponse::from(Json(json!([1]))).assert_json(&[1]);
    TestResponse::from(StatusCode::NO_CONTENT).assert_status(204);
}

#[tokio::test]
async fn a_request_of_a_route_is_limited_by_its_configuration() {
    let config = ApiConfig::new().body_limit("10b");
    let request = |body: &'static str| TestRequest::post("/").body(body);
    let req = request("1234567890").into_configured("/", config.clone());
    assert_eq!(req.bytes().await.unwrap().len(), 10);
    let req = request("12345678901").into_api_request("/");
    assert_eq!(req.bytes().await.unwrap().len(), 11);
    // A body that is too large does not come as far as to the handler.
    let told = message(|| request("12345678901").into_configured("/", config));
    assert!(
        told.contains("HTTP/1.1 413 Body exceeded 10b limit"),
        "{told}"
    );
}

#[test]
fn a_request_that_reaches_no_handler_of_its_route_is_told() {
    for (path, pattern, status) in [
        ("/api/posts", "/api/posts/[id]", "404 Not Found"),
        ("/api/posts/%ff", "/api/posts/[id]", "400 Bad Request"),
        ("/api/posts/1/", "/api/posts/[id]", "308 Permanent Redirect"),
    ] {
        let told = message(|| TestRequest::get(path).into_api_request(pattern));
        let expected =
            format!("{path} does not reach a handler of {pattern}\n\nHTTP/1.1 {status}\n");
        assert!(told.starts_with(&expected), "{told}");
    }
    let told = message(|| TestRequest::get("/").into_api_request("/[id"));
    assert!(told.contains("[id"), "{told}");
}

#[tokio::test]
async fn an_answer_that_goes_on_is_read_as_a_stream() {
    let events = || stream::pending::<Result<Event, Infallible>>();
    let response = ApiResponse::new().sse(events(), Duration::from_secs(15));
    let told = message(|| TestResponse::from(response));
    assert!(
        told.starts_with("the body is a stream that goes on"),
        "{told}"
    );

    let events = stream::iter([Ok::<_, Infallible>(Event::new("x"))]).chain(events());
    let response = ApiResponse::new().sse(events, Duration::from_secs(15));
    let mut stream = TestStream::from(response);
    assert_eq!(stream.event().await.unwrap().data(), "x");
}

#[tokio::test]
async fn the_error_form_of_the_application_is_seen() {
    let router = FsRouter::builder()
        .options(RouterOptions::new().error_format(ErrorFormat::Problem))
        .route("echo", any(echo))
        .build()
        .unwrap();
    let response = TestClient::new(router).get("/nothing").send().await;
    response
        .assert_status(404)
        .assert_header("content-type", "application/problem+json");
    assert_eq!(response.json::<Value>()["status"], 404);
}

#[tokio::test]
async fn a_reason_of_its_own_is_printed() {
    let handler = async |Json(_): Json<Value>| "";
    let router = FsRouter::builder()
        .route("json", any(handler))
        .build()
        .unwrap();
    let request = TestClient::new(router)
        .post("/json")
        .header("content-type", "application/json");
    let response = request.body("{").send().await;
    assert!(
        response
            .to_string()
            .contains("\nHTTP/1.1 400 Invalid JSON\n"),
        "{response}"
    );
}

#[test]
fn what_is_no_text_is_printed_escaped() {
    let response = ([("x", "\"é\"")], b"a\xff\n".as_slice());
    let told = TestResponse::from(response).to_string();
    assert!(told.contains("\nx: \"é\"\n"), "{told}");
    assert!(told.ends_with("\n\na\\xff\\n"), "{told}");
}
