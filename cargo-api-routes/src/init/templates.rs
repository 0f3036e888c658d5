//! The files that `init` writes. Its tests build and ask them.

pub(super) const MANIFEST_AXUM: &str = r#"[package]
name = "{name}"
version = "0.1.0"
edition = "2024"

[dependencies]
axum = "0.8"
listenfd = "1"
tokio = { version = "1", features = ["macros", "net", "rt-multi-thread", "signal"] }
tower-api-routes = { {source} }

[build-dependencies]
tower-api-routes = { {source}, default-features = false, features = ["build"] }
"#;

pub(super) const MANIFEST_HYPER: &str = r#"[package]
name = "{name}"
version = "0.1.0"
edition = "2024"

[dependencies]
hyper = { version = "1", features = ["http1", "server"] }
hyper-util = { version = "0.1", features = ["http1", "server-graceful", "service", "tokio"] }
listenfd = "1"
tokio = { version = "1", features = ["macros", "net", "rt-multi-thread", "signal", "time"] }
tower-api-routes = { {source} }

[build-dependencies]
tower-api-routes = { {source}, default-features = false, features = ["build"] }
"#;

pub(super) const CALL: &str = "    tower_api_routes::build::compile(\"pages/api\");\n";

pub(super) const BUILD: &str = r#"fn main() {
    tower_api_routes::build::compile("pages/api");
}
"#;

pub(super) const HELLO: &str = r#"use std::collections::BTreeMap;

use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.status(200).json(&BTreeMap::from([("hello", "world")]))
}
"#;

pub(super) const MAIN_AXUM: &str = r#"use std::{io, time::Duration};

use axum::{Router, routing::get};
use listenfd::ListenFd;
use tokio::{net::TcpListener, signal};
use tower_api_routes::{ApiRoutesLayer, BoxError, Shutdown};

tower_api_routes::include_routes!();

/// For requests to be answered after the signal to stop.
const GRACE: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let app = Router::new()
        .route("/", get(async || "home"))
        .layer(ApiRoutesLayer::new("pages/api"));

    let listener = listener().await?;
    println!("listening on http://{}", listener.local_addr()?);
    let shutdown = Shutdown::new();
    let at_signal = shutdown.clone();
    tokio::spawn(async move {
        if stop_signal().await.is_ok() {
            at_signal.begin();
        }
    });
    tokio::select! {
        served = axum::serve(listener, app).with_graceful_shutdown(shutdown.begun()) => served?,
        () = shutdown.begun_for(GRACE) => eprintln!("stopped, with requests under way"),
    }
    Ok(())
}

/// Waits for Ctrl-C, or on Unix for SIGTERM, by which containers are stopped.
async fn stop_signal() -> io::Result<()> {
    #[cfg(unix)]
    {
        use signal::unix::{SignalKind, signal as on};
        let mut terminate = on(SignalKind::terminate())?;
        tokio::select! {
            pressed = signal::ctrl_c() => pressed,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    signal::ctrl_c().await
}

/// The socket that `cargo api-routes dev` hands on, which stays open between restarts, or else one of its own.
async fn listener() -> Result<TcpListener, BoxError> {
    if let Some(listener) = ListenFd::from_env().take_tcp_listener(0)? {
        listener.set_nonblocking(true)?;
        return Ok(TcpListener::from_std(listener)?);
    }
    let port = std::env::var("PORT").map_or(Ok(3000), |port| port.parse::<u16>())?;
    Ok(TcpListener::bind(("127.0.0.1", port)).await?)
}
"#;

pub(super) const MAIN_HYPER: &str = r#"use std::{io, time::Duration};

use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use listenfd::ListenFd;
use tokio::{net::TcpListener, signal, time};
use tower_api_routes::{ApiRoutesLayer, BoxError};

tower_api_routes::include_routes!();

/// For a client to send the head of a request, and for requests to be answered after the signal to stop.
const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let router = ApiRoutesLayer::new("pages/api").router()?;

    let listener = listener().await?;
    println!("listening on http://{}", listener.local_addr()?);
    let connections = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop_signal());
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                // A client that left early, or too many open files.
                Err(_) => {
                    time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            _ = &mut stop => break,
        };
        let service = TowerToHyperService::new(router.clone());
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(PATIENCE)
            .serve_connection(TokioIo::new(stream), service);
        tokio::spawn(connections.watch(connection));
    }
    _ = time::timeout(PATIENCE, connections.shutdown()).await;
    Ok(())
}

/// Waits for Ctrl-C, or on Unix for SIGTERM, by which containers are stopped.
async fn stop_signal() -> io::Result<()> {
    #[cfg(unix)]
    {
        use signal::unix::{SignalKind, signal as on};
        let mut terminate = on(SignalKind::terminate())?;
        tokio::select! {
            pressed = signal::ctrl_c() => pressed,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    signal::ctrl_c().await
}

/// The socket that `cargo api-routes dev` hands on, which stays open between restarts, or else one of its own.
async fn listener() -> Result<TcpListener, BoxError> {
    if let Some(listener) = ListenFd::from_env().take_tcp_listener(0)? {
        listener.set_nonblocking(true)?;
        return Ok(TcpListener::from_std(listener)?);
    }
    let port = std::env::var("PORT").map_or(Ok(3000), |port| port.parse::<u16>())?;
    Ok(TcpListener::bind(("127.0.0.1", port)).await?)
}
"#;

pub(super) const TWO_LINES: &str = r#"Two lines for src/main.rs bring the routes in:

    tower_api_routes::include_routes!();                                    // beside the functions
    let app = app.layer(tower_api_routes::ApiRoutesLayer::new("pages/api")); // around your axum `Router`

Without axum, `ApiRoutesLayer::new("pages/api").router()?` is a tower service of its own."#;
