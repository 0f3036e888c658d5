//! The server without axum: its answers, its deadlines and its end.

use std::{
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use example_tests::{Answer, Server, checks, stops};
use serde_json::json;

fn start() -> Server {
    Server::start(env!("CARGO_BIN_EXE_hyper-example"))
}

#[test]
fn the_routes_answer_and_everything_else_is_not_found() {
    let server = start();
    for (path, message) in [
        ("/api/hello", "Hello, world"),
        ("/api/hello?name=Ada", "Hello, Ada"),
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.json(), json!({ "message": message }), "{path}");
    }
    for path in ["/", "/api", "/api/nothing"] {
        let answer = server.get(path);
        assert_eq!((answer.status, answer.text()), (404, "Not Found"), "{path}");
    }
    let refused = server.request("POST", "/api/slow", &[], "");
    assert_eq!(refused.status, 405);
    assert_eq!(refused.header("allow"), Some("GET, HEAD, OPTIONS"));
}

#[test]
fn events_come_one_by_one_and_end() {
    let answer = start().get("/api/events?count=3");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    assert_eq!(
        answer.header("cache-control"),
        Some("no-cache, no-transform")
    );
    assert_eq!(
        answer.text(),
        "id: 0\ndata: tick 0\n\nid: 1\ndata: tick 1\n\nid: 2\ndata: tick 2\n\n"
    );
}

#[test]
fn every_request_is_answered_whatever_follows_it() {
    checks::answers_every_head(&start(), "/api/hello");
}

#[test]
fn h76_a_client_that_vanishes_leaves_no_connection_behind() {
    let server = start();
    checks::lets_go_of_clients_that_vanish(&server, "/api/slow");
    checks::lets_go_of_clients_that_vanish(&server, "/api/events");
    assert_eq!(server.get("/api/hello").status, 200);
}

#[test]
fn a_body_without_end_is_cut_off() {
    checks::cuts_off_endless_bodies(&start(), "/api/hello");
}

#[test]
fn without_a_cors_layer_no_answer_carries_a_cors_header() {
    let server = start();
    let origin = ("origin", "https://other.example");
    let asks = ("access-control-request-method", "PUT");
    for path in ["/", "/api/hello", "/api/slow"] {
        let answer = server.request("OPTIONS", path, &[origin, asks], "");
        assert!(answer.cors_headers().is_empty(), "{path}: {answer:?}");
    }
}

#[cfg(unix)]
#[test]
fn h80_a_request_under_way_is_answered_after_sigterm() {
    let mut server = start();
    let mut slow = server.connect();
    slow.write_all(b"GET /api/slow HTTP/1.1\r\nhost: x\r\n\r\n")
        .unwrap();
    // An idle connection must not hold up the end.
    let _idle = server.connect();
    // For the server to have read the request; it takes two seconds to answer.
    thread::sleep(Duration::from_millis(500));

    server.terminate();
    server.wait_for_output("stopping");
    let refused = TcpStream::connect(server.address());
    assert!(refused.is_err(), "connected to a server that stops");

    let mut received = Vec::new();
    slow.read_to_end(&mut received).unwrap();
    let answer = Answer::parse("GET", &received);
    assert_eq!((answer.status, answer.text()), (200, "done"));
    let status = server.wait();
    assert!(status.success(), "{status}");
    server.wait_for_output("stopped\n");
}

#[cfg(unix)]
#[test]
fn open_streams_and_uploads_end_at_the_signal_and_the_process_with_them() {
    for signal in ["INT", "TERM"] {
        let streams = ["/api/idle", "/api/events"];
        let upload = ("/api/upload", "12345678");
        let answer = stops::ends_what_is_under_way(start(), signal, &streams, upload);
        assert_eq!((answer.status, answer.text()), (200, "8"), "{signal}");
    }
}

#[cfg(unix)]
#[test]
fn an_upload_without_end_is_cut_off_at_the_deadline() {
    stops::cuts_off_an_upload_at_the_deadline(start(), "/api/upload", Duration::from_secs(10));
}

