//! What cargo sees of a route tree: a package of its own, built again and again.
#![cfg(not(miri))]

#[path = "support/package.rs"]
mod package;

use std::fs;

use package::{Build, Package, VERSION};

fn package(name: &str) -> Package {
    let package = Package::new(&format!(
        r#"
        [package]
        name = "rebuild-{name}"
        version = "0.0.0"
        edition = "2024"
        [dependencies]
        tower-api-routes = "{VERSION}"
        [build-dependencies]
        tower-api-routes = {{ version = "{VERSION}", default-features = false, features = ["build"] }}
        "#
    ));
    package.write(
        "build.rs",
        "fn main() { tower_api_routes::build::compile(\"pages/api\"); }",
    );
    package.write(
        "src/main.rs",
        "tower_api_routes::include_routes!();\n\
         fn main() { print!(\"{}\", tower_api_routes::ApiRoutesLayer::new(\"pages/api\").router().unwrap()); }",
    );
    package.write("pages/api/one.rs", "pub async fn get() {}");
    package
}

fn run(package: &Package) -> Build {
    let build = package.cargo(&["run"]);
    assert!(build.success, "{}", build.output);
    build
}

/// How often the compiler ran for the package.
fn compiled(build: &Build) -> usize {
    build.output.matches("Compiling rebuild-").count()
}

#[test]
fn files_that_come_and_go_are_seen_and_an_unchanged_tree_rebuilds_nothing() {
    let package = package("seen");
    let first = run(&package);
    assert_eq!(compiled(&first), 1, "{}", first.output);
    assert!(first.output.contains("/api/one"), "{}", first.output);

    let unchanged = run(&package);
    assert_eq!(compiled(&unchanged), 0, "{}", unchanged.output);

    package.write("pages/api/deep/two.rs", "pub async fn get() {}");
    let added = run(&package);
    assert_eq!(compiled(&added), 1, "{}", added.output);
    assert!(added.output.contains("/api/deep/two"), "{}", added.output);

    fs::rename(
        package.path("pages/api/deep/two.rs"),
        package.path("pages/api/deep/three.rs"),
    )
    .unwrap();
    let renamed = run(&package);
    assert!(
        renamed.output.contains("/api/deep/three"),
        "{}",
        renamed.output
    );
    assert!(
        !renamed.output.contains("/api/deep/two"),
        "{}",
        renamed.output
    );

    fs::remove_dir_all(package.path("pages/api/deep")).unwrap();
    let removed = run(&package);
    assert!(!removed.output.contains("/api/deep"), "{}", removed.output);
    assert_eq!(compiled(&run(&package)), 0);
}

#[test]
fn errors_name_the_file() {
    let package = package("errors");

    package.write("pages/api/one.rs", "pub async fn get() {\n    nothing()\n}");
    let build = package.cargo(&["build"]);
    assert!(!build.success);
    assert!(
        build.output.contains("pages/api/one.rs:2:5"),
        "{}",
        build.output
    );

    package.write("pages/api/one.rs", "pub async fn get(number: u8) {}");
    let build = package.cargo(&["build"]);
    assert!(!build.success);
    assert!(
        build.output.contains("is not a handler"),
        "{}",
        build.output
    );

    package.write(
        "pages/api/one.rs",
        "use tower_api_routes::{ApiConfig, ApiError};\n\
         pub const CONFIG: ApiConfig = ApiConfig::new().body_limit(\"lots\");\n\
         pub async fn get() -> Result<String, ApiError> { Ok(String::new()) }",
    );
    let build = package.cargo(&["build"]);
    assert!(!build.success);
    assert!(
        build.output.contains("pages/api/one.rs:2"),
        "{}",
        build.output
    );

    package.write(
        "pages/api/one.rs",
        "use tower_api_routes::State;\npub async fn get(State(_): State<u8>) {}",
    );
    let build = package.cargo(&["build"]);
    assert!(!build.success);
    assert!(
        build.output.contains("is not a handler"),
        "{}",
        build.output
    );

    package.write("pages/api/one.rs", "pub async fn get() {}");
    package.write("pages/api/one/index.rs", "pub async fn get() {}");
    let build = package.cargo(&["build"]);
    assert!(!build.success);
    for file in ["pages/api/one.rs", "pages/api/one/index.rs"] {
        assert!(build.output.contains(file), "{}", build.output);
    }
}
