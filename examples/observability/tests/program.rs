//! The program, over HTTP: its log, and the spans that it exports.

use std::{
    io::{Read, Write},
    net::TcpListener,
    time::{Duration, Instant},
};

use example_tests::Server;
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_observability");

#[test]
fn an_error_is_logged_as_json_with_its_route_and_request() {
    let server = Server::start(PROGRAM);
    let answer = server.request("POST", "/api/orders", &[], "");
    assert_eq!(answer.status, 500);
    let line = server.wait_for_output("request failed");
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["level"], "ERROR");
    assert_eq!(line["route"], "/api/orders");
    assert_eq!(line["status"], 500);
    assert_eq!(line["error"], "no database");
    assert_eq!(line["span"]["http.route"], "/api/orders");
    let id = answer.header("x-request-id").unwrap();
    assert_eq!(line["span"]["request_id"], id);
}

#[test]
fn every_answer_is_logged_with_the_id_that_it_carries() {
    let server = Server::start(PROGRAM);
    for (path, status, route) in [
        ("/api/posts/1", 200, "/api/posts/[id]"),
        ("/api/posts/1/", 308, "/api/posts/[id]"),
        ("/api/posts/x", 400, "/api/posts/[id]"),
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, status);
        let line = server.wait_for_output(answer.header("x-request-id").unwrap());
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["status"], status, "{line}");
        assert_eq!(line["span"]["http.route"], route, "{line}");
        assert_eq!(line["span"]["url.path"], path, "{line}");
    }
}

#[test]
fn spans_are_sent_to_the_endpoint_of_the_environment() {
    let collector = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", collector.local_addr().unwrap());
    let server = Server::start_with(
        PROGRAM,
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
            ("OTEL_BSP_SCHEDULE_DELAY", "100"),
        ],
    );
    assert_eq!(server.get("/api/posts/1").status, 200);

    let (mut connection, _) = collector.accept().unwrap();
    connection
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    let mut sent = Vec::new();
    let begin = Instant::now();
    // Protobuf keeps texts as they are.
    let name = b"GET /api/posts/[id]";
    while !sent.windows(name.len()).any(|window| window == name) {
        assert!(begin.elapsed() < Duration::from_secs(60));
        let mut buffer = [0; 4096];
        let read = connection.read(&mut buffer).unwrap();
        assert!(read > 0, "{}", String::from_utf8_lossy(&sent));
        sent.extend_from_slice(&buffer[..read]);
    }
    assert!(sent.starts_with(b"POST /v1/traces HTTP/1.1\r\n"));
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    connection.write_all(answer).unwrap();
}
