//! Which packages are meant, and which directories of them hold routes.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use clap::Args;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use serde_json::Value;
use tower_api_routes::build::{BuildErrors, Builder, Report};

use crate::Failure;

/// Where to look.
#[derive(Debug, Args)]
pub(crate) struct Location {
    /// The Cargo.toml of the package or workspace [default: the one that cargo finds]
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,
    /// The package of a workspace
    #[arg(
        long,
        short,
        global = true,
        value_name = "NAME",
        conflicts_with = "workspace"
    )]
    package: Option<String>,
    /// Every package of the workspace that has routes
    #[arg(long, global = true)]
    workspace: bool,
    /// A directory of route files, below the package; may be repeated [default: those that build.rs compiles]
    #[arg(long = "dir", global = true, value_name = "DIR")]
    dirs: Vec<String>,
}

/// A package with routes.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) root: PathBuf,
    pub(crate) edition: String,
    /// The directories of route files.
    pub(crate) dirs: Vec<String>,
    /// The names of its dependencies.
    pub(crate) dependencies: Vec<String>,
}

impl Location {
    /// The packages that are meant; at least one.
    pub(crate) fn packages(&self) -> Result<Vec<Package>, Failure> {
        let manifest = self.manifest()?;
        let metadata = self.metadata()?;
        let all = metadata["packages"].as_array().cloned().unwrap_or_default();
        let name = |it: &Value| it["name"].as_str().unwrap_or_default().to_owned();
        if let Some(wanted) = &self.package {
            let found = all.iter().find(|it| name(it) == *wanted);
            let names: Vec<_> = all.iter().map(name).collect();
            let found = found.ok_or_else(|| {
                format!(
                    "there is no package `{wanted}`; there are: {}",
                    names.join(", ")
                )
            })?;
            return Ok(vec![self.package_of(found)?]);
        }
        let at_manifest =
            |it: &&Value| it["manifest_path"].as_str().map(Path::new) == Some(&manifest);
        if let Some(found) = all.iter().find(at_manifest).filter(|_| !self.workspace) {
            return Ok(vec![self.package_of(found)?]);
        }
        // A workspace without a package of its own, or all of it: what has no routes is passed over.
        let mut packages = Vec::new();
        for package in &all {
            if build_script(package).is_some_and(|it| !compiled_dirs(&it).is_empty()) {
                packages.push(self.package_of(package)?);
            }
        }
        if packages.is_empty() {
            return Err("no package of the workspace has a build.rs that compiles routes".into());
        }
        Ok(packages)
    }

    /// The one package that is meant.
    pub(crate) fn package(&self) -> Result<Package, Failure> {
        let mut packages = self.packages()?;
        match (packages.pop(), packages.is_empty()) {
            (Some(package), true) => Ok(package),
            (last, _) => {
                packages.extend(last);
                let names: Vec<_> = packages.iter().map(|it| it.name.as_str()).collect();
                Err(format!(
                    "several packages have routes, say which with `-p`: {}",
                    names.join(", ")
                )
                .into())
            }
        }
    }

    fn package_of(&self, metadata: &Value) -> Result<Package, Failure> {
        let text = |key: &str| metadata[key].as_str().unwrap_or_default().to_owned();
        let name = text("name");
        let dirs = if self.dirs.is_empty() {
            let script = build_script(metadata).ok_or_else(|| {
                format!(
                    "package `{name}` has no build.rs; `cargo api-routes init` writes one, and `--dir pages/api` \
                     names a directory of route files without one"
                )
            })?;
            let dirs = compiled_dirs(&script);
            if dirs.is_empty() {
                return Err(format!(
                    "{} has no call such as `tower_api_routes::build::compile(\"pages/api\")` that can be read; add it, or \
                     name the directory with `--dir`",
                    script.display()
                )
                .into());
            }
            dirs
        } else {
            self.dirs
                .iter()
                .map(|it| it.trim_end_matches('/').to_owned())
                .collect()
        };
        let dependencies = metadata["dependencies"].as_array().into_iter().flatten();
        Ok(Package {
            root: Path::new(&text("manifest_path"))
                .parent()
                .unwrap_or(Path::new(""))
                .to_owned(),
            edition: text("edition"),
            dependencies: dependencies
                .filter_map(|it| it["name"].as_str())
                .map(str::to_owned)
                .collect(),
            name,
            dirs,
        })
    }