#[cfg(target_os = "linux")]
#[test]
fn h80_a_server_out_of_file_descriptors_answers_again_when_there_are_some() {
    const MORE: usize = 5;
    let server = start();
    assert_eq!(server.get("/api/hello").status, 200);
    let numbers = std::fs::read_dir(format!("/proc/{}/fd", server.id())).unwrap();
    let numbers = numbers.map(|it| it.unwrap().file_name().to_str().unwrap().parse().unwrap());
    // What was inherited may have a high number, and a connection that was just closed may be among them.
    let used = numbers.filter(|number: &usize| *number < 100).count();
    let limited = std::process::Command::new("prlimit")
        .args([
            "--pid",
            &server.id().to_string(),
            &format!("--nofile={}", used + MORE),
        ])
        .status()
        .unwrap();
    assert!(limited.success());

    let mut clients: Vec<_> = (0..4 * MORE).map(|_| server.connect()).collect();
    for client in &mut clients {
        client
            .write_all(b"GET /api/hello HTTP/1.1\r\nhost: x\r\n\r\n")
            .unwrap();
    }
    server.wait_for_output("cannot accept a connection: Too many open files");
    // Those that got a descriptor are answered and leave, and so the others are answered.
    for mut client in clients {
        let answer = read_until(&mut client, "Hello, world");
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    }
    assert_eq!(server.get("/api/hello").status, 200);
}

/// Requests of one kind after the other on one connection until the server closes it: how many were answered. An answer that
/// has begun has to come to its end.
#[cfg(unix)]
fn ask_until_it_ends(server: &Server, request: &[u8], expected: &str) -> usize {
    let mut connection = server.connect();
    for answers in 0.. {
        let mut received = Vec::new();
        let _ = connection.write_all(request);
        let mut bytes = [0; 4096];
        while !received.ends_with(expected.as_bytes()) {
            match connection.read(&mut bytes) {
                Ok(0) | Err(_) => {
                    assert!(
                        received.is_empty(),
                        "{:?}",
                        String::from_utf8_lossy(&received)
                    );
                    return answers;
                }
                Ok(length) => received.extend_from_slice(&bytes[..length]),
            }
        }
        let answer = String::from_utf8_lossy(&received);
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    }
    unreachable!("a connection that never ends")
}

#[cfg(unix)]
#[test]
fn h80_a_signal_in_the_middle_of_everything_breaks_no_answer() {
    let mut server = start();
    let upload = b"POST /api/upload HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n";
    let upload = [upload, &[b'x'; 1_000_000][..]].concat();
    let kinds: [(&[u8], &str); 4] = [
        (
            b"GET /api/hello HTTP/1.1\r\nhost: x\r\n\r\n",
            "{\"message\":\"Hello, world\"}",
        ),
        (b"GET /api/slow HTTP/1.1\r\nhost: x\r\n\r\n", "\r\n\r\ndone"),
        (
            b"GET /api/events HTTP/1.1\r\nhost: x\r\n\r\n",
            "\r\n0\r\n\r\n",
        ),
        (&upload, "\r\n\r\n1000000"),
    ];
    let answers: Vec<usize> = thread::scope(|scope| {
        let clients: Vec<_> = kinds
            .iter()
            .flat_map(|kind| [kind; 8])
            .map(|(request, expected)| {
                scope.spawn(|| ask_until_it_ends(&server, request, expected))
            })
            .collect();
        thread::sleep(Duration::from_secs(1));
        server.terminate();
        clients.into_iter().map(|it| it.join().unwrap()).collect()
    });
    // Each slow request and each stream was answered, once or again.
    assert!(answers.iter().all(|&answers| answers > 0), "{answers:?}");
    let status = server.wait();
    assert!(status.success(), "{status}");
    server.wait_for_output("stopped\n");
}

#[test]
fn a_connection_without_a_whole_head_is_closed() {
    let server = start();
    let begun = Instant::now();
    let mut connection = server.connect();
    let closer = connection.try_clone().unwrap();
    let dribble = thread::spawn(move || {
        let mut closer = closer;
        closer.write_all(b"GET /api/hello HTTP/1.1\r\nx: ").unwrap();
        // Every second a byte, until the server has had enough.
        for _ in 0..30 {
            if closer.write_all(b"x").is_err() {
                break;
            }
            thread::sleep(Duration::from_secs(1));
        }
    });
    let mut received = Vec::new();
    let _ = connection.read_to_end(&mut received);
    let took = begun.elapsed();
    assert!(
        (9..20).contains(&took.as_secs()),
        "closed after {took:?}: {:?}",
        String::from_utf8_lossy(&received)
    );
    assert_eq!(String::from_utf8_lossy(&received), "", "closed unanswered");
    server.wait_for_output("connection failed");
    dribble.join().unwrap();
    assert_eq!(server.get("/api/hello").status, 200);
}
