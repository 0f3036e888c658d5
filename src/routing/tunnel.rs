//! CONNECT over HTTP/2 (RFC 8441): a tunnel opens to a handler that took the connection, and to no
//! other.
//!
//! The server opens a tunnel with any 2xx, whoever answers it. Whether a handler has taken the
//! connection (hyper's [`OnUpgrade`], out of the extensions of the request, as WebSocket extractors
//! do it) cannot be read off a request that was moved into the handler. So the request carries an
//! `OnUpgrade` of our own making, which gives the connection of the server on; it holds a
//! [`Late`] stream, and whether that one still lives shows whether somebody kept it.
//!
//! hyper alone makes an `OnUpgrade`, and only for a request that it has read. So it is given one: the
//! few bytes of [`HEAD`], in memory, which ask for an upgrade and are granted it.

use std::{
    cell::Cell,
    convert::Infallible,
    future::{Future, ready},
    io,
    pin::{Pin, pin},
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker, ready},
};

use bytes::Bytes;
use http::{Extensions, Response, StatusCode};
use http_body_util::Empty;
use hyper::{
    rt::{Read, ReadBufCursor, Write},
    server::conn::http1,
    service::service_fn,
    upgrade::{OnUpgrade, Upgraded},
};

const HEAD: &[u8] = b"GET / HTTP/1.1\r\nconnection: upgrade\r\nupgrade: tunnel\r\n\r\n";

/// Watches what becomes of the connection that a CONNECT request offers. In the extensions of the
/// request, for the services that layers wrap.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tunnel(Weak<AtomicBool>);

impl Tunnel {
    /// Puts the connection in the extensions of a request under watch.
    #[cold]
    pub(crate) fn offer(extensions: &mut Extensions) -> Self {
        let watched = extensions.remove::<OnUpgrade>().and_then(watch);
        let tunnel = match watched {
            Some((on_upgrade, tunnel)) => {
                extensions.insert(on_upgrade);
                tunnel
            }
            None => Self::default(),
        };
        extensions.insert(tunnel.clone());
        tunnel
    }

    /// Whether the connection was taken out of the request, and is still held.
    pub(crate) fn is_taken(&self) -> bool {
        self.0.strong_count() > 0
    }
}

/// An `OnUpgrade` that gives on the connection of `real`.
fn watch(real: OnUpgrade) -> Option<(OnUpgrade, Tunnel)> {
    let is_open = Arc::new(AtomicBool::new(false));
    let tunnel = Tunnel(Arc::downgrade(&is_open));
    let stream = Late {
        head: HEAD,
        is_open: Arc::clone(&is_open),
        state: State::Waiting(real),
    };
    let made = Cell::new(None);
    let service = service_fn(|mut request| {
        made.set(Some(hyper::upgrade::on(&mut request)));
        ready(Ok::<_, Infallible>(switching()))
    });
    let connection = http1::Builder::new()
        .serve_connection(stream, service)
        .with_upgrades();
    // All is there to be read and nothing waits to be written, so that once is enough.
    let done = pin!(connection).poll(&mut Context::from_waker(Waker::noop()));
    is_open.store(true, Ordering::Release);
    match done {
        Poll::Ready(Ok(())) => made.take().map(|on_upgrade| (on_upgrade, tunnel)),
        _ => None,
    }
}

fn switching() -> Response<Empty<Bytes>> {
    let mut response = Response::new(Empty::new());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    response
}

/// The stream of a connection that the server gives away later, with its answer.
struct Late {
    /// What is left to be read of [`HEAD`].
    head: &'static [u8],
    /// The head was answered. What is read and written from then on is the connection's.
    is_open: Arc<AtomicBool>,
    state: State,
}

enum State {
    Waiting(OnUpgrade),
    Open(Upgraded),
}

impl Late {
    fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Acquire)
    }

    fn poll_open(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Pin<&mut Upgraded>>> {
        if let State::Waiting(on_upgrade) = &mut self.state {
            let upgraded = ready!(Pin::new(on_upgrade).poll(cx)).map_err(io::Error::other)?;
            self.state = State::Open(upgraded);
        }
        match &mut self.state {
            State::Open(upgraded) => Poll::Ready(Ok(Pin::new(upgraded))),
            State::Waiting(_) => Poll::Pending,
        }
    }
}

impl Read for Late {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_open() {
            return ready!(self.poll_open(cx))?.poll_read(cx, buffer);
        }
        let (now, later) = self.head.split_at(self.head.len().min(buffer.remaining()));
        self.head = later;
        buffer.put_slice(now);
        match now {
            [] => Poll::Pending,
            _ => Poll::Ready(Ok(())),
        }
    }
}

impl Write for Late {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.is_open() {
            return ready!(self.poll_open(cx))?.poll_write(cx, bytes);
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_open() {
            return ready!(self.poll_open(cx))?.poll_flush(cx);
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_open() {
            return ready!(self.poll_open(cx))?.poll_shutdown(cx);
        }
        Poll::Ready(Ok(()))
    }
}
