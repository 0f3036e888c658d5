//! A directory → its Rust files: the one place that reads the file system.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    error::BuildError,
    tree::{File, Kind},
};
use crate::routing::FileRole;

/// Reads all files below `root`, which the application names `dir`, sorted by path.
pub(super) fn scan(root: &Path, dir: &str) -> (Vec<File>, Vec<BuildError>) {
    let mut scan = Scan {
        dir,
        root: PathBuf::new(),
        files: Vec::new(),
        errors: Vec::new(),
    };
    match fs::canonicalize(root) {
        Ok(real) if real.is_dir() => {
            scan.root.clone_from(&real);
            scan.directory(root, "", &mut vec![real]);
        }
        Ok(_) => scan.errors.push(BuildError::new(
            dir,
            "is no directory; name the one that holds the route files",
        )),
        Err(error) => scan.errors.push(BuildError::new(
            dir,
            format!(
                "cannot be opened: {error}; create the directory `{}` or correct the name in \
                 the build script",
                root.display()
            ),
        )),
    }
    let Scan {
        mut files, errors, ..
    } = scan;
    files.sort_by(|a, b| a.relative.cmp(&b.relative));
    (files, errors)
}

struct Scan<'d> {
    dir: &'d str,
    /// The directory behind all links.
    root: PathBuf,
    files: Vec<File>,
    errors: Vec<BuildError>,
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
            if name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let relative = format!("{below}{}", name.to_string_lossy());
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
            FileRole::Route(pattern) => Kind::Route {
                pattern,
                text: text()?,
            },
            FileRole::Middleware(_) => Kind::Middleware { text: text()? },
            _ => Kind::Private,
        };
        self.files.push(File {
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
        self.errors
            .push(BuildError::new(path.trim_end_matches('/'), problem));
    }
}
