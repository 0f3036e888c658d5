//! What goes wrong while the server runs: panics, clients that vanish, handlers that never end.

mod support;

use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::response::IntoResponse;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{HeaderName, HeaderValue, StatusCode, request::Parts};
use support::{
    get,
    logs::Logs,
    wire::{Answer, Client, exchange, serve, serve_everywhere},
};
use tokio::{runtime::Handle, sync::Notify, time::Instant};
use tower_api_routes::{
    ApiError, ApiRequest, ApiResponse, BoxError, ErrorContext, FsRouter, RouterOptions,
    response::Event,
    router::{MethodRouter, any, get as on_get, post},
};
use tower_http::{set_header::SetResponseHeaderLayer, timeout::TimeoutLayer};
use tracing::Level;

fn request(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")
}

/// A route with a layer around it, or not.
fn wrap(route: MethodRouter, layered: bool) -> MethodRouter {
    let (name, value) = (
        HeaderName::from_static("x-layer"),
        HeaderValue::from_static("1"),
    );
    match layered {
        true => route.layer(SetResponseHeaderLayer::overriding(name, value)),
        false => route,
    }
}

/// Serves `route` at `/x` everywhere, and under a layer.
async fn servers(route: impl Fn() -> MethodRouter) -> Vec<SocketAddr> {
    let router = |layered| {
        FsRouter::builder()
            .route("x", wrap(route(), layered))
            .route("x/[kind]", wrap(route(), layered))
            .route("well", on_get(async || "well"))
            .build()
            .unwrap()
    };
    let mut servers = serve_everywhere(router(false)).await.to_vec();
    servers.push(serve(router(true)).await);
    servers
}

fn assert_is_500(answer: &Answer, what: &str) {
    assert_eq!(answer.status(), 500, "{what}");
    assert_eq!(answer.reason(), "Internal Server Error", "{what}");
    assert_eq!(answer.body, "Internal Server Error", "{what}");
    assert!(!answer.head.contains("secret"), "{what}");
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("secret of a destructor");
        }
    }
}

/// What a panic carries, and panics when it is dropped, with another of its kind.
struct BadPayload(u8);

impl Drop for BadPayload {
    fn drop(&mut self) {
        if self.0 > 0 {
            std::panic::panic_any(BadPayload(self.0 - 1));
        }
    }
}

fn panic_badly() -> ! {
    std::panic::panic_any(BadPayload(3))
}

/// Has its answer, and panics when it is dropped after that.
struct Holds(Option<ApiResponse>, Bomb);

impl Future for Holds {
    type Output = ApiResponse;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<ApiResponse> {
        Poll::Ready(self.0.take().unwrap())
    }
}

/// An extractor that panics.
struct BadExtractor;

impl<S: Sync> axum::extract::FromRequestParts<S> for BadExtractor {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        panic!("secret of an extractor")
    }
}

/// An error whose text panics.
#[derive(Debug)]
struct BadError;

impl std::fmt::Display for BadError {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        panic!("secret of an error")
    }
}

impl std::error::Error for BadError {}

struct BadAnswer;

impl IntoResponse for BadAnswer {
    fn into_response(self) -> axum::response::Response {
        panic!("secret of an answer")
    }
}

struct BadValue;

impl serde::Serialize for BadValue {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        panic!("secret of a value")
    }
}

static SHARED: Mutex<u32> = Mutex::new(0);

