//! `fmt`: rustfmt over the files of the trees, which `cargo fmt` does not see.

use std::{
    collections::BTreeSet,
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use clap::Args;
use tower_api_routes::routing::is_hidden;

use crate::{Failure, Verdict, package::Location};

/// Format the files of the trees, which `cargo fmt` does not see
#[derive(Debug, Args)]
pub(crate) struct Fmt {
    /// Change nothing, show what would change; exit code 1 if anything would
    #[arg(long)]
    check: bool,
}

/// How many files rustfmt is given at once: command lines have a limit, on Windows of 32,767 characters.
const AT_ONCE: usize = 100;

impl Fmt {
    pub(crate) fn run(&self, location: &Location) -> Result<Verdict, Failure> {
        let mut verdict = Verdict::Good;
        for package in location.packages()? {
            let mut files = BTreeSet::new();
            for dir in &package.dirs {
                let root = package.root.join(dir.directory());
                fs::canonicalize(&root)
                    .and_then(|real| rust_files(&real, &real, &mut files))
                    .map_err(|error| format!("{}: cannot be read: {error}", root.display()))?;
            }
            let files: Vec<_> = files.into_iter().collect();
            for files in files.chunks(AT_ONCE) {
                let mut rustfmt =
                    Command::new(env::var_os("RUSTFMT").unwrap_or_else(|| "rustfmt".into()));
                rustfmt
                    .args(["--edition", &package.edition])
                    .current_dir(&package.root);
                let color = match anstream::AutoStream::choice(&io::stdout()) {
                    anstream::ColorChoice::Never => "never",
                    _ => "always",
                };
                rustfmt.args(["--color", color]);
                if self.check {
                    rustfmt.arg("--check");
                }
                let status = rustfmt.args(files).status().map_err(|error| {
                    format!("rustfmt cannot be run: {error}; `rustup component add rustfmt`")
                })?;
                if !status.success() {
                    verdict = Verdict::Bad;
                }
            }
        }
        Ok(verdict)
    }
}

/// The Rust files of the tree `root`, below one of its directories. Links are followed as the build follows them: those out of the tree
/// are its errors. What several names lead to is one file.
fn rust_files(root: &Path, directory: &Path, found: &mut BTreeSet<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if is_hidden(&entry.file_name().to_string_lossy()) {
            continue;
        }
        let is_rust = Path::new(&entry.file_name())
            .extension()
            .is_some_and(|it| it == "rs");
        let path = entry.path();
        let Some(path) = fs::canonicalize(path)
            .ok()
            .filter(|it| it.starts_with(root))
        else {
            continue;
        };
        // A link to a directory that it lies in.
        if path.is_dir() && !directory.starts_with(&path) {
            rust_files(root, &path, found)?;
        } else if path.is_file() && is_rust {
            found.insert(path);
        }
    }
    Ok(())
}
