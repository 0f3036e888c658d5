//! What the documentation has the reader write, written and run.
#![cfg(not(miri))]

#[path = "support/package.rs"]
mod package;

use example_tests::Server;
use package::Package;

#[test]
fn the_quick_start_answers() {
    let package = Package::of_blocks(include_str!("../README.md"));
    let server = Server::start(&package.build("my-api"));
    let answer = server.get("/api/user");
    assert_eq!(
        (answer.status, answer.text()),
        (200, r#"{"name":"John Doe"}"#)
    );
    assert_eq!(server.get("/").text(), "home");
    assert_eq!(server.get("/api/nothing").status, 404);
}
