//! The routes, over HTTP.

use example_tests::Server;

fn start() -> Server {
    Server::start(env!("CARGO_BIN_EXE_basic"))
}

#[test]
fn every_method_is_answered_with_the_user() {
    let server = start();
    for method in ["GET", "POST", "DELETE", "PURGE"] {
        let answer = server.request(method, "/api/user", &[], "");
        assert_eq!(answer.status, 200, "{method}");
        assert_eq!(answer.text(), r#"{"name":"John Doe"}"#, "{method}");
    }
}
