//! Users in a database, behind a REST API: SQLite in a file, or Postgres by `DATABASE_URL`. As many of these
//! processes as you like can share one Postgres.

use std::time::Duration;

use axum::{
    Router,
    extract::State,
    http::{HeaderValue, header},
    middleware::map_response_with_state,
    response::Response,
};
use tower_api_routes::{ApiRoutesLayer, BoxError, ErrorFormat, RouterOptions, Shutdown};

use crate::state::{AppState, PreviewMode, Secrets};

mod db;
mod db_error;
mod health_check;
mod page;
mod precondition;
mod state;
#[cfg(test)]
mod tests;
mod user;

tower_api_routes::include_routes!(state::AppState);

/// For requests that are under way when no more are taken.
const GRACE: Duration = Duration::from_secs(10);

/// What the program serves and the tests ask.
fn app(db: db::Db, secrets: Secrets, shutdown: Shutdown) -> Result<Router, BoxError> {
    let mut options = RouterOptions::new().error_format(ErrorFormat::Problem);
    let mut preview = PreviewMode::Off;
    if let Some(keys) = secrets.preview {
        options = options.preview(keys);
        preview = PreviewMode::Available;
    }
    let api = ApiRoutesLayer::new("pages/api")
        .options(options)
        .with_state(AppState {
            db,
            key: secrets.key,
            preview,
            shutdown: shutdown.clone(),
        });
    print!("{}", api.router()?);
    Ok(Router::new()
        .layer(api)
        .layer(map_response_with_state(shutdown, close_connection)))
}

/// While the server drains, no connection is kept for another request: none is open when it ends.
async fn close_connection(State(shutdown): State<Shutdown>, mut response: Response) -> Response {
    if shutdown.has_begun() {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    response
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let variable = |name, default: &str| std::env::var(name).unwrap_or(default.to_owned());
    let port: u16 = variable("PORT", "3000").parse()?;
    if std::env::args().nth(1).as_deref() == Some("health") {
        return health_check::ask(port);
    }
    let url = variable("DATABASE_URL", "sqlite://rest.db?mode=rwc");
    // How long requests are still taken after the signal, for those who look at `/api/health` to notice.
    let drain = Duration::from_secs(variable("DRAIN_SECONDS", "0").parse()?);
    let db = db::Db::connect(&url).await?;
    let shutdown = Shutdown::new();
    let app = app(db, Secrets::from_environment()?, shutdown.clone())?;

    let host = variable("HOST", "127.0.0.1");
    let listener = tokio::net::TcpListener::bind((host, port)).await?;
    println!("listening on http://{}", listener.local_addr()?);

    let at_signal = shutdown.clone();
    tokio::spawn(async move {
        stop_signal().await;
        println!("draining for {} s", drain.as_secs());
        at_signal.begin();
    });
    let served = axum::serve(listener, app).with_graceful_shutdown(shutdown.begun_for(drain));
    tokio::select! {
        served = served => {
            served?;
            println!("stopped");
        }
        () = shutdown.begun_for(drain + GRACE) => println!("stopped, with requests under way"),
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
