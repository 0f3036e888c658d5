//! `fmt`: rustfmt over the files of the trees, which `cargo fmt` does not see.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use clap::Args;

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
            let mut files = Vec::new();
            for dir in &package.dirs {
                let root = package.root.join(dir.directory());
                rust_files(&root, &mut files)
                    .map_err(|error| format!("{}: cannot be read: {error}", root.display()))?;
            }
            files.sort();
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

/// The Rust files below a directory, but for those behind a dot other than `.well-known`.
fn rust_files(directory: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let (name, path) = (entry.file_name(), entry.path());
        if name.as_encoded_bytes().starts_with(b".") && name != ".well-known" {
            continue;
        }
        // Links are not followed: what they lead to is formatted under its own name.
        let kind = entry.file_type()?;
        if kind.is_dir() {
            rust_files(&path, found)?;
        } else if kind.is_file() && path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
    Ok(())
}
