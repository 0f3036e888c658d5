//! What the frames of HTTP/2 say, however a server comes to speak it.

use std::{
    convert::Infallible,
    future::poll_fn,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::extract::{Request as AxumRequest, WebSocketUpgrade, ws::WebSocket};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt, stream};
use h2::{Reason, RecvStream, SendStream, client::SendRequest};
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use http_body_util::{BodyExt, StreamBody};
use hyper::{body::Frame, ext::Protocol};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::Barrier,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, protocol::Role},
};
use tower_api_routes::{
    ApiConfig, ApiError, ApiRequest, ApiResponse, FsRouter,
    router::{any, get, post},
};

use crate::{
    bodiless,
    fronts::{Front, everywhere, within},
    http2,
};

/// Sends the head of a request, and all of it if it has no body.
async fn begin(
    client: &mut SendRequest<Bytes>,
    request: Request<()>,
    ends: bool,
) -> (Response<RecvStream>, SendStream<Bytes>) {
    let mut client = within(client.clone().ready()).await.unwrap();
    let (response, body) = client.send_request(request, ends).unwrap();
    (within(response).await.unwrap(), body)
}

fn request(method: &str, path: &str) -> Request<()> {
    let request = Request::builder()
        .method(method)
        .version(http::Version::HTTP_2);
    request
        .uri(format!("https://localhost{path}"))
        .body(())
        .unwrap()
}

fn with(mut request: Request<()>, name: &'static str, value: impl AsRef<str>) -> Request<()> {
    let value = HeaderValue::from_str(value.as_ref()).unwrap();
    request.headers_mut().append(name, value);
    request
}

/// A body to its end, and its trailers.
async fn read(body: &mut RecvStream) -> (String, Option<HeaderMap>) {
    let mut bytes = Vec::new();
    while let Some(data) = within(body.data()).await {
        let data = data.unwrap();
        body.flow_control().release_capacity(data.len()).unwrap();
        bytes.extend_from_slice(&data);
    }
    let trailers = within(body.trailers()).await.unwrap();
    (String::from_utf8(bytes).unwrap(), trailers)
}

async fn ask(client: &mut SendRequest<Bytes>, request: Request<()>) -> (u16, String) {
    let (response, _) = begin(client, request, true).await;
    let status = response.status().as_u16();
    (status, read(&mut response.into_body()).await.0)
}

/// The connection is as good as before.
async fn goes_on(client: &mut SendRequest<Bytes>, front: &Front, what: &str) {
    let next = ask(client, request("GET", "/next")).await;
    assert_eq!(next, (200, "next".to_owned()), "{}: {what}", front.name);
}

#[tokio::test]
async fn h71_what_has_no_body_ends_with_its_head() {
    for layered in [false, true] {
        for front in everywhere(bodiless::router(layered)).await {
            let mut client = front.connect().await;
            for kind in bodiless::KINDS {
                for method in ["GET", "POST", "HEAD"] {
                    let what = format!("{method} {kind}, {}", front.name);
                    let path = format!("/kind/{kind}");
                    let (response, _) = begin(&mut client, request(method, &path), true).await;
                    let headers = response.headers().clone();
                    assert_eq!(headers.get("transfer-encoding"), None, "{what}");
                    assert_eq!(headers.get("connection"), None, "{what}");
                    let length = headers.get("content-length").cloned();
                    let is_204_or_304 = kind.starts_with("204") || kind.starts_with("304");
                    if is_204_or_304 {
                        assert_eq!(length, None, "{what}");
                    }
                    let mut body = response.into_body();
                    if is_204_or_304 || method == "HEAD" {
                        assert!(body.is_end_stream(), "{what}");
                    }
                    let (text, trailers) = read(&mut body).await;
                    assert_eq!(trailers, None, "{what}");
                    match length {
                        // Under HEAD it is that of GET.
                        Some(_) if method == "HEAD" => assert_eq!(text, "", "{what}"),
                        Some(length) => assert_eq!(length, &*text.len().to_string(), "{what}"),
                        None => {}
                    }
                }
            }
            goes_on(&mut client, &front, "after all of them").await;
        }
    }
}

