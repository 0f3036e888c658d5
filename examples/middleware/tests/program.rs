//! The program, over HTTP: what it writes to its log.

use example_tests::Server;

fn start() -> Server {
    Server::start(env!("CARGO_BIN_EXE_middleware"))
}

#[test]
fn every_line_in_the_log_carries_the_id_of_the_request() {
    let server = start();
    for (path, status) in [("/api/quotes", 200), ("/api/account", 401)] {
        let answer = server.get(path);
        assert_eq!(answer.status, status);
        let line = server.wait_for_output(answer.header("x-request-id").unwrap());
        for part in [
            "method=GET".to_owned(),
            format!("route=\"{path}\""),
            format!("status={status}"),
        ] {
            assert!(line.contains(&part), "{line}");
        }
    }
}

#[test]
fn a_directory_without_the_layers_further_up_is_not_in_the_log() {
    let server = start();
    assert_eq!(server.get("/api/health").status, 200);
    // After a line that must be there, none of the other route is.
    let id = server.get("/api/quotes");
    server.wait_for_output(id.header("x-request-id").unwrap());
    assert!(!server.output().contains("route=\"/api/health\""));
}
