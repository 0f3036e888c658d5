//! A whole router: any head of a request and any body, as values of the crate `http`, and as the bytes of a connection.

use std::{sync::LazyLock, time::Duration};

use axum::body::Body;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use serde::Deserialize;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower_api_routes::{
    ApiConfig, ApiError, ApiRequest, ApiResponse, Cookies, CorsLayer, ErrorFormat, Form, FsRouter,
    Json, MultiMap, Params, Query, RouterOptions,
    body::Multipart,
    preview::PreviewKeys,
    router::{TrailingSlash, any, get, post},
};

use super::{RUNTIME, answer};

#[derive(Debug, Deserialize)]
struct Person {
    name: String,
    age: Option<u8>,
    #[serde(default)]
    tags: Vec<String>,
}

fn show(person: &Person) -> String {
    format!("{} {:?} {:?}", person.name, person.age, person.tags)
}

async fn everything(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let cookies = req.cookies().len();
    let preview = req.draft_mode();
    let query = req.query().len();
    let body = req.body().await?;
    let value = body.value()?;
    Ok(res.json(&(cookies, preview, query, value)))
}

async fn upload(mut upload: Multipart) -> Result<String, ApiError> {
    let mut count = 0;
    while let Some(field) = upload.next_field().await? {
        count += field.bytes().await?.len();
    }
    Ok(count.to_string())
}

async fn to(Params(to): Params<Vec<String>>, res_query: Query<MultiMap>) -> ApiResponse {
    let target = format!("/{}", to.join("/"));
    ApiResponse::new()
        .set_cookie(("from", "here"))
        .redirect_local(target)
        .header("x-pairs", res_query.0.len())
}

fn keys() -> PreviewKeys {
    let key = "2".repeat(64);
    PreviewKeys::new(&key[..32], &key, &key).unwrap()
}

const SMALL: ApiConfig = ApiConfig::new().body_limit("64b").max_form_fields(4);

static ROUTERS: LazyLock<Vec<FsRouter>> = LazyLock::new(|| {
    let plain = RouterOptions::new().preview(keys());
    let other = RouterOptions::new()
        .trailing_slash(TrailingSlash::Require)
        .error_format(ErrorFormat::Problem)
        .max_segments(8);
    [plain, other]
        .map(|options| {
            FsRouter::builder()
                .mount("/api")
                .options(options)
                .route("", any(everything))
                .route(
                    "json",
                    post(async |Json(person): Json<Person>| show(&person)),
                )
                .route(
                    "value",
                    post(async |Json(value): Json<Value>| Json(value)).config(SMALL),
                )
                .route(
                    "form",
                    post(async |Form(person): Form<Person>| show(&person)).config(SMALL),
                )
                .route(
                    "query",
                    get(async |Query(person): Query<Person>| show(&person)),
                )
                .route(
                    "cookies",
                    get(async |cookies: Cookies| cookies.len().to_string()),
                )
                .route("upload", post(upload))
                .route("to/[...to]", any(to))
                .route("read/[id]", any(everything).layer(CorsLayer::new()))
                .route(
                    "unread",
                    any(async || "unread").config(ApiConfig::new().body_parser(false)),
                )
                .route(
                    "none/[[...rest]]",
                    any(async |_: ApiRequest, res: ApiResponse| res.status(204).end()),
                )
                .build()
                .unwrap()
        })
        .into()
});

/// No request makes the server fail, and none is answered in a way that only a handler could have chosen.
const STATUSES: [u16; 16] = [
    200, 204, 304, 307, 308, 400, 404, 405, 408, 411, 413, 414, 415, 417, 422, 431,
];

/// A head as in HTTP/1, without a version, and a body after the empty line.
pub(crate) fn request(bytes: &[u8]) {
    let Some(request) = parse(bytes) else { return };
    for router in &*ROUTERS {
        let (parts, body) = request.clone().into_parts();
        let context = format!("{parts:?}");
        let head = parts.method == Method::HEAD;
        let response = answer(router, Request::from_parts(parts, Body::from(body)));
        check(&response, head, &context);
    }
}

fn parse(bytes: &[u8]) -> Option<Request<Vec<u8>>> {
    let end = bytes.windows(2).position(|it| it == b"\n\n");
    let (head, body) = bytes.split_at(end.unwrap_or(bytes.len()));
    let mut lines = head.split(|byte| *byte == b'\n');
    let line = lines.next()?;
    let blank = line.iter().position(|byte| *byte == b' ')?;
    let mut request = Request::new(body.get(2..).unwrap_or_default().to_vec());
    *request.method_mut() = Method::from_bytes(&line[..blank]).ok()?;
    *request.uri_mut() = Uri::try_from(&line[blank + 1..]).ok()?;
    for line in lines.take(64) {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?;
        request.headers_mut().append(name, value);
    }
    Some(request)
}

