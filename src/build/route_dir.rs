//! [`RouteDir`]: a directory of route files, and where the routes of the same paths are that another
//! service answers.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{error::BuildError, tree::Foreign};
use crate::routing::{
    foreign::{Layout, foreign_route},
    handle::mount_of,
    is_hidden,
};

/// A directory of route files for [`compile`](super::compile), and whether there are routes of a Next.js
/// application beside them.
///
/// While an application moves out of Next.js, some of its routes are Rust files and some still are JavaScript.
/// `posts/[id].rs` would take the requests that are meant for `posts/new.js`, as nobody tells
/// the router of it. [`foreign`](Self::foreign) does:
///
/// ```no_run
/// # #[allow(clippy::needless_doctest_main)]
/// use tower_api_routes::build::{RouteDir, compile};
///
/// fn main() {
///     compile(RouteDir::new("pages/api").foreign());
/// }
/// ```
///
/// The foreign routes are part of the tree: in names, in conflicts and in precedence. A request
/// that belongs to one is left to the service behind
/// [`ApiRoutesLayer`](https://docs.rs/tower-api-routes/latest/tower_api_routes/struct.ApiRoutesLayer.html), as it came.
/// A route in both languages, `user.rs` beside `user.ts`, is an error that names the two files. Two files of the
/// other service that are one route are its own business.
///
/// No `_middleware.rs` wraps a foreign route, as nothing here answers it. Without [`foreign`](Self::foreign) and its
/// like, files of other languages mean nothing. Where they are not at hand, a route file names what it leaves in
/// `LEAVE`; see the [module docs](super).
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a directory does nothing until it is compiled"]
pub struct RouteDir {
    pub(super) dir: String,
    foreign: Vec<(String, Layout)>,
    extensions: Vec<String>,
}

impl RouteDir {
    /// The route files below `dir`, a path below the package such as `pages/api`, and no foreign ones.
    pub fn new(dir: impl Into<String>) -> Self {
        Self {
            dir: dir.into(),
            foreign: Vec::new(),
            extensions: ["js", "jsx", "ts", "tsx", "mjs", "cjs"]
                .map(str::to_owned)
                .to_vec(),
        }
    }

    /// The JavaScript and TypeScript files in the directory itself are foreign routes, by the rules of the
    /// pages router: each is a route, also one whose name begins with `_`, but not what has a dot at the start of its name or
    /// of a directory's, other than `.well-known`.
    pub fn foreign(self) -> Self {
        let dir = self.dir.clone();
        self.foreign_pages(dir)
    }

    /// The files in another directory are foreign routes, by the rules of the pages router. `dir` is a path
    /// from the package, also out of it: `../web/pages/api`. It stands for the same URLs as the directory of
    /// the Rust files.
    pub fn foreign_pages(mut self, dir: impl Into<String>) -> Self {
        self.foreign.push((plain(dir), Layout::Pages));
        self
    }

    /// The files `route.ts` and `page.tsx` in another directory, `../web/app/api`, make their directories foreign
    /// routes, by the rules of the app router: `(groups)` and `@slots` leave no trace, and nothing below
    /// `_private` directories and intercepting ones, `(.)photo`, is a route.
    pub fn foreign_app(mut self, dir: impl Into<String>) -> Self {
        self.foreign.push((plain(dir), Layout::App));
        self
    }

    /// The extensions of foreign files, as `pageExtensions` in `next.config.js` lists them: `["api.ts", "js"]`,
    /// the first dot left out or not. Default: `js`, `jsx`, `ts`, `tsx`, `mjs` and `cjs`, of which Next.js by
    /// default takes the first four: name those where a file with one of the others is no route. `.d.ts`
    /// files are never routes.
    pub fn page_extensions<E: Into<String>>(
        mut self,
        extensions: impl IntoIterator<Item = E>,
    ) -> Self {
        let extensions = extensions.into_iter().map(Into::into);
        let without_dot = |it: String| it.trim_start_matches('.').to_owned();
        self.extensions = extensions.map(without_dot).collect();
        self
    }

    /// The directory of the Rust files, as it was given.
    #[must_use]
    pub fn directory(&self) -> &str {
        &self.dir
    }

    /// Where the tree is mounted, unless the application says otherwise: `/api`.
    #[must_use]
    pub fn default_mount(&self) -> String {
        mount_of(&self.dir)
    }

    /// The directories of foreign routes, from the package, in the order in which they were given.
    pub fn foreign_directories(&self) -> impl Iterator<Item = &str> {
        self.foreign.iter().map(|(dir, _)| dir.as_str())
    }

    /// The directories to be watched for changes besides that of the Rust files.
    pub(super) fn watched(&self) -> impl Iterator<Item = &str> {
        self.foreign_directories().filter(|dir| *dir != self.dir)
    }

    /// The foreign routes, sorted by file, and what is wrong with the directories.
    pub(super) fn scan_foreign(&self, manifest_dir: &Path) -> (Vec<Foreign>, Vec<BuildError>) {
        let (mut found, mut errors) = (Vec::new(), Vec::new());
        for (dir, layout) in &self.foreign {
            let mut files = Vec::new();
            let root = manifest_dir.join(dir);
            // Of the directory of the Rust files, `scan` says that it is not there.
            if *dir == self.dir && !root.is_dir() {
                continue;
            }
            if let Err(error) = walk(&root, "", &mut Vec::new(), &mut files) {
                let message = format!(
                    "cannot be read: {error}; correct the name in the build script, or remove it there \
                     if no route is left in that directory"
                );
                errors.push(BuildError::new(dir, message));
            }
            files.sort();
            for relative in files {
                let file = format!("{dir}/{relative}");
                match foreign_route(*layout, &relative, &self.extensions) {
                    Ok(None) => {}
                    Ok(Some(pattern)) => found.push(Foreign {
                        pattern,
                        file: Some(file),
                        left_by: None,
                        cfg: Vec::new(),
                    }),
                    Err(error) => errors.push(BuildError::new(file, error.to_string())),
                }
            }
        }
        (found, errors)
    }
}

impl<D: Into<String>> From<D> for RouteDir {
    fn from(dir: D) -> Self {
        Self::new(dir)
    }
}

/// The directory without the slash that may stand at its end.
fn plain(dir: impl Into<String>) -> String {
    let dir = dir.into();
    dir.trim_end_matches('/').to_owned()
}

/// The files below a directory, without what has a dot at the start of its name, but for `.well-known`. Links are followed, as Next.js
/// follows them; `open` are the directories on the way, behind all links.
fn walk(
    path: &Path,
    below: &str,
    open: &mut Vec<PathBuf>,
    files: &mut Vec<String>,
) -> Result<(), String> {
    let failed = |error| format!("`{}`: {error}", path.display());
    let real = fs::canonicalize(path).map_err(failed)?;
    if open.contains(&real) {
        return Ok(());
    }
    open.push(real);
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        // What is no text is in no URL of Next.js.
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
            continue;
        };
        if is_hidden(&name) || name == "node_modules" {
            continue;
        }
        match fs::metadata(entry.path()) {
            Ok(it) if it.is_dir() => {
                walk(&entry.path(), &format!("{below}{name}/"), open, files)?;
            }
            Ok(_) => files.push(format!("{below}{name}")),
            // A link to nowhere.
            Err(_) => {}
        }
    }
    open.pop();
    Ok(())
}
