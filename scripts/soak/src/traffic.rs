//! The kinds of traffic. Each is one visit: it connects, does what it is for, checks what comes back and leaves.

use std::{net::SocketAddr, time::Duration};

use bytes::Bytes;
use futures_util::{FutureExt, future::BoxFuture};
use http::Request;
use http_body_util::Full;
use tokio::{io::AsyncWriteExt, time::sleep};

use crate::{
    BoxError,
    application::{DOWNLOAD, LARGE, pattern},
    client::{Connection, Raw, in_time},
};

type Outcome = Result<(), BoxError>;

/// A visit of one kind, the `n`th.
type Visit = fn(SocketAddr, u64) -> BoxFuture<'static, Outcome>;

/// The name of a kind, how many visits a minute, and the visit.
pub(crate) const KINDS: &[(&str, u32, Visit)] = &[
    ("new connection", 600, |to, n| new_connection(to, n).boxed()),
    ("pipelined requests", 60, |to, _| pipelined(to).boxed()),
    ("upload to disk", 120, |to, _| upload(to).boxed()),
    ("download broken off", 120, |to, n| download(to, n).boxed()),
    ("events left", 60, |to, n| events(to, n).boxed()),
    ("slow reader", 12, |to, _| slow_reader(to).boxed()),
    ("slow sender", 60, |to, _| slow_sender(to).boxed()),
    ("stalled body", 30, |to, _| stalled(to).boxed()),
    ("announced too large", 60, |to, _| announced(to).boxed()),
    ("chunks too large", 30, |to, _| chunks(to).boxed()),
    ("client gone", 120, |to, n| gone(to, n).boxed()),
    ("streams cancelled", 30, |to, _| cancelled(to).boxed()),
    // Eight at once: 64 a minute.
    ("body bombs", 8, |to, n| bombs(to, n).boxed()),
    ("thousand fields", 12, |to, _| fields(to).boxed()),
    ("thousand pairs", 12, |to, _| pairs(to).boxed()),
    ("512 cookies", 12, |to, _| cookies(to).boxed()),
    ("thousand parts", 12, |to, _| parts(to).boxed()),
];

