//! The end of a server with open streams: [`Shutdown`], with hyper and with axum, over HTTP/1 and HTTP/2.

use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

use axum::{
    extract::{WebSocketUpgrade, ws::Message},
    response::Response,
};
use bytes::Bytes;
use futures_util::stream;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tower_api_routes::{
    ApiRequest, ApiResponse, FsRouter, Shutdown, State,
    response::{Event, SseOptions},
    router::get,
};

const PATIENCE: Duration = Duration::from_secs(30);
const KEEP_ALIVE: Duration = Duration::from_secs(3600);

/// A stream in which one event happens, and then nothing.
async fn idle(State(shutdown): State<Shutdown>) -> ApiResponse {
    let first = stream::iter([Ok::<_, Infallible>(Event::new("first"))]);
    let events = futures_util::StreamExt::chain(first, stream::pending());
    ApiResponse::new().sse(events, SseOptions::new(KEEP_ALIVE).until(&shutdown))
}

/// A stream that always has an event.
async fn busy(State(shutdown): State<Shutdown>) -> ApiResponse {
    let events = stream::repeat_with(|| Ok::<_, Infallible>(Event::new("x".repeat(1000))));
    ApiResponse::new().sse(events, SseOptions::new(KEEP_ALIVE).until(&shutdown))
}

/// A stream that nobody told of the end.
async fn deaf(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.sse(stream::pending::<Result<Event, Infallible>>(), KEEP_ALIVE)
}

/// A download that takes a while.
async fn download(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let second = async {
        sleep(Duration::from_secs(1)).await;
        Ok::<_, Infallible>("second")
    };
    let first = stream::iter([Ok("first, ")]);
    res.stream(futures_util::StreamExt::chain(first, stream::once(second)))
}

/// Says nothing, and goodbye when the client has spoken and the server stops.
async fn socket(State(shutdown): State<Shutdown>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async move |mut socket| {
        let _ = socket.recv().await;
        shutdown.begun().await;
        let _ = socket.send(Message::Close(None)).await;
    })
}

fn routes(shutdown: &Shutdown) -> FsRouter {
    FsRouter::builder()
        .with_state(shutdown.clone())
        .route("idle", get(idle))
        .route("busy", get(busy))
        .route("deaf", get(deaf))
        .route("download", get(download))
        .route("socket", get(socket))
        .build()
        .unwrap()
}

#[derive(Debug, Clone, Copy)]
enum Server {
    Axum,
    Hyper1,
    Hyper2,
}

/// Serves until the requests under way are answered.
async fn serve(server: Server, listener: TcpListener, shutdown: Shutdown) {
    let routes = routes(&shutdown);
    match server {
        Server::Axum => {
            let app = axum::Router::new().fallback_service(routes);
            axum::serve(listener, app)
                .with_graceful_shutdown(shutdown.begun())
                .await
                .unwrap();
        }
        Server::Hyper1 | Server::Hyper2 => {
            let graceful = GracefulShutdown::new();
            loop {
                let stream = tokio::select! {
                    accepted = listener.accept() => accepted.unwrap().0,
                    () = shutdown.begun() => break,
                };
                let service = TowerToHyperService::new(routes.clone());
                let io = TokioIo::new(stream);
                if let Server::Hyper1 = server {
                    let connection = hyper::server::conn::http1::Builder::new();
                    tokio::spawn(graceful.watch(connection.serve_connection(io, service)));
                } else {
                    let connection = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                    tokio::spawn(graceful.watch(connection.serve_connection(io, service)));
                }
            }
            drop(listener);
            graceful.shutdown().await;
        }
    }
}

/// Opens a stream; its body, and the connection that has to end with it.
async fn open(
    listener: &std::net::SocketAddr,
    http2: bool,
    path: &str,
) -> (
    hyper::body::Incoming,
    tokio::task::JoinHandle<hyper::Result<()>>,
) {
    let io = TokioIo::new(TcpStream::connect(listener).await.unwrap());
    let request = Request::get(format!("http://a{path}"))
        .header("host", "a")
        .body(Empty::<Bytes>::new())
        .unwrap();
    let (response, connection) = if http2 {
        let (mut sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), io)
                .await
                .unwrap();
        let connection = tokio::spawn(connection);
        (sender.send_request(request).await.unwrap(), connection)
    } else {
        let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
        let connection = tokio::spawn(connection);
        (sender.send_request(request).await.unwrap(), connection)
    };
    assert_eq!(response.status(), StatusCode::OK);
    (response.into_body(), connection)
}

