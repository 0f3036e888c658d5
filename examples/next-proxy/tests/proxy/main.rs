//! The proxy over HTTP, with a server behind it that the tests play.

use std::{
    io::Write,
    process::Command,
    sync::{Mutex, mpsc},
};

use upstream::{Exchange, PATIENCE, Upstream, open};

mod faults;
mod framing;
mod hosts;
mod redirects;
mod upstream;
mod websockets;

#[test]
fn files_here_come_first() {
    let proxy = Upstream::echo().behind_proxy();
    for path in ["/api/hello", "/api/posts/1"] {
        let answer = proxy.get(path);
        assert_eq!(answer.json()["from"], "Rust", "{path}");
        assert_eq!(answer.cors_headers(), [""; 0], "{path}");
    }
    for path in [
        "/",
        "/api",
        "/api/posts",
        "/api/Hello",
        "/_next/static/a.js",
    ] {
        let answer = proxy.get(path);
        assert_eq!(answer.status, 200, "{path}");
        let line = format!("GET {path} HTTP/1.1\r\n");
        assert!(answer.text().starts_with(&line), "{path}");
    }
}

#[test]
fn a_request_goes_on_as_it_came() {
    let proxy = Upstream::echo().behind_proxy();
    let headers = [
        ("host", "example.com"),
        ("cookie", "a=1"),
        ("x-two", "1"),
        ("x-two", "2"),
    ];
    let answer = proxy.request("PROPFIND", "/a%2Fb/%zz?q=%zz+1&", &headers, "body");
    let mut lines: Vec<_> = answer.text().lines().collect();
    assert_eq!(lines.remove(0), "PROPFIND /a%2Fb/%zz?q=%zz+1& HTTP/1.1");
    assert_eq!(lines.pop(), Some("body"));
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "content-length: 4",
            "cookie: a=1",
            "host: example.com",
            "x-forwarded-for: 127.0.0.1",
            "x-forwarded-host: example.com",
            "x-forwarded-proto: http",
            "x-two: 1",
            "x-two: 2",
        ]
    );
}

