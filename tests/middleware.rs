//! Tower layers around routes.

mod support;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    BoxError, Extension,
    body::Body,
    error_handling::HandleErrorLayer,
    extract::Request,
    middleware::{Next, from_fn},
    response::Response,
};
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;
use support::{Answer, expect, get as ask, request, send};
use tokio::sync::Notify;
use tower::{
    Layer, Service, ServiceBuilder, ServiceExt, buffer::BufferLayer,
    limit::GlobalConcurrencyLimitLayer, load_shed::LoadShedLayer, service_fn,
};
use tower_api_routes::{
    ApiConfig, ApiError, ApiRequest, ApiResponse, CorsLayer, ErrorFormat, FsRouter, MatchedRoute,
    RouterOptions,
    router::{MethodRouter, RouteLayer, RouteService, any, get, post},
};
use tower_http::{
    compression::CompressionLayer, decompression::RequestDecompressionLayer,
    limit::RequestBodyLimitLayer, timeout::TimeoutLayer,
};

const INTERNAL: &str = "Internal Server Error";

/// A router with one route, `/api/x`.
fn router(route: MethodRouter) -> FsRouter {
    FsRouter::builder()
        .mount("/api")
        .route("x", route)
        .build()
        .unwrap()
}

async fn hello() -> &'static str {
    "hello"
}

/// What happened, in order.
#[derive(Clone, Default)]
struct Trail(Arc<Mutex<Vec<String>>>);

