//! The application: a route for each kind of traffic.

use std::{convert::Infallible, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt, runtime::Handle, sync::Barrier};
use tower_api_routes::{
    ApiConfig, ApiError, ApiRequest, ApiResponse, BodyValue, Form, FsRouter, Json, Multipart,
    response::Event,
    router::{FsRouterBuilder, any, get, post},
};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::BoxError;

/// The bytes of a stream to download: enough that a client can leave in the middle.
pub(crate) const DOWNLOAD: usize = 64 * 1024 * 1024;
/// The bytes of an answer for slow readers.
pub(crate) const LARGE: usize = 1024 * 1024;
/// How long `/api/stalls` waits for the next bytes of a body.
const IDLE: Duration = Duration::from_secs(1);
/// How long `/api/held` waits for the others.
const PATIENCE: Duration = Duration::from_secs(300);
/// How long `/api/slow` takes.
const SLOW: Duration = Duration::from_secs(1);

#[derive(Debug, Serialize, Deserialize)]
struct Order {
    // In the order of their names, as untyped JSON comes back.
    customer: String,
    id: u64,
    items: Vec<(String, u32)>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Subscription {
    email: String,
    topic: Vec<String>,
}

/// The byte at this place of everything that is downloaded or uploaded.
pub(crate) fn byte_at(at: usize) -> u8 {
    // A prime, so that no part looks like another at a place that is off by a power of two.
    u8::try_from(at % 251).unwrap_or_default()
}

pub(crate) fn pattern(from: usize, length: usize) -> Bytes {
    (from..from + length).map(byte_at).collect()
}

async fn user(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.json(&json!({ "name": req.query().get("name") }))
}

/// With an entity tag.
async fn text(_: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.send("a text with an entity tag")
}

async fn order(Json(order): Json<Order>) -> Json<Order> {
    Json(order)
}

/// As text, whatever it is: what was parsed and not what was sent.
async fn body(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    Ok(res.json(req.body().await?.value()?))
}

/// The number of values: what is parsed is held and not sent back.
async fn count(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let values: Vec<serde_json::Value> = req.json().await?;
    Ok(res.json(&values.len()))
}

async fn form(Form(form): Form<Subscription>) -> Json<Subscription> {
    Json(form)
}

async fn fields(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let form: Vec<(String, String)> = req.form().await?;
    Ok(res.json(&form.len()))
}

async fn cookies(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.json(&req.cookies().iter().count())
}

async fn pairs(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.json(&req.query().iter().count())
}

/// Writes every field to a file of its own, which is gone with the answer.
async fn upload(directory: Arc<TempDir>, mut form: Multipart) -> Result<Json<[u64; 3]>, ApiError> {
    let (mut fields, mut bytes, mut sum) = (0_u64, 0_u64, 0_u64);
    while let Some(mut field) = form.next_field().await? {
        let mut file = None;
        fields += 1;
        while let Some(chunk) = field.chunk().await? {
            bytes += chunk.len() as u64;
            sum += chunk.iter().map(|&byte| u64::from(byte)).sum::<u64>();
            if file.is_none() {
                let (new, path) = tempfile::NamedTempFile::new_in(directory.path())?.into_parts();
                file = Some((tokio::fs::File::from_std(new), path));
            }
            if let Some((file, _)) = &mut file {
                file.write_all(&chunk).await?;
            }
        }
        if let Some((mut file, _)) = file {
            file.flush().await?;
        }
    }
    Ok(Json([fields, bytes, sum]))
}

async fn length(mut req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let mut length = 0;
    while let Some(chunk) = req.chunk().await? {
        length += chunk.len();
    }
    Ok(res.json(&length))
}

async fn download(_: ApiRequest, res: ApiResponse) -> ApiResponse {
    const FRAME: usize = 64 * 1024;
    let frames = (0..DOWNLOAD).step_by(FRAME);
    res.header("content-length", DOWNLOAD).stream(stream::iter(
        frames.map(|from| Ok::<_, Infallible>(pattern(from, FRAME))),
    ))
}

async fn large(_: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.send(pattern(0, LARGE))
}

async fn events(_: ApiRequest, res: ApiResponse) -> ApiResponse {
    let events = stream::unfold(0_u32, async |count| {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let event = Event::new(format!("event {count}"));
        Some((Ok::<_, Infallible>(event), count + 1))
    });
    res.sse(events, Duration::from_secs(15))
}

/// What only the process itself knows: how many tasks its runtime has, and how many bytes of its heap are in use.
async fn held(_: ApiRequest, res: ApiResponse) -> ApiResponse {
    let tasks = Handle::current().metrics().num_alive_tasks();
    res.json(&(tasks, crate::HEAP.allocated()))
}

async fn slow() -> &'static str {
    tokio::time::sleep(SLOW).await;
    "slow"
}

