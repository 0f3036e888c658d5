//! Route files served by hyper, without axum: with a deadline for the head of a request, deadlines
//! for its body (those of the routes), and a graceful shutdown.

mod serve;

use std::time::Duration;

use tokio::net::TcpListener;
use tower_api_routes::{ApiConfig, ApiRoutesLayer, BoxError, RouterOptions, Shutdown};

tower_api_routes::include_routes!(Shutdown);

/// For a client to send the next bytes of a body.
const BODY_IDLE_TIMEOUT: Duration = Duration::from_secs(5);
/// For requests that are under way when the server is told to stop.
const GRACE: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    // At the signal, for the streams of the routes and for the server.
    let shutdown = Shutdown::new();
    let router = ApiRoutesLayer::new("pages/api")
        .options(RouterOptions::new().config(ApiConfig::new().body_idle_timeout(BODY_IDLE_TIMEOUT)))
        .with_state(shutdown.clone())
        .router()?;
    print!("{router}");

    let port = std::env::var("PORT").map_or(Ok(3000), |port| port.parse::<u16>())?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);

    let at_signal = shutdown.clone();
    tokio::spawn(async move {
        stop_signal().await;
        at_signal.begin();
    });
    serve::serve(listener, router, shutdown, GRACE).await;
    Ok(())
}

/// Waits for Ctrl-C, and on Unix for SIGTERM too.
async fn stop_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