impl Trail {
    fn add(&self, step: impl Into<String>) {
        self.0.lock().unwrap().push(step.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// A layer that leaves its name on the way in and on the way out.
    fn layer(&self, name: &'static str) -> impl RouteLayer + Layer<RouteService> + use<> {
        let trail = self.clone();
        from_fn(move |request: Request, next: Next| {
            let trail = trail.clone();
            async move {
                trail.add(format!("{name} in"));
                let response = next.run(request).await;
                trail.add(format!("{name} out"));
                response
            }
        })
    }

    /// A handler that leaves its mark.
    fn handler(&self) -> MethodRouter {
        let trail = self.clone();
        any(move || {
            let trail = trail.clone();
            async move { trail.add("handler") }
        })
    }
}

#[tokio::test]
async fn the_layer_added_last_is_the_outermost() {
    let trail = Trail::default();
    let router = router(
        trail
            .handler()
            .layer(trail.layer("inner"))
            .layer(trail.layer("outer")),
    );
    assert_eq!(ask(&router, "/api/x").await.status, 200);
    assert_eq!(
        trail.take(),
        ["outer in", "inner in", "handler", "inner out", "outer out"]
    );
}

#[tokio::test]
async fn the_first_layer_of_a_service_builder_is_the_outermost() {
    let trail = Trail::default();
    let layers = |trail: &Trail| {
        let trail = trail.clone();
        let step = move |name: &'static str| {
            let trail = trail.clone();
            tower::util::MapRequestLayer::new(move |request: Request| {
                trail.add(name);
                request
            })
        };
        ServiceBuilder::new()
            .layer(step("first"))
            .layer(step("second"))
    };
    let router = router(trail.handler().layer(layers(&trail)));
    assert_eq!(ask(&router, "/api/x").await.status, 200);
    assert_eq!(trail.take(), ["first", "second", "handler"]);
}

#[tokio::test]
async fn a_layer_that_answers_early_spares_what_is_further_in() {
    let trail = Trail::default();
    let closed = from_fn(async |request: Request, next: Next| {
        if request.headers().contains_key(header::AUTHORIZATION) {
            Ok(next.run(request).await)
        } else {
            Err(StatusCode::UNAUTHORIZED)
        }
    });
    let router = router(
        trail
            .handler()
            .layer(trail.layer("inner"))
            .layer(closed)
            .layer(trail.layer("outer")),
    );

    assert_eq!(ask(&router, "/api/x").await.status, 401);
    assert_eq!(trail.take(), ["outer in", "outer out"]);

    let mut request = request("GET", "/api/x");
    request
        .headers_mut()
        .insert(header::AUTHORIZATION, "x".parse().unwrap());
    assert_eq!(send(&router, request).await.status, 200);
    assert_eq!(trail.take().len(), 5);
}

#[tokio::test]
async fn layers_wrap_their_route_alone_and_only_what_matches_it() {
    let trail = Trail::default();
    let router = FsRouter::builder()
        .mount("/api")
        .route("x", get(hello).layer(trail.layer("x")))
        .route("y", get(hello).layer(trail.layer("y")))
        .route("posts/[id]", get(hello).layer(trail.layer("id")))
        .build()
        .unwrap();
    assert_eq!(ask(&router, "/api/x").await.status, 200);
    assert_eq!(trail.take(), ["x in", "x out"]);
    for (path, status) in [
        ("/api/nothing", 404),
        ("/api/x/", 308),
        ("/api/posts/%zz", 400),
    ] {
        assert_eq!(ask(&router, path).await.status, status, "{path}");
        assert_eq!(trail.take(), [""; 0], "{path}");
    }
}

#[tokio::test]
async fn layers_see_methods_without_a_handler() {
    let trail = Trail::default();
    let router = router(get(hello).layer(trail.layer("x")));
    for (method, status) in [("HEAD", 200), ("OPTIONS", 204), ("DELETE", 405)] {
        let answer = send(&router, request(method, "/api/x")).await;
        assert_eq!(answer.status, status, "{method}");
        assert_eq!(trail.take(), ["x in", "x out"], "{method}");
    }
}

#[tokio::test]
async fn extensions_of_a_layer_reach_every_shape_of_handler() {
    #[derive(Clone)]
    struct User(&'static str);

    async fn extractor(Extension(user): Extension<User>) -> &'static str {
        user.0
    }
    async fn next_shape(req: ApiRequest, res: ApiResponse) -> ApiResponse {
        let user = req.extensions().get::<User>();
        res.send(user.map_or("nobody", |user| user.0))
    }
    async fn both(
        Extension(user): Extension<User>,
        req: ApiRequest,
        res: ApiResponse,
    ) -> ApiResponse {
        res.send(format!("{} {}", user.0, req.url()))
    }

    let user = || {
        from_fn(async |mut request: Request, next: Next| {
            request.extensions_mut().insert(User("Ada"));
            next.run(request).await
        })
    };
    let router = FsRouter::builder()
        .route("extractor", get(extractor).layer(user()))
        .route("next", any(next_shape).layer(user()))
        .route("both", any(both).layer(user()))
        .route("none", any(next_shape))
        .build()
        .unwrap();
    let cases = [
        ("/extractor", 200, "Ada"),
        ("/next", 200, "Ada"),
        ("/both?a=1", 200, "Ada /both?a=1"),
        ("/none", 200, "nobody"),
    ];
    expect(&router, &cases).await;
}

#[tokio::test]
async fn layers_see_the_route_and_its_parameters() {
    let named = from_fn(
        async |Extension(route): Extension<MatchedRoute>, request: Request, next: Next| {
            let mut response = next.run(request).await;
            let text = format!("{} {:?}", route.pattern(), route.param("id"));
            response
                .headers_mut()
                .insert("x-route", text.parse().unwrap());
            response
        },
    );
    let router = FsRouter::builder()
        .mount("/api")
        .route("posts/[id]", get(hello).layer(named))
        .build()
        .unwrap();
    let answer = ask(&router, "/api/posts/a%20b").await;
    assert_eq!(
        answer.header("x-route"),
        Some(r#"/api/posts/[id] Some("a b")"#)
    );
}

#[tokio::test]
async fn a_layer_that_drops_the_extensions_gets_500() {
    let fresh = tower::util::MapRequestLayer::new(|_: Request| Request::new(Body::empty()));
    let router = router(get(hello).layer(fresh));
    expect(&router, &[("/api/x", 500, INTERNAL)]).await;
}

#[tokio::test]
async fn h78_a_layer_that_fails_is_500_and_leaks_nothing() {
    #[derive(Clone)]
    struct NeverReady;

    impl Service<Request> for NeverReady {
        type Response = Response;
        type Error = BoxError;
        type Future = std::future::Pending<Result<Response, BoxError>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
            Poll::Ready(Err("secret: not ready".into()))
        }

        fn call(&mut self, _: Request) -> Self::Future {
            std::future::pending()
        }
    }

    async fn slow() -> &'static str {
        tokio::time::sleep(Duration::from_secs(60)).await;
        "done"
    }

