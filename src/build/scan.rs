//! Reads a directory for its Rust files. `route_dir` reads those for files of another service.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    error::BuildError,
    tree::{File, FileKind},
};
use crate::routing::{FileRole, is_hidden};

/// What a directory holds.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Sorted by path.
    pub(super) files: Vec<File>,
    /// What is ignored and may be meant to be a route, sorted by path.
    pub(super) warnings: Vec<BuildError>,
    pub(super) errors: Vec<BuildError>,
}

/// Reads all files below `root`, which the application names `dir`.
pub(super) fn scan(root: &Path, dir: &str) -> Found {
    let mut scan = Scan {
        dir,
        root: PathBuf::new(),
        found: Found::default(),
    };
    match fs::canonicalize(root) {
        Ok(real) if real.is_dir() => {
            scan.root.clone_from(&real);
            scan.directory(root, "", &mut vec![real]);
        }
        Ok(_) => scan.found.errors.push(BuildError::new(
            dir,
            "is no directory; name the one that holds the route files",
        )),
        Err(error) => scan.found.errors.push(BuildError::new(
            dir,
            format!(
                "cannot be opened: {error}; create the directory `{}` or correct the name in \
                 the build script",
                root.display()
            ),
        )),
    }
    let mut found = scan.found;
    found.files.sort_by(|a, b| a.relative.cmp(&b.relative));
    found.warnings.sort_by(|a, b| a.path().cmp(b.path()));
    found
}

impl Found {
    /// Adds a file of the tree `dir` that is not written yet, or not with this text.
    pub(super) fn plan(&mut self, dir: &str, root: &Path, relative: &str, text: &str) {
        let text = text.to_owned();
        let kind = match FileRole::of(relative) {
            Ok(FileRole::Route(pattern)) => FileKind::Route { pattern, text },
            Ok(FileRole::Middleware(_)) => FileKind::Middleware { text },
            Ok(FileRole::Ignored) => return,
            Ok(_) => FileKind::Private,
            Err(error) => {
                let problem = error.pattern_error().to_string();
                let error = BuildError::new(format!("{dir}/{relative}"), problem);
                return self.errors.push(error);
            }
        };
        self.files.retain(|it| it.relative != relative);
        self.files.push(File {
            relative: relative.to_owned(),
            path: root.join(relative),
            kind,
        });
        self.files.sort_by(|a, b| a.relative.cmp(&b.relative));
    }
}

struct Scan<'d> {
    dir: &'d str,
    /// The directory behind all links.
    root: PathBuf,
    found: Found,
}

impl Scan<'_> {
    /// Reads one directory. `below` is its path in the tree with a slash at the end, `open` are
    /// the directories on the way to it, behind all links.
    fn directory(&mut self, path: &Path, below: &str, open: &mut Vec<PathBuf>) {
        let entries = fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let entries = match entries {
            Ok(entries) => entries,
            Err(error) => return self.error(below, format!("cannot be read: {error}")),
        };
        for entry in entries {
            let name = entry.file_name();
            let relative = format!("{below}{}", name.to_string_lossy());
            if is_hidden(&name.to_string_lossy()) {
                if let Some(warning) = hidden(&entry.path()) {
                    let path = format!("{}/{relative}", self.dir);
                    self.found.warnings.push(BuildError::new(path, warning));
                }
                continue;
            }
            // What is no text is neither a route nor a module, but may well be meant as one.
            if name.to_str().is_none() {
                self.error(
                    &relative,
                    "has a name that is not UTF-8; rename it".to_owned(),
                );
                continue;
            }
            if let Err(problem) = self.entry(entry.path(), &relative, open) {
                self.error(&relative, problem);
            }
        }
    }

    fn entry(
        &mut self,
        path: PathBuf,
        relative: &str,
        open: &mut Vec<PathBuf>,
    ) -> Result<(), String> {
        let real = fs::canonicalize(&path).map_err(|error| format!("cannot be opened: {error}"))?;
        if real.is_dir() {
            self.stays_inside(&real)?;
            if open.contains(&real) {
                return Err("is a link to a directory that it lies in; remove it".to_owned());
            }
            open.push(real);
            self.directory(&path, &format!("{relative}/"), open);
            open.pop();
            return Ok(());
        }
        let role = FileRole::of(relative).map_err(|error| error.pattern_error().to_string())?;
        if role == FileRole::Ignored {
            return Ok(());
        }
        self.stays_inside(&real)?;
        if !real.is_file() {
            return Err("is neither a file nor a directory; remove it".to_owned());
        }
        let text = || {
            let bytes = fs::read(&real).map_err(|error| format!("cannot be read: {error}"))?;
            String::from_utf8(bytes).map_err(|_| "is not UTF-8; save it as UTF-8".to_owned())
        };
        let kind = match role {
            FileRole::Route(pattern) => FileKind::Route {
                pattern,
                text: text()?,
            },
            FileRole::Middleware(_) => FileKind::Middleware { text: text()? },
            _ => FileKind::Private,
        };
        self.found.files.push(File {
            relative: relative.to_owned(),
            path,
            kind,
        });
        Ok(())
    }

    fn stays_inside(&self, real: &Path) -> Result<(), String> {
        if real.starts_with(&self.root) {
            return Ok(());
        }
        Err(format!(
            "is a link out of `{}`; put the file itself there",
            self.dir
        ))
    }

    fn error(&mut self, relative: &str, problem: String) {
        let path = format!("{}/{relative}", self.dir);
        let error = BuildError::new(path.trim_end_matches('/'), problem);
        self.found.errors.push(error);
    }
}

/// What to say of a name with a dot at its start, if it hides Rust files.
///
/// Links to nowhere, such as the locks of an editor, hide nothing, and links to directories are not
/// followed.
fn hidden(path: &Path) -> Option<&'static str> {
    if is_rust(path) {
        return Some(
            "is ignored, as its name begins with a dot; rename it if it is to be a route or a \
             module, else move it out of the tree",
        );
    }
    let is_directory = |path: &Path| fs::symlink_metadata(path).is_ok_and(|it| it.is_dir());
    let mut open = vec![path.to_owned()];
    while let Some(path) = open.pop() {
        if is_directory(&path) {
            let entries = fs::read_dir(path).into_iter().flatten().flatten();
            open.extend(entries.map(|it| it.path()));
        } else if is_rust(&path) {
            return Some(
                "holds Rust files, which are ignored, as its name begins with a dot (of such \
                 directories `.well-known` alone is served); rename it if they are to be routes \
                 or modules, else move it out of the tree",
            );
        }
    }
    None
}

fn is_rust(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().ends_with(b".rs") && path.is_file()
}
