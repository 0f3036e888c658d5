//! Where a body ends, for each side of the proxy.

use std::{
    io::{self, Write},
    net::Shutdown,
    thread,
};

use crate::upstream::{Exchange, Upstream, open};

const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";

#[test]
fn chunks_outweigh_a_length() {
    for lengths in ["content-length: 5\r\n", "content-length: 31\r\n"] {
        let upstream = Upstream::start(move |mut exchange| {
            exchange.write(format!(
                "HTTP/1.1 200 OK\r\n{lengths}transfer-encoding: chunked\r\n\r\n\
                1e\r\n{}\r\n0\r\n\r\n",
                "x".repeat(30)
            ));
        });
        let proxy = upstream.behind_proxy();
        let mut answer = open(&proxy, GET);
        assert_eq!(answer.header("content-length"), None);
        assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
        answer.expect(&format!("1E\r\n{}\r\n0\r\n\r\n", "x".repeat(30)));
        answer.expect_end();
    }
}

#[test]
fn an_answer_has_one_length() {
    for (lengths, expected) in [
        ("content-length: 2\r\ncontent-length: 2\r\n", "200"),
        ("content-length: 2, 2\r\n", "200"),
        ("content-length: 2\r\ncontent-length: 3\r\n", "502"),
        ("content-length: 2, 3\r\n", "502"),
        ("content-length: +2\r\n", "502"),
    ] {
        let upstream = Upstream::start(move |mut exchange| {
            exchange.write(format!("HTTP/1.1 200 OK\r\n{lengths}\r\nok"));
        });
        let proxy = upstream.behind_proxy();
        let mut answer = open(&proxy, GET);
        assert_eq!(answer.status(), expected, "{lengths}");
        if expected == "200" {
            let lines = answer.head.lines();
            let lengths: Vec<_> = lines.filter(|line| line.contains("length")).collect();
            assert_eq!(lengths, ["content-length: 2"]);
            answer.expect("ok");
            answer.expect_end();
        }
    }
}

/// What hyper has not decoded would arrive as if it were plain.
#[test]
fn transfer_codings_but_chunked_are_refused() {
    for coding in ["gzip", "gzip, chunked", "chunked, chunked"] {
        let upstream = Upstream::start(move |mut exchange| {
            exchange.write(format!(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: {coding}\r\n\r\n0\r\n\r\n"
            ));
        });
        let proxy = upstream.behind_proxy();
        let answer = open(&proxy, GET);
        assert_eq!(answer.status(), "502", "{coding}");
    }
    let proxy = Upstream::echo().behind_proxy();
    for (coding, expected) in [("gzip, chunked", "501"), ("gzip", "400")] {
        let request = format!(
            "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: {coding}\r\n\r\n\
            0\r\n\r\n"
        );
        assert_eq!(open(&proxy, request).status(), expected, "{coding}");
    }
}

/// As from Next.js, which does not say how long the answer to the GET is.
#[test]
fn the_answer_to_head_gets_no_length_of_the_proxy() {
    for (head, length) in [
        ("308 Permanent Redirect\r\nlocation: /a\r\n", None),
        ("200 OK\r\ntransfer-encoding: chunked\r\n", None),
        ("200 OK\r\ncontent-length: 0\r\n", Some("0")),
        ("200 OK\r\ncontent-length: 1000\r\n", Some("1000")),
        ("404 Not Found\r\n", None),
        ("304 Not Modified\r\n", None),
    ] {
        let upstream = Upstream::start(move |mut exchange| {
            exchange.write(format!("HTTP/1.1 {head}\r\n"));
        });
        let request = "HEAD / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
        let proxy = upstream.behind_proxy();
        let mut answer = open(&proxy, request);
        assert_eq!(answer.status(), &head[..3]);
        assert_eq!(answer.header("content-length"), length, "{head}");
        answer.expect_end();
    }
}

#[test]
fn a_body_without_a_length_goes_on_in_chunks() {
    let upstream = Upstream::start(|mut exchange| {
        exchange.write("HTTP/1.0 200 OK\r\n\r\nto the end");
    });
    let proxy = upstream.behind_proxy();
    let mut answer = open(&proxy, GET);
    assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
    answer.expect("A\r\nto the end\r\n0\r\n\r\n");

    // A client of HTTP/1.0 knows no chunks.
    let mut answer = open(&proxy, "GET / HTTP/1.0\r\nhost: a\r\n\r\n");
    assert_eq!(answer.header("transfer-encoding"), None);
    answer.expect("to the end");
    answer.expect_end();
}

#[test]
fn trailers_arrive_with_those_who_take_them() {
    let upstream = Upstream::start(|mut exchange| {
        exchange.write(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum, content-length\r\n\
            connection: close\r\n\r\n2\r\nok\r\n0\r\nx-sum: 1\r\ncontent-length: 9\r\n\r\n",
        );
    });
    let proxy = upstream.behind_proxy();
    let request = "GET / HTTP/1.1\r\nhost: a\r\nte: trailers\r\nconnection: te, close\r\n\r\n";
    let mut answer = open(&proxy, request);
    answer.expect("2\r\nok\r\n0\r\nx-sum: 1\r\n\r\n");
    answer.expect_end();

    let mut answer = open(&proxy, GET);
    answer.expect("2\r\nok\r\n0\r\n\r\n");
    answer.expect_end();
}

#[test]
fn interim_answers_are_not_taken_for_the_answer() {
    let upstream = Upstream::start(|mut exchange| {
        exchange.write(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n\
            HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
        );
    });
    let proxy = upstream.behind_proxy();
    let mut answer = open(&proxy, GET);
    assert_eq!(answer.status(), "200");
    assert_eq!(answer.header("link"), None);
    answer.expect("ok");
}

#[test]
fn a_client_that_waits_for_100_continue_gets_it() {
    let upstream = Upstream::start(|mut exchange| {
        exchange.expect("hello");
        exchange.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    });
    let proxy = upstream.behind_proxy();
    let interim = open(
        &proxy,
        "POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n",
    );
    assert_eq!(interim.status(), "100");
    let mut stream = interim.reader.into_inner();
    stream.write_all(b"hello").unwrap();
    assert_eq!(Exchange::read(stream).unwrap().status(), "200");
}

/// As Next.js answers a body above its limit.
#[test]
fn an_answer_may_come_before_the_body_has_been_read() {
    let upstream = Upstream::start(|mut exchange| {
        exchange.write(
            "HTTP/1.1 413 Payload Too Large\r\nconnection: close\r\ncontent-length: 3\r\n\r\nbig",
        );
        let stream = exchange.reader.get_ref();
        stream.shutdown(Shutdown::Write).unwrap();
        let _ = io::copy(&mut exchange.reader, &mut io::sink());
    });
    let proxy = upstream.behind_proxy();
    let mut stream = proxy.connect();
    let mut upload = stream.try_clone().unwrap();
    stream
        .write_all(b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100000000\r\n\r\n")
        .unwrap();
    // Fails at the latest when the proxy closes the connection.
    let uploading = thread::spawn(move || while upload.write_all(&[0; 65536]).is_ok() {});
    let mut answer = Exchange::read(stream).unwrap();
    assert_eq!(answer.status(), "413");
    answer.expect("big");
    drop(answer);
    uploading.join().unwrap();
}
