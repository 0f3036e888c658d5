//! SQLite that another process has locked, and a server that is killed while it writes.

use std::{collections::BTreeSet, path::Path, thread, time::Duration};

use example_tests::{Answer, Server};
use serde_json::{Value, json};
use sqlx::{Connection, Executor, SqliteConnection};
use tokio::runtime::Runtime;

fn start(directory: &Path) -> Server {
    let url = format!("sqlite://{}?mode=rwc", directory.join("rest.db").display());
    Server::start_with(env!("CARGO_BIN_EXE_rest"), &[("DATABASE_URL", &url)])
}

fn add(server: &Server, name: &str) -> Answer {
    let json = [("content-type", "application/json")];
    let user = json!({ "name": name, "email": format!("{name}@example.com") });
    server.request("POST", "/api/users", &json, user.to_string())
}

fn names(server: &Server) -> BTreeSet<String> {
    let name = |user: &Value| user["name"].as_str().unwrap().to_owned();
    let mut names = BTreeSet::new();
    for page in 1.. {
        let path = format!("/api/users?per_page=100&page={page}");
        let users = server.get(&path).json();
        let users = users.as_array().unwrap();
        if users.is_empty() {
            break;
        }
        names.extend(users.iter().map(name));
    }
    names
}

/// The whole database, taken as by another process that writes; free again when dropped.
struct Lock(Runtime, Option<SqliteConnection>);

impl Lock {
    fn take(directory: &Path) -> Self {
        let url = format!("sqlite://{}", directory.join("rest.db").display());
        let runtime = Runtime::new().unwrap();
        let connection = runtime.block_on(async {
            let mut connection = SqliteConnection::connect(&url).await.unwrap();
            connection.execute("BEGIN EXCLUSIVE").await.unwrap();
            connection
        });
        Self(runtime, Some(connection))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let Some(mut connection) = self.1.take() else {
            return;
        };
        self.0.block_on(async {
            connection.execute("COMMIT").await.unwrap();
            connection.close().await.unwrap();
        });
    }
}

#[test]
fn a_database_that_is_locked_for_a_moment_is_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let server = start(directory.path());
    let lock = Lock::take(directory.path());
    thread::scope(|scope| {
        let clients: Vec<_> = (0..4)
            .map(|n| {
                scope.spawn({
                    let server = &server;
                    move || add(server, &format!("waits-{n}"))
                })
            })
            .collect();
        // Much less than the five seconds that sqlx waits.
        thread::sleep(Duration::from_millis(500));
        drop(lock);
        for client in clients {
            assert_eq!(client.join().unwrap().status, 201);
        }
    });
    assert_eq!(names(&server).len(), 4);
}

#[test]
fn a_database_that_stays_locked_is_a_503_and_loses_no_acknowledged_write() {
    let directory = tempfile::tempdir().unwrap();
    let server = start(directory.path());
    assert_eq!(add(&server, "before").status, 201);
    let lock = Lock::take(directory.path());
    thread::scope(|scope| {
        let clients = [
            scope.spawn(|| add(&server, "meanwhile")),
            scope.spawn(|| server.get("/api/users")),
        ];
        // What needs no database is answered all along.
        assert_eq!(server.get("/api/nothing").status, 404);
        for client in clients {
            let answer = client.join().unwrap();
            assert_eq!(answer.status, 503, "{answer:?}");
            assert_eq!(answer.header("retry-after"), Some("1"));
            assert_eq!(answer.json()["title"], "Service Unavailable");
            assert!(!answer.text().contains("locked"), "{answer:?}");
        }
    });
    drop(lock);
    // Whoever sent it can send it again.
    for name in ["meanwhile", "after"] {
        assert_eq!(add(&server, name).status, 201, "{name}");
    }
    assert_eq!(
        names(&server),
        ["after", "before", "meanwhile"].map(str::to_owned).into()
    );
}

#[cfg(unix)]
#[test]
fn a_server_that_is_killed_while_it_writes_loses_no_acknowledged_write() {
    use std::io::{Read, Write};

    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeSet::new();
    for round in 0..3 {
        let mut server = start(directory.path());
        let written: Vec<String> = thread::scope(|scope| {
            let writers: Vec<_> = (0..8)
                .map(|writer| {
                    let server = &server;
                    scope.spawn(move || {
                        let mut written = Vec::new();
                        for count in 0.. {
                            let name = format!("{round}-{writer}-{count}");
                            let user = json!({ "name": name, "email": format!("{name}@example.com") });
                            let user = user.to_string();
                            let Ok(mut connection) = std::net::TcpStream::connect(server.address()) else {
                                break;
                            };
                            let length = user.len();
                            let request = format!(
                                "POST /api/users HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{user}"
                            );
                            let mut answer = Vec::new();
                            let sent = connection.write_all(request.as_bytes());
                            let read = connection.read_to_end(&mut answer);
                            if !answer.starts_with(b"HTTP/1.1 201 ") {
                                assert_eq!(String::from_utf8_lossy(&answer), "", "{sent:?} {read:?}");
                                break;
                            }
                            written.push(name);
                        }
                        written
                    })
                })
                .collect();
            thread::sleep(Duration::from_millis(700));
            server.signal("KILL");
            writers
                .into_iter()
                .flat_map(|it| it.join().unwrap())
                .collect()
        });
        assert!(!server.wait().success());
        assert!(!written.is_empty());
        acknowledged.extend(written);
        let server = start(directory.path());
        let found = names(&server);
        let lost: Vec<_> = acknowledged.difference(&found).collect();
        assert!(lost.is_empty(), "{lost:?}");
    }
    println!(
        "killed three times: {} writes acknowledged and none lost",
        acknowledged.len()
    );
}
