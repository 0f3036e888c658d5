//! Two replicas on one Postgres behind nginx, which `replicas/run` starts. Skipped where nginx or PostgreSQL is missing,
//! unless `REQUIRE_REPLICAS` is set.
#![cfg(unix)]

use std::{
    collections::BTreeSet,
    fmt::Display,
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use example_tests::{Answer, Server};
use serde_json::json;
use tempfile::TempDir;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/replicas/run");

/// All of it, running.
struct Replicas {
    nginx: Server,
    directory: TempDir,
}

impl Replicas {
    fn start() -> Option<Self> {
        if !is_installed() {
            assert!(
                std::env::var_os("REQUIRE_REPLICAS").is_none(),
                "nginx, PostgreSQL and curl are to be installed"
            );
            eprintln!("SKIPPED: there is no nginx, PostgreSQL or curl");
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        let environment = [
            ("DIR", directory.path().to_str().unwrap()),
            ("PROGRAM", env!("CARGO_BIN_EXE_rest")),
        ];
        let nginx = Server::start_with(SCRIPT, &environment);
        Some(Self { nginx, directory })
    }

    /// Stops, starts or kills a replica, or Postgres.
    fn run(&self, action: &str, what: impl Display) {
        let status = Command::new(SCRIPT)
            .args([action, &what.to_string()])
            .env("DIR", self.directory.path())
            .env("PROGRAM", env!("CARGO_BIN_EXE_rest"))
            .status()
            .unwrap();
        assert!(status.success(), "{action} {what}: {}", self.logs());
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.directory.path().join(name)).unwrap_or_default()
    }

    /// What a replica listens on.
    fn address(&self, replica: u8) -> SocketAddr {
        let port = self.file(&format!("{replica}.port"));
        SocketAddr::from(([127, 0, 0, 1], port.trim().parse().unwrap()))
    }

    fn logs(&self) -> String {
        ["1.log", "2.log", "nginx.log"]
            .map(|name| self.file(name))
            .concat()
    }

    /// Changes the row as its client knows it.
    fn patch(&self, path: &str, tag: &str, name: &str) -> Answer {
        let headers = [("content-type", "application/json"), ("if-match", tag)];
        let body = json!({ "name": name }).to_string();
        self.nginx.request("PATCH", path, &headers, body)
    }

    /// Adds a user; the answer, and the path of the user.
    fn add(&self, name: &str) -> (Answer, String) {
        let headers = [("content-type", "application/json")];
        let body = json!({ "name": name, "email": format!("{name}@example.com") }).to_string();
        let answer = self.nginx.request("POST", "/api/users", &headers, body);
        let path = answer.header("location").unwrap_or_default().to_owned();
        (answer, path)
    }

    fn emails(&self) -> BTreeSet<String> {
        let mut emails = BTreeSet::new();
        for page in 1.. {
            let path = format!("/api/users?per_page=100&page={page}");
            let users = self.nginx.get(&path).json();
            let users = users.as_array().unwrap();
            if users.is_empty() {
                break;
            }
            emails.extend(
                users
                    .iter()
                    .map(|user| user["email"].as_str().unwrap().to_owned()),
            );
        }
        emails
    }
}

impl Drop for Replicas {
    /// By its trap, the script stops what it has started.
    fn drop(&mut self) {
        self.nginx.terminate();
        self.nginx.wait();
    }
}

fn is_installed() -> bool {
    let says = |program, argument| Command::new(program).arg(argument).output().is_ok();
    says("nginx", "-v")
        && says("curl", "--version")
        && (says("initdb", "--version") || Path::new("/usr/lib/postgresql").is_dir())
}

/// Asks a replica itself; `None` when it does not answer.
fn ask(address: SocketAddr, method: &str, path: &str, headers: &str, body: &str) -> Option<Answer> {
    let mut connection = TcpStream::connect(address).ok()?;
    connection
        .set_read_timeout(Some(Duration::from_secs(30)))
        .ok()?;
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}"
    );
    connection.write_all(request.as_bytes()).ok()?;
    let mut received = Vec::new();
    connection.read_to_end(&mut received).ok()?;
    (!received.is_empty()).then(|| Answer::parse(method, &received))
}

