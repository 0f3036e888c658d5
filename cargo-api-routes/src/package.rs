//! Which packages are meant, and which directories of them hold routes.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use clap::Args;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use serde_json::Value;
use tower_api_routes::build::{BuildError, BuildErrors, Builder, Report, RouteDir};

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
    /// The directories of route files, with those of foreign routes.
    pub(crate) dirs: Vec<RouteDir>,
    /// The names of its dependencies.
    pub(crate) dependencies: Vec<String>,
    /// The directories of those that are named by a path.
    path_dependencies: Vec<PathBuf>,
    programs: Vec<String>,
    default_program: Option<String>,
    pub(crate) target_directory: PathBuf,
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
            return Ok(vec![self.package_of(&metadata, found)?]);
        }
        let at_manifest =
            |it: &&Value| it["manifest_path"].as_str().map(Path::new) == Some(&manifest);
        if let Some(found) = all.iter().find(at_manifest).filter(|_| !self.workspace) {
            return Ok(vec![self.package_of(&metadata, found)?]);
        }
        // A workspace without a package of its own, or all of it: what has no routes is passed over.
        let mut packages = Vec::new();
        for package in &all {
            if build_script(package).is_some_and(|it| !compiled_dirs(&it).is_empty()) {
                packages.push(self.package_of(&metadata, package)?);
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

    /// The package whose program is to run, and after it those that it depends on by path. They need no routes: a program
    /// may mount those of libraries.
    pub(crate) fn program(&self) -> Result<Vec<Package>, Failure> {
        let metadata = self.metadata()?;
        let all = metadata["packages"].as_array().cloned().unwrap_or_default();
        let bare = |it: &Value| {
            let dirs = build_script(it)
                .map(|it| compiled_dirs(&it))
                .unwrap_or_default();
            bare_package(it, &metadata, dirs)
        };
        let all: Vec<_> = all.iter().map(bare).collect();
        let manifest = self.manifest()?;
        let here = manifest.parent().unwrap_or(Path::new(""));
        let is_meant = |it: &&Package| match &self.package {
            Some(name) => it.name == *name,
            None => it.root == here,
        };
        let mut with_programs = all.iter().filter(|it| !it.programs.is_empty());
        let program = match all.iter().find(is_meant) {
            Some(program) => program,
            None if self.package.is_none() => match (with_programs.next(), with_programs.next()) {
                (Some(program), None) => program,
                _ => return Err("say which package is to run with `-p`".into()),
            },
            None => return Ok(vec![self.package()?]),
        };
        let mut program = program.clone();
        if !self.dirs.is_empty() {
            program.dirs = self.named_dirs(&program.dirs);
        }
        let mut packages = vec![program];
        let mut next = 0;
        while let Some(package) = packages.get(next) {
            let is_new = |it: &&Package| {
                package.path_dependencies.contains(&it.root)
                    && packages.iter().all(|known| known.root != it.root)
            };
            let new: Vec<_> = all.iter().filter(is_new).cloned().collect();
            packages.extend(new);
            next += 1;
        }
        Ok(packages)
    }

    fn package_of(&self, metadata: &Value, package: &Value) -> Result<Package, Failure> {
        let name = package["name"].as_str().unwrap_or_default();
        let script = build_script(package);
        if !self.dirs.is_empty() {
            let compiled = script.map(|it| compiled_dirs(&it)).unwrap_or_default();
            return Ok(bare_package(package, metadata, self.named_dirs(&compiled)));
        }
        let script = script.ok_or_else(|| {
            format!(
                "package `{name}` has no build.rs; `cargo api-routes init` writes one, and `--dir pages/api` \
                 names a directory of route files without one"
            )
        })?;
        let dirs = compiled_dirs(&script);
        if dirs.is_empty() {
            return Err(format!(
                "{} has no call such as `tower_api_routes::build::compile(\"pages/api\")` that can be read; add it, with \
                 `RouteDir::new(\"pages/api\").foreign()` and the like inside its parentheses and with texts as \
                 arguments, or name the directory with `--dir`",
                script.display()
            )
            .into());
        }
        Ok(bare_package(package, metadata, dirs))
    }

    /// What `--dir` names: as the build script compiles it, or else without foreign routes.
    fn named_dirs(&self, compiled: &[RouteDir]) -> Vec<RouteDir> {
        let named = self.dirs.iter().map(|it| it.trim_end_matches('/'));
        let of_script = |dir: &str| compiled.iter().find(|it| it.directory() == dir).cloned();
        named
            .map(|dir| of_script(dir).unwrap_or_else(|| RouteDir::new(dir)))
            .collect()
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
    /// What the build script would find, without what it would write, for each directory.
    pub(crate) fn reports(&self) -> Result<Vec<Report>, BuildErrors> {
        self.dirs
            .iter()
            .map(|dir| self.builder(dir).try_compile())
            .collect()
    }

    pub(crate) fn builder(&self, dir: &RouteDir) -> Builder {
        Builder::new(dir.clone()).manifest_dir(&self.root)
    }

    /// The one directory of routes that is meant.
    pub(crate) fn only_dir(&self) -> Result<&RouteDir, Failure> {
        match self.dirs.as_slice() {
            [dir] => Ok(dir),
            dirs => {
                let dirs: Vec<_> = dirs.iter().map(RouteDir::directory).collect();
                let dirs = dirs.join(", ");
                Err(format!("the package has several trees, say which with `--dir`: {dirs}").into())
            }
        }
    }

    /// The program that is meant.
    pub(crate) fn program(&self, wanted: Option<&str>) -> Result<String, Failure> {
        let name = &self.name;
        let known = || self.programs.join(", ");
        match (
            wanted.or(self.default_program.as_deref()),
            self.programs.as_slice(),
        ) {
            (Some(wanted), programs) if programs.iter().any(|it| it == wanted) => {
                Ok(wanted.to_owned())
            }
            (Some(wanted), _) => {
                Err(format!("`{name}` has no program `{wanted}`; it has: {}", known()).into())
            }
            (None, [program]) => Ok(program.clone()),
            (None, []) => Err(format!(
                "`{name}` is a library, which does not run; say which package with `-p`"
            )
            .into()),
            (None, _) => Err(format!(
                "`{name}` has several programs, say which with `--bin`: {}",
                known()
            )
            .into()),
        }
    }

    /// [`reports`](Self::reports) for the commands that need trees without errors.
    pub(crate) fn sound_reports(&self) -> Result<Vec<Report>, Failure> {
        let failure = |errors: &mut dyn Iterator<Item = &BuildError>| -> Failure {
            let errors: Vec<_> = errors.map(ToString::to_string).collect();
            let name = &self.name;
            format!("the routes of `{name}` have errors:\n{}", errors.join("\n")).into()
        };
        let reports = self
            .reports()
            .map_err(|errors| failure(&mut errors.iter()))?;
        let mut unread = reports.iter().flat_map(Report::unread).peekable();
        match unread.peek() {
            Some(_) => Err(failure(&mut unread)),
            None => Ok(reports),
        }
    }
}

fn bare_package(package: &Value, metadata: &Value, dirs: Vec<RouteDir>) -> Package {
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let dependencies = || package["dependencies"].as_array().into_iter().flatten();
    let manifest = PathBuf::from(text(&package["manifest_path"]));
    let targets = package["targets"].as_array().into_iter().flatten();
    let programs = targets.filter(|it| has_kind(it, "bin"));
    Package {
        name: text(&package["name"]),
        root: manifest.parent().unwrap_or(Path::new("")).to_owned(),
        edition: text(&package["edition"]),
        dirs,
        dependencies: dependencies().map(|it| text(&it["name"])).collect(),
        path_dependencies: dependencies()
            .filter_map(|it| it["path"].as_str().map(PathBuf::from))
            .collect(),
        programs: programs.map(|it| text(&it["name"])).collect(),
        default_program: package["default_run"].as_str().map(str::to_owned),
        target_directory: PathBuf::from(text(&metadata["target_directory"])),
    }
}

/// The cargo that called this program, or else the one that a shell would find.
pub(crate) fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn build_script(package: &Value) -> Option<PathBuf> {
    let targets = package["targets"].as_array()?;
    let script = targets.iter().find(|it| has_kind(it, "custom-build"))?;
    Some(PathBuf::from(script["src_path"].as_str()?))
}

fn has_kind(target: &Value, kind: &str) -> bool {
    let kinds = target["kind"].as_array();
    kinds.is_some_and(|it| it.contains(&kind.into()))
}

/// The directories of the calls `compile(..)` in a build script.
fn compiled_dirs(script: &Path) -> Vec<RouteDir> {
    let text = fs::read_to_string(script).unwrap_or_default();
    calls_of_compile(&text)
}

pub(crate) fn calls_of_compile(text: &str) -> Vec<RouteDir> {
    let mut found = Vec::new();
    let mut open: Vec<TokenStream> = text.parse().into_iter().collect();
    while let Some(stream) = open.pop() {
        let tokens: Vec<_> = stream.into_iter().collect();
        for pair in tokens.windows(2) {
            if let [TokenTree::Ident(name), TokenTree::Group(arguments)] = pair
                && name == "compile"
                && arguments.delimiter() == Delimiter::Parenthesis
            {
                found.extend(route_dir(&arguments.stream()));
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

/// The argument of such a call: a literal, or `RouteDir::new("..")` with methods. `None` where something else
/// stands there, as a part of it would be another tree.
fn route_dir(argument: &TokenStream) -> Option<RouteDir> {
    if let Some(dir) = literal(argument) {
        return Some(RouteDir::new(dir));
    }
    let mut tokens = argument.clone().into_iter();
    // The path of the type, up to its function.
    let mut before = None;
    let of_new = loop {
        match (tokens.next()?, &before) {
            (TokenTree::Group(group), Some(name)) if name == "new" => break group,
            (TokenTree::Ident(name), _) => before = Some(name),
            (TokenTree::Punct(punct), _) if punct.as_char() == ':' => {}
            _ => return None,
        }
    };
    let mut dir = RouteDir::new(literal(&of_new.stream())?);
    while let Some(dot) = tokens.next() {
        let (TokenTree::Punct(dot), TokenTree::Ident(name), TokenTree::Group(arguments)) =
            (dot, tokens.next()?, tokens.next()?)
        else {
            return None;
        };
        if dot.as_char() != '.' {
            return None;
        }
        let arguments = arguments.stream();
        dir = match name.to_string().as_str() {
            "foreign" if arguments.is_empty() => dir.foreign(),
            "foreign_pages" => dir.foreign_pages(literal(&arguments)?),
            "foreign_app" => dir.foreign_app(literal(&arguments)?),
            "page_extensions" => dir.page_extensions(literals(&arguments)?),
            _ => return None,
        };
    }
    Some(dir)
}

/// The texts of `["js", "ts"]`.
fn literals(tokens: &TokenStream) -> Option<Vec<String>> {
    let mut tokens = tokens.clone().into_iter().filter(|it| !is_punct(it, '&'));
    let (TokenTree::Group(list), None) = (tokens.next()?, tokens.next()) else {
        return None;
    };
    let items = list.stream().into_iter().filter(|it| !is_punct(it, ','));
    items.map(|it| literal(&it.into())).collect()
}

fn is_punct(token: &TokenTree, char: char) -> bool {
    matches!(token, TokenTree::Punct(it) if it.as_char() == char)
}

/// The text of a literal such as `"pages/api"`, if that is all there is. No name of a directory needs an escape.
fn literal(tokens: &TokenStream) -> Option<String> {
    let text = tokens.to_string();
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains(['"', '\\'])).then(|| inner.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directories_are_read_from_the_build_script() {
        let plain = RouteDir::new;
        for (text, dirs) in [
            (
                "fn main() { tower_api_routes::build::compile(\"pages/api\"); }",
                &[plain("pages/api")][..],
            ),
            (
                "use tower_api_routes::build; fn main() { if x { build::compile(\"a\"); } build::compile(\"b/c\"); }",
                &[plain("b/c"), plain("a")],
            ),
            (
                "fn main() { compile(DIR); compile(\"a\", \"b\"); // compile(\"c\")\n }",
                &[],
            ),
            (
                "fn main() { compile(build::RouteDir::new(\"a/b\").foreign()); }",
                &[plain("a/b").foreign()],
            ),
            (
                "fn main() { compile(RouteDir::new(\"a\").foreign_pages(\"../web/pages/api\").foreign_app(\"../web/app/api\")
                    .page_extensions([\"api.ts\", \"js\",])) }",
                &[plain("a")
                    .foreign_pages("../web/pages/api")
                    .foreign_app("../web/app/api")
                    .page_extensions(["api.ts", "js"])],
            ),
            // What is not read whole is not read.
            ("fn main() { compile(RouteDir::new(\"a\").foreign_pages(WEB)); }", &[]),
            ("fn main() { compile(RouteDir::new(\"a\").later(\"b\")); }", &[]),
            ("fn main() { compile(of(RouteDir::new(\"a\"))); }", &[]),
            ("fn main() {", &[]),
        ] {
            assert_eq!(calls_of_compile(text), dirs, "{text}");
        }
    }
}
