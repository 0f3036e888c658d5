//! The program, over HTTP.

use example_tests::Server;
use serde_json::json;

#[test]
fn an_answer_has_the_type_of_its_handler() {
    let answer = Server::start(env!("CARGO_BIN_EXE_typed")).get("/api/user");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), json!({ "name": "John Doe" }));
}
