//! The proxy over HTTP, with a server behind it that the tests play.

use std::{
    io::Write,
    net::{Shutdown, TcpListener},
    process::Command,
    sync::{Mutex, mpsc},
};

use example_tests::Server;
use upstream::{Exchange, PATIENCE, Upstream, proxy_to};

mod upstream;

/// Sends a head over a connection of its own, and reads the head of the answer.
fn open(proxy: &Server, request: &str) -> Exchange {
    let mut stream = proxy.connect();
    stream.write_all(request.as_bytes()).unwrap();
    Exchange::read(stream).expect("an answer")
}

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

const WEBSOCKET: &str = "GET /socket HTTP/1.1\r\nhost: a\r\nconnection: keep-alive, Upgrade\r\n\
    upgrade: websocket\r\nsec-websocket-version: 13\r\n\
    sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

#[test]
fn a_websocket_is_a_tunnel() {
    let upstream = Upstream::start(|mut exchange| {
        for (name, value) in [
            ("connection", "upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("x-forwarded-for", "127.0.0.1"),
        ] {
            assert_eq!(exchange.header(name), Some(value));
        }
        // The first message comes with the head.
        exchange.write(
            "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
            sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n\u{1}welcome",
        );
        exchange.expect("\u{1}ping");
        exchange.write("\u{1}pong");
        exchange.expect_end();
        exchange.write("bye");
    });
    let proxy = upstream.behind_proxy();
    let mut socket = open(&proxy, WEBSOCKET);
    assert!(socket.head.starts_with("HTTP/1.1 101 "), "{}", socket.head);
    assert_eq!(socket.header("connection"), Some("upgrade"));
    assert_eq!(socket.header("upgrade"), Some("websocket"));
    let accept = socket.header("sec-websocket-accept");
    assert_eq!(accept, Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    socket.expect("\u{1}welcome");
    socket.write("\u{1}ping");
    socket.expect("\u{1}pong");
    socket.reader.get_ref().shutdown(Shutdown::Write).unwrap();
    socket.expect("bye");
    socket.expect_end();
}

#[test]
fn a_websocket_may_be_refused() {
    let upstream = Upstream::start(|mut exchange| {
        exchange.write("HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno");
    });
    let proxy = upstream.behind_proxy();
    let mut answer = open(&proxy, WEBSOCKET);
    assert!(answer.head.starts_with("HTTP/1.1 403 "), "{}", answer.head);
    answer.expect("no");
}

#[test]
fn there_is_no_tunnel_for_another_protocol() {
    let request = "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade, http2-settings\r\n\
        upgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n\r\n";
    let upstream = Upstream::start(|mut exchange| {
        assert_eq!(exchange.header("upgrade"), None);
        assert_eq!(exchange.header("http2-settings"), None);
        exchange.write(
            "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n",
        );
    });
    let proxy = upstream.behind_proxy();
    let answer = open(&proxy, request);
    assert!(answer.head.starts_with("HTTP/1.1 502 "), "{}", answer.head);

    let refused = proxy.request("CONNECT", "example.com:443", &[], "");
    assert_eq!(refused.status, 405);
}

#[test]
fn without_an_upstream_server_files_here_still_answer() {
    let address = TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap();
    let proxy = proxy_to(address);
    let answer = proxy.get("/page?q=1");
    assert_eq!(answer.status, 502);
    assert_eq!(answer.text(), "the upstream server does not answer");
    proxy.wait_for_output("GET /page: client error (Connect)");
    assert_eq!(proxy.get("/api/hello").status, 200);
}

#[test]
fn an_upstream_server_may_come_back() {
    let upstream = Upstream::start(|mut exchange| {
        let ok = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        match exchange.head.split(' ').nth(1) {
            Some("/garbage") => exchange.write("SMTP ready\r\n"),
            Some("/nothing") => {}
            _ => exchange.write(ok),
        }
    });
    let proxy = upstream.behind_proxy();
    for _ in 0..3 {
        assert_eq!(proxy.get("/").status, 200);
        assert_eq!(proxy.get("/garbage").status, 502);
        assert_eq!(proxy.get("/nothing").status, 502);
    }
}

/// The client must not take half an answer for a whole one.
#[test]
fn an_answer_that_breaks_off_breaks_off() {
    let upstream = Upstream::start(|mut exchange| {
        exchange.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n");
    });
    let proxy = upstream.behind_proxy();
    let mut answer = open(&proxy, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    answer.expect("4\r\nhalf\r\n");
    // And no "0", which would be the end.
    answer.expect_end();
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
