//! What every server that the documentation recommends must do, whatever its routes.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use socket2::SockRef;

use crate::Server;

/// A server goes on to answer requests to a path, whatever follows them on the connection, and
/// refuses heads that are too long with 414 and 431. A `GET` of `path` must be answered with 200, a
/// `POST` with something.
///
/// # Panics
///
/// When it does not.
pub fn answers_every_head(server: &Server, path: &str) {
    let get = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
    let post = format!(
        "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"
    );
    let fields: String = (0..150).map(|n| format!("X-{n}: 1\r\n")).collect();
    let closing = get.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    let long = "a".repeat(70_000);
    for (what, request, status) in [
        // RFC 9112, section 2.2: some clients send an empty line after the body.
        ("an empty line after a body", format!("{post}\r\n"), ""),
        (
            "part of the next head",
            format!("{get}GET {path} HT"),
            "200",
        ),
        ("part of an empty line", format!("{get}\r"), "200"),
        ("the next request", format!("{closing}{get}"), "200"),
        (
            "a target of 70 kB",
            format!("GET {path}?{long} HTTP/1.1\r\nHost: a\r\n\r\n"),
            "414",
        ),
        (
            "150 fields",
            format!("GET {path} HTTP/1.1\r\nHost: a\r\n{fields}\r\n"),
            "431",
        ),
    ] {
        let mut connection = server.connect();
        // The server may answer before it has read everything.
        let _ = connection.write_all(request.as_bytes());
        let line = status_line(&mut connection);
        let expected = format!("HTTP/1.1 {status}");
        assert!(line.starts_with(&expected), "{what}: {line:?}");
    }
}

/// The first line of an answer, as far as it comes.
fn status_line(connection: &mut TcpStream) -> String {
    let mut line = Vec::new();
    let mut byte = [0];
    while !line.ends_with(b"\r\n") && matches!(connection.read(&mut byte), Ok(1)) {
        line.push(byte[0]);
    }
    String::from_utf8_lossy(&line).into_owned()
}

/// A hundred clients ask for `path`, whose handler, or stream, takes two seconds or longer, and
/// vanish: within a second the server has closed their connections. Looks at the open files of the
/// process, which only Linux shows; elsewhere nothing is checked.
///
/// # Panics
///
/// When it has not.
pub fn lets_go_of_clients_that_vanish(server: &Server, path: &str) {
    const CLIENTS: usize = 100;
    if open_files(server).is_none() {
        return;
    }
    // What came before may still be closing.
    thread::sleep(Duration::from_millis(500));
    let before = open_files(server).expect("the process runs");
    let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
    for resets in [true, false] {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let mut client = server.connect();
                client.write_all(request.as_bytes()).expect("a request");
                if resets {
                    let linger = SockRef::from(&client).set_linger(Some(Duration::ZERO));
                    linger.expect("a reset at the end");
                }
                client
            })
            .collect();
        let open = wait(server, |open| open >= before + CLIENTS);
        assert!(open >= before + CLIENTS, "{open} files, {before} before");
        // For the handlers to begin.
        thread::sleep(Duration::from_millis(200));
        drop(clients);
        let open = wait(server, |open| open <= before);
        assert!(
            open <= before,
            "{path}, reset: {resets}: {open} open files after a second, {before} before\n{}",
            server.output()
        );
    }
}

/// Waits up to a second for so many open files; how many there are in the end.
fn wait(server: &Server, enough: impl Fn(usize) -> bool) -> usize {
    let end = Instant::now() + Duration::from_secs(1);
    loop {
        let open = open_files(server).expect("the process runs");
        if enough(open) || Instant::now() > end {
            return open;
        }
        thread::sleep(Duration::from_millis(10));
    }
}

fn open_files(server: &Server) -> Option<usize> {
    let files = fs::read_dir(format!("/proc/{}/fd", server.id())).ok()?;
    Some(files.count())
}

/// A client posts a body without end to `path`: the server answers, and closes the connection after
/// a moment, and has read no more than the buffers of the two sockets and a few hundred kilobytes.
///
/// # Panics
///
/// When it reads on, or does not answer.
pub fn cuts_off_endless_bodies(server: &Server, path: &str) {
    let begun = Instant::now();
    let mut connection = server.connect();
    let head = format!("POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000000\r\n\r\n");
    let mut sent = 0;
    let piece = vec![b' '; 64 * 1024];
    let mut written = connection.write_all(head.as_bytes());
    while written.is_ok() && sent < 1 << 30 {
        sent += piece.len();
        written = connection.write_all(&piece);
    }
    let line = status_line(&mut connection);
    assert!(line.starts_with("HTTP/1.1 413 "), "{line:?}");
    let took = begun.elapsed();
    assert!(
        sent < 32 << 20 && took < Duration::from_secs(4),
        "{sent} bytes in {took:?}"
    );
}
