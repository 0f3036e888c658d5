//! [`serve`]: connections for a tower service, without axum.

use std::{convert::Infallible, pin::pin, time::Duration};

use hyper::{Request, Response, body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, time::sleep};
use tower::Service;
use tower_api_routes::{BoxError, Shutdown};

/// For a client to send the head of a request, in all.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Serves HTTP/1 connections with `service` until `shutdown` begins, and then until the requests under way
/// are answered or `grace` has passed.
pub(crate) async fn serve<S, B>(
    listener: TcpListener,
    service: S,
    shutdown: Shutdown,
    grace: Duration,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
    B: hyper::body::Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT);
    let graceful = GracefulShutdown::new();
    let mut stop = pin!(shutdown.begun());
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
        let service = TowerToHyperService::new(service.clone());
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                eprintln!("connection failed: {error}");
            }
        });
    }

    drop(listener);
    println!("stopping: requests under way have {} s", grace.as_secs());
    tokio::select! {
        () = graceful.shutdown() => println!("stopped"),
        () = shutdown.begun_for(grace) => println!("stopped, with requests under way"),
    }
}
