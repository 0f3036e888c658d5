//! Bodies that are streamed to disk, over HTTP.

use std::{
    fs,
    io::{Read, Write},
    path::Path,
    thread::sleep,
    time::{Duration, Instant},
};

use example_tests::{Answer, Server};
use serde_json::json;

const MEBIBYTE: usize = 1024 * 1024;

fn start(files: &Path) -> Server {
    let files = ("FILES", files.to_str().unwrap());
    Server::start_with(env!("CARGO_BIN_EXE_body"), &[files])
}

fn count(files: &Path) -> usize {
    fs::read_dir(files).unwrap().count()
}

/// Sends a body of so many mebibytes without holding it in memory.
fn upload(server: &Server, mebibytes: usize) -> Answer {
    let mut connection = server.connect();
    let length = mebibytes * MEBIBYTE;
    let head = format!(
        "POST /api/files HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).unwrap();
    let block = vec![b'x'; MEBIBYTE];
    for _ in 0..mebibytes {
        connection.write_all(&block).unwrap();
    }
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).unwrap();
    Answer::parse("POST", &answer)
}

#[test]
fn an_upload_comes_back_as_it_was() {
    let files = tempfile::tempdir().unwrap();
    let server = start(files.path());
    let content: Vec<u8> = (0..=255).cycle().take(3_000_000).collect();
    let created = server.request("POST", "/api/files", &[], &content);
    assert_eq!(created.status, 201);
    let created = created.json();
    assert_eq!(created["bytes"], 3_000_000);

    let path = format!("/api/files/{}", created["id"].as_str().unwrap());
    let answer = server.get(&path);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-length"), Some("3000000"));
    assert_eq!(
        answer.header("content-type"),
        Some("application/octet-stream")
    );
    assert_eq!(
        answer.header("content-disposition"),
        Some("attachment; filename=\"file\"")
    );
    assert!(answer.body == content);
}

#[test]
fn chunks_make_a_file_too() {
    let files = tempfile::tempdir().unwrap();
    let server = start(files.path());
    let chunked = ("transfer-encoding", "chunked");
    let body = "6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n";
    let answer = server.request("POST", "/api/files", &[chunked], body);
    let id = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";
    assert_eq!(answer.json(), json!({ "id": id, "bytes": 11 }));
    assert_eq!(
        server.get(&format!("/api/files/{id}")).text(),
        "hello world"
    );
}

#[test]
fn an_upload_that_breaks_off_leaves_nothing() {
    let files = tempfile::tempdir().unwrap();
    let server = start(files.path());
    let mut connection = server.connect();
    connection
        .write_all(b"POST /api/files HTTP/1.1\r\nhost: a.example\r\ncontent-length: 100\r\n\r\nabc")
        .unwrap();
    let end = Instant::now() + Duration::from_secs(60);
    while count(files.path()) == 0 {
        assert!(Instant::now() < end, "no file was begun");
        sleep(Duration::from_millis(10));
    }
    drop(connection);
    while count(files.path()) > 0 {
        assert!(Instant::now() < end, "the unfinished file stays");
        sleep(Duration::from_millis(10));
    }
}

#[test]
fn an_upload_over_the_limit_is_refused_unread() {
    let files = tempfile::tempdir().unwrap();
    let server = start(files.path());
    let length = ("content-length", "5368709121");
    let expect = ("expect", "100-continue");
    let answer = server.request("POST", "/api/files", &[length, expect], "");
    assert_eq!(
        (answer.status, answer.text()),
        (413, "Body exceeded 5gb limit")
    );
    assert_eq!(count(files.path()), 0);
}

/// The largest resident set of the process so far, in bytes.
#[cfg(target_os = "linux")]
fn peak_memory(server: &Server) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = peak.unwrap().trim().trim_end_matches(" kB");
    kibibytes.parse::<usize>().unwrap() * 1024
}

#[cfg(target_os = "linux")]
#[test]
fn a_large_upload_takes_no_more_memory_than_a_small_one() {
    let files = tempfile::tempdir().unwrap();
    let server = start(files.path());
    assert_eq!(upload(&server, 4).status, 201);
    let before = peak_memory(&server);
    let answer = upload(&server, 64);
    assert_eq!(answer.json()["bytes"], 64 * MEBIBYTE);
    let grown = peak_memory(&server) - before;
    println!("{} KiB more, on top of {} KiB", grown / 1024, before / 1024);
    assert!(grown < 8 * MEBIBYTE, "{grown} bytes");
}