    let failing = tower::layer::layer_fn(|_: RouteService| {
        service_fn(async |_: Request| Err::<Response, BoxError>("secret: /etc/passwd".into()))
    });
    let not_ready = tower::layer::layer_fn(|_: RouteService| NeverReady);
    let too_late = tower::timeout::TimeoutLayer::new(Duration::from_millis(1));
    let router = FsRouter::builder()
        .route("failing", get(hello).layer(failing))
        .route("not-ready", get(hello).layer(not_ready))
        .route("too-late", get(slow).layer(too_late))
        .build()
        .unwrap();
    let cases = [
        ("/failing", 500, INTERNAL),
        ("/not-ready", 500, INTERNAL),
        ("/too-late", 500, INTERNAL),
    ];
    expect(&router, &cases).await;
}

#[tokio::test]
async fn h74_a_panic_in_a_layer_is_500_and_leaks_nothing() {
    let at_once = tower::util::MapRequestLayer::new(|_: Request| -> Request {
        panic!("secret: at once");
    });
    let later = from_fn(async |request: Request, next: Next| -> Response {
        let _response = next.run(request).await;
        panic!("secret: later");
    });
    let outside = from_fn(async |request: Request, next: Next| next.run(request).await);
    let router = FsRouter::builder()
        .route("at-once", get(hello).layer(at_once))
        .route("later", get(hello).layer(later).layer(outside))
        .route("sound", get(hello))
        .build()
        .unwrap();
    let cases = [
        ("/at-once", 500, INTERNAL),
        ("/later", 500, INTERNAL),
        ("/sound", 200, "hello"),
        ("/at-once", 500, INTERNAL),
    ];
    expect(&router, &cases).await;
}

#[tokio::test]
async fn an_error_of_a_layer_is_written_as_all_errors_of_the_router() {
    let refusing = from_fn(async |_: Request, _: Next| {
        Err::<Response, _>(ApiError::new(StatusCode::FORBIDDEN, "not for you"))
    });
    let failing = tower::layer::layer_fn(|_: RouteService| {
        service_fn(async |_: Request| Err::<Response, BoxError>("secret".into()))
    });
    let router = FsRouter::builder()
        .options(RouterOptions::new().error_format(ErrorFormat::Json))
        .route("refused", get(hello).layer(refusing))
        .route("failed", get(hello).layer(failing))
        .build()
        .unwrap();
    for (path, status, message) in [("/refused", 403, "not for you"), ("/failed", 500, INTERNAL)] {
        let answer = ask(&router, path).await;
        assert_eq!(answer.status, status, "{path}");
        let error = serde_json::json!({ "status": status, "message": message });
        let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(body, serde_json::json!({ "error": error }), "{path}");
    }
}

/// The headers of a request from a page of another origin.
fn from_origin(mut request: http::Request<Body>) -> http::Request<Body> {
    let headers = request.headers_mut();
    headers.insert(header::ORIGIN, "https://a.example".parse().unwrap());
    request
}

