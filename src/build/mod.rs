//! Route files, compiled into the application by its build script.
//!
//! ```toml
//! [dependencies]
//! tower-api-routes = "0.1"
//!
//! [build-dependencies]
//! tower-api-routes = { version = "0.1", default-features = false, features = ["build"] }
//! ```
//!
//! ```no_run
//! // build.rs
//! # #[allow(clippy::needless_doctest_main)]
//! fn main() {
//!     tower_api_routes::build::compile("pages/api");
//! }
//! ```
//!
//! What a file below the directory stands for is told by its path alone, see
//! [`routing`](crate::routing). What it must export:
//!
//! - A route file exports `pub async fn handler` for every method, or one `pub async fn` for each
//!   of `get`, `head`, `post`, `put`, `patch`, `delete`, `query`, `options` and `trace`, or
//!   `pub fn service() -> ..` for a whole [tower service](https://docs.rs/tower-service): a
//!   `Service<Request, Response: IntoResponse>` that is `Clone + Send + Sync + 'static`, with a future that
//!   is `Send` and an error that is one (`Into<BoxError>`; its answer is 500). `Request` and its `Body`
//!   are those of `tower_api_routes`, and the same as axum's.
//! - Of axum's extractors, `Path`, `RawPathParams`, `MatchedPath` and `NestedPath` are errors: axum's own
//!   router alone fills them. Take `Params` and `MatchedRoute`.
//! - `pub const CONFIG: ApiConfig` configures a route file, `pub fn layer() -> ..` wraps it.
//! - `_middleware.rs` exports `pub fn layer() -> ..`, which wraps every route in its directory and
//!   below: the route's own layer is the innermost, the one at the top of the tree the outermost.
//!   Each is made once for a router. With `pub const INHERIT: bool = false` the layers of the
//!   directories above are left out.
//! - `pub fn openapi(operation: Operation) -> Operation` in a route file, or in a `_middleware.rs` for all
//!   routes below it, changes what an OpenAPI document says of the operations (feature `openapi` of
//!   the application's dependency; the build script needs none). A `_middleware.rs` may export it alone. With
//!   `INHERIT = false` those of the directories above are left out, too.
//! - `pub const LEAVE: &[&str] = &["new"]` in a route file that ends with a parameter, `posts/[id].rs`, names values
//!   of that parameter that belong to the service behind the router: `/api/posts/new` is left to it, as if a foreign
//!   file `posts/new.js` stood there. Values are written like file names; those of a catch-all may have several
//!   segments, `v1/intro` or `v1/[...rest]`. They are written out, as the build script reads them, and under no
//!   `#[cfg(..)]` of their own; where the file is left out, nothing is left.
//! - The arguments of `layer` and `service` are parts of the state, of any type that implements
//!   `FromRef<AppState>`, or the whole of it: `pub fn layer(db: Db) -> impl RouteLayer`. The compiler
//!   checks them.
//! - `pub use` counts as an export, `pub use x::*` and what a macro writes do not. `pub(crate)`
//!   is as good as `pub`.
//! - `#[cfg(..)]` on an export and `#![cfg(..)]` on a file are followed, also within `cfg_attr`. A
//!   file whose functions are all left out is no route.
//! - A file nests delimiters at most 256 deep and has at most 2,048 tokens without a `,`, a `;` or a
//!   block: the compiler dies of much more, and names no file.
//!
//! Each file is a module, declared with its own path, so that the compiler's messages and editors
//! point at it. Where a handler or a layer is of the wrong type, the compiler shows a line of generated
//! code that ends with the file, the function and which argument or result is wrong. The modules form a tree like the files, under a module named after the directory
//! (`pages_api`): a route file reaches the private `_db.rs` beside it as `super::_db`. A private
//! directory `_lib` is its `_lib/mod.rs` if it has one, else a module with its files in it. A name
//! that is no identifier becomes the nearest one (`[id].rs` → `id`, `a-b.rs` → `a_b`, `type.rs` →
//! `r#type`); if that is taken, the file gets a number (`id_2`), and so does a directory beside a
//! file of its name.
//!
//! Beside the modules of the files stands `urls`, a function for each route that gives its URL; see
//! [`RouteUrl`](https://docs.rs/tower-api-routes/latest/tower_api_routes/struct.RouteUrl.html).
//!
//! Links are followed inside the directory; out of it they are errors.
//!
//! While an application moves out of Next.js, `compile(RouteDir::new("pages/api").foreign())` lets the tree know of the
//! JavaScript files that are still there: see [`RouteDir`]. Of the Rust files and the others, no two may be one route, also
//! where the Rust one is under `#![cfg(..)]`, since the build script does not know whether it will be there.

