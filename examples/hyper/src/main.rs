//! Route files served by hyper, without axum: with a deadline for the head of a request, deadlines
//! for its body (those of the routes), and a graceful shutdown.

use std::{pin::pin, time::Duration};

use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, time::sleep};
use tower_api_routes::{ApiConfig, ApiRoutesLayer, BoxError, RouterOptions};

tower_api_routes::include_routes!();

/// For a client to send the head of a request, in all.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// For a client to send the next bytes of a body.
const BODY_IDLE_TIMEOUT: Duration = Duration::from_secs(5);
/// For requests that are under way when the server is told to stop.
const GRACE: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let router = ApiRoutesLayer::new("pages/api")
        .options(RouterOptions::new().config(ApiConfig::new().body_idle_timeout(BODY_IDLE_TIMEOUT)))
        .router()?;
    print!("{router}");

    let port = std::env::var("PORT").map_or(Ok(3000), |port| port.parse::<u16>())?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);

    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .half_close(true)
        .pipeline_flush(true);
    let graceful = GracefulShutdown::new();
    let mut stop = pin!(stop_signal());
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of file descriptors, say: go on when there are some again.
                    eprintln!("cannot accept a connection: {error}");
                    sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        let service = TowerToHyperService::new(router.clone());
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                eprintln!("connection failed: {error}");
            }
        });
    }

    drop(listener);
    println!("stopping: requests under way have {} s", GRACE.as_secs());
    tokio::select! {
        () = graceful.shutdown() => println!("stopped"),
        () = sleep(GRACE) => println!("stopped, with requests under way"),
    }
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