    /// The Cargo.toml that cargo finds.
    pub(crate) fn manifest(&self) -> Result<PathBuf, Failure> {
        let found = self.cargo(&["locate-project", "--message-format", "plain"])?;
        Ok(PathBuf::from(found.trim_end()))
    }

    fn metadata(&self) -> Result<Value, Failure> {
        let text = self.cargo(&["metadata", "--no-deps", "--format-version", "1"])?;
        Ok(serde_json::from_str(&text)?)
    }

    fn cargo(&self, arguments: &[&str]) -> Result<String, Failure> {
        let mut command = cargo();
        command.args(arguments);
        if let Some(path) = &self.manifest_path {
            command.arg("--manifest-path").arg(path);
        }
        let output = command.output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let said = said.trim_end();
            return Err(said.strip_prefix("error: ").unwrap_or(said).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }
}

impl Package {
    /// What the build script would find, without what it would write.
    pub(crate) fn report(&self) -> Result<Report, BuildErrors> {
        self.builder().try_compile()
    }

    pub(crate) fn builder(&self) -> Builder {
        let mut dirs = self.dirs.iter();
        let first = Builder::new(dirs.next().cloned().unwrap_or_default());
        dirs.fold(first, |builder, dir| builder.and(dir))
            .manifest_dir(&self.root)
    }

    /// [`report`](Self::report) for the commands that need a tree without errors.
    pub(crate) fn sound_report(&self) -> Result<Report, Failure> {
        self.report().map_err(|errors| {
            let all: Vec<_> = errors.iter().map(ToString::to_string).collect();
            format!(
                "the routes of `{}` have errors:\n{}",
                self.name,
                all.join("\n")
            )
            .into()
        })
    }
}

/// The cargo that called this program, or else the one that a shell would find.
pub(crate) fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn build_script(package: &Value) -> Option<PathBuf> {
    let targets = package["targets"].as_array()?;
    let is_script = |it: &&Value| {
        it["kind"]
            .as_array()
            .is_some_and(|it| it.contains(&"custom-build".into()))
    };
    let path = targets.iter().find(is_script)?["src_path"].as_str()?;
    Some(PathBuf::from(path))
}

/// The directories of the calls `compile("..")` in a build script, in their order.
fn compiled_dirs(script: &Path) -> Vec<String> {
    let text = fs::read_to_string(script).unwrap_or_default();
    calls_of_compile(&text)
}

pub(crate) fn calls_of_compile(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Vec<TokenStream> = text.parse().into_iter().collect();
    while let Some(stream) = open.pop() {
        let tokens: Vec<_> = stream.into_iter().collect();
        for pair in tokens.windows(2) {
            if let [TokenTree::Ident(name), TokenTree::Group(arguments)] = pair
                && name == "compile"
                && arguments.delimiter() == Delimiter::Parenthesis
            {
                found.extend(literal(arguments.stream()));
            }
        }
        let groups = tokens.into_iter().rev().filter_map(|it| match it {
            TokenTree::Group(group) => Some(group.stream()),
            _ => None,
        });
        open.extend(groups);
    }
    found
}

/// The text of a literal such as `"pages/api"`, if that is all there is. No name of a directory needs an escape.
fn literal(tokens: TokenStream) -> Option<String> {
    let text = tokens.to_string();
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains(['"', '\\'])).then(|| inner.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directories_are_read_from_the_build_script() {
        for (text, dirs) in [
            (
                "fn main() { tower_api_routes::build::compile(\"pages/api\"); }",
                &["pages/api"][..],
            ),
            (
                "use tower_api_routes::build; fn main() { if x { build::compile(\"a\"); } build::compile(\"b/c\"); }",
                &["a", "b/c"],
            ),
            (
                "fn main() { compile(DIR); compile(\"a\", \"b\"); // compile(\"c\")\n }",
                &[],
            ),
            ("fn main() {", &[]),
        ] {
            let mut found = calls_of_compile(text);
            found.sort();
            assert_eq!(found, dirs, "{text}");
        }
    }
}
