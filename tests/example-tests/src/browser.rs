//! [`Browser`]: headless Chromium; [`Page`]: a page at an origin of its own.

use std::{
    env,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

/// The names under which Chromium is installed.
const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];
const ARGUMENTS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // Not of the clock: it stands still while a fetch is under way.
    "--virtual-time-budget=5000",
];
/// For a page, with the start of the browser.
const PATIENCE: Duration = Duration::from_secs(120);

/// Headless Chromium.
#[derive(Debug, Clone)]
pub struct Browser {
    program: PathBuf,
}

impl Browser {
    /// The Chromium of this machine; `None`, with a note in the output, when there is none.
    ///
    /// `CHROMIUM` names the program; without it, it is looked for in `PATH`.
    ///
    /// # Panics
    ///
    /// When there is none, and `REQUIRE_CHROMIUM` is set: a test of the browser must not be skipped
    /// unnoticed where it is meant to run.
    #[must_use]
    pub fn find() -> Option<Self> {
        let named = env::var_os("CHROMIUM").map(PathBuf::from);
        let found = named.or_else(|| {
            let path = env::var_os("PATH")?;
            let folders: Vec<PathBuf> = env::split_paths(&path).collect();
            NAMES
                .iter()
                .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
                .find(|program| runs(program))
        });
        if found.is_none() {
            assert!(
                env::var_os("REQUIRE_CHROMIUM").is_none(),
                "no Chromium found, and REQUIRE_CHROMIUM is set"
            );
            eprintln!("SKIPPED: no Chromium found; install it or name it in CHROMIUM");
        }
        found.map(|program| Self { program })
    }

    /// Opens a page, with a profile of its own, and returns the document that its scripts have made
    /// of it when they and their requests are done.
    ///
    /// # Panics
    ///
    /// When the browser cannot be started, fails, or takes longer than two minutes.
    #[must_use]
    pub fn open(&self, url: &str) -> Document {
        let profile = tempfile::tempdir().expect("a directory for the profile");
        let mut child = Command::new(&self.program)
            .args(ARGUMENTS)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(["--dump-dom", url])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {}: {error}", self.program.display()));
        let mut pipe = child.stdout.take().expect("stdout is piped");
        let document = thread::spawn(move || {
            let mut document = String::new();
            pipe.read_to_string(&mut document).map(|_| document)
        });
        let end = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = child.try_wait().expect("it is our child") {
                break status;
            }
            if Instant::now() > end {
                let _ = child.kill();
                let _ = child.wait();
                panic!("the browser is not done with {url} after {PATIENCE:?}");
            }
            thread::sleep(Duration::from_millis(20));
        };
        assert!(status.success(), "the browser failed: {status}");
        let document = document.join().expect("the thread only reads");
        Document(document.expect("a document of text"))
    }
}

/// Some systems have a program of this name that only says where to get Chromium.
fn runs(program: &Path) -> bool {
    let version = Command::new(program).arg("--version").output();
    version.is_ok_and(|output| output.status.success())
}

/// A document, as the scripts of its page left it.
#[derive(Debug, Clone)]
pub struct Document(String);

impl Document {
    /// The text of the element with this id, which contains no other element.
    ///
    /// # Panics
    ///
    /// When there is no such element.
    #[must_use]
    pub fn text_of(&self, id: &str) -> &str {
        let text = self
            .0
            .split_once(&format!("id=\"{id}\">"))
            .and_then(|(_, rest)| rest.split_once("</"))
            .map(|(text, _)| text);
        text.unwrap_or_else(|| panic!("no element {id} in {}", self.0))
    }
}

/// A page at an origin of its own: served at every path of a free port, until the test ends.
///
/// What the page must know, the address of an API say, it takes from its query string.
#[derive(Debug)]
pub struct Page {
    address: SocketAddr,
}

impl Page {
    /// Serves a document of HTML.
    ///
    /// # Panics
    ///
    /// When there is no free port.
    #[must_use]
    pub fn serve(html: impl Into<String>) -> Self {
        let html: Arc<str> = html.into().into();
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let html = Arc::clone(&html);
                // A browser opens connections ahead of time: none may hold up the others.
                thread::spawn(move || serve(connection, &html));
            }
        });
        Self { address }
    }

    /// The origin, as a browser names it: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The URL of the page, with what follows: `/?api=http://127.0.0.1:3000`.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }
}

fn serve(mut connection: TcpStream, html: &str) {
    let read = BufReader::new(&connection)
        .lines()
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty())
        .count();
    if read > 0 {
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            html.len()
        );
        let _ = connection.write_all(format!("{head}{html}").as_bytes());
    }
}
