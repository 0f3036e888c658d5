//! What every server that is told to stop must do, whatever its routes.

use std::{
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use crate::{Answer, Server};

/// For the server to have read what was sent.
const A_MOMENT: Duration = Duration::from_millis(500);

/// At a signal (`INT`, `TERM`), a server ends its streams of events as streams end, with the last chunk, answers an upload
/// that is under way, and ends, before the deadline of requests under way and in spite of a client that holds a
/// connection and asks nothing. It prints `stopped`, as the examples do.
///
/// Each of the `streams` is asked for with `GET`, and has no end of its own. `upload` is a path and a body of JSON,
/// which is posted: one half before the signal, and one when the streams have ended. The answer to it is returned.
///
/// # Panics
///
/// When it does not.
#[must_use]
pub fn ends_what_is_under_way(
    mut server: Server,
    signal: &str,
    streams: &[&str],
    (path, body): (&str, &str),
) -> Answer {
    let mut open: Vec<TcpStream> = streams.iter().map(|path| begin(&server, path)).collect();
    let _idle = server.connect();
    let (early, late) = body.split_at(body.len() / 2);
    let mut upload = begin_upload(&server, path, body.len(), early);
    thread::sleep(A_MOMENT);

    server.signal(signal);
    for (path, stream) in streams.iter().zip(&mut open) {
        let rest = rest_of(stream);
        let rest = String::from_utf8_lossy(&rest);
        assert!(rest.ends_with("0\r\n\r\n"), "{signal} {path}: {rest:?}");
    }
    upload.write_all(late.as_bytes()).expect("it is still read");
    let answer = Answer::parse("POST", &rest_of(&mut upload));
    let status = server.wait();
    assert!(status.success(), "{signal}: {status}");
    // Past the deadline it says something else.
    server.wait_for_output("stopped\n");
    answer
}

/// A client posts to `path` for half a minute, a byte twice a second: told to stop, a server waits for it until its
/// deadline, `grace` after the signal, and then ends without an answer to it. It prints `stopped, with requests under
/// way`, as the examples do.
///
/// # Panics
///
/// When it does not.
pub fn cuts_off_an_upload_at_the_deadline(mut server: Server, path: &str, grace: Duration) {
    let mut upload = begin_upload(&server, path, 100_000, "");
    let mut writer = upload.try_clone().expect("a second handle");
    let dribble = thread::spawn(move || {
        for _ in 0..60 {
            if writer.write_all(b"x").is_err() {
                break;
            }
            thread::sleep(A_MOMENT);
        }
    });
    thread::sleep(A_MOMENT);
    let begun = Instant::now();
    server.signal("TERM");
    let status = server.wait();
    let took = begun.elapsed();
    assert!(status.success(), "{status}");
    assert!(grace <= took && took < 2 * grace, "ended after {took:?}");
    server.wait_for_output("stopped, with requests under way");
    let mut received = Vec::new();
    // A reset, mostly: there are bytes that nobody has read.
    let _ = upload.read_to_end(&mut received);
    assert_eq!(String::from_utf8_lossy(&received), "", "it is answered");
    dribble.join().expect("the thread only writes");
}

/// Asks for a stream, and reads the head of the answer.
fn begin(server: &Server, path: &str) -> TcpStream {
    let mut stream = server.connect();
    let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("a request");
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        assert_eq!(stream.read(&mut byte).expect("a head"), 1, "{head:?}");
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head);
    assert!(head.starts_with("HTTP/1.1 200 "), "{path}: {head}");
    stream
}

fn begin_upload(server: &Server, path: &str, length: usize, early: &str) -> TcpStream {
    let mut upload = server.connect();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{early}"
    );
    upload.write_all(request.as_bytes()).expect("a request");
    upload
}

fn rest_of(stream: &mut TcpStream) -> Vec<u8> {
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).expect("an end, not a reset");
    rest
}
