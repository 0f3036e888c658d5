//! What a body costs in memory, counted by the allocator of the test.

use std::{
    collections::{BTreeMap, HashMap},
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::body::{Body, Bytes};
use http::{HeaderValue, Request, header};
use http_body::{Frame, SizeHint};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::{runtime::Runtime, sync::Barrier};
use tower::ServiceExt;
use tower_api_routes::{
    ApiConfig, ApiError, ApiRequest, ApiResponse, BodyParserLayer, EtagAlgorithm, FsRouter, Json,
    Params, ParsedBody, Query, RouterOptions,
    router::{MethodRouter, any},
};

const SIZE: usize = 8 * 1024 * 1024;
const FRAME: usize = 16 * 1024;
/// The most that a body may cost: a quarter more than itself, and 64 KiB.
const MOST: u64 = (SIZE + SIZE / 4 + 64 * 1024) as u64;

#[derive(Deserialize)]
struct Borrowed<'a> {
    data: &'a str,
}

async fn bytes(req: ApiRequest) -> Result<String, ApiError> {
    Ok(req.bytes().await?.len().to_string())
}

async fn text(req: ApiRequest) -> Result<String, ApiError> {
    Ok(req.text().await?.len().to_string())
}

async fn json(req: ApiRequest) -> Result<String, ApiError> {
    let value: Borrowed<'_> = req.json().await?;
    Ok((value.data.len() + r#"{"data":""}"#.len()).to_string())
}

/// A body that announces its length, as one with `Content-Length` does. Its frames cost nothing by
/// themselves.
struct Announced(&'static [u8]);

impl http_body::Body for Announced {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let (frame, rest) = self.0.split_at(FRAME.min(self.0.len()));
        self.0 = rest;
        Poll::Ready((!frame.is_empty()).then(|| Ok(Frame::data(Bytes::from_static(frame)))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.len() as u64)
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
}

/// The most bytes in use while the router answers.
fn peak(route: MethodRouter, content_type: &str, content: &'static [u8]) -> u64 {
    let config = ApiConfig::new().body_limit("8mb");
    let router = FsRouter::builder()
        .options(RouterOptions::new().config(config))
        .route("x", route)
        .build()
        .unwrap();
    let request = Request::post("/x")
        .header("content-type", content_type)
        .header("content-length", SIZE)
        .body(Announced(content))
        .unwrap();
    let runtime = runtime();
    let mut answer = None;
    let counted = allocation_counter::measure(|| {
        answer = Some(runtime.block_on(async {
            let response = router.oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            (
                parts.status,
                axum::body::to_bytes(Body::new(body), 64).await.unwrap(),
            )
        }));
    });
    let (status, answer) = answer.unwrap();
    assert_eq!(
        (status.as_u16(), &answer[..]),
        (200, SIZE.to_string().as_bytes())
    );
    counted.bytes_max
}

#[test]
fn h23_a_body_costs_little_more_than_itself() {
    let plain: &'static [u8] = Vec::leak(vec![b'a'; SIZE]);
    let mut object = br#"{"data":""#.to_vec();
    object.resize(SIZE - 2, b'a');
    object.extend(br#""}"#);
    let object: &'static [u8] = Vec::leak(object);
    for (what, peak) in [
        ("bytes", peak(any(bytes), "application/octet-stream", plain)),
        ("text", peak(any(text), "text/plain", plain)),
        ("typed JSON", peak(any(json), "application/json", object)),
    ] {
        println!("{what}: {peak} bytes for {SIZE}");
        assert!(peak <= MOST, "{what}: {peak} bytes");
    }
}

#[derive(Deserialize)]
struct Flat<T> {
    #[serde(flatten)]
    _values: T,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Untagged {
    Value(#[allow(dead_code, reason = "it is only held")] Value),
}

async fn body(req: ApiRequest) -> Result<(), ApiError> {
    req.body().await?.value().map(|_| ())
}

async fn value(_: ParsedBodyValue) {}

/// What the layer for any tower service leaves to a handler.
struct ParsedBodyValue;

impl<S: Sync> axum::extract::FromRequestParts<S> for ParsedBodyValue {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut http::request::Parts, _: &S) -> Result<Self, ApiError> {
        let parsed = parts.extensions.get::<ParsedBody>().unwrap();
        parsed.value().map(|_| Self)
    }
}

async fn extracted<T: DeserializeOwned>(_: Json<T>) {}

async fn of_request<T: DeserializeOwned>(req: ApiRequest) -> Result<(), ApiError> {
    req.json::<T>().await.map(drop)
}

/// Every way to an untyped value, of an object or a list, and whether serde buffers it or a map of
/// another crate than serde_json is around it.
fn ways(is_object: bool) -> Vec<(&'static str, bool, MethodRouter)> {
    type Map = BTreeMap<String, Value>;
    let layer = BodyParserLayer::new().config(CONFIG);
    let mut ways = vec![
        ("req.body()", false, any(body)),
        ("ParsedBody", false, any(value).layer(layer)),
        ("Json<Value>", false, any(extracted::<Value>)),
        (
            "Json<Option<Value>>",
            false,
            any(extracted::<Option<Value>>),
        ),
        ("req.json::<Value>()", false, any(of_request::<Value>)),
        ("untagged", true, any(extracted::<Untagged>)),
    ];
    if is_object {
        ways.extend([
            ("flat Value", true, any(extracted::<Flat<Value>>)),
            (
                "flat map",
                true,
                any(extracted::<Flat<HashMap<String, Value>>>),
            ),
            ("flat option", true, any(of_request::<Flat<Option<Map>>>)),
            ("map", true, any(of_request::<Map>)),
        ]);
    } else {
        ways.extend([
            ("list", false, any(extracted::<Vec<Value>>)),
            ("maps", true, any(extracted::<Vec<Map>>)),
            ("flat maps", true, any(extracted::<Vec<Flat<Map>>>)),
        ]);
    }
    ways
}

const JSON_MEMORY: usize = 256 * 1024;
const CONFIG: ApiConfig = ApiConfig::new().json_memory_limit("256kb");

/// The name of a shape, whether it is an object, and its text of so many parts.
type Shape = (&'static str, bool, fn(usize) -> String);

/// Texts made for much memory from few bytes.
fn shapes() -> Vec<Shape> {
    fn list(part: &str, parts: usize) -> String {
        format!("[{}]", vec![part; parts].join(","))
    }
    fn object(parts: usize, member: impl Fn(usize) -> String) -> String {
        format!(
            "{{{}}}",
            (0..parts).map(member).collect::<Vec<_>>().join(",")
        )
    }
    vec![
        ("objects", false, |n| list(r#"{"":0}"#, n)),
        ("objects of three", false, |n| {
            list(r#"{"a":0,"b":0,"c":0}"#, n)
        }),
        ("objects of twelve", false, |n| {
            list(&object(12, |at| format!("\"{at}\":0")), n)
        }),
        ("deep objects", false, |n| {
            list(&format!("{}0{}", r#"{"":"#.repeat(100), "}".repeat(100)), n)
        }),
        ("one object, in order", true, |n| {
            object(n, |at| format!("\"{at:06}\":0"))
        }),
        ("one object, scattered", true, |n| {
            object(n, |at| format!("\"{}\":0", at * 7919 % 100_003))
        }),
        ("an object of objects", true, |n| {
            object(n, |at| format!("\"{at}\":{{\"\":0}}"))
        }),
        ("an object of lists", true, |n| {
            object(n, |at| format!("\"{at}\":[[0]]"))
        }),
        ("an object of texts", true, |n| {
            object(n, |at| format!("\"{at}\":\"a\""))
        }),
    ]
}

/// The status of the answer to `text`, and the most bytes in use meanwhile, without the text.
fn measure(runtime: &Runtime, router: &FsRouter, text: String) -> (u16, u64) {
    let request = Request::post("/x")
        .header("content-type", "application/json")
        .body(Body::from(text))
        .unwrap();
    let mut status = 0;
    let counted = allocation_counter::measure(|| {
        let response = runtime.block_on(router.clone().oneshot(request)).unwrap();
        status = response.status().as_u16();
    });
    (status, counted.bytes_max)
}

#[test]
fn h29_untyped_json_takes_no_more_memory_than_its_limit() {
    let runtime = runtime();
    for (shape, is_object, text) in shapes() {
        for (way, buffers, route) in ways(is_object) {
            let router = FsRouter::builder()
                .options(RouterOptions::new().config(CONFIG))
                .route("x", route)
                .build()
                .unwrap();
            // What serde buffers is there beside what becomes of it.
            let most = JSON_MEMORY * if buffers { 2 } else { 1 } + JSON_MEMORY / 8;
            // The most parts that are taken, nearly.
            let (mut few, mut many) = (1_usize, 2048);
            let mut peak = 0;
            while few + few / 32 + 1 < many {
                let parts = few.midpoint(many);
                let (status, bytes) = measure(&runtime, &router, text(parts));
                assert!(bytes <= most as u64, "{way}, {shape}: {bytes}");
                match status {
                    200 => (few, peak) = (parts, bytes),
                    status => {
                        assert_eq!(status, 413, "{way}, {shape}");
                        many = parts;
                    }
                }
            }
            println!("{way}, {shape}: {few} parts, {peak} bytes");
            // Nor is much less refused.
            assert!(
                many < 2048 && peak >= (JSON_MEMORY / 3) as u64,
                "{way}, {shape}: {peak}"
            );
        }
    }
}

#[test]
fn typed_json_is_not_limited_by_memory() {
    let router = FsRouter::builder()
        .options(RouterOptions::new().config(ApiConfig::new().json_memory_limit("0")))
        .route(
            "x",
            any(extracted::<Vec<(u8, HashMap<String, Option<String>>)>>),
        )
        .build()
        .unwrap();
    let text = format!("[{}]", vec![r#"[7,{"a":"b"}]"#; 50_000].join(","));
    assert_eq!(measure(&runtime(), &router, text).0, 200);
}

/// 64 clients whose values are held all at once, by default.
#[test]
fn h29_many_clients_hold_a_bounded_memory() {
    const CLIENTS: usize = 64;
    let list = |part: &str, parts: usize| format!("[{}]", vec![part; parts].join(","));
    let texts = [
        // 350 kB of 99,980 values, by different routes to much memory.
        (413, list(r#"{"":0}"#, 49_990)),
        (200, list("{}", 60_000)),
        (200, list(r#"{"":0}"#, 10_000)),
    ];
    for (expected, text) in texts {
        let held = Arc::new(Barrier::new(CLIENTS));
        let hold = move |req: ApiRequest| {
            let held = held.clone();
            async move {
                req.body().await?.value()?;
                held.wait().await;
                Ok::<_, ApiError>(())
            }
        };
        let router = FsRouter::builder().route("x", any(hold)).build().unwrap();
        let counted = allocation_counter::measure(|| {
            let runtime = runtime();
            runtime.block_on(async {
                let mut clients = tokio::task::JoinSet::new();
                for _ in 0..CLIENTS {
                    let request = Request::post("/x")
                        .header("content-type", "application/json")
                        .body(Body::from(text.clone()))
                        .unwrap();
                    clients.spawn(router.clone().oneshot(request));
                }
                while let Some(response) = clients.join_next().await {
                    assert_eq!(response.unwrap().unwrap().status(), expected);
                }
            });
        });
        println!("{expected}: {} bytes", counted.bytes_max);
        assert!(counted.bytes_max < 600_000_000, "{}", counted.bytes_max);
        assert!(
            counted.bytes_current < 1_000_000,
            "{}",
            counted.bytes_current
        );
    }
}

/// The allocations of the answer to `uri`, of a route that takes `pattern`.
fn allocations(pattern: &str, uri: &str, route: MethodRouter) -> u64 {
    let runtime = runtime();
    let router = FsRouter::builder().route(pattern, route).build().unwrap();
    let request = || Request::get(uri).body(Body::empty()).unwrap();
    let answer = |request| runtime.block_on(router.clone().oneshot(request)).unwrap();
    assert_eq!(answer(request()).status(), 200);
    let mut requests = Some(request());
    allocation_counter::measure(|| drop(answer(requests.take().unwrap()))).count_total
}

#[test]
fn extractors_and_texts_take_no_more_allocations_than_req_and_res() {
    #[derive(Deserialize)]
    struct Search {
        title: String,
    }
    fn send(res: ApiResponse, text: String) -> ApiResponse {
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        let res = res.header(header::CONTENT_TYPE, plain);
        res.etag(EtagAlgorithm::Off).send(text)
    }
    let params = any(async |Params(id): Params<String>| id);
    let req = any(async |req: ApiRequest, res: ApiResponse| {
        let id = req.params()?;
        Ok::<_, ApiError>(send(res, id))
    });
    let (params, req) = (
        allocations("x/[id]", "/x/1", params),
        allocations("x/[id]", "/x/1", req),
    );
    assert!(params <= req, "{params} {req}");

    let query = any(async |Query(search): Query<Search>| Ok::<_, ApiError>(search.title));
    let req = any(async |req: ApiRequest, res: ApiResponse| {
        let search: Search = req.query_as()?;
        Ok::<_, ApiError>(send(res, search.title))
    });
    let (query, req) = (
        allocations("x", "/x?title=a", query),
        allocations("x", "/x?title=a", req),
    );
    assert!(query <= req, "{query} {req}");
}
