//! Whom a request is for, and what a client may take out of it.

use std::sync::mpsc;

use crate::upstream::{Upstream, open};

#[test]
fn a_request_without_one_clear_host_is_refused() {
    let (seen, heads) = mpsc::channel();
    let upstream = Upstream::start(move |exchange| seen.send(exchange.head).unwrap());
    let proxy = upstream.behind_proxy();
    for request in [
        "GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n",
        "GET / HTTP/1.1\r\nhost: a\r\nhost: a\r\n",
        "GET / HTTP/1.1\r\nhost: a\r\nx-a: 1\r\nHOST: b\r\n",
        "GET / HTTP/1.0\r\nhost: a\r\nhost: b\r\n",
        "GET http://a/ HTTP/1.1\r\nhost: a\r\nhost: b\r\n",
        "GET / HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\nhost:\r\n",
        "GET / HTTP/1.1\r\nhost: a b\r\n",
        "GET / HTTP/1.1\r\nhost: a, b\r\n",
        "GET / HTTP/1.1\r\nhost: a/b\r\n",
        "GET / HTTP/1.1\r\nhost: b@a\r\n",
        "GET / HTTP/1.1\r\nhost: a:b\r\n",
        "GET http://b@a/ HTTP/1.1\r\nhost: a\r\n",
    ] {
        let answer = open(&proxy, format!("{request}connection: close\r\n\r\n"));
        assert_eq!(answer.status(), "400", "{request}");
    }
    let reached = heads.try_iter().next();
    assert_eq!(reached, None, "no such request reaches the upstream server");
}

#[test]
fn the_target_of_a_request_outweighs_its_host() {
    let proxy = Upstream::echo().behind_proxy();
    for (request, host) in [
        ("GET / HTTP/1.1\r\nhost: a:80\r\n", "a:80"),
        ("GET / HTTP/1.1\r\nhost: [::1]:3000\r\n", "[::1]:3000"),
        ("GET http://b:81/ HTTP/1.1\r\nhost: a\r\n", "b:81"),
        ("GET http://b/ HTTP/1.0\r\n", "b"),
    ] {
        let request = format!("{request}connection: close\r\n\r\n");
        let text = String::from_utf8(proxy.send(request.as_bytes())).unwrap();
        assert!(text.contains(&format!("\r\nhost: {host}\r\n")), "{text}");
        let forwarded = format!("\r\nx-forwarded-host: {host}\r\n");
        assert!(text.contains(&forwarded), "{text}");
    }
}

/// A client of HTTP/1.0 may leave it out.
#[test]
fn an_old_client_needs_no_host() {
    let proxy = Upstream::echo().behind_proxy();
    let answer = open(&proxy, "GET /a HTTP/1.0\r\n\r\n");
    assert_eq!(answer.status(), "200");
}

#[test]
fn a_client_cannot_take_out_what_the_server_goes_by() {
    let proxy = Upstream::echo().behind_proxy();
    let headers = [
        (
            "connection",
            "close, host, content-length, Authorization, cookie, x-forwarded-for, x-hop",
        ),
        ("host", "example.com"),
        ("authorization", "Bearer 1"),
        ("cookie", "a=1"),
        ("x-hop", "1"),
    ];
    let answer = proxy.request("POST", "/", &headers, "body");
    let text = answer.text();
    for line in [
        "host: example.com",
        "authorization: Bearer 1",
        "cookie: a=1",
        "content-length: 4",
        "x-forwarded-for: 127.0.0.1",
        "x-forwarded-host: example.com",
    ] {
        assert!(text.contains(&format!("\r\n{line}\r\n")), "{line}: {text}");
    }
    assert!(text.ends_with("body"), "{text}");
    assert!(!text.contains("x-hop"), "{text}");
}

#[test]
fn names_beside_bytes_that_are_not_ascii_are_read() {
    let proxy = Upstream::echo().behind_proxy();
    let request = b"GET / HTTP/1.1\r\nhost: a\r\nconnection: x-hop, \xe9\r\nconnection: close\r\n\
        x-hop: 1\r\nx-end: 1\r\n\r\n";
    let text = String::from_utf8(proxy.send(request)).unwrap();
    assert!(text.contains("x-end: 1"), "{text}");
    assert!(!text.contains("x-hop"), "{text}");
}
