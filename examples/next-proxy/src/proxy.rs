//! A reverse proxy: hands requests on to one server, and its answers back, as streams.

use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{ConnectInfo, Request, State},
    http::{
        Method, StatusCode, Uri, Version,
        header::CONTENT_LENGTH,
        request, response,
        uri::{Authority, PathAndQuery, Scheme},
    },
    response::{IntoResponse, Response},
};
use hyper::body::{Frame, Incoming};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use tower_api_routes::BoxError;

use crate::{
    failure::Failure,
    headers::{is_plain_or_chunked, remove_hop_by_hop, set_forwarded, settle_length},
    host::{is_plain, settle_host},
    location::remove_origin,
    patience::{SentBody, answer_within, watch_sent},
    websocket,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Node.js closes idle connections after 5 seconds: do not use one that it is about to close.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);
/// A server whose machine is gone says nothing of it: ask, where an answer is quiet for long.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// Where requests go.
#[derive(Debug, Clone)]
pub(crate) struct Proxy {
    client: Client<HttpConnector, SentBody>,
    upstream: Authority,
    patience: Duration,
}

impl Proxy {
    /// With a server that may be silent for as long as `patience`, from the last byte of a request to
    /// the end of the head of its answer.
    ///
    /// # Errors
    ///
    /// When `upstream` is not `http://` with a host, or with more than a host and a port.
    pub(crate) fn new(upstream: &str, patience: Duration) -> Result<Self, BoxError> {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        connector.set_keepalive(Some(KEEPALIVE));
        connector.set_nodelay(true);
        // Without it, a server that stops reading holds on to the connections of both sides.
        #[cfg(target_os = "linux")]
        connector.set_tcp_user_timeout(Some(patience));
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build(connector);
        let upstream = authority(upstream)
            .ok_or_else(|| format!("UPSTREAM is {upstream:?}, expected http://host:port"))?;
        Ok(Self {
            client,
            upstream,
            patience,
        })
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

    /// Asks the upstream server; once more where that has no effect (RFC 9110, section 9.2.2), for it
    /// may just have closed the connection that was kept open.
    async fn answer(&self, request: Request) -> Result<Response<Incoming>, Failure> {
        let (parts, body) = request.into_parts();
        let again = (parts.method.is_safe() && body.is_end_stream())
            .then(|| Request::from_parts(parts.clone(), Body::empty()));
        let answer = self.try_answer(Request::from_parts(parts, body)).await;
        match (answer, again) {
            (Err(Failure::Upstream(_)), Some(again)) => self.try_answer(again).await,
            (answer, _) => answer,
        }
    }

    async fn try_answer(&self, request: Request) -> Result<Response<Incoming>, Failure> {
        let (parts, body) = request.into_parts();
        let (body, sent) = watch_sent(body);
        let answer = self.client.request(Request::from_parts(parts, body));
        match answer_within(self.patience, sent, answer).await {
            Some(answer) => answer.map_err(|error| Failure::of_upstream(error.into())),
            None => {
                let text = format!("nothing from the upstream server for {:?}", self.patience);
                Err(Failure::Silence(text.into()))
            }
        }
    }
}

fn authority(url: &str) -> Option<Authority> {
    let uri: Uri = url.parse().ok()?;
    let is_root = uri.path_and_query().is_none_or(|path| path == "/");
    let authority = uri.authority()?;
    (uri.scheme() == Some(&Scheme::HTTP) && is_root && is_plain(authority))
        .then(|| authority.clone())
}

/// Answers with what the upstream server answers.
pub(crate) async fn forward(
    State(proxy): State<Proxy>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let line = format!("{} {}", request.method(), request.uri().path());
    match try_forward(&proxy, client, request).await {
        Ok(response) => response,
        Err(failure) => {
            eprintln!("{line}: {failure}");
            failure.into_response()
        }
    }
}

async fn try_forward(
    proxy: &Proxy,
    client: SocketAddr,
    mut request: Request,
) -> Result<Response, Failure> {
    let is_head = request.method() == Method::HEAD;
    let opens_websocket = websocket::opens(&request);
    let from_client = opens_websocket.then(|| hyper::upgrade::on(&mut request));

    let (mut parts, body) = request.into_parts();
    prepare(&mut parts, proxy, client)?;
    if opens_websocket {
        websocket::agree(&mut parts.headers);
    }
    let mut answer = proxy.answer(Request::from_parts(parts, body)).await?;

    let to_upstream = hyper::upgrade::on(&mut answer);
    let (mut parts, body) = answer.into_parts();
    let agrees = websocket::is_agreed(&parts.headers);
    pass_on(&mut parts, proxy)?;
    if parts.status == StatusCode::SWITCHING_PROTOCOLS {
        let Some(from_client) = from_client.filter(|_| agrees) else {
            let text = "it switched to a protocol that nobody asked for";
            return Err(Failure::Upstream(text.into()));
        };
        websocket::agree(&mut parts.headers);
        tokio::spawn(websocket::tunnel(from_client, to_upstream));
    }
    let body = if is_head {
        Body::new(Withheld)
    } else {
        Body::new(body)
    };
    Ok(Response::from_parts(parts, body))
}

/// Makes the head of a request of the client that for the upstream server.
fn prepare(head: &mut request::Parts, proxy: &Proxy, client: SocketAddr) -> Result<(), Failure> {
    if head.method == Method::CONNECT {
        return Err(Failure::Connect);
    }
    if !is_plain_or_chunked(&head.headers) {
        return Err(Failure::Coding);
    }
    settle_host(&head.uri, head.version, &mut head.headers)?;
    remove_hop_by_hop(&mut head.headers);
    set_forwarded(&mut head.headers, client.ip());
    head.uri = proxy
        .target(&head.uri)
        .map_err(|error| Failure::Upstream(error.into()))?;
    head.version = Version::HTTP_11;
    Ok(())
}

/// Makes the head of an answer of the upstream server that for the client.
fn pass_on(head: &mut response::Parts, proxy: &Proxy) -> Result<(), Failure> {
    if !is_plain_or_chunked(&head.headers) {
        let text = "it answers with a transfer coding besides chunked";
        return Err(Failure::Upstream(text.into()));
    }
    settle_length(&mut head.headers);
    if head.status == StatusCode::NO_CONTENT {
        // RFC 9110, section 8.6.
        head.headers.remove(CONTENT_LENGTH);
    }
    remove_hop_by_hop(&mut head.headers);
    remove_origin(&mut head.headers, &proxy.upstream);
    head.version = Version::HTTP_11;
    Ok(())
}

/// The body of an answer to `HEAD`: none, of any length, so that nobody concludes that the answer to
/// the `GET` has no byte.
struct Withheld;

impl HttpBody for Withheld {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(None)
    }
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
        let proxy = Proxy::new("http://127.0.0.1:3001", Duration::from_secs(30)).unwrap();
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
