//! [`Server`]: the program of an example, as a child process.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use crate::{Answer, request};

/// For anything that should happen at once, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that serves HTTP on a free port of the loopback interface; killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
    output: Arc<Output>,
}

impl Server {
    /// Starts the program, and waits until it prints `listening on http://ADDRESS`.
    ///
    /// # Panics
    ///
    /// When it cannot be started, or ends or says nothing for a minute.
    #[must_use]
    pub fn start(program: &str) -> Self {
        Self::start_with(program, &[])
    }

    /// [`start`](Self::start) with variables in the environment.
    ///
    /// # Panics
    ///
    /// As [`start`](Self::start).
    #[must_use]
    pub fn start_with(program: &str, environment: &[(&str, &str)]) -> Self {
        Self::start_in(".", program, environment)
    }

    /// [`start_with`](Self::start_with) in this directory.
    ///
    /// # Panics
    ///
    /// As [`start`](Self::start).
    #[must_use]
    pub fn start_in(
        directory: impl AsRef<Path>,
        program: &str,
        environment: &[(&str, &str)],
    ) -> Self {
        let mut child = Command::new(program)
            .current_dir(directory)
            .env("PORT", "0")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {program}: {error}"));
        let output = Arc::new(Output::default());
        output.collect(child.stdout.take().expect("stdout is piped"));
        output.collect(child.stderr.take().expect("stderr is piped"));
        let mut server = Self {
            child,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            output,
        };
        let line = server.wait_for_output("listening on http://");
        let (_, address) = line.split_once("http://").expect("the line has an address");
        server.address = address.trim().parse().expect("an address and a port");
        server
    }

    /// The address the program listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The number of the process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The URL of a path, which starts with a slash.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Everything that the program has printed so far, to its standard output and error.
    #[must_use]
    pub fn output(&self) -> String {
        self.output.lines.lock().unwrap().concat()
    }

    /// Waits for a line with this text among what the program prints and has printed; returns it.
    ///
    /// # Panics
    ///
    /// When there is none for a minute.
    pub fn wait_for_output(&self, text: &str) -> String {
        self.output
            .wait_for(text)
            .unwrap_or_else(|| panic!("no {text:?} in the output:\n{}", self.output()))
    }

    /// Sends a `GET` request.
    #[must_use]
    pub fn get(&self, path: &str) -> Answer {
        self.request("GET", path, &[], "")
    }

    /// Sends a request and reads the whole response.
    ///
    /// `host`, `connection: close` and, for a body, `content-length` are added unless given.
    ///
    /// # Panics
    ///
    /// When there is no whole response within a minute.
    #[must_use]
    pub fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl AsRef<[u8]>,
    ) -> Answer {
        let request = request::bytes(self.address, method, path, headers, body.as_ref());
        Answer::parse(method, &self.send(&request))
    }

    /// Sends bytes as they are, and returns all that comes until the program closes the connection.
    ///
    /// # Panics
    ///
    /// When the connection fails before anything came, or nothing comes for a minute.
    #[must_use]
    pub fn send(&self, bytes: &[u8]) -> Vec<u8> {
        let mut connection = self.connect();
        // A server may answer and close before it has read everything.
        let written = connection.write_all(bytes);
        let mut received = Vec::new();
        if let Err(error) = connection.read_to_end(&mut received) {
            assert!(
                !received.is_empty(),
                "no answer: {error}; sending: {written:?}\n{}",
                self.output()
            );
        }
        let _ = connection.shutdown(Shutdown::Both);
        received
    }

    /// Opens a connection; reading from it fails after a minute without a byte.
    ///
    /// # Panics
    ///
    /// When the program does not accept it.
    #[must_use]
    pub fn connect(&self) -> TcpStream {
        let connection = TcpStream::connect(self.address).expect("the program accepts");
        connection
            .set_read_timeout(Some(PATIENCE))
            .expect("a duration above zero");
        connection
    }

    /// Sends the program SIGTERM.
    ///
    /// # Panics
    ///
    /// Where there is no `kill`.
    pub fn terminate(&self) {
        self.signal("TERM");
    }

    /// Sends the program a signal by its name: `INT` is what Ctrl-C sends.
    ///
    /// # Panics
    ///
    /// Where there is no `kill`.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([&format!("-{name}"), &self.child.id().to_string()])
            .status()
            .expect("there is a kill");
        assert!(status.success(), "kill: {status}");
    }

    /// Waits for the program to end.
    ///
    /// # Panics
    ///
    /// When it runs on for a minute.
    pub fn wait(&mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                return status;
            }
            assert!(Instant::now() < end, "it runs on:\n{}", self.output());
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lines that a program has printed.
#[derive(Debug, Default)]
struct Output {
    lines: Mutex<Vec<String>>,
    more: Condvar,
}

impl Output {
    /// Reads a pipe until it ends, so that the program can always go on printing.
    fn collect(self: &Arc<Self>, pipe: impl Read + Send + 'static) {
        let output = Arc::clone(self);
        thread::spawn(move || {
            let mut pipe = BufReader::new(pipe);
            let mut line = Vec::new();
            while let Ok(1..) = pipe.read_until(b'\n', &mut line) {
                let text = String::from_utf8_lossy(&line).into_owned();
                output.lines.lock().unwrap().push(text);
                output.more.notify_all();
                line.clear();
            }
        });
    }

    fn wait_for(&self, text: &str) -> Option<String> {
        let missing = |lines: &mut Vec<String>| !lines.iter().any(|line| line.contains(text));
        let lines = self.lines.lock().unwrap();
        let (lines, _) = self
            .more
            .wait_timeout_while(lines, PATIENCE, missing)
            .unwrap();
        lines.iter().find(|line| line.contains(text)).cloned()
    }
}
