//! What the documentation has the reader write, written and run.
#![cfg(not(miri))]

#[path = "support/package.rs"]
mod package;

use std::fs;

use example_tests::{Server, checks};
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

const SLOW: &str = include_str!("../examples/hyper/pages/api/slow.rs");
/// An event a second, for an application without a state.
const EVENTS: &str = r#"
use std::{convert::Infallible, time::Duration};

use futures_util::stream;
use tower_api_routes::{ApiResponse, response::Event};

pub async fn get() -> ApiResponse {
    let ticks = stream::unfold((), async |()| {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Some((Ok::<_, Infallible>(Event::new("tick")), ()))
    });
    ApiResponse::new().sse(ticks, Duration::from_secs(15))
}
"#;

/// Builds the package of the quick start, with two routes that take their time, and asks it what
/// every server must answer.
fn check(package: &Package, program: &str) {
    package.write("pages/api/slow.rs", SLOW);
    package.write("pages/api/events.rs", EVENTS);
    let server = Server::start(&package.build(program));
    assert_eq!(server.get("/").text(), "home");
    checks::answers_every_head(&server, "/api/user");
    checks::lets_go_of_clients_that_vanish(&server, "/api/slow");
    checks::lets_go_of_clients_that_vanish(&server, "/api/events");
    checks::cuts_off_endless_bodies(&server, "/api/user");
}

/// The `README.md`, with the package renamed and a dependency added.
fn readme(name: &str, dependency: &str) -> String {
    include_str!("../README.md")
        .replace("name = \"my-api\"", &format!("name = {name:?}"))
        .replace(
            "[dependencies]\n",
            &format!("[dependencies]\n{dependency}\n"),
        )
}

#[test]
fn h76_the_quick_start_holds_against_rude_clients() {
    let futures = "futures-util = { version = \"0.3\", default-features = false }";
    let package = Package::of_blocks(&readme("rude-inside", futures));
    check(&package, "rude-inside");
}

#[test]
fn h76_the_layer_around_the_application_holds_against_rude_clients() {
    let dependencies = "futures-util = { version = \"0.3\", default-features = false }\n\
        tower = { version = \"0.5\", features = [\"util\"] }";
    let package = Package::of_blocks(&readme("rude-outside", dependencies));
    // The block of the README that puts the layer around the application, in the place of the one
    // that puts it inside.
    let block = |from: &str| {
        let (_, rest) = include_str!("../README.md").split_once(from).unwrap();
        rest.split_once("\n```").unwrap().0.to_owned()
    };
    let around = format!(
        "let app = tower::{}",
        block("```rust,ignore\nlet app = tower::")
    );
    let (around, serve) = around.split_once("axum::serve(").unwrap();
    let main = fs::read_to_string(package.path("src/main.rs")).unwrap();
    let main = main
        .replace(
            "\n        .layer(ApiRoutesLayer::new(\"pages/api\"));",
            &format!(";\n{around}"),
        )
        .replace(
            "axum::serve(listener, app).await",
            &format!("axum::serve({serve}\nOk(())"),
        );
    assert!(main.contains("Shared::new(app)"), "{main}");
    package.write("src/main.rs", &main);
    check(&package, "rude-outside");
}
