//! A disk that is full while an upload is written to it, and that has room again.
#![cfg(target_os = "linux")]

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use example_tests::{Answer, Server};

const MEBIBYTE: usize = 1024 * 1024;

/// The program, started by a script that ends in `exec "$PROGRAM"`.
fn start(directory: &Path, script: &str) -> Server {
    let wrapper = directory.join("start");
    fs::write(&wrapper, format!("#!/bin/sh\nset -e\n{script}\n")).unwrap();
    fs::set_permissions(&wrapper, Permissions::from_mode(0o755)).unwrap();
    let files = directory.join("files");
    fs::create_dir(&files).unwrap();
    let environment = [
        ("FILES", files.to_str().unwrap()),
        ("PROGRAM", env!("CARGO_BIN_EXE_body")),
    ];
    Server::start_with(wrapper.to_str().unwrap(), &environment)
}

/// What the program has in its directory, as it sees it.
fn files(server: &Server, directory: &Path) -> Vec<PathBuf> {
    let root = PathBuf::from(format!("/proc/{}/root", server.id()));
    let seen = root.join(directory.join("files").strip_prefix("/").unwrap());
    let entries = fs::read_dir(seen).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn upload(server: &Server, content: &[u8]) -> Answer {
    server.request("POST", "/api/files", &[], content)
}

fn album(server: &Server, content: &[u8]) -> Answer {
    let mut body =
        b"--b\r\ncontent-disposition: form-data; name=\"picture\"; filename=\"a\"\r\n\r\n".to_vec();
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--b--\r\n");
    let form = ("content-type", "multipart/form-data; boundary=b");
    server.request("POST", "/api/album", &[form], body)
}

/// Uploads more than there is room for, then as much as there is.
fn fills_up(server: &Server, directory: &Path) {
    let large = vec![b'x'; 8 * MEBIBYTE];
    let small = vec![b'y'; MEBIBYTE];
    assert_eq!(upload(server, b"kept").status, 201);
    for _ in 0..3 {
        for answer in [upload(server, &large), album(server, &large)] {
            assert_eq!(answer.status, 500, "{answer:?}");
            assert_eq!(answer.text(), "Internal Server Error");
        }
        // Nothing is left of it but what was there before.
        let end = Instant::now() + Duration::from_secs(60);
        while files(server, directory).len() > 1 {
            assert!(Instant::now() < end, "half a file stays");
            thread::sleep(Duration::from_millis(10));
        }
    }
    for answer in [upload(server, &small), upload(server, b"kept")] {
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    assert_eq!(album(server, b"another").status, 200);
    assert_eq!(files(server, directory).len(), 3);
}

/// As root, who may mount a disk of 4 MiB: in a mount namespace, so that nobody else sees it and it goes with the program.
#[test]
fn h80_a_full_disk_is_a_500_and_leaves_no_half_file() {
    let directory = tempfile::tempdir().unwrap();
    if fs::metadata("/proc/self")
        .map(|it| std::os::unix::fs::MetadataExt::uid(&it))
        .unwrap()
        != 0
    {
        eprintln!("SKIPPED: only root may mount a small disk");
        return;
    }
    let script = "exec unshare --mount sh -ec 'mount -t tmpfs -o size=4m none \"$FILES\"; exec \"$PROGRAM\"'";
    let server = start(directory.path(), script);
    fills_up(&server, directory.path());
}

/// As anybody: files of more than 4 MiB cannot be written.
#[test]
fn h80_a_file_that_cannot_grow_is_a_500_and_leaves_no_half_file() {
    let directory = tempfile::tempdir().unwrap();
    // Without the trap, the signal that comes with it would end the program.
    let script = "trap '' XFSZ\nulimit -f 8192\nexec \"$PROGRAM\"";
    let server = start(directory.path(), script);
    fills_up(&server, directory.path());
}