/// How many requests `/api/held` waits for.
const HELD: usize = 64;

/// What waits until as many others are there, as a handler does that waits for a database, say; or nothing.
type Together = Option<Arc<Barrier>>;

async fn wait(together: Together) -> Result<(), ApiError> {
    if let Some(barrier) = together {
        tokio::time::timeout(PATIENCE, barrier.wait()).await?;
    }
    Ok(())
}

/// How many parts a request has, which are all in memory.
async fn made(
    together: Together,
    req: ApiRequest,
    res: ApiResponse,
) -> Result<ApiResponse, ApiError> {
    let count = match req.param("kind").as_deref() {
        Some("body") => match req.body().await?.value()? {
            BodyValue::Json(value) => value.as_array().map_or(0, Vec::len),
            BodyValue::Form(form) => form.iter().count(),
            BodyValue::Text(text) => text.len(),
            _ => 0,
        },
        Some("query") => req.query().iter().count(),
        _ => req.cookies().iter().count(),
    };
    wait(together).await?;
    Ok(res.json(&count))
}

async fn parts(together: Together, mut form: Multipart) -> Result<Json<usize>, ApiError> {
    let mut parts = Vec::new();
    while let Some(field) = form.next_field().await? {
        parts.push((field.name().map(str::to_owned), field.bytes().await?));
    }
    wait(together).await?;
    Ok(Json(parts.len()))
}

/// Routes that make everything of a request that there is to make, and hold it or not.
fn hold(mut builder: FsRouterBuilder) -> FsRouterBuilder {
    let barrier = Arc::new(Barrier::new(HELD));
    let frugal = ApiConfig::new().json_memory_limit("1mb");
    for (name, together, config) in [
        ("made", None, ApiConfig::new()),
        ("held", Some(&barrier), ApiConfig::new()),
        ("frugal", Some(&barrier), frugal),
    ] {
        let together = together.cloned();
        let parts_together = together.clone();
        let made = move |req: ApiRequest, res: ApiResponse| made(together.clone(), req, res);
        let parts = move |form: Multipart| parts(parts_together.clone(), form);
        builder = builder
            .route(format!("{name}/[kind]"), any(made).config(config.clone()))
            .route(format!("{name}/parts"), post(parts).config(config));
    }
    builder
}

/// All routes.
pub(crate) fn router() -> Result<FsRouter, BoxError> {
    let directory = Arc::new(tempfile::tempdir()?);
    let stream = ApiConfig::new().body_parser(false).body_limit("100mb");
    let layer = SetResponseHeaderLayer::overriding(
        HeaderName::from_static("x-layer"),
        HeaderValue::from_static("1"),
    );
    let upload_to = move |form: Multipart| upload(Arc::clone(&directory), form);
    let router = FsRouter::builder()
        .mount("/api")
        .route("user", any(user))
        .route("layered", any(user).layer(layer))
        .route(
            "users/[id]",
            get(async |req: ApiRequest, res: ApiResponse| res.json(&req.param("id"))),
        )
        .route("text", get(text))
        .route("orders", post(order))
        .route("body", post(body))
        .route("count", post(count))
        .route("form", post(form))
        .route("fields", post(fields))
        .route("cookies", get(cookies))
        .route("pairs", get(pairs))
        .route(
            "small",
            post(body).config(ApiConfig::new().body_limit("10b")),
        )
        .route(
            "stalls",
            post(length).config(ApiConfig::new().body_idle_timeout(IDLE)),
        )
        .route("length", post(length))
        .route("upload", post(upload_to).config(stream))
        .route(
            "download",
            get(download).config(ApiConfig::new().no_response_limit()),
        )
        .route("large", get(large))
        .route("events", get(events))
        .route("slow", any(slow))
        .route("none", get(async || StatusCode::NO_CONTENT))
        .route(
            "panics",
            get(async || -> &'static str { panic!("as it should") }),
        )
        .route(
            "fails",
            get(async || -> Result<(), ApiError> {
                Err(std::io::Error::other("as it should").into())
            }),
        )
        .route("process", get(held));
    Ok(hold(router).build()?)
}