#[tokio::test]
async fn h59_answers_to_all_failures_carry_the_headers_of_cors() {
    async fn missing() -> ApiError {
        ApiError::not_found("no such post")
    }
    async fn panics() -> &'static str {
        panic!("secret")
    }
    async fn text(req: ApiRequest) -> Result<String, ApiError> {
        Ok(req.text().await?.into_owned())
    }
    let cors = || {
        let cors = CorsLayer::new().origin(["https://a.example"]);
        cors.build().unwrap()
    };
    let router = FsRouter::builder()
        .route("missing", get(missing).layer(cors()))
        .route("panics", get(panics).layer(cors()))
        .route(
            "small",
            post(text)
                .config(ApiConfig::new().body_limit("4b"))
                .layer(cors()),
        )
        .route("plain", get(missing))
        .build()
        .unwrap();
    let with_body = |uri: &str, body: &'static str, length: Option<&str>| {
        let mut request = http::Request::post(uri).body(Body::from(body)).unwrap();
        if let Some(length) = length {
            let length = length.parse().unwrap();
            request.headers_mut().insert(header::CONTENT_LENGTH, length);
        }
        request
    };
    for (request, status) in [
        (request("GET", "/missing"), 404),
        (request("DELETE", "/missing"), 405),
        (request("GET", "/panics"), 500),
        // Announced, and found out when it is read.
        (with_body("/small", "too long", Some("8")), 413),
        (with_body("/small", "too long", None), 413),
        (with_body("/small", "good", None), 200),
    ] {
        let uri = request.uri().clone();
        let answer = send(&router, from_origin(request)).await;
        assert_eq!(answer.status, status, "{uri}");
        let origin = answer.header("access-control-allow-origin");
        assert_eq!(origin, Some("https://a.example"), "{uri}");
        assert_eq!(answer.header("vary"), Some("Origin"), "{uri}");
    }
    let answer = send(&router, from_origin(request("GET", "/plain"))).await;
    assert_eq!(answer.header("access-control-allow-origin"), None);
    assert_eq!(answer.header("vary"), None);
}

/// A body that is announced, and never comes.
fn announced(method: &str, length: &str) -> http::Request<Body> {
    let never = futures_util::stream::pending::<Result<bytes::Bytes, BoxError>>();
    http::Request::builder()
        .method(method)
        .uri("/api/x")
        .header(header::ORIGIN, "https://a.example")
        .header(header::CONTENT_LENGTH, length)
        .body(Body::from_stream(never))
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn every_layer_sees_every_answer_of_what_it_wraps() {
    async fn text(req: ApiRequest) -> Result<String, ApiError> {
        Ok(req.text().await?.into_owned())
    }
    let trail = Trail::default();
    let cors = CorsLayer::new().origin(["https://a.example"]);
    let auth = from_fn(async |request: Request, next: Next| {
        if request.headers().contains_key(header::AUTHORIZATION) {
            Ok(next.run(request).await)
        } else {
            Err(StatusCode::UNAUTHORIZED)
        }
    });
    let plain = |trail: &Trail| {
        post(text)
            .layer(trail.layer("inner"))
            .layer(cors.clone().build().unwrap())
            .layer(trail.layer("outer"))
    };
    let seen = ["outer in", "inner in", "inner out", "outer out"];
    let open = router(plain(&trail));
    for (method, length, status) in [
        // Refused by its length, for its pause, for its method, and not at all.
        ("POST", "9999999", 413),
        ("POST", "5", 408),
        ("DELETE", "5", 405),
        ("OPTIONS", "5", 204),
    ] {
        let answer = send(&open, announced(method, length)).await;
        assert_eq!(answer.status, status, "{method} {length}");
        let origin = answer.header("access-control-allow-origin");
        assert_eq!(origin, Some("https://a.example"), "{method} {length}");
        assert_eq!(answer.header("vary"), Some("Origin"), "{method} {length}");
        assert_eq!(trail.take(), seen, "{method} {length}");
    }
    let mut preflight = announced("OPTIONS", "9999999");
    preflight
        .headers_mut()
        .insert("access-control-request-method", "POST".parse().unwrap());
    let answer = send(&open, preflight).await;
    assert_eq!(answer.status, 204);
    let allowed = answer.header("access-control-allow-methods");
    assert!(allowed.is_some(), "{:?}", answer.headers);
    assert_eq!(trail.take(), ["outer in", "outer out"]);

    let closed = router(plain(&trail).layer(trail.layer("outermost")));
    send(&closed, announced("POST", "9999999")).await;
    assert_eq!(trail.take().len(), 6);
    let closed = router(post(text).layer(auth).layer(cors.build().unwrap()));
    for length in ["5", "9999999"] {
        let answer = send(&closed, announced("POST", length)).await;
        assert_eq!(answer.status, 401, "{length}");
        assert_eq!(answer.header("vary"), Some("Origin"), "{length}");
    }
}

#[tokio::test]
async fn the_limit_counts_the_body_that_reaches_the_handler() {
    let shorter = || {
        tower::util::MapRequestLayer::new(|request: Request| {
            let (mut parts, _) = request.into_parts();
            parts.headers.remove(header::CONTENT_LENGTH);
            Request::from_parts(parts, Body::from("short"))
        })
    };
    let passes = || from_fn(async |request: Request, next: Next| next.run(request).await);
    let longer = || {
        tower::util::MapRequestLayer::new(|request: Request| {
            request.map(|_| Body::from("longer than allowed"))
        })
    };
    async fn text(req: ApiRequest) -> Result<String, ApiError> {
        Ok(req.text().await?.into_owned())
    }
    let small = || post(text).config(ApiConfig::new().body_limit("10b"));
    for (route, status, body) in [
        (small().layer(shorter()).layer(passes()), 200, "short"),
        (small().layer(passes()).layer(shorter()), 200, "short"),
        (
            small().layer(longer()).layer(passes()),
            413,
            "Body exceeded 10b limit",
        ),
    ] {
        let answer = send(
            &router(route),
            encoded(&[(header::CONTENT_LENGTH, "99")], vec![b'a'; 99]),
        )
        .await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (status, body)
        );
    }
}

