//! Servers of endless and of large bodies: server-sent events of which none ever comes, and bytes by the
//! mebibyte, down and up.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::Path,
    response::sse::{self, KeepAlive, Sse},
    routing::{get as axum_get, post as axum_post},
};
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderValue, Method, Request, Response, header};
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt, Either, Full};
use hyper::body::Incoming;
use tokio::time::{Instant, Interval, interval_at};
use tower_api_routes::{
    ApiConfig, ApiError, ApiRequest, ApiResponse, FsRouter, ResponseBody, RouterOptions, Shutdown,
    State,
    response::{Event, SseOptions},
    router::any,
};

/// A comment goes out to each client as often.
pub(crate) const KEEP_ALIVE: Duration = Duration::from_secs(5);
pub(crate) const COMMENT: &str = ":\n\n";
pub(crate) const EVENTS: &str = "/api/events";
pub(crate) const EVENTS_UNTIL_SHUTDOWN: &str = "/api/events-until-shutdown";
pub(crate) const DOWNLOAD: &str = "/api/download/";
pub(crate) const UPLOAD: &str = "/api/upload";

static ZEROS: [u8; 64 << 10] = [0; 64 << 10];

/// As many zeros, in chunks of 64 KiB.
pub(crate) struct Zeros {
    left: usize,
}

impl Zeros {
    fn mebibytes(count: &str) -> Self {
        let mebibytes: usize = count.parse().unwrap();
        Self {
            left: mebibytes << 20,
        }
    }
}

impl http_body::Body for Zeros {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let length = self.left.min(ZEROS.len());
        self.left -= length;
        let chunk = || Ok(Frame::data(Bytes::from_static(&ZEROS[..length])));
        Poll::Ready((length > 0).then(chunk))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left as u64)
    }
}

/// Comments, without end.
pub(crate) struct Comments(Interval);

impl http_body::Body for Comments {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        ready!(self.0.poll_tick(cx));
        let comment = Bytes::from_static(COMMENT.as_bytes());
        Poll::Ready(Some(Ok(Frame::data(comment))))
    }
}

type Bare = Either<Comments, Either<Zeros, Full<Bytes>>>;

pub(crate) async fn bare(request: Request<Incoming>) -> Result<Response<Bare>, Infallible> {
    let path = request.uri().path();
    if let Some(count) = path.strip_prefix(DOWNLOAD) {
        let body = Either::Left(Zeros::mebibytes(count));
        return Ok(Response::new(Either::Right(body)));
    }
    if (request.method(), path) == (&Method::POST, UPLOAD) {
        let mut body = request.into_body();
        let mut length = 0;
        while let Some(frame) = body.frame().await {
            length += frame.unwrap().data_ref().map_or(0, Bytes::len);
        }
        let body = Full::new(length.to_string().into());
        return Ok(Response::new(Either::Right(Either::Right(body))));
    }
    let comments = Comments(interval_at(Instant::now() + KEEP_ALIVE, KEEP_ALIVE));
    let mut response = Response::new(Either::Left(comments));
    let headers = response.headers_mut();
    let event_stream = HeaderValue::from_static("text/event-stream");
    headers.insert(header::CONTENT_TYPE, event_stream);
    let no_cache = HeaderValue::from_static("no-cache, no-transform");
    headers.insert(header::CACHE_CONTROL, no_cache);
    Ok(response)
}

pub(crate) fn axum() -> Router {
    let events = async || {
        let never = stream::pending::<Result<sse::Event, Infallible>>();
        Sse::new(never).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
    };
    let download = async |Path(count): Path<String>| Body::new(Zeros::mebibytes(&count));
    let upload = async |mut body: Body| {
        let mut length = 0;
        while let Some(frame) = body.frame().await {
            length += frame.unwrap().data_ref().map_or(0, Bytes::len);
        }
        length.to_string()
    };
    Router::new()
        .route(EVENTS, axum_get(events))
        .route(&format!("{DOWNLOAD}{{count}}"), axum_get(download))
        .route(UPLOAD, axum_post(upload))
}

pub(crate) fn ours() -> FsRouter {
    let config = ApiConfig::new()
        .body_parser(false)
        .body_limit("100gb")
        .no_response_limit();
    FsRouter::builder()
        .mount("/api")
        .options(RouterOptions::new().config(config))
        .with_state(Shutdown::new())
        .route("events", any(events))
        .route("events-until-shutdown", any(events_until_shutdown))
        .route("download/[count]", any(download))
        .route("upload", any(upload))
        .build()
        .unwrap()
}

fn never() -> stream::Pending<Result<Event, Infallible>> {
    stream::pending()
}

async fn events(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.sse(never(), KEEP_ALIVE)
}

async fn events_until_shutdown(State(shutdown): State<Shutdown>) -> ApiResponse {
    let options = SseOptions::new(KEEP_ALIVE).until(&shutdown);
    ApiResponse::new().sse(never(), options)
}

async fn download(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let count = req.param("count").unwrap_or_default();
    res.body(ResponseBody::new(Zeros::mebibytes(&count)))
}

async fn upload(mut req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let mut length = 0;
    while let Some(chunk) = req.chunk().await? {
        length += chunk.len();
    }
    Ok(res.body(length.to_string()))
}
