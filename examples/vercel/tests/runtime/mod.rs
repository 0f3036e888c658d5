//! A stand-in for what starts a function on Vercel, as `vercel_runtime` 2.4 speaks with it: it names a Unix socket in
//! `VERCEL_IPC_PATH`, over which JSON comes, each message with a NUL at its end. The first says on which port the
//! function listens; after that requests go there over HTTP, with the number of their invocation in two headers, and a
//! message says when each is over.

use std::{
    cell::Cell,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::net::UnixListener,
    process::{Child, Command},
    sync::mpsc,
    thread,
    time::Duration,
};

use example_tests::Answer;
use serde_json::Value;
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(30);

/// The function, running; killed when dropped.
pub(crate) struct Function {
    child: Child,
    address: SocketAddr,
    messages: mpsc::Receiver<Value>,
    invocations: Cell<u64>,
    _directory: TempDir,
}

impl Function {
    pub(crate) fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ipc");
        let socket = UnixListener::bind(&path).unwrap();
        // Free now, and most likely still when the function asks for it.
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let child = Command::new(env!("CARGO_BIN_EXE_routes"))
            .env("VERCEL_IPC_PATH", &path)
            .env("VERCEL_DEV_PORT", port.to_string())
            .spawn()
            .unwrap();
        let (sender, messages) = mpsc::channel();
        thread::spawn(move || {
            let (connection, _) = socket.accept().unwrap();
            for message in BufReader::new(connection).split(0).map_while(Result::ok) {
                let message = serde_json::from_slice(&message).unwrap();
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let started: Value = messages.recv_timeout(PATIENCE).unwrap();
        assert_eq!(started["type"], "server-started", "{started}");
        let port = started["payload"]["httpPort"].as_u64().unwrap();
        Self {
            child,
            address: SocketAddr::from(([127, 0, 0, 1], u16::try_from(port).unwrap())),
            messages,
            invocations: Cell::new(0),
            _directory: directory,
        }
    }

    /// Sends the head of a request, as Vercel's proxy does: on a connection of its own.
    pub(crate) fn open(&self, method: &str, path: &str, headers: &str) -> Invocation {
        let id = self.invocations.get() + 1;
        self.invocations.set(id);
        let connection = TcpStream::connect(self.address).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut invocation = Invocation { id, connection };
        invocation.write(&format!(
            "{method} {path} HTTP/1.1\r\nhost: a.vercel.app\r\nconnection: close\r\n\
             x-vercel-internal-invocation-id: i{id}\r\nx-vercel-internal-request-id: {id}\r\n{headers}\r\n"
        ));
        invocation
    }

    /// Sends a request, and waits until its invocation is over.
    pub(crate) fn invoke(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut head = format!("content-length: {}\r\n", body.len());
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        let mut invocation = self.open(method, path, &head);
        invocation.write(body);
        let mut received = Vec::new();
        invocation.connection.read_to_end(&mut received).unwrap();
        assert_eq!(self.ended(PATIENCE), Some(invocation.id));
        Answer::parse(method, &received)
    }

    /// The number of the invocation that is over, if one is within this time.
    pub(crate) fn ended(&self, patience: Duration) -> Option<u64> {
        let message = self.messages.recv_timeout(patience).ok()?;
        assert_eq!(message["type"], "end", "{message}");
        let context = &message["payload"]["context"];
        let id = context["requestId"].as_u64().unwrap();
        assert_eq!(context["invocationId"], format!("i{id}"));
        Some(id)
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request under way.
pub(crate) struct Invocation {
    pub(crate) id: u64,
    connection: TcpStream,
}

impl Invocation {
    pub(crate) fn write(&mut self, text: &str) {
        self.connection.write_all(text.as_bytes()).unwrap();
    }

    /// Reads until a text has come.
    pub(crate) fn read_until(&mut self, text: &str) {
        let mut received = Vec::new();
        let mut byte = [0];
        while !received.ends_with(text.as_bytes()) {
            let read = self.connection.read(&mut byte).unwrap();
            let so_far = String::from_utf8_lossy(&received);
            assert_eq!(read, 1, "{text:?} does not come: {so_far}");
            received.push(byte[0]);
        }
    }
}
