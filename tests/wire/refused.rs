//! Clients that go on sending a body that nobody wants.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::extract::FromRequestParts;
use bytes::Bytes;
use http::{StatusCode, request::Parts};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf, split},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};
use tower::{Layer, service_fn};
use tower_api_routes::{
    ApiConfig, ApiError, ApiRequest, BodyParserLayer, FsRouter, Json,
    router::{MethodRouter, get, post},
};

use crate::support::wire::{Client, serve, serve_everywhere};

/// How much of a body may be read once it is refused: 128 KiB, the piece that goes beyond, and what
/// hyper reads ahead, in pieces of up to 400 KiB.
const MOST: usize = 1024 * 1024;
/// How long a client that floods the server may keep its connection: a second, and much more on a
/// machine that is busy.
const LONGEST: Duration = Duration::from_millis(4500);

const JSON: &str = "Content-Type: application/json\r\n";

fn routes() -> FsRouter {
    async fn ignores() -> &'static str {
        "ignored"
    }
    async fn stops_early(mut req: ApiRequest) -> Result<String, ApiError> {
        let first = req.chunk().await?.unwrap_or_default();
        Ok(format!("enough: {}", !first.is_empty()))
    }
    async fn to_the_limit(mut req: ApiRequest) -> Result<(), ApiError> {
        while req.chunk().await?.is_some() {}
        Ok(())
    }
    let small = ApiConfig::new().body_limit("10b");
    let endless = ApiConfig::new().no_body_limit();
    let stream = endless.clone().body_parser(false);
    let service = service_fn(async |_: axum::extract::Request| {
        Ok::<_, std::convert::Infallible>("a service")
    });
    let routes = [
        ("small", post(crate::body), small.clone()),
        ("large", post(crate::body), ApiConfig::new()),
        ("bytes", post(async |_: Bytes| ""), small.clone()),
        (
            "limit",
            post(to_the_limit),
            small.clone().body_parser(false),
        ),
        ("typed", post(async |_: Json<u8>| ""), endless.clone()),
        ("ignores", post(ignores), endless.clone()),
        (
            "guarded",
            post(async |_: Guard, _: Bytes| ""),
            endless.clone(),
        ),
        ("stops", post(stops_early), stream.clone()),
        #[cfg(feature = "multipart")]
        ("upload", post(upload), stream.clone()),
        (
            "service",
            MethodRouter::new().service(service),
            endless.clone(),
        ),
        ("well", get(async || "well"), endless.clone()),
    ];
    routes
        .into_iter()
        .fold(FsRouter::builder(), |builder, (name, route, config)| {
            builder.route(name, route.config(config))
        })
        .build()
        .unwrap()
}

/// Refuses every request before its body is looked at.
struct Guard;

impl<S: Sync> FromRequestParts<S> for Guard {
    type Rejection = ApiError;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Err(ApiError::new(StatusCode::UNAUTHORIZED, "no"))
    }
}

#[cfg(feature = "multipart")]
async fn upload(mut upload: tower_api_routes::body::Multipart) -> Result<String, ApiError> {
    let mut field = upload.next_field().await?.expect("a field");
    field.chunk().await?;
    Ok("first".to_owned())
}

/// Routes, headers and the status of their answer, which comes while the body still does.
const CASES: &[(&str, &str, u16)] = &[
    ("/small", JSON, 413),
    ("/large", JSON, 413),
    ("/bytes", JSON, 413),
    ("/limit", JSON, 413),
    ("/limit", "Content-Encoding: gzip\r\n", 413),
    ("/ignores", "", 200),
    ("/guarded", "", 401),
    ("/stops", "", 200),
    ("/typed", "Content-Type: text/plain\r\n", 415),
    (
        "/typed",
        "Content-Encoding: gzip\r\nContent-Type: application/json\r\n",
        415,
    ),
    #[cfg(feature = "multipart")]
    (
        "/upload",
        "Content-Type: multipart/form-data; boundary=b\r\n",
        200,
    ),
    ("/service", "", 200),
    ("/nowhere", "", 404),
    ("/well", "", 405),
];

/// All cases, with and without a length.
fn all_cases() -> impl Iterator<Item = (&'static str, (&'static str, &'static str, u16))> {
    FRAMINGS
        .iter()
        .flat_map(|framing| CASES.iter().map(|case| (*framing, *case)))
}

fn head(path: &str, headers: &str, framing: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: a\r\n{headers}{framing}\r\n")
}

/// One chunk of 64 KiB, or as much of a body of known length.
fn piece(framing: &str, first: bool) -> Vec<u8> {
    const FIELD: &str = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n";
    let mut data = vec![b' '; 64 * 1024];
    if first {
        data[..FIELD.len()].copy_from_slice(FIELD.as_bytes());
    }
    if framing.starts_with("Transfer") {
        return [b"10000\r\n", &*data, b"\r\n"].concat();
    }
    data
}

const FRAMINGS: [&str; 2] = [
    "Content-Length: 100000000000\r\n",
    "Transfer-Encoding: chunked\r\n",
];

