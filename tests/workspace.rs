//! Routes that libraries own: a workspace of two such libraries and a program, built and run.
#![cfg(not(miri))]

#[path = "support/package.rs"]
mod package;

use std::process::Command;

use package::{Package, VERSION};

const SERVER: &str = r#"use apilib::AppState;
use tower_api_routes::ApiRoutesLayer;

fn main() {
    let shop = ApiRoutesLayer::new(apilib::PAGES_API).with_state(AppState { name: "shop" });
    let staff = ApiRoutesLayer::new(staff_api::routes::PAGES_API).mount("/staff");
    print!("{}{}", shop.router().unwrap(), staff.router().unwrap());
    println!("{}", ApiRoutesLayer::try_new("pages/api").unwrap_err());
}
"#;

/// Names a directory of a library that it does not use.
const UNLINKED: &str = r#"fn main() {
    println!("{}", tower_api_routes::ApiRoutesLayer::try_new("pages/api").unwrap_err());
}
"#;

/// The library's own test, of a guard with a state that the test chooses.
const TEST: &str = r#"use apilib::{AppState, PAGES_API};
use tower_api_routes::{ApiRoutesLayer, test_client::TestClient};

#[tokio::test(flavor = "current_thread")]
async fn the_name_is_the_key() {
    for name in ["one", "another"] {
        let api = ApiRoutesLayer::new(PAGES_API).with_state(AppState { name });
        let client = TestClient::new(api.router().unwrap());
        assert_eq!(client.get("/api/name").send().await.status(), 401);
        let answer = client.get("/api/name").header("x-key", name).send().await;
        assert_eq!((answer.status().as_u16(), &*answer.text()), (200, name));
    }
}
"#;

fn workspace() -> Package {
    let build = format!(
        r#"
        [build-dependencies]
        tower-api-routes = {{ version = "{VERSION}", default-features = false, features = ["build"] }}
        "#
    );
    let head = |name: &str| {
        format!(
            r#"
        [package]
        name = "{name}"
        version = "0.0.0"
        edition = "2024"
        [dependencies]
        tower-api-routes = "{VERSION}"
        "#
        )
    };
    let server = Package::new(&format!(
        r#"{}
        apilib = {{ path = "apilib" }}
        staff-api = {{ path = "staff-api" }}
        [profile.release]
        opt-level = 0
        lto = true
        "#,
        head("workspace-server")
    ));
    server.write("src/main.rs", SERVER);
    server.write("src/bin/workspace-unlinked.rs", UNLINKED);

    let axum = "axum = { version = \"0.8\", default-features = false }\n";
    let tests = format!(
        "[dev-dependencies]\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n\
         tower-api-routes = {{ version = \"{VERSION}\", features = [\"test-client\"] }}\n"
    );
    server.manifest(
        "apilib/Cargo.toml",
        &(head("apilib") + axum + &tests + &build),
    );
    for (file, text) in [
        ("build.rs", "fn main() { tower_api_routes::build::compile(\"pages/api\"); }"),
        (
            "src/lib.rs",
            "#[derive(Clone)]\npub struct AppState { pub name: &'static str }\n\
             tower_api_routes::include_routes!(AppState);",
        ),
        (
            "pages/api/name.rs",
            "pub async fn get(state: tower_api_routes::State<crate::AppState>) -> &'static str { state.0.name }",
        ),
        (
            "pages/api/_middleware.rs",
            "use axum::{extract::{Request, State}, http::StatusCode, middleware::{Next, from_fn_with_state}, response::Response};
             use tower_api_routes::router::RouteLayer;
             use crate::AppState;
             async fn key(State(state): State<AppState>, request: Request, next: Next) -> Result<Response, StatusCode> {
                 match request.headers().get(\"x-key\") {
                     Some(key) if key == state.name => Ok(next.run(request).await),
                     _ => Err(StatusCode::UNAUTHORIZED),
                 }
             }
             pub fn layer(state: AppState) -> impl RouteLayer { from_fn_with_state(state, key) }",
        ),
        ("tests/routes.rs", TEST),
    ] {
        server.write(&format!("apilib/{file}"), text);
    }

    server.manifest("staff-api/Cargo.toml", &(head("staff-api") + &build));
    for (file, text) in [
        (
            "build.rs",
            "fn main() { tower_api_routes::build::compile(\"pages/api\"); }",
        ),
        (
            "src/lib.rs",
            "pub mod routes { tower_api_routes::include_routes!(); }",
        ),
        ("pages/api/people.rs", "pub async fn get() {}"),
    ] {
        server.write(&format!("staff-api/{file}"), text);
    }
    server
}

fn output(program: &str) -> String {
    let output = Command::new(program).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// What the two programs print, wherever they were built.
fn check(server: &str) {
    let text = output(server);
    for line in [
        "/api/name GET HEAD OPTIONS pages/api/name.rs pages/api/_middleware.rs",
        "/staff/people GET HEAD OPTIONS pages/api/people.rs -",
    ] {
        let mut rows = text.lines().map(|row| {
            let cells: Vec<_> = row.split_whitespace().collect();
            cells.join(" ")
        });
        assert!(rows.any(|row| row == line), "{text}");
    }
    let twice = text.lines().last().unwrap();
    assert!(
        twice.starts_with("\"pages/api\" was compiled in twice, by the crates `"),
        "{twice}"
    );
    assert!(
        twice.contains("by the constant that `include_routes!` made there"),
        "{twice}"
    );

    let unlinked = output(&server.replace("workspace-server", "workspace-unlinked"));
    assert!(
        unlinked.contains(
            "if a library has both, it is not linked until it is used, so name its routes, \
             `ApiRoutesLayer::new(library::PAGES_API)`"
        ),
        "{unlinked}"
    );
}

#[test]
fn libraries_own_routes_that_a_program_mounts() {
    let workspace = workspace();
    check(&workspace.build("workspace-server"));

    let release = workspace.cargo(&["build", "--release"]);
    assert!(release.success, "{}", release.output);
    check(&workspace.release("workspace-server"));

    let test = workspace.cargo(&["test", "-p", "apilib", "--test", "routes"]);
    assert!(test.success, "{}", test.output);
    assert!(test.output.contains("1 passed"), "{}", test.output);
}
