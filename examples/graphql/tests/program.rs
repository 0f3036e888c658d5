//! The program, over HTTP.

use example_tests::Server;

#[test]
fn get_is_a_page() {
    let answer = Server::start(env!("CARGO_BIN_EXE_graphql")).get("/api/graphql");
    assert_eq!(
        answer.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert!(answer.text().contains("GraphiQL.createFetcher"));
}
