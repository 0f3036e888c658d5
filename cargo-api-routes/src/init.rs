//! `init`: routes for a package that is there, or a whole application.

mod templates;

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use clap::Args;
use tower_api_routes::build::{Builder, RouteDir};

use crate::{
    Failure, Verdict,
    output::{GREEN, error, help, styled},
    package::{Location, cargo},
    script::Script,
};

/// Add routes to the package, or write a whole application with `--new`; nothing that is there is overwritten
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Write a new application into the directory NAME: axum, a route, a server that `dev` can restart
    #[arg(long, value_name = "NAME")]
    new: Option<PathBuf>,
    /// With hyper in place of axum
    #[arg(long, requires = "new")]
    hyper: bool,
    /// Depend on the tower-api-routes of this directory [default: the published version]
    #[arg(long, value_name = "DIR", conflicts_with = "git")]
    path: Option<PathBuf>,
    /// Depend on the tower-api-routes of this repository [default: the published version]
    #[arg(long, value_name = "URL")]
    git: Option<String>,
}

/// The version that this command was released with.
const VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION_MAJOR"),
    ".",
    env!("CARGO_PKG_VERSION_MINOR")
);

const DIRECTORY: &str = "pages/api";

const UNPUBLISHED: &str =
    "as long as tower-api-routes is not published, `init` takes `--path DIR` or `--git URL`";

impl Init {
    pub(crate) fn run(&self, location: &Location) -> Result<Verdict, Failure> {
        match &self.new {
            Some(directory) => self.application(directory),
            None => self.package(location),
        }
    }

    /// Writes a new application.
    fn application(&self, directory: &Path) -> Result<Verdict, Failure> {
        let name = directory
            .file_name()
            .and_then(|it| it.to_str())
            .unwrap_or_default();
        let is_fit = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_');
        if !name.starts_with(|it: char| it.is_ascii_alphabetic()) || !name.chars().all(is_fit) {
            error(&format!(
                "`{name}` is no name of a package: letters, digits, `-` and `_`, a letter first"
            ));
            return Ok(Verdict::Bad);
        }
        let source = self.source()?;
        let manifest = match self.hyper {
            true => templates::MANIFEST_HYPER,
            false => templates::MANIFEST_AXUM,
        };
        let manifest = manifest
            .replace("{name}", name)
            .replace("{source}", &source);
        let main = match self.hyper {
            true => templates::MAIN_HYPER,
            false => templates::MAIN_AXUM,
        };
        let files = [
            ("Cargo.toml", manifest.as_str()),
            (".gitignore", "/target\n"),
            ("build.rs", templates::BUILD),
            ("src/main.rs", main),
            ("pages/api/hello.rs", templates::HELLO),
        ];
        if let Some((taken, _)) = files.iter().find(|(file, _)| directory.join(file).exists()) {
            error(&format!(
                "{}: is there already; choose another name",
                directory.join(taken).display()
            ));
            return Ok(Verdict::Bad);
        }
        for (file, text) in files {
            write(
                &directory.join(file),
                text,
                &format!("{}/{file}", directory.display()),
            )?;
        }
        let manifest = directory.join("Cargo.toml");
        if is_refused_by_a_workspace(&manifest)? {
            let mut file = fs::OpenOptions::new().append(true).open(&manifest)?;
            file.write_all(b"\n[workspace]\n")?;
            help(&format!(
                "the workspace around {0} does not name it, so that it is one of its own: to make it a member, name it there \
                 and remove `[workspace]` from {0}/Cargo.toml",
                directory.display()
            ));
        }
        if self.path.is_none() && self.git.is_none() {
            help(&UNPUBLISHED);
        }
        anstream::println!(
            "\nNext: `cd {}` and `cargo api-routes dev` (or `cargo run`), then http://127.0.0.1:3000/api/hello",
            directory.display()
        );
        Ok(Verdict::Good)
    }

    /// Where the crate comes from, as a table in a Cargo.toml has it.
    fn source(&self) -> Result<String, Failure> {
        Ok(match (&self.path, &self.git) {
            (Some(path), _) => format!("path = {:?}", checkout(path)?),
            (None, Some(url)) => format!("git = {url:?}"),
            (None, None) => format!("version = {VERSION:?}"),
        })
    }