#[test]
fn an_answer_comes_back_as_it_was() {
    for (head, body) in [
        (
            "HTTP/1.1 200 Fine\r\nset-cookie: a=1\r\nset-cookie: b=2\r\ncontent-length: 2\r\n",
            "ok",
        ),
        (
            "HTTP/1.1 308 Permanent Redirect\r\nlocation: /a\r\ncontent-length: 2\r\n",
            "/a",
        ),
        (
            "HTTP/1.1 404 Not Found\r\ncontent-encoding: br\r\ncontent-length: 3\r\n",
            "...",
        ),
        (
            "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n",
            "",
        ),
        ("HTTP/1.1 204 No Content\r\n", ""),
        ("HTTP/1.1 304 Not Modified\r\netag: \"1\"\r\n", ""),
    ] {
        let upstream = Upstream::start(move |mut exchange| {
            exchange.write(format!("{head}date: now\r\n\r\n{body}"));
        });
        let proxy = upstream.behind_proxy();
        let mut answer = open(&proxy, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
        let sorted = |head: &str| {
            let mut lines: Vec<_> = head.lines().map(ToOwned::to_owned).collect();
            lines.sort_unstable();
            lines
        };
        assert_eq!(sorted(&answer.head), sorted(&format!("{head}date: now")));
        answer.expect(body);
    }
}

#[test]
fn the_answer_to_head_has_a_length_and_no_body() {
    let upstream = Upstream::start(|mut exchange| {
        exchange.write("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
    });
    let answer = upstream.behind_proxy().request("HEAD", "/", &[], "");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-length"), Some("1000"));
}

#[test]
fn headers_of_one_connection_stay_there() {
    let proxy = Upstream::echo().behind_proxy();
    let headers = [
        ("connection", "close, x-hop"),
        ("x-hop", "1"),
        ("keep-alive", "timeout=1"),
        ("te", "trailers"),
        ("proxy-authorization", "Basic YTpi"),
        ("upgrade", "h2c"),
        ("x-end", "1"),
    ];
    let answer = proxy.request("GET", "/", &headers, "");
    let heads = answer.text();
    for (name, _) in headers {
        let arrived = heads.contains(&format!("\r\n{name}: "));
        assert_eq!(arrived, name == "x-end", "{name} in {heads}");
    }

    let upstream = Upstream::start(|mut exchange| {
        exchange.write(
            "HTTP/1.1 200 OK\r\nconnection: close, x-hop\r\nx-hop: 1\r\nkeep-alive: timeout=1\r\n\
            proxy-authenticate: Basic\r\nupgrade: h2c\r\nx-end: 1\r\ncontent-length: 0\r\n\r\n",
        );
    });
    let proxy = upstream.behind_proxy();
    let answer = open(&proxy, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    assert_eq!(answer.header("x-end"), Some("1"));
    for name in [
        "connection",
        "x-hop",
        "keep-alive",
        "proxy-authenticate",
        "upgrade",
    ] {
        assert_eq!(answer.header(name), None, "{name}");
    }
}

#[test]
fn forwarded_headers_cannot_be_forged() {
    let proxy = Upstream::echo().behind_proxy();
    let headers = [
        ("host", "example.com"),
        ("forwarded", "for=1.2.3.4"),
        ("x-forwarded-for", "1.2.3.4"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-port", "1"),
        ("x-forwarded-proto", "https"),
    ];
    let answer = proxy.request("GET", "/", &headers, "");
    let mut forwarded: Vec<_> = answer
        .text()
        .lines()
        .filter(|line| line.contains("forwarded"))
        .collect();
    forwarded.sort_unstable();
    assert_eq!(
        forwarded,
        [
            "x-forwarded-for: 127.0.0.1",
            "x-forwarded-host: example.com",
            "x-forwarded-proto: http",
        ]
    );
}

/// A client cannot take off what the proxy puts on.
#[test]
fn forwarded_headers_cannot_be_taken_off() {
    let proxy = Upstream::echo().behind_proxy();
    let headers = [("connection", "close, x-forwarded-for")];
    let answer = proxy.request("GET", "/", &headers, "");
    assert!(answer.text().contains("\r\nx-forwarded-for: 127.0.0.1\r\n"));
}

#[test]
fn a_request_body_is_a_stream() {
    let (arrived, arrivals) = mpsc::channel();
    let upstream = Upstream::start(move |mut exchange| {
        assert_eq!(exchange.header("transfer-encoding"), Some("chunked"));
        exchange.expect("5\r\nfirst\r\n");
        arrived.send(()).unwrap();
        exchange.expect("6\r\nsecond\r\n0\r\n\r\n");
        exchange.write("HTTP/1.1 204 No Content\r\n\r\n");
    });
    let proxy = upstream.behind_proxy();
    let mut stream = proxy.connect();
    stream
        .write_all(
            b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n",
        )
        .unwrap();
    arrivals.recv_timeout(PATIENCE).expect("the first chunk");
    stream.write_all(b"6\r\nsecond\r\n0\r\n\r\n").unwrap();
    let answer = Exchange::read(stream).unwrap();
    assert!(answer.head.starts_with("HTTP/1.1 204 "), "{}", answer.head);
}

#[test]
fn events_arrive_when_they_are_sent() {
    let (seen, next) = mpsc::channel();
    let next = Mutex::new(next);
    let upstream = Upstream::start(move |mut exchange| {
        exchange.write(
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
            transfer-encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n",
        );
        let next = next.lock().unwrap();
        next.recv_timeout(PATIENCE).expect("the first is seen");
        exchange.write("9\r\ndata: 2\n\n\r\n0\r\n\r\n");
    });
    let proxy = upstream.behind_proxy();
    let mut answer = open(&proxy, "GET /events HTTP/1.1\r\nhost: a\r\n\r\n");
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    answer.expect("9\r\ndata: 1\n\n\r\n");
    seen.send(()).unwrap();
    answer.expect("9\r\ndata: 2\n\n\r\n0\r\n\r\n");
}

#[test]
fn a_client_that_leaves_ends_the_request() {
    let (left, leaves) = mpsc::channel();
    let upstream = Upstream::start(move |mut exchange| {
        exchange.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n.\r\n");
        exchange.expect_end();
        left.send(()).unwrap();
    });
    let proxy = upstream.behind_proxy();
    let mut answer = open(&proxy, "GET /events HTTP/1.1\r\nhost: a\r\n\r\n");
    answer.expect("1\r\n.\r\n");
    drop(answer);
    leaves.recv_timeout(PATIENCE).expect("the request ends");
}

#[test]
fn a_wrong_upstream_is_told_at_start() {
    let output = Command::new(env!("CARGO_BIN_EXE_next-proxy"))
        .env("UPSTREAM", "https://example.com")
        .output()
        .unwrap();
    assert!(!output.status.success());
    let error = String::from_utf8_lossy(&output.stderr);
    let expected = "UPSTREAM is \\\"https://example.com\\\", expected http://host:port";
    assert!(error.contains(expected), "{error}");
}
