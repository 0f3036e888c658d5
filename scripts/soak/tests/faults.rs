//! What the machine may run out of: file descriptors and memory.
#![cfg(target_os = "linux")]

mod program;

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    os::unix::process::ExitStatusExt,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use program::Program;

const GET: &[u8] = b"GET /api/users/7 HTTP/1.1\r\nhost: a\r\n\r\n";

/// The program under limits of the kernel, as `prlimit` names them.
fn limited(limits: &[String]) -> Program {
    let mut command = Command::new("prlimit");
    command
        .args(limits)
        .arg(env!("CARGO_BIN_EXE_soak"))
        // One heap, so that what is reserved is what is used.
        .env("MALLOC_ARENA_MAX", "1");
    Program::start_under(&mut command)
}

/// Whether the server answers on this connection before long.
fn is_answered(connection: &mut TcpStream, patience: Duration) -> bool {
    connection.set_read_timeout(Some(patience)).unwrap();
    let mut bytes = [0; 1024];
    match connection.read(&mut bytes) {
        Ok(length) => {
            let answer = String::from_utf8_lossy(&bytes[..length]);
            assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
            assert!(answer.ends_with("\r\n\r\n\"7\""), "{answer}");
            true
        }
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => false,
        Err(error) => panic!("{error}"),
    }
}

fn upload(connection: &mut TcpStream) -> String {
    let body = "--b\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\nab\r\n--b--\r\n";
    let length = body.len();
    write!(
        connection,
        "POST /api/upload HTTP/1.1\r\nhost: a\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut bytes = [0; 1024];
    let length = connection.read(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes[..length]).into_owned()
}

#[test]
fn h80_a_server_out_of_file_descriptors_answers_again_when_there_are_some() {
    const LIMIT: usize = 30;
    const CLIENTS: usize = 40;
    let program = limited(&[format!("--nofile={LIMIT}:{LIMIT}")]);
    // What was inherited may have a higher number than the limit allows new ones.
    let count = || program.descriptors().filter(|&it| it < LIMIT).count();
    let idle = count();
    let mut first = program.connect();
    assert!(upload(&mut first).ends_with("\r\n\r\n[1,2,195]"));

    let mut clients: Vec<_> = (0..CLIENTS).map(|_| program.connect()).collect();
    for client in &mut clients {
        client.write_all(GET).unwrap();
    }
    // As many as there are descriptors for, in the order in which they came; the others wait in the queue of the listener.
    let mut waiting = clients.split_off(LIMIT - idle - 1);
    for client in &mut clients {
        assert!(is_answered(client, Duration::from_secs(30)), "idle: {idle}");
    }
    for client in &mut waiting {
        assert!(
            !is_answered(client, Duration::from_millis(100)),
            "idle: {idle}"
        );
    }
    assert_eq!(count(), LIMIT);
    // A connection that is open goes on: what needs no descriptor is answered, and what needs one is a 500.
    first.write_all(GET).unwrap();
    assert!(is_answered(&mut first, Duration::from_secs(30)));
    let failed = upload(&mut first);
    assert!(failed.starts_with("HTTP/1.1 500 "), "{failed}");
    assert!(
        failed.ends_with("\r\n\r\nInternal Server Error"),
        "{failed}"
    );

    // Nothing is asked again: those that waited are answered by themselves.
    drop(clients);
    let more = waiting.split_off(waiting.len() / 2);
    for mut client in waiting {
        assert!(is_answered(&mut client, Duration::from_secs(30)));
    }
    drop(more);
    let mut first = program.connect();
    assert!(upload(&mut first).ends_with("\r\n\r\n[1,2,195]"));
    drop(first);
    let deadline = Instant::now() + Duration::from_secs(30);
    while count() > idle {
        assert!(Instant::now() < deadline, "{} are left", count());
        thread::sleep(Duration::from_millis(10));
    }
}

/// All that came back to 64 clients that sent this at once.
fn crowd(program: &Program, request: &[u8]) -> Vec<String> {
    thread::scope(|scope| {
        let clients: Vec<_> = (0..64)
            .map(|_| {
                scope.spawn(|| {
                    let mut connection = program.connect();
                    let _ = connection.write_all(request);
                    let mut answer = Vec::new();
                    let _ = connection.read_to_end(&mut answer);
                    String::from_utf8(answer).unwrap()
                })
            })
            .collect();
        clients.into_iter().map(|it| it.join().unwrap()).collect()
    })
}

fn post(path: &str, kind: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n"
    );
    (head + body).into_bytes()
}

/// 200 MB more than the idle program has, which is what docs/reliability.md says is enough.
fn with_200_mb() -> Program {
    let idle = limited(&[]).memory("VmSize:");
    limited(&[format!("--as={}", idle * 1024 + 200_000_000)])
}

#[test]
fn h80_bodies_at_the_limit_fit_into_a_limit_of_memory() {
    let program = with_200_mb();
    let text = "v".repeat(1024 * 1024);
    for answer in crowd(&program, &post("/api/held/body", "text/plain", &text)) {
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(answer.ends_with("\r\n\r\n1048576"), "{answer}");
    }
    // What takes too much is refused before it is there.
    let bomb = format!("[{}]", vec![r#"{"":0}"#; 140_000].join(","));
    for answer in crowd(&program, &post("/api/made/body", "application/json", &bomb)) {
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    }
    let mut after = program.connect();
    after.write_all(GET).unwrap();
    assert!(is_answered(&mut after, Duration::from_secs(30)));
}

/// Rust ends a process that gets no memory; the clients see their connections end, and no half of an answer.
#[test]
fn h80_more_memory_than_there_is_ends_the_process_and_no_answer_is_wrong() {
    let mut program = with_200_mb();
    // Lists of one number, charged with 7 MB at most: room for four values each, and for up to twice as many of them
    // in the list around. A value is larger where another crate has switched on `preserve_order` of serde_json.
    let value = size_of::<serde_json::Value>();
    let count = 7_000_000 / (4 * value + 16 + 2 * value);
    let json = format!("[{}]", vec!["[0]"; count].join(","));
    for answer in crowd(&program, &post("/api/held/body", "application/json", &json)) {
        assert_eq!(answer, "");
    }
    let status = program.wait();
    // SIGABRT.
    assert_eq!(status.signal(), Some(6), "{status}");
}