    /// Adds what a package lacks.
    fn package(&self, location: &Location) -> Result<Verdict, Failure> {
        let manifest = location.manifest_of_package()?;
        let root = manifest.parent().unwrap_or(Path::new("")).to_owned();
        if !fs::read_to_string(&manifest)?.contains("[package]") {
            return Err(format!(
                "{} is that of a workspace; say which package with `-p`",
                manifest.display()
            )
            .into());
        }
        let hello = format!("{DIRECTORY}/hello.rs");
        if root.join(&hello).exists() {
            error(&format!("{hello}: is there already"));
            return Ok(Verdict::Bad);
        }
        let script = location
            .build_script(&manifest)?
            .unwrap_or_else(|| root.join("build.rs"));
        let script_name = script.strip_prefix(&root).unwrap_or(&script).display();
        let build = match fs::read_to_string(&script) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(format!("{script_name}: {error}").into()),
        };
        self.add(&manifest, &[])?;
        self.add(
            &manifest,
            &["--build", "--no-default-features", "--features", "build"],
        )?;
        let changed = styled(GREEN, "changed");
        anstream::println!(
            "{changed} Cargo.toml: tower-api-routes, for the application and for its build script"
        );
        match build {
            None => write(&script, templates::BUILD, &script_name.to_string())?,
            Some(text) if compiles(&text, DIRECTORY) => {
                anstream::println!("{script_name} compiles {DIRECTORY} already");
            }
            Some(text) => match with_call(&text) {
                Some(text) => {
                    fs::write(&script, text)?;
                    let changed = styled(GREEN, "changed");
                    anstream::println!("{changed} {script_name}: one line in `main`");
                }
                None => anstream::println!(
                    "add to `main` of {script_name}, unless it compiles {DIRECTORY} already:\n\n{}",
                    templates::CALL
                ),
            },
        }
        write(&root.join(&hello), templates::HELLO, &hello)?;
        anstream::println!("\n{}", templates::TWO_LINES);
        if has_scripts(&root) {
            help(&format!(
                "{DIRECTORY} has files of Next.js: write `compile(RouteDir::new(\"{DIRECTORY}\").foreign())` in build.rs, \
                 and their routes are left to it"
            ));
        }
        Ok(Verdict::Good)
    }

    /// `cargo add` of the crate, which also says what it does.
    fn add(&self, manifest: &Path, arguments: &[&str]) -> Result<(), Failure> {
        let mut command = cargo();
        command
            .arg("add")
            .arg("--manifest-path")
            .arg(manifest)
            .args(arguments);
        match (&self.path, &self.git) {
            (Some(path), _) => command
                .arg("--path")
                .arg(checkout(path)?)
                .arg("tower-api-routes"),
            (None, Some(url)) => command.args(["--git", url, "tower-api-routes"]),
            (None, None) => command.arg(format!("tower-api-routes@{VERSION}")),
        };
        if !command.status()?.success() {
            return Err(format!("`cargo add` failed; {UNPUBLISHED}").into());
        }
        Ok(())
    }
}

/// Whether cargo takes the package for one of a workspace around it, which does not name it.
fn is_refused_by_a_workspace(manifest: &Path) -> Result<bool, Failure> {
    let output = cargo()
        .args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
            "--manifest-path",
        ])
        .arg(manifest)
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    Ok(!output.status.success() && text.contains("believes it's in a workspace"))
}

/// Whether the directory of routes has foreign ones, too, or what would be one in both languages.
fn has_scripts(root: &Path) -> bool {
    let both = Builder::new(RouteDir::new(DIRECTORY).foreign()).manifest_dir(root);
    let alone = Builder::new(DIRECTORY).manifest_dir(root);
    match both.try_compile() {
        Ok(report) => report.foreign().next().is_some(),
        Err(_) => alone.try_compile().is_ok(),
    }
}

/// The directory of the crate, in full: a relative one is meant from here, not from the new package.
fn checkout(path: &Path) -> Result<String, Failure> {
    let manifest = fs::canonicalize(path.join("Cargo.toml")).map_err(|error| {
        format!(
            "{}: no Cargo.toml of tower-api-routes: {error}",
            path.display()
        )
    })?;
    let directory = manifest.parent().unwrap_or(path).to_string_lossy();
    // Windows puts this before a path in full, and cargo does not take it.
    Ok(directory
        .strip_prefix(r"\\?\")
        .unwrap_or(&directory)
        .to_owned())
}

/// A build script with the call in its `main`, at its start; `None` where there is no plain `fn main() {`, or calls
/// of which it is not known what they compile.
fn with_call(text: &str) -> Option<String> {
    if !Script::read(text).unread.is_empty() {
        return None;
    }
    let (before, rest) = text.split_once("fn main() {\n")?;
    Some(format!("{before}fn main() {{\n{}{rest}", templates::CALL))
}

fn compiles(script: &str, directory: &str) -> bool {
    let mut dirs = Script::read(script).dirs.into_iter();
    dirs.any(|it| it.directory() == directory)
}

/// Writes a file that is not there yet, and says so.
fn write(path: &Path, text: &str, name: &str) -> Result<(), Failure> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|error| format!("{}: {error}", parent.display()))?;
    }
    let mut file = fs::File::create_new(path).map_err(|error| format!("{name}: {error}"))?;
    file.write_all(text.as_bytes())?;
    anstream::println!("{} {name}", styled(GREEN, "wrote"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_call_goes_to_the_start_of_main() {
        let text = "//! Docs.\nfn main() {\n    other();\n}\n";
        let changed = with_call(text).unwrap();
        assert_eq!(
            changed,
            "//! Docs.\nfn main() {\n    tower_api_routes::build::compile(\"pages/api\");\n    other();\n}\n"
        );
        assert!(compiles(&changed, "pages/api") && !compiles(text, "pages/api"));
        assert_eq!(with_call("fn main() -> Result<(), E> {\n}"), None);
        assert_eq!(with_call("fn main() {\n    compile(DIR);\n}\n"), None);
    }
}
