//! The servers: the same endpoints, beside others that nobody asks for.

use std::{convert::Infallible, net::SocketAddr, str::FromStr, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Path},
    response::IntoResponse,
    routing::{get as axum_get, post as axum_post},
};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use serde::Serialize;
use tokio::net::{TcpListener, TcpSocket};
use tower::{Service, ServiceBuilder, service_fn};
use tower_api_routes::{
    ApiConfig, ApiError, ApiRequest, ApiResponse, ApiRoutes, BoxError, EtagAlgorithm, FsRouter,
    RouterOptions,
    router::{any, get},
};

use super::{
    streams,
    workload::{DYNAMIC, ORDERS, Order, STATIC, User},
};

/// The names of the servers and what they are.
pub(crate) const SERVERS: &[&str] = &[
    "hyper",
    "axum",
    "axum::serve",
    "ours",
    "ours etag",
    "ours|axum",
];

/// A server to start: `NAME,ROUTES,THREADS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Config {
    pub(crate) server: String,
    /// Routes in all.
    pub(crate) routes: usize,
    pub(crate) threads: usize,
}

impl Config {
    pub(crate) fn new(server: &str) -> Self {
        Self {
            server: server.to_owned(),
            routes: 100,
            threads: 1,
        }
    }

    pub(crate) fn argument(&self) -> String {
        format!("{},{},{}", self.server, self.routes, self.threads)
    }
}

impl FromStr for Config {
    type Err = BoxError;

    fn from_str(text: &str) -> Result<Self, BoxError> {
        let mut parts = text.split(',');
        let mut next = || parts.next().ok_or("--serve wants NAME,ROUTES,THREADS");
        Ok(Self {
            server: next()?.to_owned(),
            routes: next()?.parse()?,
            threads: next()?.parse()?,
        })
    }
}

/// Serves until the standard input is closed, as it is when the parent ends, however it ends.
pub(crate) fn serve(config: &Config) {
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    });
    let runtime = match config.threads {
        1 => tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build(),
        threads => tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads)
            .enable_all()
            .build(),
    };
    runtime.unwrap().block_on(run(config));
}

async fn run(config: &Config) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    // Thousands of connections come at once.
    let listener = socket.listen(4096).unwrap();
    println!("{}", listener.local_addr().unwrap());

    let others = config.routes.saturating_sub(3);
    match config.server.as_str() {
        "hyper" => hyper(listener, service_fn(bare)).await,
        "axum" => hyper(listener, axum(others)).await,
        "axum::serve" => axum::serve(listener, axum(others)).await.unwrap(),
        "ours" => hyper(listener, ours(others, EtagAlgorithm::Off)).await,
        "ours etag" => hyper(listener, ours(others, EtagAlgorithm::Next)).await,
        "ours|axum" => {
            let app = ApiRoutes::new(ours(others, EtagAlgorithm::Off), axum(0));
            let app = ServiceBuilder::new()
                .map_response(IntoResponse::into_response)
                .service(app);
            axum::serve(listener, tower::make::Shared::new(app))
                .await
                .unwrap();
        }
        "hyper streams" => hyper(listener, service_fn(streams::bare)).await,
        "axum streams" => hyper(listener, streams::axum()).await,
        "ours streams" => hyper(listener, streams::ours()).await,
        other => panic!("no server {other:?}; there are {SERVERS:?}"),
    }
}

/// Every connection as a task, as a server with hyper's HTTP/1 does it.
async fn hyper<S, B>(listener: TcpListener, service: S)
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    let http = http1::Builder::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let service = TowerToHyperService::new(service.clone());
        let connection = http.serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move {
            // The driver closes its connections as it likes.
            let _ = connection.await;
        });
    }
}

fn json(value: &impl Serialize) -> Response<Full<Bytes>> {
    let body = Full::new(Bytes::from(serde_json::to_vec(value).unwrap()));
    let mut response = Response::new(body);
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

async fn bare(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(match (request.method(), request.uri().path()) {
        (&Method::GET, STATIC) => json(&User { name: "John Doe" }),
        (&Method::GET, DYNAMIC) => json(&User {
            name: request.uri().path().rsplit('/').next().unwrap(),
        }),
        (&Method::POST, ORDERS) => {
            let body = request.into_body().collect().await.unwrap().to_bytes();
            let order: Order = serde_json::from_slice(&body).unwrap();
            json(&order)
        }
        _ => {
            let mut response = Response::new(Full::default());
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        }
    })
}

/// The other routes of the application: every second one has a parameter.
fn others(count: usize) -> impl Iterator<Item = (String, bool)> {
    (0..count).map(|n| (format!("resource{n}/items"), n % 2 == 1))
}

async fn nothing() {}

fn axum(count: usize) -> Router {
    let mut router = Router::new();
    for (other, dynamic) in others(count) {
        let id = if dynamic { "/{id}" } else { "" };
        router = router.route(&format!("/api/{other}{id}"), axum_get(nothing));
    }
    router
        .route(
            "/api/user",
            axum_get(async || axum::Json(User { name: "John Doe" })),
        )
        .route(
            "/api/users/{id}",
            axum_get(async |Path(id): Path<String>| axum::Json(User { name: &id }).into_response()),
        )
        .route(
            "/api/orders",
            axum_post(async |axum::Json(order): axum::Json<Order>| axum::Json(order)),
        )
        .layer(DefaultBodyLimit::max(4 << 20))
}

fn ours(count: usize, etag: EtagAlgorithm) -> FsRouter {
    let config = ApiConfig::new().body_limit("4mb");
    let mut builder = FsRouter::builder()
        .mount("/api")
        .options(RouterOptions::new().etag(etag).config(config));
    for (other, dynamic) in others(count) {
        let id = if dynamic { "/[id]" } else { "" };
        builder = builder.route(format!("{other}{id}"), get(nothing));
    }
    builder
        .route("user", any(user))
        .route("users/[id]", any(user_by_id))
        .route("orders", any(order))
        .build()
        .unwrap()
}

async fn user(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.json(&User { name: "John Doe" })
}

async fn user_by_id(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let name = req.param("id").unwrap_or_default();
    res.json(&User { name: &name })
}

async fn order(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let order: Order = req.json().await?;
    Ok(res.json(&order))
}
