//! A client for this server.

use std::net::SocketAddr;

use axum::{body::Body, http::Request};
use hyper::{Response, body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_api_routes::ApiError;

/// Sends a GET to this server.
pub(crate) async fn get(address: SocketAddr, path: &str) -> Result<Response<Incoming>, ApiError> {
    let stream = TcpStream::connect(address).await?;
    let (mut client, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = Request::get(path)
        .header("host", address.to_string())
        .body(Body::empty())?;
    Ok(client.send_request(request).await?)
}
