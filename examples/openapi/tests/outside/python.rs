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
    let program = |name: &str| workshop.path("venv").join("bin").join(name);
    workshop.once(VERSION, |it| {
        it.run("python3", &["-m", "venv", "--clear", "venv"]);
        it.run(
            program("pip"),
            &["install", "--quiet", "--disable-pip-version-check", VERSION],
        );
    });
    let server = server();
    let authorization = format!("Authorization: Bearer {TOKEN}");
    let printed = workshop.run(
        program("schemathesis"),
        &[
            "run",
            &server.url("/api/openapi.json"),
            "--header",
            &authorization,
            "--checks=all",
            "--mode=all",
            "--max-examples=40",
            "--seed=1",
            "--generation-database=none",
            "--no-color",
        ],
    );
    println!("{printed}");
}