#[tokio::test]
async fn h63_a_preflight_does_not_run_the_handler() {
    let trail = Trail::default();
    let router = router(trail.handler().layer(CorsLayer::new()));
    let mut preflight = from_origin(request("OPTIONS", "/api/x"));
    preflight
        .headers_mut()
        .insert("access-control-request-method", "PUT".parse().unwrap());
    let answer = send(&router, preflight).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (204, ""));
    assert_eq!(trail.take(), [""; 0]);
    // Without the headers of a preflight it is an `OPTIONS` like any other.
    let answer = send(&router, request("OPTIONS", "/api/x")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(trail.take(), ["handler"]);
}

#[tokio::test]
async fn a_deadline_answers_and_drops_the_handler() {
    struct Dropped(Arc<AtomicUsize>);

    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    let dropped = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&dropped);
    let slow = move || {
        let guard = Dropped(Arc::clone(&counter));
        async move {
            std::future::pending::<()>().await;
            drop(guard);
        }
    };
    let deadline =
        TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_millis(10));
    let router = router(any(slow).layer(deadline));
    let answer = ask(&router, "/api/x").await;
    assert_eq!(answer.status, 503);
    assert_eq!(dropped.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn errors_of_tower_are_answered_by_handle_error() {
    async fn overloaded(error: BoxError) -> (StatusCode, String) {
        (StatusCode::SERVICE_UNAVAILABLE, error.to_string())
    }

    let (entered, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (begins, ends) = (Arc::clone(&entered), Arc::clone(&leave));
    let waits = move || {
        let (begins, ends) = (Arc::clone(&begins), Arc::clone(&ends));
        async move {
            begins.notify_one();
            ends.notified().await;
            "done"
        }
    };
    let shed = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(overloaded))
        .layer(LoadShedLayer::new())
        .layer(GlobalConcurrencyLimitLayer::new(1));
    let router = router(get(waits).layer(shed));

    let first = tokio::spawn({
        let router = router.clone();
        async move { ask(&router, "/api/x").await }
    });
    entered.notified().await;
    let second = ask(&router, "/api/x").await;
    assert_eq!(
        (second.status.as_u16(), second.body.as_str()),
        (503, "service overloaded")
    );

    leave.notify_one();
    assert_eq!(first.await.unwrap().body, "done");
    leave.notify_one();
    assert_eq!(ask(&router, "/api/x").await.body, "done");
}

#[tokio::test]
async fn h77_a_layer_with_a_queue_is_ready_before_it_is_called() {
    let router = router(get(hello).layer(BufferLayer::new(2)));
    for _ in 0..5 {
        expect(&router, &[("/api/x", 200, "hello")]).await;
    }
}

/// A request with the encodings and the content of its body.
fn encoded(headers: &[(header::HeaderName, &str)], body: Vec<u8>) -> http::Request<Body> {
    let mut request = http::Request::post("/api/x")
        .body(Body::from(body))
        .unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    request
}

/// `text`, compressed by a layer around a handler.
async fn gzip(text: String) -> (HeaderMap, Vec<u8>) {
    let handler = move || {
        let text = text.clone();
        async move { text }
    };
    let router = router(get(handler).layer(CompressionLayer::new()));
    let mut request = request("GET", "/api/x");
    request
        .headers_mut()
        .insert(header::ACCEPT_ENCODING, "gzip".parse().unwrap());
    let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (parts.headers, bytes.to_vec())
}

#[tokio::test]
async fn a_layer_may_change_the_body_of_answers() {
    let text = "hello ".repeat(1000);
    let (headers, bytes) = gzip(text).await;
    assert_eq!(headers[header::CONTENT_ENCODING], "gzip");
    assert_eq!(headers[header::VARY], "accept-encoding");
    assert!(!headers.contains_key(header::CONTENT_LENGTH));
    assert!(bytes.starts_with(&[0x1f, 0x8b]));
    assert!(bytes.len() < 200);
}

async fn length(req: ApiRequest) -> Result<String, ApiError> {
    Ok(req.bytes().await?.len().to_string())
}

#[tokio::test]
async fn a_layer_may_change_the_body_of_requests() {
    let (_, bytes) = gzip("hello ".repeat(1000)).await;
    let headers = [(header::CONTENT_ENCODING, "gzip")];

    let plain = router(post(length));
    let answer = send(&plain, encoded(&headers, bytes.clone())).await;
    assert_eq!(answer.status, 415);

    let inflating = router(post(length).layer(RequestDecompressionLayer::new()));
    let answer = send(&inflating, encoded(&headers, bytes)).await;
    assert_eq!(
        (answer.status.as_u16(), answer.body.as_str()),
        (200, "6000")
    );
}

#[tokio::test]
async fn h27_a_bomb_that_a_layer_inflates_stops_at_the_limit() {
    let (_, bomb) = gzip("0".repeat(16 << 20)).await;
    assert!(bomb.len() < 100_000, "{}", bomb.len());
    let router = router(post(length).layer(RequestDecompressionLayer::new()));
    let answer = send(
        &router,
        encoded(&[(header::CONTENT_ENCODING, "gzip")], bomb),
    )
    .await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn a_limit_of_tower_http_stands_beside_that_of_the_route() {
    let router = router(post(length).layer(RequestBodyLimitLayer::new(8)));
    for (body, length, status) in [
        ("12345678", None, 200),
        ("123456789", None, 413),
        ("123456789", Some("9"), 413),
    ] {
        let headers: Vec<_> = length
            .map(|length| (header::CONTENT_LENGTH, length))
            .into_iter()
            .collect();
        let answer = send(&router, encoded(&headers, body.into())).await;
        assert_eq!(answer.status, status, "{body} {length:?}");
    }
}

#[tokio::test]
async fn conditional_requests_and_head_pass_through_layers() {
    async fn tagged(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
        res.json(&"hello")
    }
    let marked = || {
        from_fn(async |request: Request, next: Next| {
            let mut response = next.run(request).await;
            response
                .headers_mut()
                .insert("x-layer", "passed".parse().unwrap());
            response
        })
    };
    let router = router(any(tagged).layer(marked()).layer(CorsLayer::new()));
    let first = ask(&router, "/api/x").await;
    assert_eq!(first.body, "\"hello\"");
    let tag = first.header("etag").unwrap().to_owned();

    let mut again = request("GET", "/api/x");
    again
        .headers_mut()
        .insert(header::IF_NONE_MATCH, tag.parse().unwrap());
    let again = send(&router, again).await;
    let head = send(&router, request("HEAD", "/api/x")).await;
    let answers: [(&Answer, u16); 2] = [(&again, 304), (&head, 200)];
    for (answer, status) in answers {
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (status, ""));
        assert_eq!(answer.header("etag"), Some(tag.as_str()), "{status}");
        assert_eq!(answer.header("x-layer"), Some("passed"), "{status}");
        let origin = answer.header("access-control-allow-origin");
        assert_eq!(origin, Some("*"), "{status}");
    }
    assert_eq!(head.header("content-length"), Some("7"));
}

#[test]
fn layers_are_listed_from_the_outermost_to_the_innermost() {
    let deadline = TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::ZERO);
    let router = router(get(hello).layer(CorsLayer::new()).layer(deadline));
    let listed = router.to_string();
    assert!(listed.contains("TimeoutLayer > CorsLayer"), "{listed}");
}

