//! `explain` beside a server: each path that was recorded from Next.js is explained, and asked of the parity app,
//! which names the route of every answer.

mod support;

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::Value;
use support::repository;

/// For the head of an answer. The routes that answer nothing at all are skipped by name.
const PATIENCE: Duration = Duration::from_secs(60);

struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    fn start() -> Self {
        // Built by `cargo test --workspace`; for `cargo test -p cargo-api-routes` alone, by this test.
        let bin = Path::new(env!("CARGO_BIN_EXE_cargo-api-routes"))
            .parent()
            .unwrap();
        let program = bin.join(format!("parity{}", std::env::consts::EXE_SUFFIX));
        if !program.exists() {
            let mut cargo = Command::new(env!("CARGO"));
            cargo
                .args(["build", "--offline", "-p", "parity"])
                .current_dir(repository());
            assert!(cargo.status().unwrap().success());
        }
        let mut process = Command::new(program)
            .env("PORT", "0")
            .env("SHOW_ROUTES", "1")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line
            .trim()
            .strip_prefix("listening on http://")
            .unwrap()
            .parse()
            .unwrap();
        Self { process, address }
    }

    /// The head of an answer: its status, and a header by its name.
    fn head(&self, method: &str, path: &str) -> (u16, impl Fn(&str) -> Option<String>) {
        let mut connection = TcpStream::connect(self.address).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            connection,
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
            self.address
        )
        .unwrap();
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            let read = connection
                .read(&mut byte)
                .unwrap_or_else(|error| panic!("{method} {path}: {error}"));
            assert_eq!(read, 1, "{method} {path}");
            head.extend(byte);
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let header = move |wanted: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(": "));
            let (_, value) = lines.find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
            Some(value.to_owned())
        };
        (status, header)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// What the app answers beside the router.
const PAGES: [&str; 3] = ["/", "/user", "/api-conflict"];

/// The recorded requests, each once, without those that no URI can be made of, of which `explain` says so.
fn requests() -> BTreeSet<(String, String)> {
    let cases = fs::read_to_string(repository().join("tests/parity/data/cases.json")).unwrap();
    let cases: Value = serde_json::from_str(&cases).unwrap();
    let text = |case: &Value, key: &str| case[key].as_str().unwrap_or_default().to_owned();
    let requests = cases
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (text(it, "method"), text(it, "path")));
    let silent = ["/api/test-no-end", "/api/x/hang"];
    let is_silent = |path: &str| silent.iter().any(|it| path.starts_with(it));
    requests
        .filter(|(_, path)| {
            path.starts_with('/') && path.parse::<http::Uri>().is_ok() && !is_silent(path)
        })
        .collect()
}

#[test]
fn explain_and_the_server_agree_on_every_recorded_path() {
    let requests = requests();
    assert!(requests.len() > 250, "{}", requests.len());
    let mut explain = Command::new(env!("CARGO_BIN_EXE_cargo-api-routes"))
        .args(["explain", "--alone", "--json", "-"])
        .current_dir(repository().join("tests/parity"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = explain.stdin.take().unwrap();
    let lines: String = requests
        .iter()
        .map(|(method, path)| format!("{method} {path}\n"))
        .collect();
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()).unwrap());
    let output = explain.wait_with_output().unwrap();
    writer.join().unwrap();
    let explained: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(explained.len(), requests.len());

    let server = Server::start();
    let mut outcomes = BTreeSet::new();
    for ((method, path), explained) in requests.iter().zip(&explained) {
        let told = |key: &str| explained[key].as_str().map(str::to_owned);
        let (status, header) = server.head(method, path);
        let outcome = told("outcome").unwrap();
        // The app has pages, as Next.js has.
        if PAGES.contains(&path.split('?').next().unwrap_or_default()) {
            assert_eq!(header("x-route"), None, "{method} {path}");
            continue;
        }
        assert_eq!(
            header("x-route"),
            told("route"),
            "{method} {path}: {explained}"
        );
        assert_eq!(
            header("x-file"),
            told("file"),
            "{method} {path}: {explained}"
        );
        if outcome != "handler" {
            assert_eq!(
                Some(u64::from(status)),
                explained["status"].as_u64(),
                "{method} {path}"
            );
            assert_eq!(header("location"), told("location"), "{method} {path}");
            assert_eq!(header("allow"), told("allow"), "{method} {path}");
        }
        outcomes.insert(outcome);
    }
    let outcomes: Vec<_> = outcomes.iter().map(String::as_str).collect();
    assert_eq!(outcomes, ["handler", "malformed", "not found", "redirect"]);
}
