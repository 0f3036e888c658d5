//! [`App`] and [`Next`]: a real Next.js server, installed with npm.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use crate::{Answer, request};

/// For a start, and for everything else that a busy machine may delay.
const PATIENCE: Duration = Duration::from_secs(120);

/// Whether these tests run: they install some 300 MB, which not every `cargo test` should do.
///
/// # Panics
///
/// When `REQUIRE_NEXT` is set, and Node.js or npm is missing.
#[must_use]
pub fn is_required() -> bool {
    let required = env::var_os("REQUIRE_NEXT").is_some();
    if !required {
        eprintln!("SKIPPED: set REQUIRE_NEXT=1 to install Next.js with npm and run against it");
    }
    for program in ["node", "npm"] {
        let runs = Command::new(program).arg("--version").output().is_ok();
        assert!(
            !required || runs,
            "REQUIRE_NEXT is set, and there is no {program}"
        );
    }
    required
}

/// An application of Next.js, in a directory of its own.
#[derive(Debug)]
pub struct App {
    directory: PathBuf,
    environment: Vec<(String, String)>,
}

impl App {
    /// An application without files. Next.js is installed beside it, once for all that have the same
    /// `target_tmpdir` (`env!("CARGO_TARGET_TMPDIR")`).
    ///
    /// # Panics
    ///
    /// When npm fails.
    #[must_use]
    pub fn new(target_tmpdir: &str, name: &str) -> Self {
        // Two installations at a time would write the same files.
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("next");
        let shared = Path::new(target_tmpdir).join("next");
        // Node.js looks for packages in the directories above, too.
        let directory = shared.join(name);
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(&directory).unwrap();
        let lock = fs::read(packages.join("package-lock.json")).unwrap();
        let installed = shared.join("installed-lock.json");
        if fs::read(&installed).ok().as_ref() != Some(&lock) {
            copy(&packages, &shared);
            run(command("npm", &shared).args(["ci", "--no-audit", "--no-fund"]));
            fs::write(installed, lock).unwrap();
        }
        Self {
            directory,
            environment: Vec::new(),
        }
    }

    /// Sets a variable of the environment of what runs from now on.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Copies the files of a directory into the application.
    ///
    /// # Panics
    ///
    /// When there is no such directory.
    #[must_use]
    pub fn with_files_of(self, directory: impl AsRef<Path>) -> Self {
        copy(directory.as_ref(), &self.directory);
        self
    }

    /// Writes a file of the application.
    ///
    /// # Panics
    ///
    /// When it cannot be written.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a file is in a directory")).unwrap();
        fs::write(path, text).unwrap();
    }

    /// `next build`
    ///
    /// # Panics
    ///
    /// When it fails.
    #[must_use]
    pub fn build(self) -> Self {
        run(&mut self.next("build"));
        self
    }

    /// The path of one of its files.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    fn next(&self, mode: &str) -> Command {
        let mut command = command("node", &self.directory);
        command
            .args(["../node_modules/next/dist/bin/next", mode])
            .envs(self.environment.iter().cloned());
        command
    }

    /// `next start` or `next dev`, at an address that the next one may have too.
    ///
    /// # Panics
    ///
    /// When it is not ready after two minutes.
    #[must_use]
    pub fn serve(&self, mode: &str, address: SocketAddr) -> Next {
        let port = address.port().to_string();
        let mut child = self
            .next(mode)
            .args(["-p", &port])
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let (line, lines) = mpsc::channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let next = Next { child, address };
        thread::spawn(move || {
            for text in stdout.lines().map_while(Result::ok) {
                println!("next {text}");
                // Nobody listens once it is ready.
                let _ = line.send(text);
            }
        });
        let end = Instant::now() + PATIENCE;
        loop {
            let line = lines.recv_timeout(end.saturating_duration_since(Instant::now()));
            if line.expect("next gets ready").contains("Ready in") {
                return next;
            }
        }
    }
}

/// A server; stopped when dropped.
#[derive(Debug)]
pub struct Next {
    child: Child,
    address: SocketAddr,
}

impl Next {
    /// Sends a request and reads the whole answer, as [`Server::request`](crate::Server::request) does.
    ///
    /// # Panics
    ///
    /// When there is no whole answer within a minute.
    #[must_use]
    pub fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl AsRef<[u8]>,
    ) -> Answer {
        let request = request::bytes(self.address, method, path, headers, body.as_ref());
        let mut connection = TcpStream::connect(self.address).expect("Next.js accepts");
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        // Next.js may answer and close before it has read everything.
        let _ = connection.write_all(&request);
        let mut received = Vec::new();
        connection.read_to_end(&mut received).unwrap();
        Answer::parse(method, &received)
    }
}

impl Drop for Next {
    fn drop(&mut self) {
        let id = self.child.id().to_string();
        // `next dev` has a child of its own, which it ends when it is asked to end.
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let end = Instant::now() + Duration::from_secs(10);
        while Instant::now() < end {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address at which nobody listens.
///
/// # Panics
///
/// When there is none.
#[must_use]
pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap()
}

fn command(program: &str, directory: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(directory)
        .env("NEXT_TELEMETRY_DISABLED", "1")
        .env_remove("NODE_ENV")
        .stdin(Stdio::null());
    command
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