mod checks;
mod code;
mod conditions;
mod descriptions;
mod emit;
mod error;
mod exports;
mod inspect;
mod leave;
mod modules;
mod names;
mod rewrites;
mod route_dir;
mod route_file;
mod scan;
mod signature;
mod source;
mod text;
mod tokens;
mod tree;
mod urls;

use std::{
    collections::HashMap,
    env, fs, io, iter,
    path::{Path, PathBuf},
    process,
    sync::{Mutex, PoisonError},
};

pub use self::{
    error::{BuildError, BuildErrors},
    rewrites::{Rewrite, Rewrites},
    route_dir::RouteDir,
    route_file::{ForeignRoute, LayerFile, RouteFile},
};

pub use crate::routing::methods::METHOD_FUNCTIONS;

use self::rewrites::Owner;
use crate::routing::handle::handle_name;

/// The file with the code of all trees, without its extension, and the directory with that of each, both
/// in `OUT_DIR`. `include_routes!` is told by an environment variable of the compiler, whose absence it
/// has a sentence for, and it has none for the absence of a file.
const GENERATED: &str = "tower_api_routes";

/// Compiles the route files below `dir` into the package whose build script calls it.
///
/// `dir` is relative to the package (`CARGO_MANIFEST_DIR`). The generated code goes to `OUT_DIR`,
/// where `include_routes!` finds it; a file whose content stays the same is not written again. The
/// build script runs again when a file in the directory, or in one of its foreign routes, is added, changed,
/// renamed or removed.
///
/// Call it once for every directory, given by its name or as a [`RouteDir`], which says where foreign routes
/// are. Rust files that are ignored because of a dot at the start of
/// their name are shown as warnings.
///
/// # Errors
///
/// Every error of the tree is printed as cargo prints errors, and the process ends with status 1.
pub fn compile(dir: impl Into<RouteDir>) {
    static DIRS: Mutex<Vec<RouteDir>> = Mutex::new(Vec::new());
    let added = dir.into();
    let mut dirs = DIRS.lock().unwrap_or_else(PoisonError::into_inner);
    dirs.retain(|it| it.dir != added.dir);
    dirs.push(added.clone());
    match from_environment(dirs.clone()).and_then(|it| it.try_compile()) {
        Ok(report) => {
            let dir = added.dir.as_str();
            for watched in iter::once(dir).chain(added.watched()) {
                println!("cargo:rerun-if-changed={watched}");
            }
            println!("cargo:rustc-env=TOWER_API_ROUTES={GENERATED}");
            // Those of the other directories were shown by the calls for them.
            let below = format!("{dir}/");
            for warning in report.warnings().filter(|it| it.starts_with(&below)) {
                println!("cargo::warning={warning}");
            }
        }
        Err(errors) => {
            for error in &errors {
                println!("cargo::error={error}");
            }
            process::exit(1);
        }
    }
}

fn from_environment(dirs: Vec<RouteDir>) -> Result<Builder, BuildErrors> {
    let variable = |name: &str| {
        env::var_os(name).ok_or_else(|| {
            let message = "is not set; call `compile` from a build script run by cargo";
            BuildErrors::from(BuildError::new(name, message))
        })
    };
    Ok(Builder {
        dirs,
        manifest_dir: variable("CARGO_MANIFEST_DIR")?.into(),
        out_dir: Some(variable("OUT_DIR")?.into()),
        planned: Vec::new(),
    })
}

/// Compiles route files, like [`compile`], for tools and tests: it looks at no environment
/// variable, prints nothing, and returns what it found. `include_routes!` takes the code of
/// [`compile`] alone, which tells the compiler of it.
///
/// ```no_run
/// let report = tower_api_routes::build::Builder::new("pages/api")
///     .manifest_dir("/src/shop")
///     .try_compile()?;
/// for (route, file) in report.routes() {
///     println!("/{route} is {file}");
/// }
/// # Ok::<(), tower_api_routes::build::BuildErrors>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Builder {
    dirs: Vec<RouteDir>,
    manifest_dir: PathBuf,
    out_dir: Option<PathBuf>,
    /// Files that are taken to be there, with their texts.
    planned: Vec<(String, String)>,
}