#[tokio::test]
async fn streams_end_at_the_word_and_the_server_with_them() {
    for (server, http2) in [
        (Server::Axum, false),
        (Server::Axum, true),
        (Server::Hyper1, false),
        (Server::Hyper2, true),
    ] {
        for path in ["/idle", "/busy"] {
            let what = format!("{server:?}, HTTP/2: {http2}, {path}");
            let shutdown = Shutdown::new();
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let served = tokio::spawn(serve(server, listener, shutdown.clone()));
            let (mut body, connection) = open(&address, http2, path).await;
            assert!(body.frame().await.unwrap().is_ok(), "{what}");

            shutdown.begin();
            // To the end, which is an error where the server breaks off.
            let rest = timeout(PATIENCE, body.collect()).await;
            rest.expect(&what).expect(&what);
            timeout(PATIENCE, connection)
                .await
                .expect(&what)
                .unwrap()
                .expect(&what);
            timeout(PATIENCE, served).await.expect(&what).unwrap();
        }
    }
}

#[tokio::test]
async fn a_stream_that_is_asked_for_after_the_word_is_empty() {
    let shutdown = Shutdown::new();
    shutdown.begin();
    for path in ["/idle", "/busy"] {
        let request = Request::get(path).body(axum::body::Body::empty()).unwrap();
        let response = tower::ServiceExt::oneshot(routes(&shutdown), request).await;
        let body = response.unwrap().into_body().collect();
        let body = timeout(PATIENCE, body).await.expect(path).unwrap();
        assert_eq!(body.to_bytes(), "", "{path}");
    }
}

/// Why there is a deadline as well.
#[tokio::test]
async fn a_stream_that_was_not_told_keeps_the_server_until_the_deadline() {
    for server in [Server::Axum, Server::Hyper1] {
        let shutdown = Shutdown::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = tokio::spawn(serve(server, listener, shutdown.clone()));
        let (_body, _connection) = open(&address, false, "/deaf").await;
        shutdown.begin();
        tokio::select! {
            _ = served => panic!("{server:?} does not wait for its streams"),
            () = shutdown.begun_for(Duration::from_millis(500)) => {}
        }
    }
}

#[tokio::test]
async fn what_else_is_under_way_goes_on_to_its_end() {
    for (server, http2) in [
        (Server::Axum, false),
        (Server::Axum, true),
        (Server::Hyper1, false),
        (Server::Hyper2, true),
    ] {
        let shutdown = Shutdown::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = tokio::spawn(serve(server, listener, shutdown.clone()));
        let (body, _connection) = open(&address, http2, "/download").await;
        shutdown.begin();
        let body = timeout(PATIENCE, body.collect()).await.unwrap().unwrap();
        assert_eq!(body.to_bytes(), "first, second", "{server:?}");
        timeout(PATIENCE, served).await.unwrap().unwrap();
    }
}

/// Its connection is no connection of HTTP any more.
#[tokio::test]
async fn the_server_does_not_wait_for_a_websocket_which_can_be_told() {
    let shutdown = Shutdown::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = tokio::spawn(serve(Server::Axum, listener, shutdown.clone()));
    let mut socket = TcpStream::connect(address).await.unwrap();
    let request = "GET /socket HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
        sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 101 "), "{head:?}");

    shutdown.begin();
    timeout(PATIENCE, served).await.unwrap().unwrap();
    // It is open still: an empty message goes one way, with the mask that clients have to use, and a goodbye the other.
    socket.write_all(&[0x82, 0x80, 0, 0, 0, 0]).await.unwrap();
    let mut frame = [0; 2];
    let read = socket.read_exact(&mut frame);
    timeout(PATIENCE, read).await.unwrap().unwrap();
    assert_eq!(frame, [0x88, 0]);
}

/// Of tokio, and not of this crate: why a deadline of the server is none of the process.
#[test]
fn the_end_of_a_runtime_waits_for_blocking_work_unless_it_has_a_deadline() {
    let work = Duration::from_secs(1);
    let end = |end: fn(tokio::runtime::Runtime)| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (begun, has_begun) = std::sync::mpsc::channel();
        runtime.spawn_blocking(move || {
            begun.send(()).unwrap();
            std::thread::sleep(work);
        });
        has_begun.recv().unwrap();
        let start = Instant::now();
        end(runtime);
        start.elapsed()
    };
    let waited = end(drop);
    assert!(waited > work / 2, "{waited:?}");
    let cut = end(|runtime| runtime.shutdown_timeout(Duration::ZERO));
    assert!(cut < work / 2, "{cut:?}");
}
