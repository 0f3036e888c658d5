//! A real Next.js server, installed with npm.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

/// For a start, and for everything else that a busy machine may delay.
const PATIENCE: Duration = Duration::from_secs(120);

/// Whether these tests run: they install some 300 MB, which not every `cargo test` should do.
///
/// # Panics
///
/// When `REQUIRE_NEXT` is set, and Node.js or npm is missing.
pub(crate) fn is_required() -> bool {
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

/// A copy of `tests/next-app` that was installed and built, each once.
pub(crate) struct App {
    directory: PathBuf,
}

impl App {
    /// `name` is that of the copy: a server that changes files needs its own.
    pub(crate) fn install(name: &str) -> Self {
        // Two installations at a time take longer than one after the other.
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/next-app");
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        copy(&source, &directory);
        let app = Self { directory };
        let lock = fs::read(source.join("package-lock.json")).unwrap();
        let installed = app.directory.join("installed-lock.json");
        if fs::read(&installed).ok().as_ref() != Some(&lock) {
            app.run("npm", &["ci", "--no-audit", "--no-fund"]);
            fs::write(installed, lock).unwrap();
        }
        app
    }

    /// `next build`
    pub(crate) fn build(self) -> Self {
        self.run("node", &[Self::NEXT, "build"]);
        self
    }

    const NEXT: &str = "node_modules/next/dist/bin/next";

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(&self.directory)
            .env("NEXT_TELEMETRY_DISABLED", "1")
            .env_remove("NODE_ENV")
            .stdin(Stdio::null());
        command
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let output = self.command(program, arguments).output().unwrap();
        assert!(
            output.status.success(),
            "{program} {arguments:?}: {}\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
    }

    /// `next start` or `next dev`, at an address that the next one may have too.
    pub(crate) fn serve(&self, mode: &str, address: SocketAddr) -> Next {
        let port = address.port().to_string();
        let mut child = self
            .command("node", &[Self::NEXT, mode, "-p", &port])
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let (line, lines) = mpsc::channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let next = Next { child };
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
pub(crate) struct Next {
    child: Child,
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
pub(crate) fn free_address() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name() == "node_modules" || entry.file_name() == ".next" {
            continue;
        }
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Reads until this text has come, and returns all that came.
pub(crate) fn read_until(mut from: impl Read, text: &str) -> String {
    let mut received = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let all = String::from_utf8_lossy(&received);
        if all.contains(text) {
            return all.into_owned();
        }
        match from.read(&mut buffer) {
            Ok(length @ 1..) => received.extend_from_slice(&buffer[..length]),
            end => panic!("no {text:?} in {all:?}: {end:?}"),
        }
    }
}