/// Ends the load when dropped, so that a test that fails ends, too.
struct Load<'a>(&'a AtomicBool);

impl Drop for Load<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// One test: what is started takes a while, and every part goes on with it.
#[test]
fn replicas() {
    let Some(replicas) = Replicas::start() else {
        return;
    };
    no_update_is_lost(&replicas);
    what_one_replica_made_the_other_honours(&replicas);
    a_killed_replica_costs_no_acknowledged_write(&replicas);
    a_killed_database_costs_no_acknowledged_write(&replicas);
    a_table_that_stays_locked_is_a_503(&replicas);
    a_rolling_restart_fails_no_request(&replicas);
}

/// 500 clients read one row at the same time and write it back, each with one more in it.
fn no_update_is_lost(replicas: &Replicas) {
    let (_, path) = replicas.add("counter");
    let tag = replicas.nginx.get(&path);
    let zero = replicas.patch(&path, tag.header("etag").unwrap(), "0");
    assert_eq!(zero.status, 200, "{zero:?}");

    let answers: Vec<Answer> = thread::scope(|scope| {
        let clients: Vec<_> = (0..500)
            .map(|_| {
                scope.spawn(|| {
                    let read = replicas.nginx.get(&path);
                    assert_eq!(read.status, 200, "{read:?}");
                    let count: u32 = read.json()["name"].as_str().unwrap().parse().unwrap();
                    let tag = read.header("etag").unwrap();
                    replicas.patch(&path, tag, &(count + 1).to_string())
                })
            })
            .collect();
        clients.into_iter().map(|it| it.join().unwrap()).collect()
    });

    let count = |status| answers.iter().filter(|it| it.status == status).count();
    let (changed, refused) = (count(200), count(412));
    assert_eq!(changed + refused, 500, "{answers:?}");
    assert!(
        changed > 0 && refused > 0,
        "{changed} changed, {refused} refused"
    );
    let last = replicas.nginx.get(&path);
    assert_eq!(last.json()["name"], changed.to_string());
    assert_eq!(last.header("etag"), Some(&*format!("\"{}\"", changed + 2)));

    let asked: BTreeSet<_> = answers.iter().map(|it| it.header("x-upstream")).collect();
    assert_eq!(asked.len(), 2, "one replica did it all: {asked:?}");
    println!("500 updates at once: {changed} changed the row, {refused} were refused with 412");
}

fn what_one_replica_made_the_other_honours(replicas: &Replicas) {
    for (from, to) in [(1, 2), (2, 1)] {
        let (from, to) = (replicas.address(from), replicas.address(to));
        let json = "content-type: application/json\r\n";
        let body = r#"{"theme":"dark","user":"7"}"#;
        let made = ask(from, "POST", "/api/session", json, body).unwrap();
        assert_eq!(made.status, 204, "{made:?}");
        let cookies: Vec<_> = made
            .headers_of("set-cookie")
            .into_iter()
            .map(|line| line.split(';').next().unwrap().to_owned())
            .collect();
        let read = |cookies: &str| {
            let cookies = format!("cookie: {cookies}\r\n");
            ask(to, "GET", "/api/session", &cookies, "").unwrap().json()
        };
        assert_eq!(
            read(&cookies.join("; ")),
            json!({ "theme": "dark", "user": "7" })
        );
        // Changed on the way, they are none.
        let forged = cookies.join("; ").replace("=", "=A");
        assert_eq!(read(&forged), json!({ "theme": null, "user": null }));

        let made = ask(from, "POST", "/api/preview", "", "").unwrap();
        let cookies: Vec<_> = made
            .headers_of("set-cookie")
            .into_iter()
            .map(|line| line.split(';').next().unwrap().to_owned())
            .collect();
        let preview = |cookies: &str| {
            let cookies = format!("cookie: {cookies}\r\n");
            ask(to, "GET", "/api/preview", &cookies, "").unwrap().json()
        };
        assert_eq!(
            preview(&cookies.join("; ")),
            json!({ "data": { "draft": 7 } })
        );
        assert_eq!(preview(""), json!({ "data": null }));

        // A tag of the content, and a tag of the version.
        for path in ["/api/users", "/api/user/1"] {
            let made = ask(from, "GET", path, "", "").unwrap();
            let tag = made.header("etag").unwrap();
            let condition = format!("if-none-match: {tag}\r\n");
            let again = ask(to, "GET", path, &condition, "").unwrap();
            assert_eq!(again.status, 304, "{path} {again:?}");
        }
    }
}

