//! A server that a test plays itself, byte by byte.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
    time::Duration,
};

use example_tests::Server;

/// For what must come: a test that fails waits this long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A server at a free port, until the test ends.
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
}

impl Upstream {
    /// Answers each connection with what `answer` makes of its first request.
    pub(crate) fn start(answer: impl Fn(Exchange) + Send + Sync + 'static) -> Self {
        let answer = Arc::new(answer);
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let answer = Arc::clone(&answer);
                thread::spawn(move || {
                    if let Some(exchange) = Exchange::read(stream) {
                        answer(exchange);
                    }
                });
            }
        });
        Self { address }
    }

    /// Tells each client what it has sent: the head as it is, and the body.
    pub(crate) fn echo() -> Self {
        Self::start(|mut exchange| {
            let length = exchange.header("content-length");
            let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
            exchange.reader.read_exact(&mut body).unwrap();
            let body = [exchange.head.as_bytes(), &body].concat();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
            exchange.write(head);
            exchange.write(body);
        })
    }

    /// The proxy in front of this server.
    pub(crate) fn behind_proxy(&self) -> Server {
        proxy_to(self.address)
    }

    /// The proxy in front of this server, which may be silent for two seconds.
    pub(crate) fn behind_impatient_proxy(&self) -> Server {
        let url = format!("http://{}", self.address);
        let variables = [("UPSTREAM", &*url), ("UPSTREAM_TIMEOUT", "2")];
        Server::start_with(env!("CARGO_BIN_EXE_next-proxy"), &variables)
    }
}

/// The proxy in front of `upstream`.
pub(crate) fn proxy_to(upstream: SocketAddr) -> Server {
    let url = format!("http://{upstream}");
    Server::start_with(env!("CARGO_BIN_EXE_next-proxy"), &[("UPSTREAM", &url)])
}

/// Sends a head over a connection of its own, and reads the head of the answer.
pub(crate) fn open(proxy: &Server, request: impl AsRef<[u8]>) -> Exchange {
    let mut stream = proxy.connect();
    stream.write_all(request.as_ref()).unwrap();
    Exchange::read(stream).expect("an answer")
}

/// A connection whose first head was read.
pub(crate) struct Exchange {
    /// Request or status line and header fields, as they were sent, without the last line break.
    pub(crate) head: String,
    pub(crate) reader: BufReader<TcpStream>,
}

impl Exchange {
    /// Reads a head; `None` when the connection ends before.
    pub(crate) fn read(stream: TcpStream) -> Option<Self> {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).unwrap() == 0 {
                return None;
            }
        }
        head.truncate(head.len() - 2);
        Some(Self { head, reader })
    }

    /// The status of a response.
    pub(crate) fn status(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The next bytes, which must be these.
    pub(crate) fn expect(&mut self, text: &str) {
        let mut bytes = vec![0; text.len()];
        self.reader.read_exact(&mut bytes).unwrap();
        assert_eq!(String::from_utf8_lossy(&bytes), text);
    }

    pub(crate) fn expect_end(&mut self) {
        let mut rest = Vec::new();
        self.reader.read_to_end(&mut rest).unwrap();
        assert_eq!(String::from_utf8_lossy(&rest), "");
    }

    pub(crate) fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.reader.get_mut().write_all(bytes.as_ref()).unwrap();
    }
}
