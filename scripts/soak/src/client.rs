//! Clients: one that speaks HTTP through hyper, one that sends bytes as they stand.

use std::{net::SocketAddr, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::{
    body::Incoming,
    client::conn::{http1, http2},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::BoxError;

/// No answer may take longer, on a busy machine either.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Fails when `future` takes longer than anything may.
pub(crate) async fn in_time<T>(
    future: impl Future<Output = Result<T, BoxError>>,
) -> Result<T, BoxError> {
    let outcome = tokio::time::timeout(PATIENCE, future).await;
    outcome.map_err(|_| "no answer in time")?
}

/// An answer that was read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) async fn read(response: Response<Incoming>) -> Result<Self, BoxError> {
        let (parts, body) = response.into_parts();
        Ok(Self {
            status: parts.status,
            headers: parts.headers,
            body: body.collect().await?.to_bytes(),
        })
    }

    pub(crate) fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Says what is wrong with this answer, if anything is.
    pub(crate) fn expect(&self, status: u16, body: &[u8]) -> Result<(), BoxError> {
        if self.status == status && self.body == body {
            return Ok(());
        }
        let shown = |bytes: &[u8]| {
            let start = bytes.get(..200).unwrap_or(bytes);
            String::from_utf8_lossy(start).into_owned()
        };
        let (want, found) = (shown(body), shown(&self.body));
        Err(format!("{status} {want:?} expected, {} {found:?} came", self.status).into())
    }
}

/// A connection that speaks HTTP.
#[derive(Debug)]
pub(crate) enum Connection {
    Http1(http1::SendRequest<Full<Bytes>>),
    Http2(http2::SendRequest<Full<Bytes>>),
}

impl Connection {
    pub(crate) async fn http1(address: SocketAddr) -> Result<Self, BoxError> {
        let (sender, connection) = http1::handshake(TokioIo::new(connect(address).await?)).await?;
        tokio::spawn(connection);
        Ok(Self::Http1(sender))
    }

    pub(crate) async fn http2(address: SocketAddr) -> Result<Self, BoxError> {
        let stream = TokioIo::new(connect(address).await?);
        let (sender, connection) = http2::handshake(TokioExecutor::new(), stream).await?;
        tokio::spawn(connection);
        Ok(Self::Http2(sender))
    }

    /// Whether the server takes another request, once the last one is answered.
    pub(crate) async fn is_ready(&mut self) -> bool {
        match self {
            Self::Http1(sender) => sender.ready().await.is_ok(),
            Self::Http2(sender) => sender.ready().await.is_ok(),
        }
    }

    pub(crate) async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Answer, BoxError> {
        in_time(async {
            let response = match self {
                Self::Http1(sender) => sender.send_request(request).await?,
                Self::Http2(sender) => sender.send_request(request).await?,
            };
            Answer::read(response).await
        })
        .await
    }
}

pub(crate) async fn connect(address: SocketAddr) -> Result<TcpStream, BoxError> {
    let stream = in_time(async { Ok(TcpStream::connect(address).await?) }).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// A connection for bytes.
#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) stream: TcpStream,
    received: Vec<u8>,
}

impl Raw {
    /// Connects, and sends `bytes`.
    pub(crate) async fn send(
        address: SocketAddr,
        bytes: impl AsRef<[u8]>,
    ) -> Result<Self, BoxError> {
        let mut stream = connect(address).await?;
        stream.write_all(bytes.as_ref()).await?;
        Ok(Self {
            stream,
            received: Vec::new(),
        })
    }

    /// Everything up to and including `end`.
    pub(crate) async fn until(&mut self, end: &str) -> Result<String, BoxError> {
        in_time(async {
            loop {
                let found = self
                    .received
                    .windows(end.len())
                    .position(|it| it == end.as_bytes());
                if let Some(at) = found {
                    let rest = self.received.split_off(at + end.len());
                    let text = std::mem::replace(&mut self.received, rest);
                    return Ok(String::from_utf8(text)?);
                }
                self.more(end).await?;
            }
        })
        .await
    }

    /// The next `length` bytes.
    pub(crate) async fn bytes(&mut self, length: usize) -> Result<Vec<u8>, BoxError> {
        in_time(async {
            while self.received.len() < length {
                self.more("more").await?;
            }
            let rest = self.received.split_off(length);
            Ok(std::mem::replace(&mut self.received, rest))
        })
        .await
    }

    /// The head of an answer, which has this status.
    pub(crate) async fn head(&mut self, status: u16) -> Result<String, BoxError> {
        let head = self.until("\r\n\r\n").await?;
        if head.starts_with(&format!("HTTP/1.1 {status} ")) {
            Ok(head)
        } else {
            Err(format!("{status} expected, {head:?} came").into())
        }
    }

    /// A whole answer with `Content-Length`, which has this status and this body.
    pub(crate) async fn expect(&mut self, status: u16, body: &str) -> Result<(), BoxError> {
        let head = self.head(status).await?;
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .ok_or_else(|| format!("no length: {head:?}"))?;
        let found = String::from_utf8(self.bytes(length.parse()?).await?)?;
        if found == body {
            Ok(())
        } else {
            Err(format!("{body:?} expected, {found:?} came").into())
        }
    }

    /// Closes the connection: with a reset, or as a client that has gone does.
    pub(crate) fn leave(self, reset: bool) -> Result<(), BoxError> {
        if reset {
            self.stream.set_zero_linger()?;
        }
        Ok(())
    }

    async fn more(&mut self, wanted: &str) -> Result<(), BoxError> {
        if self.stream.read_buf(&mut self.received).await? == 0 {
            let text = String::from_utf8_lossy(&self.received);
            return Err(format!("the connection ends before {wanted:?}: {text:?}").into());
        }
        Ok(())
    }
}
