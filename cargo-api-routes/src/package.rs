//! Which packages are meant, and which directories of them hold routes.

use std::{
    env, fs,
    path::{Component, Path, PathBuf},
    process::Command,
};

use clap::Args;
use serde_json::Value;
use tower_api_routes::build::{BuildError, BuildErrors, Builder, Report, RouteDir};

use crate::{Failure, script::Script};

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
    /// What of its build script cannot be read.
    pub(crate) unread: Vec<String>,
    script: Option<PathBuf>,
    /// The directories that the command line names.
    named: Vec<String>,
    /// Its dependencies and features, as cargo tells them.
    dependencies: Vec<Value>,
    features: Value,
    /// The directories of the dependencies of the program that are named by a path.
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
        if let Some(wanted) = &self.package {
            return Ok(vec![self.package_of(&metadata, named(&all, wanted)?)?]);
        }
        let at_manifest =
            |it: &&Value| it["manifest_path"].as_str().map(Path::new) == Some(&manifest);
        if let Some(found) = all.iter().find(at_manifest).filter(|_| !self.workspace) {
            return Ok(vec![self.package_of(&metadata, found)?]);
        }
        // A workspace without a package of its own, or all of it: what has no routes is passed over.
        let mut packages = Vec::new();
        for package in &all {
            let bare = bare_package(package, &metadata, &[]);
            if !bare.dirs.is_empty() || !bare.unread.is_empty() {
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
        let bare = |it: &Value| bare_package(it, &metadata, &[]);
        let mut all: Vec<_> = all.iter().map(bare).collect();
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
            program.named.clone_from(&self.dirs);
            program.read_script();
        }
        let mut packages = vec![program];
        let mut next = 0;
        while let Some(package) = packages.get(next) {
            // Out of the workspace.
            for path in &package.path_dependencies {
                if all.iter().all(|it| it.root != *path) {
                    all.extend(package_at(path));
                }
            }
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
        let package = bare_package(package, metadata, &self.dirs);
        let Package { name, script, .. } = &package;
        let Some(script) = script.as_ref().filter(|_| self.dirs.is_empty()) else {
            if !self.dirs.is_empty() {
                return Ok(package);
            }
            return Err(format!(
                "package `{name}` has no build.rs; `cargo api-routes init` writes one, and `--dir pages/api` \
                 names a directory of route files without one"
            )
            .into());
        };
        if !package.unread.is_empty() {
            return Err(format!(
                "{}: {}; write the directory and where its foreign routes are in the call itself, as in \
                 `compile(RouteDir::new(\"pages/api\").foreign())`, or name directories with `--dir`, which then have no \
                 foreign routes",
                script.display(),
                package.unread.join("; ")
            )
            .into());
        }
        if package.dirs.is_empty() {
            return Err(format!(
                "{} has no call such as `tower_api_routes::build::compile(\"pages/api\")`; add it, or \
                 name the directory with `--dir`",
                script.display()
            )
            .into());
        }
        Ok(package)
    }

    /// The Cargo.toml of the one package that is meant, which may have no routes yet.
    pub(crate) fn manifest_of_package(&self) -> Result<PathBuf, Failure> {
        let Some(wanted) = &self.package else {
            return self.manifest();
        };
        let metadata = self.metadata()?;
        let all = metadata["packages"].as_array().cloned().unwrap_or_default();
        let path = named(&all, wanted)?["manifest_path"].as_str();
        Ok(PathBuf::from(path.unwrap_or_default()))
    }

    /// The build script of the package with this Cargo.toml, wherever it is.
    pub(crate) fn build_script(&self, manifest: &Path) -> Result<Option<PathBuf>, Failure> {
        let metadata = self.metadata()?;
        let mut all = metadata["packages"].as_array().into_iter().flatten();
        let package = all.find(|it| it["manifest_path"].as_str().map(Path::new) == Some(manifest));
        Ok(package.and_then(build_script))
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
    /// Reads what the build script compiles; of directories that the command line names, whether it says more of them.
    pub(crate) fn read_script(&mut self) {
        // One that cannot be opened is cargo's to complain of.
        let text = self.script.as_ref().map(fs::read_to_string);
        let script = text.map(|it| Script::read(&it.unwrap_or_default()));
        let Script { dirs, unread } = script.unwrap_or_default();
        if self.named.is_empty() {
            (self.dirs, self.unread) = (dirs, unread);
            return;
        }
        let named = self.named.iter().map(|it| it.trim_end_matches('/'));
        let found = named.map(|name| {
            let compiled = dirs.iter().find(|it| it.directory() == name);
            compiled.cloned().unwrap_or_else(|| RouteDir::new(name))
        });
        self.dirs = found.collect();
    }

    /// Whether the program is built with this dependency, with the default features and these: not where it is for tests or build
    /// scripts alone, nor where it is optional and off.
    pub(crate) fn has_dependency(&self, name: &str, features: &[&str]) -> bool {
        let is_it = |it: &&Value| it["name"] == name && it["kind"].is_null();
        let mut found = self.dependencies.iter().filter(is_it);
        found.any(|it| it["optional"] != true || self.is_on(it, features))
    }

    /// Whether one of these features turns an optional dependency on.
    fn is_on(&self, dependency: &Value, features: &[&str]) -> bool {
        let name = dependency["rename"].as_str();
        let name = name.or(dependency["name"].as_str()).unwrap_or_default();
        let mut on = vec!["default"];
        on.extend(features);
        let mut next = 0;
        while let Some(feature) = on.get(next) {
            let more = self.features[*feature].as_array().into_iter().flatten();
            let more = more.filter_map(Value::as_str);
            let new: Vec<_> = more.filter(|it| !on.contains(it)).collect();
            on.extend(new);
            next += 1;
        }
        on.iter().any(|it| {
            it.strip_prefix("dep:") == Some(name)
                || it.split_once('/').is_some_and(|it| it.0 == name)
        })
    }

    /// The directories of foreign routes in full; those out of the package without links and dots.
    pub(crate) fn foreign_roots(&self) -> Vec<PathBuf> {
        let dirs = self.dirs.iter().flat_map(RouteDir::foreign_directories);
        let full = dirs.map(|dir| {
            let path = self.root.join(dir);
            match Path::new(dir)
                .components()
                .all(|it| matches!(it, Component::Normal(_)))
            {
                true => path,
                false => fs::canonicalize(&path).unwrap_or(path),
            }
        });
        full.collect()
    }

    /// What the build script would find, without what it would write.
    pub(crate) fn report(&self) -> Result<Report, BuildErrors> {
        self.builder().try_compile()
    }

    pub(crate) fn builder(&self) -> Builder {
        let mut dirs = self.dirs.iter();
        let first = dirs.next().cloned().unwrap_or_else(|| RouteDir::new(""));
        let builder = Builder::new(first).manifest_dir(&self.root);
        dirs.cloned().fold(builder, Builder::and)
    }

    /// The one directory of routes that is meant.
    pub(crate) fn only_dir(&self) -> Result<&RouteDir, Failure> {
        match self.dirs.as_slice() {
            [dir] => Ok(dir),
            dirs => {
                let names: Vec<_> = dirs.iter().map(RouteDir::directory).collect();
                Err(format!(
                    "the package has several trees, say which with `--dir`: {}",
                    names.join(", ")
                )
                .into())
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

    /// [`report`](Self::report) for the commands that need a tree without errors.
    pub(crate) fn sound_report(&self) -> Result<Report, Failure> {
        let failure = |errors: &[String]| -> Failure {
            let name = &self.name;
            format!("the routes of `{name}` have errors:\n{}", errors.join("\n")).into()
        };
        let texts = |errors: &mut dyn Iterator<Item = &BuildError>| -> Vec<String> {
            errors.map(ToString::to_string).collect()
        };
        let report = self
            .report()
            .map_err(|errors| failure(&texts(&mut errors.iter())))?;
        match report.unread() {
            [] => Ok(report),
            unread => Err(failure(&texts(&mut unread.iter()))),
        }
    }
}

/// The package of a directory; none where there is no package, of which the build says so.
fn package_at(root: &Path) -> Option<Package> {
    let location = Location {
        manifest_path: Some(root.join("Cargo.toml")),
        package: None,
        workspace: false,
        dirs: Vec::new(),
    };
    let metadata = location.metadata().ok()?;
    let packages = metadata["packages"].as_array()?;
    let mut packages = packages.iter().map(|it| bare_package(it, &metadata, &[]));
    packages.find(|it| it.root == root)
}

fn named<'a>(all: &'a [Value], wanted: &str) -> Result<&'a Value, Failure> {
    let name = |it: &Value| it["name"].as_str().unwrap_or_default().to_owned();
    let found = all.iter().find(|it| name(it) == wanted);
    found.ok_or_else(|| {
        let names: Vec<_> = all.iter().map(name).collect();
        let names = names.join(", ");
        format!("there is no package `{wanted}`; there are: {names}").into()
    })
}

fn bare_package(package: &Value, metadata: &Value, named: &[String]) -> Package {
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let dependencies = || package["dependencies"].as_array().into_iter().flatten();
    let manifest = PathBuf::from(text(&package["manifest_path"]));
    let targets = package["targets"].as_array().into_iter().flatten();
    let programs = targets.filter(|it| has_kind(it, "bin"));
    let mut bare = Package {
        name: text(&package["name"]),
        root: manifest.parent().unwrap_or(Path::new("")).to_owned(),
        edition: text(&package["edition"]),
        dirs: Vec::new(),
        unread: Vec::new(),
        script: build_script(package),
        named: named.to_vec(),
        dependencies: dependencies().cloned().collect(),
        features: package["features"].clone(),
        path_dependencies: dependencies()
            .filter(|it| it["kind"] != "dev")
            .filter_map(|it| it["path"].as_str().map(PathBuf::from))
            .collect(),
        programs: programs.map(|it| text(&it["name"])).collect(),
        default_program: package["default_run"].as_str().map(str::to_owned),
        target_directory: PathBuf::from(text(&metadata["target_directory"])),
    };
    bare.read_script();
    bare
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