async fn length(mut req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let mut length = 0;
    while let Some(chunk) = req.chunk().await? {
        length += chunk.len();
    }
    Ok(res.json(&length))
}

fn bodies() -> FsRouter {
    let hasty = ApiConfig::new().body_idle_timeout(Duration::from_millis(200));
    FsRouter::builder()
        .route("length", post(length))
        .route("body", post(crate::body))
        .route("hasty", post(length).config(hasty))
        .route("ignores", post(async || "ignored"))
        .route("next", get(async || "next"))
        .build()
        .unwrap()
}

/// How the server ended a stream whose body it had not read to its end.
async fn reset(body: &mut SendStream<Bytes>) -> Reason {
    within(poll_fn(|cx| body.poll_reset(cx))).await.unwrap()
}

/// RFC 9113, section 8.1: after its whole answer a server may stop a request without an error. Here it does so when more has
/// come than is thrown away, or after five seconds.
#[tokio::test]
async fn h22_h38_an_early_answer_stops_its_stream_and_no_other() {
    let early = async |front: &Front, client: &mut SendRequest<Bytes>, path, status, text| {
        let what = format!("{path}, {}", front.name);
        let post = with(request("POST", path), "content-length", "5000000");
        let (response, body) = begin(client, post, false).await;
        assert_eq!(response.status(), status, "{what}");
        assert_eq!(read(&mut response.into_body()).await.0, text, "{what}");
        goes_on(client, front, path).await;
        (what, body)
    };
    let mut open = Vec::new();
    for front in everywhere(bodies()).await {
        let mut client = front.connect().await;
        for (path, status, text) in [
            ("/length", 413, "Body exceeded 1mb limit"),
            ("/body", 413, "Body exceeded 1mb limit"),
            ("/nowhere", 404, "Not Found"),
            ("/next", 405, "Method Not Allowed"),
        ] {
            let (what, mut sends) = early(&front, &mut client, path, status, text).await;
            let begun = Instant::now();
            sends.send_data(vec![b'a'; 200_000].into(), false).unwrap();
            assert_eq!(reset(&mut sends).await, Reason::NO_ERROR, "{what}");
            let took = begun.elapsed();
            assert!(took < Duration::from_secs(4), "{what}: {took:?}");
            goes_on(&mut client, &front, path).await;
            open.push(early(&front, &mut client, path, status, text).await);
        }
    }
    for (what, mut silent) in open {
        assert_eq!(reset(&mut silent).await, Reason::NO_ERROR, "{what}");
    }
}

#[tokio::test]
async fn h36_a_stalled_body_is_a_408_and_its_stream_ends() {
    for front in everywhere(bodies()).await {
        let mut client = front.connect().await;
        let post = with(request("POST", "/hasty"), "content-length", "20");
        let mut ready = within(client.clone().ready()).await.unwrap();
        let (response, mut body) = ready.send_request(post, false).unwrap();
        body.send_data(Bytes::from_static(b"half"), false).unwrap();
        let response = within(response).await.unwrap();
        assert_eq!(response.status(), 408, "{}", front.name);
        assert_eq!(response.headers().get("connection"), None, "{}", front.name);
        read(&mut response.into_body()).await;
        assert_eq!(reset(&mut body).await, Reason::NO_ERROR, "{}", front.name);
        goes_on(&mut client, &front, "after 408").await;
    }
}