impl Builder {
    /// A builder for the tree `dir`, a path below the package such as `pages/api`.
    pub fn new(dir: impl Into<RouteDir>) -> Self {
        Self {
            dirs: vec![dir.into()],
            manifest_dir: PathBuf::new(),
            out_dir: None,
            planned: Vec::new(),
        }
    }

    /// Adds one more tree.
    pub fn and(mut self, dir: impl Into<RouteDir>) -> Self {
        self.dirs.push(dir.into());
        self
    }

    /// The package; by default the current directory.
    pub fn manifest_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.manifest_dir = dir.into();
        self
    }

    /// Where the generated code goes; by default it is not written, and the trees are only
    /// checked.
    pub fn out_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(dir.into());
        self
    }

    /// Takes a file of a tree to be there, whether it is or not: what a tool that is about to write
    /// `pages/api/posts/[id].rs` asks first.
    pub fn overlay_file(mut self, file: impl Into<String>, text: impl Into<String>) -> Self {
        self.planned.push((file.into(), text.into()));
        self
    }

    /// Reads the trees, checks them, and writes the generated code.
    ///
    /// Code goes to `tower_api_routes.rs` for all trees together and to
    /// `tower_api_routes/pages/api.rs` for one of them.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the trees; then nothing is written.
    pub fn try_compile(&self) -> Result<Report, BuildErrors> {
        let mut errors = self.name_errors();
        BuildErrors::check(&mut errors)?;
        let mut report = Report::default();
        let mut codes = Vec::new();
        for route_dir in &self.dirs {
            let dir = route_dir.dir.as_str();
            let root = std::path::absolute(self.manifest_dir.join(dir)).unwrap_or_default();
            if root.to_str().is_none() {
                let message = "is not UTF-8; move the package, as `#[path]` cannot name it";
                errors.push(BuildError::new(root.to_string_lossy(), message));
            }
            let mut found = scan::scan(&root, dir);
            for (file, text) in &self.planned {
                if let Some(relative) = file.strip_prefix(dir).and_then(|it| it.strip_prefix('/')) {
                    found.plan(dir, &root, relative, text);
                }
            }
            errors.extend(found.errors);
            let warnings = found.warnings.iter().map(BuildError::to_string);
            report.warnings.extend(warnings);
            let (foreign, problems) = route_dir.scan_foreign(&self.manifest_dir);
            errors.extend(problems);
            let (tree, problems) = tree::tree(dir, found.files, foreign);
            errors.extend(problems);
            codes.push((format!("{GENERATED}/{dir}.rs"), emit::emit(&tree)));
            report.unread.extend_from_slice(&tree.unread);
            report.routes.extend(route_file::route_files(&tree));
            report.foreign.extend(route_file::foreign_routes(&tree));
        }
        if let Err(errors) = BuildErrors::check(&mut errors) {
            return Err(errors.beside(report.warnings, report.unread));
        }
        let all = codes.iter().map(|(_, code)| code.as_str()).collect();
        codes.push((format!("{GENERATED}.rs"), all));
        for (name, code) in &codes {
            let Some(path) = self.out_dir.as_ref().map(|it| it.join(name)) else {
                continue;
            };
            match write_if_changed(&path, code) {
                Ok(true) => report.written.push(path),
                Ok(false) => {}
                Err(error) => errors.push(BuildError::new(
                    path.to_string_lossy(),
                    format!("cannot be written: {error}"),
                )),
            }
        }
        BuildErrors::check(&mut errors)?;
        Ok(report)
    }

    /// What is wrong with the names of the directories.
    fn name_errors(&self) -> Vec<BuildError> {
        let mut errors = Vec::new();
        let mut names = HashMap::new();
        for RouteDir { dir, .. } in &self.dirs {
            let is_plain = |name: &str| !matches!(name, "" | "." | "..");
            let is_unfit = |it: char| matches!(it, '\\' | ':') || it.is_control();
            if !dir.split('/').all(is_plain) || dir.contains(is_unfit) {
                let message = "is no path below the package; write it like `pages/api`";
                errors.push(BuildError::new(dir, message));
                continue;
            }
            let (module, constant) = (names::root_name(dir), handle_name(dir));
            let same = [("module", module), ("constant", constant)]
                .into_iter()
                .find_map(|(what, name)| {
                    let message = format!("would be the {what} `{name}`, as is");
                    Some((message, names.insert(name, dir)?))
                });
            if let Some((message, other)) = same {
                let message = format!("{message} `{other}`; rename one of them");
                errors.push(BuildError::new(dir, message));
            }
        }
        errors
    }
}