/// A connection that counts what is read from it.
struct Counted(TcpStream, Arc<AtomicUsize>);

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.0).poll_read(cx, buffer);
        let read = buffer.filled().len() - before;
        self.1.fetch_add(read, Ordering::SeqCst);
        polled
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// Sends until the server does not take more; how many bytes that was, and what the server said.
async fn flood<S>(stream: S, head: String, framing: &'static str) -> (usize, String, Duration)
where
    S: AsyncRead + AsyncWrite + Send + 'static,
{
    let begun = Instant::now();
    let (mut reader, mut writer) = split(stream);
    let write: JoinHandle<usize> = tokio::spawn(async move {
        let mut taken = 0;
        let mut next = head.into_bytes();
        let mut first = true;
        loop {
            match writer.write(&next).await {
                Ok(0) | Err(_) => return taken,
                Ok(written) => {
                    taken += written;
                    next.drain(..written);
                }
            }
            if next.is_empty() {
                next = piece(framing, first);
                first = false;
            }
        }
    });
    let mut answer = Vec::new();
    let _ = reader.read_to_end(&mut answer).await;
    drop(reader);
    let taken = write.await.unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    (taken, answer, begun.elapsed())
}

#[tokio::test]
async fn an_unwanted_body_is_hardly_read() {
    let all: Vec<_> = all_cases()
        .map(|(framing, (path, headers, status))| {
            tokio::spawn(async move {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let client = TcpStream::connect(listener.local_addr().unwrap());
                let (client, accepted) = tokio::join!(client, listener.accept());
                let read = Arc::new(AtomicUsize::new(0));
                let server = Counted(accepted.unwrap().0, read.clone());
                let service = TowerToHyperService::new(routes());
                let mut http = http1::Builder::new();
                http.timer(TokioTimer::new());
                let connection = http.serve_connection(TokioIo::new(server), service);
                let connection = tokio::spawn(connection);
                let flooded = flood(client.unwrap(), head(path, headers, framing), framing);
                let (_, answer, took) = flooded.await;
                let read = read.load(Ordering::SeqCst);
                let what = format!("{path} {headers:?} {framing:?}: {read} bytes in {took:?}");
                let expected = format!("HTTP/1.1 {status} ");
                assert!(answer.starts_with(&expected), "{what}: {answer}");
                let is_read_first = path == "/large" && framing.starts_with("Transfer");
                let first = if is_read_first { 1 << 20 } else { 0 };
                assert!(read <= first + MOST, "{what}");
                assert!(took < LONGEST, "{what}");
                let _ = connection.await.unwrap();
            })
        })
        .collect();
    for case in all {
        case.await.unwrap();
    }
}

#[tokio::test]
async fn the_body_parser_as_a_layer_reads_no_more_either() {
    let service = BodyParserLayer::new().layer(service_fn(async |_: axum::extract::Request| {
        Ok::<_, std::convert::Infallible>(axum::response::Response::new(axum::body::Body::empty()))
    }));
    let address = serve(service).await;
    for framing in FRAMINGS {
        let stream = TcpStream::connect(address).await.unwrap();
        let (taken, answer, took) = flood(stream, head("/", JSON, framing), framing).await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert!(taken < 32 << 20, "{taken} bytes");
        assert!(took < LONGEST, "{took:?}");
    }
}

#[tokio::test]
async fn a_flood_is_cut_off_by_every_server() {
    for address in serve_everywhere(routes()).await {
        let floods: Vec<_> = all_cases()
            .map(|(framing, (path, headers, _))| {
                tokio::spawn(async move {
                    let stream = TcpStream::connect(address).await.unwrap();
                    let flooded = flood(stream, head(path, headers, framing), framing);
                    let (taken, answer, took) = flooded.await;
                    let what = format!("{path} {headers:?} {framing:?}: {taken} bytes in {took:?}");
                    assert!(answer.starts_with("HTTP/1.1 "), "{what}");
                    // The buffers of the kernel take some megabytes by themselves.
                    assert!(taken < 32 << 20, "{what}");
                    assert!(took < LONGEST, "{what}");
                })
            })
            .collect();
        for flood in floods {
            flood.await.unwrap();
        }
    }
}

/// Sends a body to its end before it reads the answer.
async fn send_then_read(address: SocketAddr, path: &str, length: usize) -> u16 {
    let mut client = Client::connect(address).await;
    client
        .send(head(path, JSON, &format!("Content-Length: {length}\r\n")))
        .await;
    client.send(vec![b' '; length]).await;
    client.answer().await.status()
}

#[tokio::test]
async fn a_client_that_sends_everything_before_it_reads_gets_its_answer() {
    for address in serve_everywhere(routes()).await {
        for length in [20, 100_000, 200_000, 2_000_000] {
            for (path, status) in [("/small", 413), ("/ignores", 200), ("/well", 405)] {
                for _ in 0..5 {
                    let answered = send_then_read(address, path, length).await;
                    assert_eq!(answered, status, "{path} {length}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_short_rest_is_read_to_its_end_and_the_connection_is_not_reset() {
    for address in serve_everywhere(routes()).await {
        let mut client = Client::connect(address).await;
        client
            .send(head("/small", JSON, "Content-Length: 100000\r\n"))
            .await;
        assert_eq!(client.answer().await.status(), 413);
        for _ in 0..4 {
            client.send(vec![b' '; 25_000]).await;
            sleep(Duration::from_millis(100)).await;
        }
        let mut rest = Vec::new();
        let end = timeout(LONGEST, client.stream.read_to_end(&mut rest)).await;
        assert_eq!(end.expect("an end").expect("no reset"), 0);
    }
}