/// RFC 9113, section 8.1.1.
#[tokio::test]
async fn h25_a_body_of_another_length_than_announced_is_no_request() {
    for front in everywhere(bodies()).await {
        let mut client = front.connect().await;
        for (announced, sent) in [("10", "12345"), ("3", "12345")] {
            let post = with(request("POST", "/length"), "content-length", announced);
            let mut ready = within(client.clone().ready()).await.unwrap();
            let (response, mut body) = ready.send_request(post, false).unwrap();
            body.send_data(Bytes::from_static(sent.as_bytes()), true)
                .unwrap();
            let what = format!("{announced} for {sent}, {}", front.name);
            match within(response).await {
                // Never the length of what came.
                Ok(response) => {
                    assert!(response.status().is_client_error(), "{what}: {response:?}");
                }
                Err(error) => assert_eq!(error.reason(), Some(Reason::PROTOCOL_ERROR), "{what}"),
            }
            goes_on(&mut client, &front, announced).await;
        }
    }
}

#[tokio::test]
async fn h40_trailers_pass_in_both_directions() {
    async fn echo(request: AxumRequest) -> ApiResponse {
        let body = request.into_body().collect().await.unwrap();
        let trailers = body.trailers().cloned().unwrap_or_default();
        let frames = [Frame::data(body.to_bytes()), Frame::trailers(trailers)];
        let frames = stream::iter(frames.map(Ok::<_, Infallible>));
        ApiResponse::new().body(axum::body::Body::new(StreamBody::new(frames)))
    }
    for parser in [true, false] {
        let config = ApiConfig::new().body_parser(parser);
        let router = FsRouter::builder()
            .route("echo", any(echo).config(config))
            .build()
            .unwrap();
        for front in everywhere(router).await {
            let mut client = front.connect().await;
            let mut ready = within(client.clone().ready()).await.unwrap();
            let (response, mut body) = ready.send_request(request("POST", "/echo"), false).unwrap();
            body.send_data(Bytes::from_static(b"text"), false).unwrap();
            let mut trailers = HeaderMap::new();
            trailers.insert("checksum", HeaderValue::from_static("7"));
            body.send_trailers(trailers.clone()).unwrap();
            let response = within(response).await.unwrap();
            let answer = read(&mut response.into_body()).await;
            assert_eq!(
                answer,
                ("text".to_owned(), Some(trailers)),
                "{}",
                front.name
            );
            // HEAD has no trailers either.
            let (response, _) = begin(&mut client, request("HEAD", "/echo"), true).await;
            assert!(response.into_body().is_end_stream(), "{}", front.name);
        }
    }
}

/// Counts what is alive.
#[derive(Clone, Default)]
struct Alive(Arc<AtomicUsize>);

struct Guard(Arc<AtomicUsize>);

impl Alive {
    fn enter(&self) -> Guard {
        self.0.fetch_add(1, Ordering::SeqCst);
        Guard(self.0.clone())
    }

