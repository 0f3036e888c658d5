//! Routes that libraries own: the workspace of `docs/workspaces.md`, built and asked.
#![cfg(not(miri))]

#[path = "support/package.rs"]
mod package;

use std::process::Command;

use example_tests::Server;
use package::Package;

/// Names a directory of libraries that it does not use.
const UNLINKED: &str = r#"fn main() {
    println!("{}", tower_api_routes::ApiRoutesLayer::try_new("pages/api").unwrap_err());
}
"#;

/// Names a directory that two libraries have.
const AMBIGUOUS: &str = r#"fn main() {
    let routes = [shop_api::PAGES_API, staff_api::PAGES_API];
    println!("{}", tower_api_routes::ApiRoutesLayer::try_new("pages/api").unwrap_err());
    println!("{routes:?}");
}
"#;

// One test, as the packages of two copies of the workspace would have one name in the target directory.
#[test]
fn libraries_own_routes_that_a_program_mounts() {
    let workspace = Package::of_blocks(include_str!("../docs/workspaces.md"));
    workspace.write("server/src/bin/unlinked.rs", UNLINKED);
    workspace.write("server/src/bin/ambiguous.rs", AMBIGUOUS);
    answers(&workspace.build("server"));
    errors_say_which_routes_are_meant(&workspace);
    a_library_tests_its_routes_by_itself(&workspace);
    routes_are_there_after_link_time_optimisation(&workspace);
}

fn printed(program: &str) -> String {
    let output = Command::new(program).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Asks the program, wherever it was built.
fn answers(program: &str) {
    let server = Server::start(program);
    assert_eq!(server.get("/").text(), "home");
    assert_eq!(server.get("/api/name").status, 401);
    let name = server.request("GET", "/api/name", &[("x-key", "secret")], "");
    assert_eq!((name.status, name.text()), (200, "the shop"));
    assert_eq!(server.get("/staff/people").text(), "people");
    assert_eq!(server.get("/api/people").status, 404);
    assert_eq!(server.get("/staff/name").status, 404);
}

fn errors_say_which_routes_are_meant(workspace: &Package) {
    let unlinked = printed(&workspace.program("debug", "unlinked"));
    assert!(
        unlinked.contains(
            "if a library has both, it is not linked until it is used, so name its routes, \
             `ApiRoutesLayer::new(library::PAGES_API)`"
        ),
        "{unlinked}"
    );
    let ambiguous = printed(&workspace.program("debug", "ambiguous"));
    let crates = ["shop-api", "staff-api"];
    let is_said = |one: &str, other: &str| {
        ambiguous.starts_with(&format!(
            "\"pages/api\" was compiled in twice, by the crates `{one}` and `{other}`: say which is \
             meant by the constant that `include_routes!` made there, `ApiRoutesLayer::new({}::PAGES_API)`",
            other.replace('-', "_")
        ))
    };
    let [one, other] = crates;
    assert!(is_said(one, other) || is_said(other, one), "{ambiguous}");
}

fn a_library_tests_its_routes_by_itself(workspace: &Package) {
    let test = workspace.cargo(&["test", "-p", "shop-api", "--test", "routes"]);
    assert!(test.success, "{}", test.output);
    assert!(test.output.contains("1 passed"), "{}", test.output);
}

fn routes_are_there_after_link_time_optimisation(workspace: &Package) {
    // What LTO leaves out is the same without optimisation, which takes its time.
    let options = [
        "build",
        "--release",
        "--config",
        "profile.release.lto=true",
        "--config",
        "profile.release.opt-level=0",
    ];
    let build = workspace.cargo(&options);
    assert!(build.success, "{}", build.output);
    answers(&workspace.program("release", "server"));
}
