//! Programs of other languages, run in a directory below `target`.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// Whether the tests with these programs run: what they need is downloaded, which not every `cargo test`
/// should do.
///
/// # Panics
///
/// When the variable is set, and one of the programs is missing.
pub(crate) fn is_required(variable: &str, programs: &[&str]) -> bool {
    let required = env::var_os(variable).is_some();
    if !required {
        eprintln!("SKIPPED: set {variable}=1 to run it; it downloads what it needs");
    }
    for program in programs {
        let runs = Command::new(program).arg("--version").output().is_ok();
        assert!(
            !required || runs,
            "{variable} is set, and there is no {program}"
        );
    }
    required
}

/// A directory for a tool.
pub(crate) struct Workshop {
    directory: PathBuf,
    /// The environment of what runs in it, beside ours.
    variables: Vec<(&'static str, &'static str)>,
}

impl Workshop {
    pub(crate) fn new(name: &str) -> Self {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&directory).unwrap();
        Self {
            directory,
            variables: Vec::new(),
        }
    }

    pub(crate) fn with_variable(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.push((name, value));
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Does something that takes long, and is done once for each content of `what`.
    pub(crate) fn once(&self, what: &str, work: impl FnOnce(&Self)) {
        let done = self.path("installed");
        if fs::read_to_string(&done).ok().as_deref() != Some(what) {
            work(self);
            fs::write(done, what).unwrap();
        }
    }

    pub(crate) fn output(&self, program: impl AsRef<Path>, arguments: &[&str]) -> Output {
        Command::new(program.as_ref())
            .args(arguments)
            .current_dir(&self.directory)
            .envs(self.variables.iter().copied())
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("{}: {error}", program.as_ref().display()))
    }

    /// What the program prints.
    ///
    /// # Panics
    ///
    /// With all of it, when the program fails.
    pub(crate) fn run(&self, program: impl AsRef<Path>, arguments: &[&str]) -> String {
        let output = self.output(&program, arguments);
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "{} {arguments:?}: {}\n{stdout}{}",
            program.as_ref().display(),
            output.status,
            String::from_utf8_lossy(&output.stderr),
        );
        stdout.into_owned()
    }
}
