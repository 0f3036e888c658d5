//! Schemathesis, which makes requests out of the document, right and wrong ones, and compares the answers with it:
//! `REQUIRE_SCHEMATHESIS=1 cargo test -p openapi`.

use super::{
    TOKEN, server,
    tool::{Workshop, is_required},
};

const VERSION: &str = "schemathesis==4.32.5";

#[test]
fn every_answer_is_as_the_document_says() {
    if !is_required("REQUIRE_SCHEMATHESIS", &["python3"]) {
        return;
    }
    let workshop = Workshop::new("schemathesis");
    let programs = workshop.path("venv").join("bin");
    workshop.once(VERSION, |it| {
        it.run("python3", &["-m", "venv", "--clear", "venv"]);
        it.run(
            programs.join("pip"),
            &["install", "--quiet", "--disable-pip-version-check", VERSION],
        );
    });
    let hooks = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/outside/hooks.py");
    let workshop = workshop.with_variable("SCHEMATHESIS_HOOKS", hooks);
    let server = server();
    let authorization = format!("Authorization: Bearer {TOKEN}");
    let printed = workshop.run(
        programs.join("schemathesis"),
        &[
            "run",
            &server.url("/api/openapi.json"),
            "--header",
            &authorization,
            "--checks=all",
            "--mode=all",
            "--max-examples=60",
            "--seed=1",
            "--generation-database=none",
            "--no-color",
        ],
    );
    println!("{printed}");
    // Nothing was left out.
    assert!(printed.contains("Tested: 12\n"));
}