/// What a [`Builder`] found and did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    routes: Vec<RouteFile>,
    foreign: Vec<ForeignRoute>,
    written: Vec<PathBuf>,
    warnings: Vec<String>,
    unread: Vec<BuildError>,
}

impl Report {
    /// The routes with their files, sorted by file: `posts/[id]` and `pages/api/posts/[id].rs`.
    pub fn routes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.routes.iter().map(|it| (it.pattern(), it.file()))
    }

    /// The routes with all that is known of them before anything is compiled, sorted by file.
    #[must_use]
    pub fn route_files(&self) -> &[RouteFile] {
        &self.routes
    }

    /// The routes that are left to another service, with their files: those of a [`RouteDir`], and, without
    /// a file, what `LEAVE` names.
    pub fn foreign(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.foreign.iter().map(|it| (it.pattern(), it.file()))
    }

    /// The routes that are left to another service, with all that is known of them.
    #[must_use]
    pub fn foreign_routes(&self) -> &[ForeignRoute] {
        &self.foreign
    }

    /// What is ignored and may be meant to be a route, a line for each: Rust files, and directories
    /// with Rust files, whose names begin with a dot. [`compile`] shows them as cargo's warnings.
    pub fn warnings(&self) -> impl Iterator<Item = &str> {
        self.warnings.iter().map(String::as_str)
    }

    /// The entries of `rewrites()` in `next.config.js` with which a Next.js that stands in front hands on the
    /// requests for the routes of a directory, `pages/api` say. `mount` is where the application has them (`/api`),
    /// `origin` where its server listens (`http://127.0.0.1:4000`).
    ///
    /// Their order is that in which Next.js must try them. Static routes go before the files of Next.js, and
    /// dynamic ones after them, so that a static route that is still in Next.js keeps its requests. A
    /// *dynamic* route there, `docs/[id].js` below a `docs/[...slug].rs` that has moved, would not, as Next.js
    /// tries its own dynamic routes last: where the report knows of it ([`foreign`](Self::foreign)), an entry
    /// before that of the catch-all leads to itself, and so back to Next.js. So does one for what `LEAVE` names.
    ///
    /// ```no_run
    /// let report = tower_api_routes::build::Builder::new("pages/api").try_compile()?;
    /// let rewrites = report.rewrites("pages/api", "/api", "http://127.0.0.1:4000");
    /// std::fs::write("rewrites.mjs", rewrites.to_module())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn rewrites(&self, dir: &str, mount: &str, origin: &str) -> Rewrites {
        let ours = self.routes.iter().filter(|it| it.directory() == dir);
        let ours = ours.map(|it| (it.pattern(), Owner::Rust));
        let foreign = self.foreign.iter().filter(|it| it.directory() == dir);
        let foreign = foreign.map(|it| match it.file() {
            Some(_) => (it.pattern(), Owner::Foreign),
            None => (it.pattern(), Owner::Left),
        });
        Rewrites::new(ours.chain(foreign), mount, origin)
    }

    /// The files that are no Rust, with what is wrong with them. Their routes are missing in the report, and the compiler
    /// says where the mistake is.
    #[must_use]
    pub fn unread(&self) -> &[BuildError] {
        &self.unread
    }

    /// The generated files whose content is new.
    #[must_use]
    pub fn written(&self) -> &[PathBuf] {
        &self.written
    }
}

/// Writes the file unless it has that content already; says whether it did.
fn write_if_changed(path: &Path, content: &str) -> io::Result<bool> {
    if fs::read(path).is_ok_and(|it| it == content.as_bytes()) {
        return Ok(false);
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, content)?;
    Ok(true)
}