    async fn reach(&self, count: usize, what: &str) {
        let deadline = Instant::now() + Duration::from_secs(10);
        while self.0.load(Ordering::SeqCst) != count {
            let now = self.0.load(Ordering::SeqCst);
            assert!(Instant::now() < deadline, "{what}: {now}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn h76_a_stream_that_is_reset_ends_its_body_its_handler_and_its_answer() {
    let alive = Alive::default();
    let (reads, waits, streams) = (alive.clone(), alive.clone(), alive.clone());
    let router = FsRouter::builder()
        .route(
            "reads",
            post(move |req: ApiRequest, res: ApiResponse| {
                let guard = reads.enter();
                async move {
                    let length = req.bytes().await.map(Bytes::len);
                    drop(guard);
                    length.map(|length| res.json(&length))
                }
            }),
        )
        .route(
            "waits",
            post(move || {
                let guard = waits.enter();
                async move {
                    std::future::pending::<()>().await;
                    drop(guard);
                }
            }),
        )
        .route(
            "streams",
            post(move |_: ApiRequest, res: ApiResponse| {
                let guard = streams.enter();
                let frames = stream::repeat(Bytes::from(vec![b'a'; 16 * 1024])).map(move |frame| {
                    let _ = &guard;
                    Ok::<_, Infallible>(frame)
                });
                async move { res.stream(frames) }
            }),
        )
        .route("next", get(async || "next"))
        .build()
        .unwrap();
    const STREAMS: usize = 50;
    for front in everywhere(router).await {
        let mut client = front.connect().await;
        for path in ["/reads", "/waits", "/streams"] {
            let what = format!("{path}, {}", front.name);
            let mut open = Vec::new();
            for _ in 0..STREAMS {
                let mut ready = within(client.clone().ready()).await.unwrap();
                let (response, mut body) =
                    ready.send_request(request("POST", path), false).unwrap();
                body.send_data(Bytes::from_static(b"half"), false).unwrap();
                open.push((response, body));
            }
            alive.reach(STREAMS, &what).await;
            for (_, body) in &mut open {
                body.send_reset(Reason::CANCEL);
            }
            alive.reach(0, &what).await;
            goes_on(&mut client, &front, path).await;
        }
    }
}

#[tokio::test]
async fn a_hundred_streams_of_one_connection_run_at_once() {
    const STREAMS: usize = 100;
    let barrier = Arc::new(Barrier::new(STREAMS));
    let wait = move |req: ApiRequest, res: ApiResponse| {
        let barrier = barrier.clone();
        async move {
            let body = req.text().await?.into_owned();
            // None goes on before all of them are here.
            barrier.wait().await;
            let id = req.param("id").unwrap_or_default().into_owned();
            Ok::<_, ApiError>(res.json(&(id, body)))
        }
    };
    let router = FsRouter::builder()
        .route("wait/[id]", post(wait))
        .build()
        .unwrap();
    for front in everywhere(router).await {
        let client = front.connect().await;
        let mut open = Vec::new();
        for id in 0..STREAMS {
            let mut ready = within(client.clone().ready()).await.unwrap();
            let post = with(
                request("POST", &format!("/wait/{id}")),
                "content-type",
                "text/plain",
            );
            let (response, mut body) = ready.send_request(post, false).unwrap();
            body.send_data(Bytes::from(format!("body {id}")), true)
                .unwrap();
            open.push(response);
        }
        for (id, response) in open.into_iter().enumerate() {
            let response = within(response).await.unwrap();
            assert_eq!(response.status(), 200, "{}", front.name);
            let text = read(&mut response.into_body()).await.0;
            assert_eq!(text, format!(r#"["{id}","body {id}"]"#), "{}", front.name);
        }
    }
}

#[tokio::test]
async fn h46_lists_of_headers_are_limited_and_the_connection_goes_on() {
    async fn count(req: ApiRequest, res: ApiResponse) -> ApiResponse {
        let cookies = req.cookies();
        res.json(&(
            req.headers().len(),
            cookies.iter().count(),
            cookies.get("c499"),
        ))
    }
    let router = FsRouter::builder()
        .route("count", get(count))
        .route("next", get(async || "next"))
        .build()
        .unwrap();
    for front in everywhere(router).await {
        let mut client = front.connect().await;
        // RFC 9113, section 8.2.3: clients may send each cookie in a field of its own.
        let mut crumbs = request("GET", "/count");
        for n in 0..200 {
            crumbs = with(crumbs, "cookie", format!("c{}=v", n + 300));
        }
        let answer = ask(&mut client, crumbs).await;
        assert_eq!(
            answer,
            (200, r#"[200,200,"v"]"#.to_owned()),
            "{}",
            front.name
        );
        // The limit of the crate comes before the one of hyper, 16 KiB with 32 bytes for each field.
        let many: Vec<_> = (0..513).map(|n| format!("c{n}=v")).collect();
        let many = with(request("GET", "/count"), "cookie", many.join("; "));
        assert_eq!(ask(&mut client, many).await.0, 431, "{}", front.name);
        for (count, length) in [(1, 17_000), (600, 1)] {
            let mut large = request("GET", "/next");
            for _ in 0..count {
                large = with(large, "x-large", "v".repeat(length));
            }
            let (response, _) = begin(&mut client, large, true).await;
            assert_eq!(
                response.status(),
                431,
                "{count} of {length}, {}",
                front.name
            );
            goes_on(&mut client, &front, "after 431").await;
        }
    }
}

async fn version(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.json(&format!("{:?}", req.version()))
}

#[tokio::test]
async fn the_version_is_the_one_that_the_client_knows_or_agrees_on() {
    let router = || {
        FsRouter::builder()
            .route("version", get(version))
            .build()
            .unwrap()
    };
    let http1 = b"GET /version HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let [alone, auto, tls] = everywhere(router()).await;
    for front in [&alone, &auto, &tls] {
        let mut client = front.connect().await;
        let answer = ask(&mut client, request("GET", "/version")).await;
        assert_eq!(answer, (200, "\"HTTP/2.0\"".to_owned()), "{}", front.name);
    }
    for (front, protocols, agreed) in [
        (&auto, &[][..], None),
        (&tls, &["http/1.1"], Some("http/1.1")),
        (&tls, &[], None),
    ] {
        let (mut stream, found) = front.open(protocols).await;
        assert_eq!(
            found.as_deref(),
            agreed.map(str::as_bytes),
            "{}",
            front.name
        );
        stream.write_all(http1).await.unwrap();
        let mut answer = String::new();
        // A server that closes without a word of TLS is not the matter here.
        let _ = within(stream.read_to_string(&mut answer)).await;
        assert!(
            answer.starts_with("HTTP/1.1 200 OK\r\n"),
            "{}: {answer}",
            front.name
        );
        assert!(
            answer.ends_with("\r\n\r\n\"HTTP/1.1\""),
            "{}: {answer}",
            front.name
        );
    }
    let (_, agreed) = tls.open(&["http/1.1", "h2"]).await;
    assert_eq!(agreed.as_deref(), Some(&b"h2"[..]));
}

/// RFC 8441.
#[tokio::test]
async fn websockets_open_over_http_2_however_it_came_about() {
    async fn shout(mut socket: WebSocket) {
        while let Some(Ok(message)) = socket.recv().await {
            if let axum::extract::ws::Message::Text(text) = message {
                let answer = axum::extract::ws::Message::text(text.to_uppercase());
                socket.send(answer).await.unwrap();
            }
        }
    }
    let websocket = async |upgrade: WebSocketUpgrade| upgrade.on_upgrade(shout);
    let asks = ApiConfig::new().extended_connect(true);
    let router = FsRouter::builder()
        .route("websocket", any(websocket).config(asks))
        .route("next", any(async || "next"))
        .build()
        .unwrap();
    for front in everywhere(router).await {
        let (stream, _) = front.open(&["h2"]).await;
        let handshake =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
        let (mut client, connection) = handshake.await.unwrap();
        tokio::spawn(connection);
        let next = || {
            Request::get("https://localhost/next")
                .body(http2::empty())
                .unwrap()
        };
        // The settings of the server, which allow this, come before its first answer.
        within(client.send_request(next())).await.unwrap();
        let mut connect = Request::builder()
            .method(Method::CONNECT)
            .uri("https://localhost/websocket")
            .header("sec-websocket-version", "13")
            .body(http2::empty())
            .unwrap();
        connect
            .extensions_mut()
            .insert(Protocol::from_static("websocket"));
        let response = within(client.send_request(connect)).await.unwrap();
        assert_eq!(response.status(), 200, "{}", front.name);
        let stream = TokioIo::new(hyper::upgrade::on(response).await.unwrap());
        let mut socket = WebSocketStream::from_raw_socket(stream, Role::Client, None).await;
        for word in ["hello", "again"] {
            socket.send(Message::text(word)).await.unwrap();
            let answer = within(socket.next()).await.unwrap().unwrap();
            let answer = answer.into_text().unwrap();
            assert_eq!(answer.as_str(), word.to_uppercase(), "{}", front.name);
            // Beside other streams.
            let beside = within(client.send_request(next())).await.unwrap();
            assert_eq!(beside.status(), 200, "{}", front.name);
        }
    }
}