fn check(response: &Response<Vec<u8>>, head: bool, context: &str) {
    let status = response.status();
    let headers = response.headers();
    let context = || format!("{context}\n{response:?}");
    assert!(STATUSES.contains(&status.as_u16()), "{}", context());
    let bodiless = head || [204, 304].contains(&status.as_u16());
    assert!(!bodiless || response.body().is_empty(), "{}", context());
    if let Some(length) = headers.get(header::CONTENT_LENGTH).filter(|_| !bodiless) {
        assert_eq!(*length, response.body().len().to_string(), "{}", context());
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        assert!(headers.contains_key(header::ALLOW), "{}", context());
    }
    if status.is_client_error() {
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(!headers.contains_key(header::ETAG), "{}", context());
    }
    if let Some(location) = headers.get(header::LOCATION) {
        assert!(status.is_redirection(), "{}", context());
        assert!(super::stays_here(location.as_bytes()), "{}", context());
    }
    let content_type = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    let is_json = content_type.is_some_and(|it| it.starts_with(b"application/json"));
    if is_json && !bodiless {
        serde_json::from_slice::<Value>(response.body()).unwrap();
    }
}

/// What a client sends on a connection, in two pieces, before it closes its side: each answer is whole and is one of
/// these, and there is none that nobody asked for.
pub(crate) fn connection(bytes: &[u8]) {
    for router in &*ROUTERS {
        let received = RUNTIME.block_on(exchange(router, bytes));
        let mut rest = &received[..];
        let mut answers = 0;
        while !rest.is_empty() {
            answers += usize::from(!rest.starts_with(b"HTTP/1.1 100 "));
            rest = after_answer(rest, bytes);
        }
        // What is no head at all ends the connection, with a 400.
        let heads = bytes.windows(7).filter(|it| it == b"HTTP/1.").count();
        assert!(answers <= heads + 1, "{}", received.escape_ascii());
    }
}

async fn exchange(router: &FsRouter, bytes: &[u8]) -> Vec<u8> {
    let (mut client, server) = tokio::io::duplex(1 << 16);
    let service = TowerToHyperService::new(router.clone());
    let serving = http1::Builder::new().serve_connection(TokioIo::new(server), service);
    let (first, second) = bytes.split_at(bytes.len() / 2);
    let mut received = Vec::new();
    let talking = async {
        let _ = client.write_all(first).await;
        tokio::task::yield_now().await;
        let _ = client.write_all(second).await;
        let _ = client.shutdown().await;
        let _ = client.read_to_end(&mut received).await;
    };
    let both = async { tokio::join!(serving, talking) };
    let in_time = tokio::time::timeout(Duration::from_secs(20), both).await;
    assert!(in_time.is_ok(), "no end: {}", bytes.escape_ascii());
    received
}

/// What follows after the first answer. The body of an answer to HEAD is not there: where one may be meant, a length
/// is only taken to be skipped if that much is there and no other answer begins at once.
fn after_answer<'r>(received: &'r [u8], sent: &[u8]) -> &'r [u8] {
    let context = || received.escape_ascii().to_string();
    let end = received.windows(4).position(|it| it == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("no head: {}", context())) + 4;
    let (head, rest) = received.split_at(end);
    let head = std::str::from_utf8(head).unwrap();
    let status = head.strip_prefix("HTTP/1.1 ");
    let status = status.or_else(|| head.strip_prefix("HTTP/1.0 ")).unwrap();
    let status: u16 = status[..3].parse().unwrap();
    assert!(status == 100 || STATUSES.contains(&status), "{}", context());
    let field = |name: &str| {
        let mut lines = head.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    };
    let length: usize = match field("content-length") {
        Some(length) => length.parse().unwrap(),
        None if field("transfer-encoding").is_some() => {
            chunked(rest).unwrap_or_else(|| panic!("{}", context()))
        }
        None => 0,
    };
    let may_be_head = sent.windows(4).any(|it| it == b"HEAD");
    if [100, 204, 304].contains(&status)
        || may_be_head && (rest.is_empty() || rest.starts_with(b"HTTP/1."))
    {
        return rest;
    }
    rest.get(length..)
        .unwrap_or_else(|| panic!("cut: {}", context()))
}

/// The length of a chunked body.
fn chunked(body: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let line = body[at..].windows(2).position(|it| it == b"\r\n")?;
        let size = std::str::from_utf8(&body[at..at + line]).ok()?;
        let size = usize::from_str_radix(size, 16).ok()?;
        at += line + 2 + size + 2;
        if size == 0 {
            return Some(at);
        }
    }
}