async fn panics(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let res = res.header("x-before", "1");
    match &*req.param("kind").unwrap_or_default() {
        "at-once" => panic!("secret"),
        "later" => {
            tokio::task::yield_now().await;
            panic!("secret {}", 1)
        }
        "no-text" => std::panic::panic_any(7),
        "payload" => panic_badly(),
        "payload-later" => {
            tokio::task::yield_now().await;
            panic_badly()
        }
        "destructor" => {
            let _bomb = Bomb;
            res.send("never sent")
        }
        "lock" => {
            let _guard = SHARED.lock().unwrap_or_else(|poisoned| {
                SHARED.clear_poison();
                poisoned.into_inner()
            });
            panic!("secret under a lock")
        }
        "value" => res.json(&BadValue),
        "body" => {
            let _body = req.body().await;
            panic!("secret after the body")
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn h74_a_panic_is_a_500_and_the_connection_goes_on() {
    for address in servers(|| any(panics)).await {
        let mut client = Client::connect(address).await;
        for kind in [
            "at-once",
            "later",
            "no-text",
            "payload",
            "payload-later",
            "destructor",
            "lock",
            "lock",
            "value",
            "body",
        ] {
            client.send(request(&format!("/x/{kind}"))).await;
            assert_is_500(&client.answer().await, kind);
            client.send(request("/well")).await;
            assert_eq!(client.answer().await.body, "well", "{kind}");
        }
    }
}

#[tokio::test]
async fn h74_panics_around_a_handler_are_500s() {
    type Make = fn() -> MethodRouter;
    fn before_its_future(_: ApiRequest, _: ApiResponse) -> std::future::Ready<ApiResponse> {
        panic!("secret before the future")
    }
    fn after_its_answer(_: ApiRequest, res: ApiResponse) -> Holds {
        Holds(Some(res), Bomb)
    }
    fn with_a_bad_payload(_: ApiRequest, _: ApiResponse) -> std::future::Ready<ApiResponse> {
        panic_badly()
    }
    let routes: [(&str, Make); 8] = [
        ("error", || {
            on_get(async || Err::<(), _>(ApiError::internal(BadError)))
        }),
        ("payload", || MethodRouter::new().any(with_a_bad_payload)),
        ("payload of a service", || {
            MethodRouter::new().service(tower::service_fn(
                |_| -> std::future::Ready<Result<String, Infallible>> { panic_badly() },
            ))
        }),
        ("before", || MethodRouter::new().any(before_its_future)),
        ("after", || MethodRouter::new().any(after_its_answer)),
        ("extractor", || on_get(async |_: BadExtractor| "")),
        ("answer", || on_get(async || BadAnswer)),
        ("service", || {
            MethodRouter::new().service(tower::service_fn(
                |_| -> std::future::Ready<Result<String, Infallible>> { panic!("secret") },
            ))
        }),
    ];
    for (name, route) in routes {
        for address in servers(route).await {
            let (logs, _guard) = Logs::capture();
            assert_is_500(&exchange(address, request("/x")).await, name);
            let errors = logs.of(Level::ERROR);
            assert_eq!(errors.len(), 1, "{errors:?}");
            let text = if name.starts_with("payload") {
                "no message"
            } else {
                "secret"
            };
            assert!(
                errors[0].contains(&format!("the handler panicked: {text}")),
                "{errors:?}"
            );
        }
    }
}

#[tokio::test]
async fn h74_a_panic_in_the_error_hook_leaves_the_plain_answer() {
    for hook in [|| panic!("secret"), || panic_badly()] as [fn() -> String; 2] {
        let router = FsRouter::builder()
            .route(
                "x",
                on_get(async || Err::<(), _>(ApiError::bad_request("no"))),
            )
            .options(
                RouterOptions::new().on_error(move |_: &ApiError, _: &ErrorContext<'_>| hook()),
            )
            .build()
            .unwrap();
        let mut client = Client::connect(serve(router).await).await;
        for (path, status, body) in [("/x", 400, "no"), ("/nowhere", 404, "Not Found")] {
            client.send(request(path)).await;
            let answer = client.answer().await;
            assert_eq!((answer.status(), &*answer.body), (status, body));
        }
    }
}

/// A body that ends badly after its first frame, when the client has that.
fn broken_body(res: ApiResponse, kind: &str, arrived: Arc<Notify>) -> ApiResponse {
    let fails = |fail: fn() -> Result<Bytes, BoxError>| {
        let first = stream::iter([Ok::<_, BoxError>(Bytes::from_static(b"first"))]);
        first.chain(stream::once(async move {
            arrived.notified().await;
            fail()
        }))
    };
    match kind {
        "panic" => res.stream(fails(|| panic!("secret"))),
        "payload" => res.stream(fails(|| panic_badly())),
        "destructor" => {
            let bomb = Bomb;
            res.stream(fails(|| panic!("secret")).inspect(move |_| {
                let _ = &bomb;
            }))
        }
        "error" => res.stream(fails(|| Err("secret".into()))),
        "panic-sized" => res
            .header("content-length", "100")
            .stream(fails(|| panic!("secret"))),
        "short" => res
            .header("content-length", "100")
            .stream(fails(|| Ok(Bytes::new()))),
        kind => panic!("{kind}"),
    }
}

#[tokio::test]
async fn h74_a_body_that_breaks_off_does_not_end_cleanly() {
    let arrived = Arc::new(Notify::new());
    let route = || {
        let arrived = arrived.clone();
        any(move |req: ApiRequest, res: ApiResponse| {
            let kind = req.param("kind").unwrap_or_default();
            let body = broken_body(res, &kind, arrived.clone());
            async move { body }
        })
    };
    for address in servers(route).await {
        let mut other = Client::connect(address).await;
        other.send(request("/well")).await;
        assert_eq!(other.answer().await.body, "well");
        for kind in [
            "panic",
            "payload",
            "destructor",
            "error",
            "panic-sized",
            "short",
        ] {
            let mut client = Client::connect(address).await;
            client.send(request(&format!("/x/{kind}"))).await;
            client.send(request("/well")).await;
            let sent = client.read_until(b"first").await.unwrap();
            arrived.notify_one();
            let all = sent + &client.rest().await;
            assert!(all.starts_with("HTTP/1.1 200 OK\r\n"), "{kind}: {all}");
            let (_, body) = all.split_once("\r\n\r\n").unwrap();
            // No end of the chunks, and nothing that could pass for the rest of the body.
            let expected = match kind {
                "panic" | "payload" | "destructor" | "error" => "5\r\nfirst\r\n",
                _ => "first",
            };
            assert_eq!(body, expected, "{kind}");
            other.send(request("/well")).await;
            assert_eq!(other.answer().await.body, "well", "{kind}");
        }
    }
}

#[tokio::test]
async fn h74_a_body_that_panics_in_its_destructor_is_sent_all_the_same() {
    let route = || {
        any(async |req: ApiRequest, res: ApiResponse| {
            let bomb = Bomb;
            let status = if req.param("kind").is_some() {
                204
            } else {
                200
            };
            res.status(status)
                .stream(
                    stream::iter([Ok::<_, Infallible>("first")]).inspect(move |_| {
                        let _ = &bomb;
                    }),
                )
        })
    };
    for address in servers(route).await {
        let mut client = Client::connect(address).await;
        client.send(request("/x")).await;
        assert_eq!(client.answer().await.body, "first");
        client.send(request("/well")).await;
        assert_eq!(client.answer().await.body, "well");
        // What is not sent at all.
        client.send(request("/x").replace("GET", "HEAD")).await;
        assert_eq!(client.answer_to("HEAD").await.status(), 200);
        client.send(request("/x/unsent")).await;
        assert_eq!(client.answer().await.status(), 204);
        client.send(request("/well")).await;
        assert_eq!(client.answer().await.body, "well");
    }
}

/// Counts the handlers that run.
#[derive(Clone, Default)]
struct Running(Arc<AtomicUsize>);

impl Running {
    fn enter(&self) -> impl Drop + Send + use<> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Leave(self.0.clone())
    }

    async fn reach(&self, count: usize) {
        let now = || self.0.load(Ordering::SeqCst);
        wait_until(|| now() == count, &|| format!("{} are running", now())).await;
    }
}

struct Leave(Arc<AtomicUsize>);

impl Drop for Leave {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn wait_until(done: impl Fn() -> bool, what: &dyn Fn() -> String) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while !done() {
        assert!(Instant::now() < deadline, "{}", what());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

async fn tasks_reach(count: usize) {
    let now = || Handle::current().metrics().num_alive_tasks();
    wait_until(|| now() <= count, &|| format!("{} tasks", now())).await;
}

fn slow_router(running: &Running) -> FsRouter {
    let (waits, reads) = (running.clone(), running.clone());
    let (streams, events) = (running.clone(), running.clone());
    FsRouter::builder()
        .route(
            "waits",
            any(move || {
                let running = waits.enter();
                async move {
                    std::future::pending::<()>().await;
                    drop(running);
                }
            }),
        )
        .route(
            "reads",
            post(move |req: ApiRequest, res: ApiResponse| {
                let running = reads.enter();
                async move {
                    let length = req.bytes().await.map(Bytes::len);
                    drop(running);
                    length.map(|length| res.send(length.to_string()))
                }
            }),
        )
        .route(
            "streams",
            on_get(move |_: ApiRequest, res: ApiResponse| {
                let running = streams.enter();
                let frames = stream::repeat(Bytes::from(vec![b'a'; 64 * 1024]));
                let frames = frames.map(move |frame| {
                    let _ = &running;
                    Ok::<_, Infallible>(frame)
                });
                async move { res.stream(frames) }
            }),
        )
        .route(
            "events",
            on_get(move |_: ApiRequest, res: ApiResponse| {
                let running = events.enter();
                let never = stream::pending::<Result<Event, Infallible>>().inspect(move |_| {
                    let _ = &running;
                });
                async move { res.sse(never, Duration::from_secs(15)) }
            }),
        )
        .route("well", on_get(async || "well"))
        .build()
        .unwrap()
}

#[tokio::test]
async fn h76_a_client_that_vanishes_leaves_nothing_behind() {
    const CLIENTS: usize = 100;
    let (logs, _guard) = Logs::capture();
    let running = Running::default();
    let router = slow_router(&running);
    for address in serve_everywhere(router).await {
        let baseline = Handle::current().metrics().num_alive_tasks();
        let stages = [
            ("within the head", "GET /waits HTTP/1.1\r\nHos", false),
            (
                "within the body",
                "POST /reads HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
                true,
            ),
            (
                "within a chunk",
                "POST /reads HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc",
                true,
            ),
            (
                "within a body over the limit",
                "POST /reads HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\nabc",
                false,
            ),
            (
                "within the handler",
                "GET /waits HTTP/1.1\r\nHost: a\r\n\r\n",
                true,
            ),
            (
                "within the answer",
                "GET /streams HTTP/1.1\r\nHost: a\r\n\r\n",
                true,
            ),
            (
                "within a stream of events that has none",
                "GET /events HTTP/1.1\r\nHost: a\r\n\r\n",
                true,
            ),
        ];
        for (stage, request, is_running) in stages {
            for resets in [true, false] {
                let mut clients = Vec::new();
                for _ in 0..CLIENTS {
                    let mut client = Client::connect(address).await;
                    client.send(request).await;
                    clients.push(client);
                }
                if is_running {
                    running.reach(CLIENTS).await;
                }
                for client in clients {
                    if resets {
                        client.reset();
                    }
                }
                let gone = Instant::now();
                running.reach(0).await;
                tasks_reach(baseline).await;
                let took = gone.elapsed();
                assert!(took < Duration::from_secs(1), "{stage}: {took:?}");
                let answer = exchange(address, self::request("/well")).await;
                assert_eq!(answer.body, "well", "{stage}");
            }
        }
        tasks_reach(baseline).await;
    }
    assert_eq!(logs.of(Level::ERROR), [""; 0]);
}

#[tokio::test]
async fn h78_a_handler_that_never_answers_meets_the_timeout_of_its_layer() {
    let running = Running::default();
    let counter = running.clone();
    let handler = move || {
        let running = counter.enter();
        async move {
            std::future::pending::<()>().await;
            drop(running);
        }
    };
    let short = Duration::from_millis(20);
    let polite = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, short);
    let router = FsRouter::builder()
        .route("status", any(handler.clone()).layer(polite))
        .route(
            "error",
            any(handler).layer(tower::timeout::TimeoutLayer::new(short)),
        )
        .build()
        .unwrap();
    assert_eq!(get(&router, "/status").await.status, 503);
    // The error of a layer is nothing for the client.
    let answer = get(&router, "/error").await;
    assert_eq!(answer.status, 500);
    assert_eq!(answer.body, "Internal Server Error");
    running.reach(0).await;
}
