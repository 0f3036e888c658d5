//! A reverse proxy: hands requests on to one server, and its answers back, as streams.

use std::{net::SocketAddr, time::Duration};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request, State},
    http::{
        Method, StatusCode, Uri, Version,
        uri::{Authority, PathAndQuery, Scheme},
    },
    response::{IntoResponse, Response},
};
use hyper::upgrade::OnUpgrade;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioIo, TokioTimer},
};
use tokio::io::copy_bidirectional;
use tower_api_routes::BoxError;

use crate::headers::{is_websocket, remove_hop_by_hop, set_forwarded, set_websocket};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Node.js closes idle connections after 5 seconds: do not use one that it is about to close.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// Where requests go.
#[derive(Debug, Clone)]
pub(crate) struct Proxy {
    client: Client<HttpConnector, Body>,
    upstream: Authority,
}

impl Proxy {
    /// # Errors
    ///
    /// When `upstream` is not `http://` with a host, or with more than a host and a port.
    pub(crate) fn new(upstream: &str) -> Result<Self, BoxError> {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build(connector);
        let upstream = authority(upstream)
            .ok_or_else(|| format!("UPSTREAM is {upstream:?}, expected http://host:port"))?;
        Ok(Self { client, upstream })
    }

    /// The same path and query, at the upstream server.
    fn target(&self, uri: &Uri) -> Result<Uri, axum::http::Error> {
        let path = uri.path_and_query().cloned();
        Uri::builder()
            .scheme(Scheme::HTTP)
            .authority(self.upstream.clone())
            .path_and_query(path.unwrap_or(PathAndQuery::from_static("/")))
            .build()
    }
}

fn authority(url: &str) -> Option<Authority> {
    let uri: Uri = url.parse().ok()?;
    let is_root = uri.path_and_query().is_none_or(|path| path == "/");
    let authority = uri.authority()?;
    (uri.scheme() == Some(&Scheme::HTTP) && is_root && !authority.as_str().contains('@'))
        .then(|| authority.clone())
}

/// Answers with what the upstream server answers.
pub(crate) async fn forward(
    State(proxy): State<Proxy>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    if request.method() == Method::CONNECT {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let line = format!("{} {}", request.method(), request.uri().path());
    match try_forward(&proxy, client, request).await {
        Ok(response) => response,
        Err(error) => {
            eprintln!("{line}: {}", with_causes(&*error));
            (
                StatusCode::BAD_GATEWAY,
                "the upstream server does not answer",
            )
                .into_response()
        }
    }
}

async fn try_forward(
    proxy: &Proxy,
    client: SocketAddr,
    mut request: Request,
) -> Result<Response, BoxError> {
    let from_client = is_websocket(request.headers()).then(|| hyper::upgrade::on(&mut request));
    *request.uri_mut() = proxy.target(request.uri())?;
    *request.version_mut() = Version::HTTP_11;
    let headers = request.headers_mut();
    remove_hop_by_hop(headers);
    set_forwarded(headers, client.ip());
    if from_client.is_some() {
        set_websocket(headers);
    }

    let mut response = proxy.client.request(request).await?;

    let to_upstream = hyper::upgrade::on(&mut response);
    *response.version_mut() = Version::HTTP_11;
    let agreed = is_websocket(response.headers());
    remove_hop_by_hop(response.headers_mut());
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        let Some(from_client) = from_client.filter(|_| agreed) else {
            return Err("it switched to a protocol that nobody asked for".into());
        };
        set_websocket(response.headers_mut());
        tokio::spawn(tunnel(from_client, to_upstream));
    }
    Ok(response.map(Body::new))
}

/// Carries bytes both ways until both sides are done, or one is gone.
async fn tunnel(client: OnUpgrade, upstream: OnUpgrade) {
    // Where one of them is gone already there is nothing to carry.
    if let (Ok(client), Ok(upstream)) = (client.await, upstream.await) {
        let _ = copy_bidirectional(&mut TokioIo::new(client), &mut TokioIo::new(upstream)).await;
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upstreams() {
        for url in [
            "http://127.0.0.1:3001",
            "http://localhost/",
            "http://[::1]:3001",
        ] {
            assert!(authority(url).is_some(), "{url}");
        }
        for url in [
            "",
            "localhost:3001",
            "https://localhost",
            "http://user@localhost",
            "http://localhost/app",
            "/",
        ] {
            assert!(authority(url).is_none(), "{url}");
        }
    }

    #[tokio::test]
    async fn targets() {
        let proxy = Proxy::new("http://127.0.0.1:3001").unwrap();
        for (uri, target) in [
            ("/a%2Fb//c?q=%zz&", "http://127.0.0.1:3001/a%2Fb//c?q=%zz&"),
            ("http://other.example/a", "http://127.0.0.1:3001/a"),
            ("http://other.example", "http://127.0.0.1:3001/"),
            ("/?", "http://127.0.0.1:3001/?"),
        ] {
            let uri = uri.parse().unwrap();
            assert_eq!(proxy.target(&uri).unwrap(), target);
        }
    }
}