/// Writes all the time, under names that begin with `name`, while `meanwhile` goes on: the names and the statuses of the
/// answers, those that were acknowledged apart.
fn write_while(
    replicas: &Replicas,
    name: &str,
    meanwhile: impl FnOnce(),
) -> (Vec<String>, Vec<u16>) {
    let enough = AtomicBool::new(false);
    let answers: Vec<(String, u16)> = thread::scope(|scope| {
        let writers: Vec<_> = (0..16)
            .map(|writer| {
                let enough = &enough;
                scope.spawn(move || {
                    let mut answers = Vec::new();
                    for count in 0.. {
                        if enough.load(Ordering::Relaxed) {
                            break;
                        }
                        let name = format!("{name}-{writer}-{count}");
                        let (answer, _) = replicas.add(&name);
                        answers.push((name, answer.status));
                    }
                    answers
                })
            })
            .collect();
        let load = Load(&enough);
        thread::sleep(Duration::from_millis(500));
        meanwhile();
        drop(load);
        let answers = writers.into_iter().flat_map(|it| it.join().unwrap());
        answers.collect()
    });
    let (acknowledged, failed): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|(_, status)| *status == 201);
    let names = |answers: Vec<(String, u16)>| answers.into_iter().unzip();
    let (acknowledged, _): (Vec<_>, Vec<_>) = names(acknowledged);
    let (_, failed) = names(failed);
    assert!(!acknowledged.is_empty());
    let emails = replicas.emails();
    for name in &acknowledged {
        let email = format!("{name}@example.com");
        assert!(emails.contains(&email), "{name} is lost");
    }
    (acknowledged, failed)
}