#[tokio::test]
async fn what_is_put_around_an_error_stays() {
    async fn refuse(_: Request, _: Next) -> Result<Response, ApiError> {
        Err(ApiError::new(StatusCode::UNAUTHORIZED, "no"))
    }
    let cors = || {
        let cors = CorsLayer::new().origin(["https://a.example"]);
        cors.build().unwrap()
    };
    for format in [ErrorFormat::Text, ErrorFormat::Json, ErrorFormat::Problem] {
        let stack = ServiceBuilder::new().layer(cors()).layer(from_fn(refuse));
        let router = FsRouter::builder()
            .options(RouterOptions::new().error_format(format))
            .route("stack", get(async || "").layer(stack))
            .route(
                "status",
                get(async || (StatusCode::IM_A_TEAPOT, ApiError::bad_request("no"))),
            )
            .route(
                "headers",
                get(async || ([("x-more", "1")], ApiError::bad_request("no"))),
            )
            .build()
            .unwrap();
        let answer = send(&router, from_origin(request("GET", "/stack"))).await;
        assert_eq!(answer.status, 401, "{format:?}");
        let origin = answer.header("access-control-allow-origin");
        assert_eq!(origin, Some("https://a.example"), "{format:?}");
        assert_eq!(answer.header("vary"), Some("Origin"), "{format:?}");
        assert!(answer.body.contains("no"), "{format:?}");
        assert_eq!(send(&router, request("GET", "/status")).await.status, 418);
        let answer = send(&router, request("GET", "/headers")).await;
        assert_eq!(answer.status, 400, "{format:?}");
        assert_eq!(answer.header("x-more"), Some("1"), "{format:?}");
        let json = answer.header("content-type").unwrap().contains("json");
        assert_eq!(json, format != ErrorFormat::Text);
    }
}

