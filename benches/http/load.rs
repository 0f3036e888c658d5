//! The driver: connections that each send a request, read its answer and send the next.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use memchr::memmem;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::timeout,
};

/// No server may hold up a run.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// When a connection has had enough.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Until {
    Elapsed(Duration),
    Requests(usize),
}

/// What came of a slice of load.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Load {
    pub(crate) requests: usize,
    pub(crate) elapsed: Duration,
}

/// Sends `request` over `connections` connections.
pub(crate) fn drive(address: SocketAddr, connections: usize, request: &[u8], until: Until) -> Load {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut streams = Vec::with_capacity(connections);
        for _ in 0..connections {
            streams.push(connect(address).await);
        }
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        for stream in streams {
            tasks.spawn(talk(stream, request.to_vec(), start, until));
        }
        let mut requests = 0;
        while let Some(done) = tasks.join_next().await {
            requests += done.unwrap();
        }
        Load {
            requests,
            elapsed: start.elapsed(),
        }
    })
}

pub(crate) async fn connect(address: SocketAddr) -> TcpStream {
    let stream = timeout(PATIENCE, TcpStream::connect(address)).await;
    let stream = stream
        .expect("a connection in time")
        .unwrap_or_else(|error| panic!("cannot connect to {address}: {error}"));
    stream.set_nodelay(true).unwrap();
    stream
}

/// One connection; the number of requests that were answered with 200.
async fn talk(mut stream: TcpStream, request: Vec<u8>, start: Instant, until: Until) -> usize {
    let mut buffer = Vec::with_capacity(16 * 1024);
    let mut requests = 0;
    loop {
        let enough = match until {
            Until::Elapsed(duration) => start.elapsed() >= duration,
            Until::Requests(count) => requests >= count,
        };
        if enough {
            return requests;
        }
        timeout(PATIENCE, exchange(&mut stream, &request, &mut buffer))
            .await
            .expect("an answer in time");
        requests += 1;
    }
}

/// One request and its answer, which takes the place of what `buffer` holds.
pub(crate) async fn exchange(stream: &mut TcpStream, request: &[u8], buffer: &mut Vec<u8>) {
    // A big request is written while its answer may come in already.
    let (mut reader, mut writer) = stream.split();
    buffer.clear();
    let write = async { writer.write_all(request).await.unwrap() };
    let read = async {
        let mut answer = Answer::default();
        while !answer.is_complete(buffer) {
            let read = reader.read_buf(buffer).await.unwrap();
            assert_ne!(read, 0, "the server closed the connection");
        }
    };
    tokio::join!(write, read);
    assert!(
        buffer.starts_with(b"HTTP/1.1 200"),
        "{}",
        String::from_utf8_lossy(buffer)
    );
}

/// How far an answer has been understood.
#[derive(Debug, Default)]
struct Answer {
    ends: Option<End>,
}

#[derive(Debug)]
enum End {
    At(usize),
    /// After the chunk of length zero.
    LastChunk,
}

impl Answer {
    fn is_complete(&mut self, bytes: &[u8]) -> bool {
        if self.ends.is_none() {
            self.ends = end(bytes);
        }
        match self.ends {
            None => false,
            Some(End::At(length)) => bytes.len() >= length,
            Some(End::LastChunk) => bytes.ends_with(b"\r\n0\r\n\r\n"),
        }
    }
}

/// Where an answer ends, once its head is there.
fn end(bytes: &[u8]) -> Option<End> {
    let head = memmem::find(bytes, b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..head]).expect("a head of ASCII");
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().expect("a length"))
    });
    Some(length.map_or(End::LastChunk, |length| End::At(head + length)))
}
