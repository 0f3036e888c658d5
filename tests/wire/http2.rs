//! The same over HTTP/2.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{Request, Response};
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::{
    body::{Frame, Incoming},
    client::conn::http2::{SendRequest, handshake},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    service::TowerToHyperService,
};
use tokio::net::{TcpListener, TcpStream};
use tower::Service;
use tower_api_routes::{
    ApiConfig, BoxError, FsRouter,
    router::{any, post},
};

pub(crate) type ClientBody = http_body_util::combinators::BoxBody<Bytes, BoxError>;

pub(crate) async fn serve<S, B>(service: S) -> SocketAddr
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let service = TowerToHyperService::new(service.clone());
            tokio::spawn(
                hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                    .enable_connect_protocol()
                    .serve_connection(TokioIo::new(stream), service),
            );
        }
    });
    address
}

pub(crate) async fn connect(address: SocketAddr) -> SendRequest<ClientBody> {
    let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let (sender, connection) = handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);
    sender
}

async fn read(response: Response<Incoming>) -> (u16, String) {
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn request(path: &str, body: ClientBody) -> Request<ClientBody> {
    Request::post(format!("http://a{path}")).body(body).unwrap()
}

pub(crate) fn empty() -> ClientBody {
    Full::default().map_err(|never| match never {}).boxed()
}

/// A body that names no length.
fn of_unknown_length(bytes: usize) -> ClientBody {
    const FRAME: usize = 16 * 1024;
    let frames = (0..bytes).step_by(FRAME).map(move |start| {
        let length = FRAME.min(bytes - start);
        Ok(Frame::data(Bytes::from(vec![b'a'; length])))
    });
    let frames: Vec<_> = frames.collect();
    BodyExt::boxed(StreamBody::new(stream::iter(frames)))
}

#[tokio::test]
async fn h24_a_body_without_a_length_meets_the_limit() {
    let router = FsRouter::builder()
        .route("length", post(async |body: String| body.len().to_string()))
        .route("body", post(crate::body))
        .build()
        .unwrap();
    let mut client = connect(serve(router).await).await;
    let limit = 1024 * 1024;
    for (path, over) in [
        ("/body", "Body exceeded 1mb limit"),
        // What the extractor says goes to the log, as all that axum's own say.
        ("/length", "Payload Too Large"),
    ] {
        let response = client
            .send_request(request(path, of_unknown_length(limit)))
            .await;
        assert_eq!(read(response.unwrap()).await.0, 200, "{path}");
        let response = client
            .send_request(request(path, of_unknown_length(limit + 1)))
            .await;
        assert_eq!(read(response.unwrap()).await, (413, over.to_owned()));
    }
}

/// A body that never ends, and how much of it has been taken.
fn endless() -> (ClientBody, Arc<AtomicUsize>) {
    let taken = Arc::new(AtomicUsize::new(0));
    let counter = taken.clone();
    let frames = stream::repeat(Bytes::from(vec![b' '; 16 * 1024])).map(move |frame| {
        counter.fetch_add(frame.len(), Ordering::SeqCst);
        Ok(Frame::data(frame))
    });
    (BodyExt::boxed(StreamBody::new(frames)), taken)
}

#[tokio::test]
async fn an_unwanted_body_ends_with_its_answer_and_holds_up_no_other() {
    let small = ApiConfig::new().body_limit("10b");
    let router = FsRouter::builder()
        .route("small", post(crate::body).config(small))
        .route("large", post(crate::body))
        .route("ignores", post(async || "ignored"))
        .route("length", post(async |body: String| body.len().to_string()))
        .build()
        .unwrap();
    let mut client = connect(serve(router).await).await;
    let limit = 1024 * 1024;
    // Beyond what is thrown away a client can send what the window of a stream allows, 1 MiB.
    for (path, status, most) in [
        ("/small", 413, 2 * limit),
        ("/large", 413, 3 * limit),
        ("/ignores", 200, 2 * limit),
        ("/nowhere", 404, 2 * limit),
    ] {
        let begun = tokio::time::Instant::now();
        for _ in 0..10 {
            let (body, taken) = endless();
            let response = client.send_request(request(path, body)).await;
            assert_eq!(read(response.unwrap()).await.0, status, "{path}");
            let other = request("/length", of_unknown_length(limit));
            let response = client.send_request(other).await;
            assert_eq!(read(response.unwrap()).await.1, limit.to_string(), "{path}");
            let taken = taken.load(Ordering::SeqCst);
            assert!(taken <= most, "{path}: {taken} bytes");
        }
        // Not a second for each, as long as HTTP/1 would keep the connection.
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(3), "{path}: {took:?}");
    }
}

#[tokio::test]
async fn answers_carry_nothing_that_http_2_forbids() {
    let mut client = connect(serve(crate::routes()).await).await;
    let response = client.send_request(request("/api/body", of_unknown_length(2 << 20)));
    let response = response.await.unwrap();
    assert_eq!(response.headers().get("connection"), None);
    let answer = read(response).await;
    assert_eq!(answer, (413, "Body exceeded 1mb limit".to_owned()));
    let response = client.send_request(request("/api/x", empty())).await;
    assert_eq!(read(response.unwrap()).await.0, 200);
}

#[tokio::test]
async fn h71_head_has_no_body() {
    let mut client = connect(serve(crate::routes()).await).await;
    for (path, status, length) in [
        ("/api/x", 200, "24"),
        ("/api/text", 200, "4"),
        ("/nowhere", 404, "9"),
        ("/api/%zz", 400, "11"),
        ("/api/x/", 308, "6"),
        ("/api/body", 405, "18"),
    ] {
        let request = Request::head(format!("http://a{path}")).body(empty());
        let response = client.send_request(request.unwrap()).await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(response.headers()["content-length"], length, "{path}");
        assert_eq!(read(response).await.1, "", "{path}");
    }
}

#[tokio::test]
async fn h76_streams_that_are_reset_end_their_handlers() {
    struct Running(Arc<AtomicUsize>);
    impl Drop for Running {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }
    let running = Arc::new(AtomicUsize::new(0));
    let started = Arc::new(AtomicUsize::new(0));
    let counters = (running.clone(), started.clone());
    let router = FsRouter::builder()
        .route(
            "slow",
            any(move || {
                let (running, started) = counters.clone();
                async move {
                    running.fetch_add(1, Ordering::SeqCst);
                    started.fetch_add(1, Ordering::SeqCst);
                    let _running = Running(running);
                    std::future::pending::<()>().await;
                }
            }),
        )
        .route("quick", any(async || "quick"))
        .build()
        .unwrap();
    let address = serve(router).await;
    let mut client = connect(address).await;
    for round in 1..=100 {
        let requests: Vec<_> = (0..10)
            .map(|_| tokio::spawn(client.send_request(request("/slow", empty()))))
            .collect();
        while started.load(Ordering::SeqCst) < round * 10 {
            tokio::task::yield_now().await;
        }
        requests.iter().for_each(tokio::task::JoinHandle::abort);
    }
    let deadline = tokio::time::Instant::now() + Duration::from_secs(5);
    while running.load(Ordering::SeqCst) > 0 {
        assert!(tokio::time::Instant::now() < deadline, "handlers are left");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let response = connect(address)
        .await
        .send_request(request("/quick", empty()))
        .await;
    assert_eq!(read(response.unwrap()).await, (200, "quick".to_owned()));
}
