//! Services behind the servers that the documentation recommends, and a client that sends what it is
//! told, byte for byte.

#[path = "../../examples/hyper/src/serve.rs"]
mod example;

use std::{convert::Infallible, net::SocketAddr, time::Duration};

use axum::{Router, response::IntoResponse};
use bytes::Bytes;
use http::{Request, Response};
use hyper::body::Incoming;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tower::{Service, ServiceBuilder, layer::layer_fn, make::Shared};
use tower_api_routes::{ApiRoutes, BoxError, FsRouter};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Serves `service` as `examples/hyper` does, until the runtime of the test ends.
pub(crate) async fn serve<S, B>(service: S) -> SocketAddr
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    let (listener, address) = listen().await;
    tokio::spawn(example::serve(
        listener,
        service,
        tower_api_routes::Shutdown::new(),
        std::time::Duration::ZERO,
    ));
    address
}

/// Serves `router` in front of `app` as the README does: with axum, as a layer of axum's router and
/// around it.
pub(crate) async fn serve_in_front(router: FsRouter, app: Router) -> [SocketAddr; 2] {
    let (listener, inside) = listen().await;
    let routes = router.clone();
    let layered = app
        .clone()
        .layer(layer_fn(move |inner| ApiRoutes::new(routes.clone(), inner)));
    tokio::spawn(async move { axum::serve(listener, layered).await });

    let (listener, outside) = listen().await;
    let app = ServiceBuilder::new()
        .map_response(IntoResponse::into_response)
        .layer_fn(move |inner| ApiRoutes::new(router.clone(), inner))
        .service(app);
    tokio::spawn(async move { axum::serve(listener, Shared::new(app)).await });
    [inside, outside]
}

/// `router` behind each server that the documentation recommends: alone and in front of an axum
/// router without routes.
pub(crate) async fn serve_everywhere(router: FsRouter) -> [SocketAddr; 3] {
    let alone = serve(router.clone()).await;
    let [inside, outside] = serve_in_front(router, Router::new()).await;
    [alone, inside, outside]
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// A connection.
pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    received: Vec<u8>,
}

/// A response, as it came over the wire.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.head[9..12].parse().unwrap()
    }

    pub(crate) fn reason(&self) -> &str {
        self.head.lines().next().unwrap().get(13..).unwrap_or("")
    }

    /// The first value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).next()
    }

    pub(crate) fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        self.head.lines().filter_map(move |line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// The names of all header lines but `date`, in lower case.
    pub(crate) fn names(&self) -> Vec<String> {
        let lines = self.head.lines().skip(1);
        lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, _)| name.to_ascii_lowercase())
            .filter(|name| name != "date")
            .collect()
    }
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self {
            stream: TcpStream::connect(address).await.unwrap(),
            received: Vec::new(),
        }
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
    }

    /// The next answer, which is not one to HEAD.
    pub(crate) async fn answer(&mut self) -> Answer {
        self.answer_to("GET").await
    }

    pub(crate) async fn answer_to(&mut self, method: &str) -> Answer {
        tokio::time::timeout(PATIENCE, self.read_answer(method != "HEAD"))
            .await
            .expect("an answer in time")
            .expect("an answer to its end")
    }

    /// Whatever else comes until the server closes the connection.
    pub(crate) async fn rest(&mut self) -> String {
        let read = self.stream.read_to_end(&mut self.received);
        let _ = tokio::time::timeout(PATIENCE, read)
            .await
            .expect("the end of the connection");
        String::from_utf8(std::mem::take(&mut self.received)).unwrap()
    }

    /// Closes the connection with a reset.
    pub(crate) fn reset(self) {
        self.stream.set_zero_linger().unwrap();
    }

    /// The next answer; `None` where the connection ends before.
    pub(crate) async fn try_answer(&mut self) -> Option<Answer> {
        tokio::time::timeout(PATIENCE, self.read_answer(true))
            .await
            .expect("an answer, or an end")
    }

    async fn read_answer(&mut self, has_body: bool) -> Option<Answer> {
        let head = self.read_until(b"\r\n\r\n").await?;
        let mut answer = Answer {
            head,
            body: String::new(),
        };
        let body = if !has_body || matches!(answer.status(), 100..=199 | 204 | 304) {
            Vec::new()
        } else if answer.header("transfer-encoding") == Some("chunked") {
            self.read_chunks().await?
        } else {
            let length = answer.header("content-length").unwrap_or("0");
            self.read_bytes(length.parse().unwrap()).await?
        };
        answer.body = String::from_utf8(body).unwrap();
        Some(answer)
    }

    async fn read_chunks(&mut self) -> Option<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let size = self.read_until(b"\r\n").await?;
            let size = usize::from_str_radix(size.trim(), 16).unwrap();
            let mut chunk = self.read_bytes(size + 2).await?;
            chunk.truncate(size);
            body.append(&mut chunk);
            if size == 0 {
                return Some(body);
            }
        }
    }

    /// Everything up to and including `end`.
    pub(crate) async fn read_until(&mut self, end: &[u8]) -> Option<String> {
        loop {
            let found = self.received.windows(end.len()).position(|w| w == end);
            if let Some(at) = found {
                let text = self.take(at + end.len());
                return Some(String::from_utf8(text).unwrap());
            }
            self.read_more().await?;
        }
    }

    async fn read_bytes(&mut self, length: usize) -> Option<Vec<u8>> {
        while self.received.len() < length {
            self.read_more().await?;
        }
        Some(self.take(length))
    }

    async fn read_more(&mut self) -> Option<()> {
        match self.stream.read_buf(&mut self.received).await {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(()),
        }
    }

    fn take(&mut self, length: usize) -> Vec<u8> {
        let rest = self.received.split_off(length);
        std::mem::replace(&mut self.received, rest)
    }
}

/// The answer to `request`, sent as it stands on a connection of its own.
pub(crate) async fn exchange(address: SocketAddr, request: impl AsRef<[u8]>) -> Answer {
    let request = request.as_ref();
    let mut client = Client::connect(address).await;
    client.send(request).await;
    let head = request.starts_with(b"HEAD ");
    client.answer_to(if head { "HEAD" } else { "GET" }).await
}
