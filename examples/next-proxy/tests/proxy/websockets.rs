//! WebSockets, and what looks like one.

use std::net::Shutdown;

use crate::upstream::{Upstream, open};

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
fn what_cannot_be_a_websocket_is_forwarded_without_the_upgrade() {
    let upstream = Upstream::start(|mut exchange| {
        let body = match exchange.header("upgrade") {
            Some(_) => {
                "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\n\
                upgrade: websocket\r\n\r\n"
            }
            None => "HTTP/1.1 426 Upgrade Required\r\nconnection: close\r\n\r\n",
        };
        exchange.write(body);
    });
    let proxy = upstream.behind_proxy();
    let upgrade = WEBSOCKET.split_once("\r\n").unwrap().1;
    for line in [
        // RFC 9110, section 7.8: an upgrade in HTTP/1.0 is ignored.
        "GET /socket HTTP/1.0",
        "POST /socket HTTP/1.1\r\ncontent-length: 0",
        "PUT /socket HTTP/1.1\r\ncontent-length: 0",
    ] {
        let answer = open(&proxy, format!("{line}\r\n{upgrade}"));
        assert_eq!(answer.status(), "426", "{line}");
    }
    // A body would be the first message.
    let with_body = format!("GET / HTTP/1.1\r\ncontent-length: 2\r\n{upgrade}hi");
    assert_eq!(open(&proxy, with_body).status(), "426");
}
