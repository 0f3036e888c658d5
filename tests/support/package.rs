//! Packages of their own, built by a cargo inside of the test.
#![allow(dead_code, reason = "every test binary uses its own part")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
};

use tempfile::TempDir;

/// One build at a time: they share a target directory.
static CARGO: Mutex<()> = Mutex::new(());

/// The version of this crate, as a `Cargo.toml` asks for it.
pub(crate) const VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION_MAJOR"),
    ".",
    env!("CARGO_PKG_VERSION_MINOR")
);

/// A package in a temporary directory.
#[derive(Debug)]
pub(crate) struct Package {
    dir: TempDir,
}

/// What cargo did.
#[derive(Debug)]
pub(crate) struct Build {
    pub(crate) success: bool,
    pub(crate) output: String,
}

impl Package {
    /// A package with this `Cargo.toml`, whose dependencies are as they are locked here and whose
    /// tower-api-routes, if of this [`VERSION`], is the crate of this repository.
    pub(crate) fn new(manifest: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let package = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        let is_workspace = manifest.contains("[workspace]");
        let workspace = if is_workspace { "" } else { "\n[workspace]\n" };
        package.manifest("Cargo.toml", &format!("{manifest}{workspace}"));
        fs::copy(root.join("Cargo.lock"), package.path("Cargo.lock")).unwrap();
        package
    }

    /// Writes the `Cargo.toml` of a package inside of this one, as [`new`](Self::new) writes its own.
    pub(crate) fn manifest(&self, file: &str, manifest: &str) {
        let path = format!("path = {:?}", env!("CARGO_MANIFEST_DIR"));
        let text = manifest
            .replace(
                &format!("tower-api-routes = \"{VERSION}\""),
                &format!("tower-api-routes = {{ {path} }}"),
            )
            .replace(
                &format!("tower-api-routes = {{ version = \"{VERSION}\""),
                &format!("tower-api-routes = {{ {path}"),
            );
        self.write(file, &text);
    }

    /// The package that the blocks of code in a text in Markdown make together: a block whose first
    /// line is a comment with nothing but a path is that file.
    pub(crate) fn of_blocks(markdown: &str) -> Self {
        let files: Vec<_> = blocks(markdown).collect();
        let manifest = files.iter().find(|(path, _)| *path == "Cargo.toml");
        let package = Self::new(&manifest.expect("a block with Cargo.toml").1);
        for (path, text) in files {
            if path == "Cargo.toml" || !is_of_cargo(path) {
                continue;
            }
            assert!(!package.path(path).exists(), "two blocks with {path}");
            if path.ends_with("Cargo.toml") {
                package.manifest(path, &text);
            } else {
                package.write(path, &text);
            }
        }
        package
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.dir.path().join(file)
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs cargo in the package, without a network.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Build {
        let _guard = CARGO.lock().unwrap_or_else(PoisonError::into_inner);
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .arg("--offline")
            .current_dir(&self.dir)
            .env("CARGO_TARGET_DIR", target_dir())
            .env_remove("RUSTFLAGS")
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Build {
            success: output.status.success(),
            output: text(&output.stdout) + &text(&output.stderr),
        }
    }

    /// Builds the package without a warning; the program that has this name.
    pub(crate) fn build(&self, program: &str) -> String {
        let build = self.cargo(&["build"]);
        assert!(build.success, "{}", build.output);
        assert!(!build.output.contains("warning: "), "{}", build.output);
        self.program("debug", program)
    }

    /// The program that has this name, as a build in the profile `debug` or `release` made it.
    pub(crate) fn program(&self, profile: &str, name: &str) -> String {
        let program = target_dir().join(profile).join(name);
        program.to_str().unwrap().to_owned()
    }
}

fn target_dir() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("rebuild")
}

/// The blocks of code that begin with a comment naming a file: its path and its text.
pub(crate) fn blocks(markdown: &str) -> impl Iterator<Item = (&str, String)> {
    let mut lines = markdown.lines();
    std::iter::from_fn(move || {
        lines.find(|line| line.starts_with("```"))?;
        let text: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        Some(text)
    })
    .filter_map(|text| {
        let first = *text.first()?;
        let path = first
            .strip_prefix("// ")
            .or_else(|| first.strip_prefix("# "))?;
        let is_script = [".js", ".mjs", ".ts"].iter().any(|it| path.ends_with(it));
        ((is_of_cargo(path) || is_script) && !path.contains(' '))
            .then(|| (path, text.join("\n") + "\n"))
    })
}

fn is_of_cargo(path: &str) -> bool {
    path.ends_with(".rs") || path.ends_with("Cargo.toml")
}
