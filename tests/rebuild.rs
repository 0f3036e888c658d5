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
        [features]
        x = []
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

/// What the table of routes says about a path, its blanks made single.
fn route(build: &Build, path: &str) -> Option<String> {
    let mut lines = build.output.lines().map(|line| {
        let words: Vec<_> = line.split_whitespace().collect();
        words.join(" ")
    });
    lines.find(|line| line.starts_with(&format!("{path} ")))
}

#[test]
fn exports_are_there_under_their_conditions_alone() {
    let package = package("conditions");
    package.write(
        "pages/api/one.rs",
        "#[cfg(feature = \"x\")]\npub async fn handler() {}\n\
         #[cfg(not(feature = \"x\"))]\npub async fn get() {}",
    );
    package.write(
        "pages/api/attr.rs",
        "#[cfg_attr(all(), cfg(feature = \"x\"))]\npub async fn put() {}\n\
         #[cfg_attr(all(), cfg_attr(not(feature = \"x\"), inline, cfg(any())))]\n\
         pub async fn post() {}\n\
         pub async fn get() {}",
    );
    package.write(
        "pages/api/whole.rs",
        "#![cfg_attr(all(), cfg(feature = \"x\"))]\npub async fn get() {}",
    );
    package.write(
        "pages/api/each.rs",
        "#[cfg(feature = \"x\")]\npub async fn get() {}\n\
         #[cfg(all(feature = \"x\", unix))]\npub async fn put() {}",
    );
    package.write(
        "pages/api/service.rs",
        "#[cfg(feature = \"x\")]\npub async fn get() {}\n\
         #[cfg(not(feature = \"x\"))]\npub use super::one::get as handler;",
    );
    for (arguments, routes) in [
        (
            &["run"][..],
            [
                ("/api/one", Some("GET HEAD OPTIONS")),
                ("/api/attr", Some("GET HEAD OPTIONS")),
                ("/api/whole", None),
                ("/api/each", None),
                ("/api/service", Some("any")),
            ],
        ),
        (
            &["run", "--features", "x"],
            [
                ("/api/one", Some("any")),
                ("/api/attr", Some("GET HEAD POST PUT OPTIONS")),
                ("/api/whole", Some("GET HEAD OPTIONS")),
                ("/api/each", Some("GET HEAD PUT OPTIONS")),
                ("/api/service", Some("GET HEAD OPTIONS")),
            ],
        ),
    ] {
        let build = package.cargo(arguments);
        assert!(build.success, "{}", build.output);
        assert!(!build.output.contains("warning"), "{}", build.output);
        for (path, methods) in routes {
            let file = path.trim_start_matches("/api");
            let expected = methods.map(|it| format!("{path} {it} pages/api{file}.rs -"));
            assert_eq!(route(&build, path), expected, "{}", build.output);
        }
    }
}

#[test]
fn exports_that_meet_under_their_conditions_are_an_error() {
    let package = package("clash");
    package.write(
        "pages/api/one.rs",
        "#[cfg(any(unix, windows))]\npub async fn handler() {}\n\
         #[cfg(feature = \"x\")]\npub async fn get() {}",
    );
    let build = package.cargo(&["build"]);
    assert!(build.success, "{}", build.output);
    let build = package.cargo(&["build", "--features", "x"]);
    assert!(!build.success);
    let message = "error: pages/api/one.rs: exports both `handler` and `get`; `handler` answers \
                   every method, keep one of them";
    assert!(build.output.contains(message), "{}", build.output);
}

#[test]
fn a_file_that_is_too_deep_is_named() {
    let package = package("deep");
    let (open, close) = ("(".repeat(50_000), ")".repeat(50_000));
    package.write(
        "pages/api/one.rs",
        &format!("pub async fn get() {{ let _ = {open}1{close}; }}"),
    );
    let build = package.cargo(&["build"]);
    assert!(!build.success);
    let message = "pages/api/one.rs: nests brackets, parentheses or braces more than 256 deep; \
                   make functions or constants of the inner parts";
    assert!(build.output.contains(message), "{}", build.output);
}

#[test]
fn well_known_is_served_and_other_dotfiles_are_named() {
    let package = package("dots");
    run(&package);

    package.write("pages/api/.well-known/thing.rs", "pub async fn get() {}");
    let added = run(&package);
    assert!(
        route(&added, "/api/.well-known/thing").is_some(),
        "{}",
        added.output
    );
    assert!(!added.output.contains("warning"), "{}", added.output);
    assert_eq!(compiled(&run(&package)), 0);

    package.write("pages/api/.env.rs", "pub async fn get() {}");
    package.write("pages/api/.old/deep/user.rs", "pub async fn get() {}");
    let warned = run(&package);
    for warning in [
        "pages/api/.env.rs: is ignored, as its name begins with a dot; rename it if it is to be a \
         route or a module, else move it out of the tree",
        "pages/api/.old: holds Rust files, which are ignored, as its name begins with a dot (of \
         such directories `.well-known` alone is served); rename it if they are to be routes or \
         modules, else move it out of the tree",
    ] {
        let warning = format!("warning: rebuild-dots@0.0.0: {warning}");
        assert_eq!(
            warned.output.matches(&warning).count(),
            1,
            "{}",
            warned.output
        );
    }
    assert!(route(&warned, "/api/.env").is_none(), "{}", warned.output);

    fs::remove_dir_all(package.path("pages/api/.well-known")).unwrap();
    let removed = run(&package);
    assert!(
        route(&removed, "/api/.well-known/thing").is_none(),
        "{}",
        removed.output
    );
}
