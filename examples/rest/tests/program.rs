//! The program, over HTTP.

use std::process::Command;

use example_tests::Server;

#[test]
fn users_outlive_the_server() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("rest.db");
    let url = format!("sqlite://{}?mode=rwc", file.display());
    let start = || Server::start_with(env!("CARGO_BIN_EXE_rest"), &[("DATABASE_URL", &url)]);
    let json = [("content-type", "application/json")];
    let ada = r#"{"name":"Ada","email":"ada@example.com"}"#;
    assert_eq!(
        start().request("POST", "/api/users", &json, ada).status,
        201
    );
    assert_eq!(start().get("/api/users").json()[0]["name"], "Ada");
}

#[cfg(unix)]
#[test]
fn a_server_that_drains_says_so_and_goes_on_to_answer() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("rest.db");
    let url = format!("sqlite://{}?mode=rwc", file.display());
    let environment = [("DATABASE_URL", &*url), ("DRAIN_SECONDS", "2")];
    let mut server = Server::start_with(env!("CARGO_BIN_EXE_rest"), &environment);
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