/// Reads all the time while `meanwhile` goes on: how often. nginx asks the other replica where one breaks off.
fn read_while(replicas: &Replicas, meanwhile: impl FnOnce()) -> usize {
    let enough = AtomicBool::new(false);
    thread::scope(|scope| {
        let readers: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let mut count = 0;
                    while !enough.load(Ordering::Relaxed) {
                        let read = replicas.nginx.get("/api/user/1");
                        assert_eq!(read.status, 200, "{read:?}");
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        let load = Load(&enough);
        thread::sleep(Duration::from_millis(500));
        meanwhile();
        drop(load);
        readers.into_iter().map(|it| it.join().unwrap()).sum()
    })
}

fn a_killed_replica_costs_no_acknowledged_write(replicas: &Replicas) {
    let mut reads = 0;
    let (acknowledged, failed) = write_while(replicas, "killed", || {
        reads = read_while(replicas, || {
            replicas.run("kill", 1);
            thread::sleep(Duration::from_millis(1500));
        });
    });
    // What was under way in the one that was killed, and nothing else.
    assert!(failed.iter().all(|status| *status == 502), "{failed:?}");
    assert!(failed.len() <= 16, "{failed:?}");
    println!(
        "a replica killed under load: {} writes acknowledged and none lost, {} answered with 502; {reads} reads and none failed",
        acknowledged.len(),
        failed.len()
    );
    replicas.run("start", 1);
}

fn a_killed_database_costs_no_acknowledged_write(replicas: &Replicas) {
    let (acknowledged, failed) = write_while(replicas, "dead", || {
        replicas.run("kill", "postgres");
        thread::sleep(Duration::from_secs(1));
        replicas.run("start", "postgres");
        thread::sleep(Duration::from_secs(1));
    });
    // What was under way, and what had waited for too long.
    assert!(
        failed.iter().all(|status| [500, 503].contains(status)),
        "{failed:?}"
    );
    println!(
        "Postgres killed under load: {} writes acknowledged and none lost, {} answered with 500 or 503",
        acknowledged.len(),
        failed.len()
    );
    // The replicas were not restarted, and have new connections by themselves.
    assert_eq!(replicas.add("after-the-database").0.status, 201);
}

fn a_table_that_stays_locked_is_a_503(replicas: &Replicas) {
    thread::scope(|scope| {
        let lock = scope.spawn(|| replicas.run("lock", 8));
        thread::sleep(Duration::from_secs(1));
        let (refused, _) = replicas.add("while-locked");
        assert_eq!(refused.status, 503, "{refused:?}");
        assert_eq!(refused.header("retry-after"), Some("1"), "{refused:?}");
        // What needs no table is answered all along.
        assert_eq!(replicas.nginx.get("/api/health").status, 200);
        assert!(!lock.is_finished());
    });
    assert!(!replicas.emails().contains("while-locked@example.com"));
    assert_eq!(replicas.add("after-the-lock").0.status, 201);
}

fn a_rolling_restart_fails_no_request(replicas: &Replicas) {
    let enough = AtomicBool::new(false);
    let counts: Vec<usize> = thread::scope(|scope| {
        let clients: Vec<_> = (0..8)
            .map(|client| {
                let enough = &enough;
                scope.spawn(move || {
                    let (created, path) = replicas.add(&format!("rolling-{client}"));
                    assert_eq!(created.status, 201, "{created:?}");
                    let mut tag = created.header("etag").unwrap().to_owned();
                    let mut requests = 1;
                    while !enough.load(Ordering::Relaxed) {
                        let read = replicas.nginx.get(&path);
                        assert_eq!(read.status, 200, "{read:?} {}", replicas.logs());
                        assert_eq!(read.header("etag"), Some(&*tag));
                        let changed = replicas.patch(&path, &tag, &requests.to_string());
                        assert_eq!(changed.status, 200, "{changed:?} {}", replicas.logs());
                        tag = changed.header("etag").unwrap().to_owned();
                        requests += 2;
                    }
                    requests
                })
            })
            .collect();
        let load = Load(&enough);
        for replica in [1, 2] {
            let address = replicas.address(replica);
            let health = || ask(address, "GET", "/api/health", "", "").map(|it| it.status);
            assert_eq!(health(), Some(200));
            let seen = scope.spawn(move || {
                let mut seen = Vec::new();
                // Until it does not answer any more.
                loop {
                    let status = ask(address, "GET", "/api/health", "", "").map(|it| it.status);
                    if seen.last() != Some(&status) {
                        seen.push(status);
                    }
                    if status.is_none() {
                        return seen;
                    }
                    thread::sleep(Duration::from_millis(100));
                }
            });
            replicas.run("stop", replica);
            assert_eq!(seen.join().unwrap(), [Some(200), Some(503), None]);
            replicas.run("start", replica);
            assert_eq!(health(), Some(200));
        }
        drop(load);
        clients.into_iter().map(|it| it.join().unwrap()).collect()
    });
    for replica in [1, 2] {
        let log = replicas.file(&format!("{replica}.log"));
        assert!(log.contains("stopped\n"), "{log}");
        assert!(!log.contains("under way"), "{log}");
    }
    let requests: usize = counts.iter().sum();
    println!("a rolling restart of both replicas: {requests} requests, none failed");
}