async fn new_connection(to: SocketAddr, n: u64) -> Outcome {
    let request = format!("GET /api/users/{n} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    Raw::send(to, request)
        .await?
        .expect(200, &format!("\"{n}\""))
        .await
}

async fn pipelined(to: SocketAddr) -> Outcome {
    let requests = (0..5).map(|n| format!("GET /api/users/{n} HTTP/1.1\r\nhost: a\r\n\r\n"));
    let mut client = Raw::send(to, requests.collect::<String>()).await?;
    for n in 0..5 {
        client.expect(200, &format!("\"{n}\"")).await?;
    }
    Ok(())
}

fn multipart(parts: usize, content: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(parts * (content.len() + 64));
    for _ in 0..parts {
        body.extend_from_slice(b"--b\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n");
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--b--\r\n");
    body
}

async fn post(
    to: SocketAddr,
    path: &str,
    kind: &str,
    body: Vec<u8>,
    status: u16,
    answer: &str,
) -> Outcome {
    let request = Request::post(format!("http://localhost{path}"))
        .header("host", "localhost")
        .header("content-type", kind)
        .body(Full::new(Bytes::from(body)))?;
    let found = Connection::http1(to).await?.send(request).await?;
    found.expect(status, answer.as_bytes())
}

async fn upload(to: SocketAddr) -> Outcome {
    const LENGTH: usize = 300_000;
    let content = pattern(0, LENGTH);
    let sum: u64 = content.iter().map(|&byte| u64::from(byte)).sum();
    let answer = format!("[1,{LENGTH},{sum}]");
    post(
        to,
        "/api/upload",
        "multipart/form-data; boundary=b",
        multipart(1, &content),
        200,
        &answer,
    )
    .await
}

async fn download(to: SocketAddr, n: u64) -> Outcome {
    const PIECE: usize = 50_000;
    let mut client = Raw::send(to, "GET /api/download HTTP/1.1\r\nhost: a\r\n\r\n").await?;
    let head = client.head(200).await?;
    if !head.contains(&format!("content-length: {DOWNLOAD}\r\n")) {
        return Err(format!("no length: {head}").into());
    }
    for piece in 0..10 {
        if client.bytes(PIECE).await? != pattern(piece * PIECE, PIECE) {
            return Err(format!("piece {piece} differs").into());
        }
    }
    client.leave(n.is_multiple_of(2))
}

async fn events(to: SocketAddr, n: u64) -> Outcome {
    let mut client = Raw::send(to, "GET /api/events HTTP/1.1\r\nhost: a\r\n\r\n").await?;
    client.head(200).await?;
    for event in 0..10 {
        client.until(&format!("data: event {event}\n\n")).await?;
    }
    client.leave(n.is_multiple_of(2))
}

async fn slow_reader(to: SocketAddr) -> Outcome {
    const PIECE: usize = 32 * 1024;
    let mut client = Raw::send(to, "GET /api/large HTTP/1.1\r\nhost: a\r\n\r\n").await?;
    client.head(200).await?;
    for from in (0..LARGE).step_by(PIECE) {
        if client.bytes(PIECE).await? != pattern(from, PIECE) {
            return Err(format!("the piece at {from} differs").into());
        }
        sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}

async fn slow_sender(to: SocketAddr) -> Outcome {
    let head = "POST /api/length HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n";
    let mut client = Raw::send(to, head).await?;
    for _ in 0..10 {
        sleep(Duration::from_millis(200)).await;
        client.stream.write_all(&[b'a'; 100]).await?;
    }
    client.expect(200, "1000").await
}

async fn stalled(to: SocketAddr) -> Outcome {
    let head = "POST /api/stalls HTTP/1.1\r\nhost: a\r\ncontent-length: 20\r\n\r\n1234567890";
    Raw::send(to, head).await?.head(408).await.map(drop)
}

async fn announced(to: SocketAddr) -> Outcome {
    let head = "POST /api/body HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 5000000\r\n\r\n";
    Raw::send(to, head)
        .await?
        .expect(413, "Body exceeded 1mb limit")
        .await
}

async fn chunks(to: SocketAddr) -> Outcome {
    let head = "POST /api/body HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n";
    let mut client = Raw::send(to, head).await?;
    let chunk = [b"10000\r\n", &[b'a'; 0x1_0000][..], b"\r\n"].concat();
    // One more than the limit; the server may close after that.
    for _ in 0..17 {
        client.stream.write_all(&chunk).await?;
    }
    client.expect(413, "Body exceeded 1mb limit").await
}

/// Leaves within a head, a body, a handler, and behind an unread answer.
async fn gone(to: SocketAddr, n: u64) -> Outcome {
    let request = match n / 2 % 4 {
        0 => "GET /api/us",
        1 => "POST /api/body HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nabc",
        2 => "GET /api/slow HTTP/1.1\r\nhost: a\r\n\r\n",
        _ => "GET /api/large HTTP/1.1\r\nhost: a\r\n\r\n",
    };
    let client = Raw::send(to, request).await?;
    sleep(Duration::from_millis(100)).await;
    client.leave(n.is_multiple_of(2))
}

async fn cancelled(to: SocketAddr) -> Outcome {
    let connection = Connection::http2(to).await?;
    let Connection::Http2(sender) = &connection else {
        return Ok(());
    };
    let request =
        |path: &str| Request::get(format!("http://localhost{path}")).body(Full::<Bytes>::default());
    let mut waiting = Vec::new();
    for _ in 0..10 {
        waiting.push(tokio::spawn(
            sender.clone().send_request(request("/api/slow")?),
        ));
    }
    sleep(Duration::from_millis(100)).await;
    for task in &waiting {
        task.abort();
    }
    let mut after = Connection::Http2(sender.clone());
    after
        .send(request("/api/users/1")?)
        .await?
        .expect(200, b"\"1\"")
}

/// What takes the most memory and is refused, and what takes nearly as much and is not.
async fn bombs(to: SocketAddr, n: u64) -> Outcome {
    let (values, status, answer) = match n % 2 {
        0 => (140_000, 413, "Body takes too much memory"),
        _ => (10_000, 200, "10000"),
    };
    let bomb = format!("[{}]", vec![r#"{"":0}"#; values].join(","));
    let all = (0..8).map(|_| {
        post(
            to,
            "/api/count",
            "application/json",
            bomb.clone().into_bytes(),
            status,
            answer,
        )
    });
    in_time(futures_util::future::try_join_all(all))
        .await
        .map(drop)
}

async fn fields(to: SocketAddr) -> Outcome {
    let form = vec!["name=value"; 1000].join("&");
    post(
        to,
        "/api/fields",
        "application/x-www-form-urlencoded",
        form.into_bytes(),
        200,
        "1000",
    )
    .await
}

async fn pairs(to: SocketAddr) -> Outcome {
    // Under different names, as a name that repeats is one.
    let pairs: Vec<_> = (0..1000).map(|n| format!("{n}=v")).collect();
    let pairs = pairs.join("&");
    let request = format!("GET /api/pairs?{pairs} HTTP/1.1\r\nhost: a\r\n\r\n");
    Raw::send(to, request).await?.expect(200, "1000").await
}

async fn cookies(to: SocketAddr) -> Outcome {
    let cookies: Vec<_> = (0..512).map(|n| format!("c{n}=value")).collect();
    let cookies = cookies.join("; ");
    let request = format!("GET /api/cookies HTTP/1.1\r\nhost: a\r\ncookie: {cookies}\r\n\r\n");
    Raw::send(to, request).await?.expect(200, "512").await
}

async fn parts(to: SocketAddr) -> Outcome {
    let content = pattern(0, 20);
    let sum: u64 = content.iter().map(|&byte| u64::from(byte)).sum();
    let answer = format!("[1000,20000,{}]", sum * 1000);
    let body = multipart(1000, &content);
    post(
        to,
        "/api/upload",
        "multipart/form-data; boundary=b",
        body,
        200,
        &answer,
    )
    .await
}
