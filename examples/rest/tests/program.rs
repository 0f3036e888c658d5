//! The program, over HTTP.

use std::{process::Command, time::Duration};

use example_tests::{Server, stops};
use tempfile::TempDir;

/// The program, with its database in this directory.
fn start_in(directory: &TempDir, environment: &[(&str, &str)]) -> Server {
    let file = directory.path().join("rest.db");
    let url = format!("sqlite://{}?mode=rwc", file.display());
    let environment = [&[("DATABASE_URL", &*url)], environment].concat();
    Server::start_with(env!("CARGO_BIN_EXE_rest"), &environment)
}

#[test]
fn users_outlive_the_server() {
    let directory = tempfile::tempdir().unwrap();
    let start = || start_in(&directory, &[]);
    let json = [("content-type", "application/json")];
    let ada = r#"{"name":"Ada","email":"ada@example.com"}"#;
    assert_eq!(
        start().request("POST", "/api/users", &json, ada).status,
        201
    );
    assert_eq!(start().get("/api/users").json()[0]["name"], "Ada");
}

#[test]
fn preview_mode_is_off_without_keys() {
    const KEY: &str = "0123456789abcdef0123456789abcdef";
    let directory = tempfile::tempdir().unwrap();
    let server = start_in(&directory, &[]);
    server.wait_for_output("preview mode is off: PREVIEW_ID, PREVIEW_SIGNING_KEY and ");
    let answer = server.request("POST", "/api/preview", &[], "");
    assert_eq!(answer.status, 404);
    assert_eq!(answer.json()["detail"], "preview mode is off");
    assert_eq!(answer.header("set-cookie"), None);
    assert!(server.get("/api/preview").json()["data"].is_null());
    drop(server);

    let names = [
        "PREVIEW_ID",
        "PREVIEW_SIGNING_KEY",
        "PREVIEW_ENCRYPTION_KEY",
    ];
    let server = start_in(&directory, &names.map(|name| (name, KEY)));
    let answer = server.request("POST", "/api/preview", &[], "");
    assert_eq!(answer.status, 204);
    assert_eq!(answer.headers_of("set-cookie").len(), 2);
}

#[cfg(unix)]
#[test]
fn a_server_that_drains_says_so_and_goes_on_to_answer() {
    let directory = tempfile::tempdir().unwrap();
    let mut server = start_in(&directory, &[("DRAIN_SECONDS", "2")]);
    let health = server.get("/api/health");
    assert_eq!((health.status, health.text()), (200, "ok"));
    // What a container asks in its place.
    let port = server.address().port().to_string();
    let check = || {
        let mut program = Command::new(env!("CARGO_BIN_EXE_rest"));
        program.arg("health").env("PORT", &port).status().unwrap()
    };
    assert!(check().success());

    server.terminate();
    server.wait_for_output("draining for 2 s");
    assert!(!check().success(), "healthy, though it drains");
    // What asks to be kept is closed, too: `request` reads to the end of the connection.
    let keep = [("connection", "keep-alive")];
    for (path, status, body) in [("/api/health", 503, "stopping"), ("/api/users", 200, "[]")] {
        let answer = server.request("GET", path, &keep, "");
        assert_eq!((answer.status, answer.text()), (status, body), "{path}");
        assert_eq!(answer.header("connection"), Some("close"), "{path}");
    }
    assert!(server.wait().success());
    server.wait_for_output("stopped\n");
    assert!(!check().success(), "healthy, though it is gone");
}

/// `axum::serve`, as a process.
#[cfg(unix)]
#[test]
fn open_streams_and_uploads_end_at_the_signal_and_the_process_with_them() {
    for (signal, drain) in [("INT", "0"), ("TERM", "0"), ("TERM", "2")] {
        let directory = tempfile::tempdir().unwrap();
        let server = start_in(&directory, &[("DRAIN_SECONDS", drain)]);
        let upload = ("/api/users", r#"{"name":"Ada","email":"ada@example.com"}"#);
        let answer = stops::ends_what_is_under_way(server, signal, &["/api/count"], upload);
        assert_eq!(answer.status, 201, "{signal} {drain}: {answer:?}");
        // It was carried out.
        assert_eq!(start_in(&directory, &[]).get("/api/user/1").status, 200);
    }
}

#[cfg(unix)]
#[test]
fn an_upload_without_end_is_cut_off_at_the_deadline() {
    let directory = tempfile::tempdir().unwrap();
    let server = start_in(&directory, &[]);
    stops::cuts_off_an_upload_at_the_deadline(server, "/api/users", Duration::from_secs(10));
}