#[tokio::test]
async fn an_error_hook_may_answer_with_an_error() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let router = FsRouter::builder()
        .options(RouterOptions::new().on_error(move |error, _| {
            counter.fetch_add(1, Ordering::SeqCst);
            ApiError::new(error.status(), "replaced")
        }))
        .route(
            "x",
            get(async || ApiError::bad_request("no"))
                .layer(CorsLayer::new())
                .layer(CorsLayer::new()),
        )
        .build()
        .unwrap();
    let answer = send(&router, request("GET", "/x")).await;
    assert_eq!((answer.status.as_u16(), &*answer.body), (400, "replaced"));
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_body_parser_around_a_service_parses() {
    let service = || {
        tower::service_fn(async |request: Request| {
            let parsed = request.extensions().get::<tower_api_routes::ParsedBody>();
            let text = parsed.is_some().to_string();
            Ok::<_, std::convert::Infallible>(Response::new(Body::from(text)))
        })
    };
    let parser = || {
        let config = ApiConfig::new().body_limit("10b");
        tower_api_routes::BodyParserLayer::new().config(config)
    };
    let router = FsRouter::builder()
        .route(
            "inside",
            MethodRouter::new().service(parser().layer(service())),
        )
        .route(
            "around",
            MethodRouter::new().service(service()).layer(parser()),
        )
        .build()
        .unwrap();
    for path in ["/inside", "/around"] {
        let post = |body: &'static str| http::Request::post(path).body(Body::from(body)).unwrap();
        assert_eq!(send(&router, post("short")).await.body, "true", "{path}");
        assert_eq!(
            send(&router, post("much too long")).await.status,
            413,
            "{path}"
        );
    }
}
