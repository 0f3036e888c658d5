//! What cargo sees of a route tree: a package of its own, built again and again.
#![cfg(not(miri))]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
};

use tempfile::TempDir;

/// One build at a time: they share a target directory.
static CARGO: Mutex<()> = Mutex::new(());

struct Package {
    dir: TempDir,
}

struct Build {
    success: bool,
    output: String,
}

impl Build {
    /// How often the compiler ran for the package.
    fn compiled(&self) -> usize {
        self.output.matches("Compiling rebuild-").count()
    }
}

impl Package {
    fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let package = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        package.write(
            "Cargo.toml",
            &format!(
                r#"
                [package]
                name = "rebuild-{name}"
                version = "0.0.0"
                edition = "2024"
                [dependencies]
                tower-api-routes = {{ path = {root:?} }}
                [build-dependencies]
                tower-api-routes = {{ path = {root:?}, default-features = false, features = ["build"] }}
                [workspace]
                "#
            ),
        );
        fs::copy(root.join("Cargo.lock"), package.path("Cargo.lock")).unwrap();
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

    fn path(&self, file: &str) -> PathBuf {
        self.dir.path().join(file)
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn cargo(&self, arguments: &[&str]) -> Build {
        let _guard = CARGO.lock().unwrap_or_else(PoisonError::into_inner);
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .arg("--offline")
            .current_dir(&self.dir)
            .env(
                "CARGO_TARGET_DIR",
                Path::new(env!("CARGO_TARGET_TMPDIR")).join("rebuild"),
            )
            .env_remove("RUSTFLAGS")
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Build {
            success: output.status.success(),
            output: text(&output.stdout) + &text(&output.stderr),
        }
    }

    fn run(&self) -> Build {
        let build = self.cargo(&["run"]);
        assert!(build.success, "{}", build.output);
        build
    }
}

#[test]
fn files_that_come_and_go_are_seen_and_an_unchanged_tree_rebuilds_nothing() {
    let package = Package::new("seen");
    let first = package.run();
    assert_eq!(first.compiled(), 1, "{}", first.output);
    assert!(first.output.contains("/api/one"), "{}", first.output);

    let unchanged = package.run();
    assert_eq!(unchanged.compiled(), 0, "{}", unchanged.output);

    package.write("pages/api/deep/two.rs", "pub async fn get() {}");
    let added = package.run();
    assert_eq!(added.compiled(), 1, "{}", added.output);
    assert!(added.output.contains("/api/deep/two"), "{}", added.output);

    fs::rename(
        package.path("pages/api/deep/two.rs"),
        package.path("pages/api/deep/three.rs"),
    )
    .unwrap();
    let renamed = package.run();
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
    let removed = package.run();
    assert!(!removed.output.contains("/api/deep"), "{}", removed.output);
    assert_eq!(package.run().compiled(), 0);
}

#[test]
fn errors_name_the_file() {
    let package = Package::new("errors");

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
