//! What an upstream server may do wrong.

use std::{
    io::{ErrorKind, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use tokio::{net::TcpSocket, runtime::Runtime};

use crate::upstream::{Exchange, PATIENCE, Upstream, open, proxy_to};

const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

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
    assert_eq!(answer.header("retry-after"), Some("1"));
    proxy.wait_for_output("GET /page: client error (Connect)");
    assert_eq!(proxy.get("/api/hello").status, 200);
}

#[test]
fn an_upstream_server_may_come_back() {
    let upstream = Upstream::start(|mut exchange| {
        let ok = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
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
fn what_is_no_answer_is_a_502() {
    for bytes in [
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nx-half: ",
        "SMTP ready\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntransfer-encoding: gzip\r\n\r\n0\r\n\r\n",
        "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "\u{15}\u{3}\u{1}\0\u{2}\u{2}\u{16}",
    ] {
        let upstream = Upstream::start(move |mut exchange| exchange.write(bytes));
        let proxy = upstream.behind_proxy();
        let mut answer = open(&proxy, GET);
        assert_eq!(answer.status(), "502", "{bytes:?}");
        assert_eq!(answer.header("retry-after"), Some("1"), "{bytes:?}");
        answer.expect("the upstream server does not answer");
    }
}

#[test]
fn an_upstream_server_that_breaks_off_in_its_body_breaks_off() {
    let upstream = Upstream::start(|mut exchange| {
        exchange.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
    });
    let proxy = upstream.behind_proxy();
    let mut answer = open(&proxy, GET);
    assert_eq!(answer.header("content-length"), Some("10"));
    answer.expect("half");
    answer.expect_end();
}

/// As Node.js does with a connection that was idle for 5 seconds, or at its end.
#[test]
fn a_connection_that_was_closed_meanwhile_is_replaced() {
    let (seen, lines) = mpsc::channel();
    let upstream = Upstream::start(move |mut exchange| {
        let line = |exchange: &Exchange| exchange.head.lines().next().unwrap().to_owned();
        seen.send(line(&exchange)).unwrap();
        exchange.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        // Kept for another request, and closed when that has come.
        if let Some(exchange) = Exchange::read(exchange.reader.into_inner()) {
            seen.send(line(&exchange)).unwrap();
        }
    });
    let proxy = upstream.behind_proxy();
    for (request, status, seen) in [
        ("GET /1", 200, &["GET /1"][..]),
        ("GET /2", 200, &["GET /2", "GET /2"]),
        // It may have been carried out.
        ("POST /3", 502, &["POST /3"]),
        ("POST /4", 200, &["POST /4"]),
        ("DELETE /5", 502, &["DELETE /5"]),
    ] {
        let (method, path) = request.split_once(' ').unwrap();
        assert_eq!(
            proxy.request(method, path, &[], "").status,
            status,
            "{request}"
        );
        let lines: Vec<_> = lines.try_iter().collect();
        let seen = seen.iter().map(|line| format!("{line} HTTP/1.1"));
        assert_eq!(lines, Vec::from_iter(seen));
    }
}

/// A second answer on one connection must not become that of the next request.
#[test]
fn an_answer_that_nobody_asked_for_is_dropped() {
    let upstream = Upstream::start(|mut exchange| {
        exchange.write(
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok\
            HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil",
        );
        exchange.expect_end();
    });
    let proxy = upstream.behind_proxy();
    for _ in 0..5 {
        open(&proxy, GET).expect("ok");
    }
}

#[test]
fn a_silent_upstream_server_is_a_504() {
    for bytes in [
        "",
        "HTTP/1.1 200 OK\r\nx-half: ",
        "HTTP/1.1 100 Continue\r\n\r\n",
    ] {
        let (left, leaves) = mpsc::channel();
        let upstream = Upstream::start(move |mut exchange| {
            exchange.write(bytes);
            exchange.expect_end();
            left.send(()).unwrap();
        });
        let proxy = upstream.behind_impatient_proxy();
        let start = Instant::now();
        let mut answer = open(&proxy, GET);
        assert_eq!(answer.status(), "504", "{bytes:?}");
        answer.expect("the upstream server takes too long to answer");
        assert!(start.elapsed() >= Duration::from_secs(2), "{bytes:?}");
        leaves.recv_timeout(PATIENCE).expect("the request ends");
        proxy.wait_for_output("GET /: nothing from the upstream server for 2s");
    }
}

#[test]
fn a_websocket_that_is_not_answered_is_a_504() {
    let upstream = Upstream::start(|mut exchange| exchange.expect_end());
    let proxy = upstream.behind_impatient_proxy();
    let request = "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";
    assert_eq!(open(&proxy, request).status(), "504");
}

/// A listener whose queue is full drops what asks to connect.
#[test]
fn an_upstream_server_that_does_not_accept_is_a_504() {
    let runtime = Runtime::new().unwrap();
    let _guard = runtime.enter();
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let connect = || TcpStream::connect_timeout(&address, Duration::from_millis(500)).ok();
    let waiting: Vec<_> = std::iter::from_fn(connect).take(100).collect();
    assert!(waiting.len() < 100, "the queue fills");
    let proxy = proxy_to(address);
    let start = Instant::now();
    assert_eq!(proxy.get("/").status, 504);
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(proxy.get("/api/hello").status, 200);
}

/// The upstream server cannot answer before it has the whole request.
#[test]
fn a_slow_upload_is_not_the_silence_of_the_server() {
    let upstream = Upstream::start(|mut exchange| {
        exchange.expect(".....");
        exchange.write("HTTP/1.1 204 No Content\r\n\r\n");
    });
    let proxy = upstream.behind_impatient_proxy();
    let mut stream = proxy.connect();
    let mut send = |bytes: &[u8]| stream.write_all(bytes).unwrap();
    send(b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n");
    for _ in 0..5 {
        thread::sleep(Duration::from_millis(500));
        send(b".");
    }
    assert_eq!(Exchange::read(stream).unwrap().status(), "204");
}

/// The client is let go too, although nobody has read what it sends.
#[test]
#[cfg(target_os = "linux")]
fn an_upstream_server_that_does_not_read_is_a_504() {
    let (over, is_over) = mpsc::channel::<()>();
    let is_over = Mutex::new(is_over);
    let upstream = Upstream::start(move |exchange| {
        let _ = is_over.lock().unwrap().recv();
        drop(exchange);
    });
    let proxy = upstream.behind_impatient_proxy();
    let mut stream = proxy.connect();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    let mut upload = stream.try_clone().unwrap();
    write!(
        stream,
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100000000\r\n\r\n"
    )
    .unwrap();
    // More than all buffers on the way hold.
    let uploading = thread::spawn(move || {
        loop {
            if let Err(error) = upload.write_all(&[0; 65536]) {
                break error;
            }
        }
    });
    let answer = Exchange::read(stream).unwrap();
    assert_eq!(answer.status(), "504");
    let error = uploading.join().unwrap();
    let closed = [ErrorKind::BrokenPipe, ErrorKind::ConnectionReset];
    assert!(closed.contains(&error.kind()), "{error}");
    drop(over);
}

/// Events may be minutes apart: only the head has a deadline.
#[test]
fn a_silent_body_lasts_until_the_client_leaves() {
    let (left, leaves) = mpsc::channel();
    let upstream = Upstream::start(move |mut exchange| {
        exchange.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
        exchange.expect_end();
        left.send(()).unwrap();
    });
    let proxy = upstream.behind_impatient_proxy();
    let mut answer = open(&proxy, GET);
    answer.expect("half");
    let stream = answer.reader.get_mut();
    stream
        .set_read_timeout(Some(Duration::from_millis(2500)))
        .unwrap();
    assert!(stream.read(&mut [0]).is_err(), "it goes on");
    drop(answer);
    leaves.recv_timeout(PATIENCE).expect("the request ends");
}

#[test]
fn a_client_that_leaves_before_the_answer_ends_the_request() {
    let (came, comes) = mpsc::channel();
    let (left, leaves) = mpsc::channel();
    let upstream = Upstream::start(move |mut exchange| {
        came.send(()).unwrap();
        exchange.expect_end();
        left.send(()).unwrap();
    });
    let proxy = upstream.behind_proxy();
    let mut stream = proxy.connect();
    stream.write_all(GET.as_bytes()).unwrap();
    comes.recv_timeout(PATIENCE).expect("the request");
    drop(stream);
    leaves.recv_timeout(PATIENCE).expect("the request ends");
}
