//! The program, as others see it: a page in a browser, a client in TypeScript, and one that tries everything.

mod browser;
mod node;
mod python;
mod tool;

use example_tests::Server;

const TOKEN: &str = "let-me-in";

fn server() -> Server {
    Server::start_with(env!("CARGO_BIN_EXE_openapi"), &[("TOKEN", TOKEN)])
}

#[test]
fn the_document_is_served() {
    let answer = server().get("/api/openapi.json");
    let committed = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json")).unwrap();
    let committed: serde_json::Value = serde_json::from_slice(&committed).unwrap();
    assert_eq!(answer.json(), committed);
}
