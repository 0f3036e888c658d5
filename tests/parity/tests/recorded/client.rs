//! A client that sends bytes as they are written down, and reads answers with a patience.

use std::{
    io::{ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::case::{Case, Quotes};

/// What a server answered.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: Option<u16>,
    pub(crate) reason: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) error: Option<&'static str>,
    /// What became of the second request.
    pub(crate) follow_up: Option<Value>,
}

/// Sends the request of `case` and reads the answer.
pub(crate) fn send(
    address: SocketAddr,
    case: &Case,
    quotes: &Quotes<'_>,
    patience: Duration,
) -> Answer {
    let mut answer = Answer::default();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut writer = stream.try_clone().unwrap();
    let writes = case.writes(quotes);
    let (heard, something) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut writes = writes.into_iter();
            if case.expect_continue {
                let _ = writer.write_all(&writes.next().unwrap_or_default());
                let _ = something.recv_timeout(Duration::from_secs(1));
            }
            if let Some(pause) = case.slow {
                for write in writes {
                    let _ = writer.write_all(&write);
                    thread::sleep(Duration::from_millis(pause));
                }
            } else {
                // A server that has heard enough may close before everything is written.
                let _ = writer.write_all(&writes.collect::<Vec<_>>().concat());
            }
            if case.half_close {
                let _ = writer.shutdown(Shutdown::Write);
            }
        });
        let mut wire = Wire::new(&mut stream, patience);
        if let Err(error) = read_answer(&mut wire, case, &mut answer, &heard) {
            answer.error = Some(error);
        } else if let Some(second) = &case.follow_up {
            answer.follow_up = Some(follow_up(&mut wire, &second.path, quotes.host));
        }
        // Releases a writer that nobody listens to.
        let _ = wire.stream.shutdown(Shutdown::Both);
    });
    answer
}

fn read_answer(
    wire: &mut Wire<'_>,
    case: &Case,
    answer: &mut Answer,
    heard: &mpsc::Sender<()>,
) -> Result<(), &'static str> {
    loop {
        let head = wire.head()?;
        // Nobody may be waiting.
        let _ = heard.send(());
        if (100..200).contains(&head.status) && head.status != 101 {
            continue;
        }
        answer.status = Some(head.status);
        answer.reason = head.reason;
        answer.headers = head.headers;
        break;
    }
    let header = |name: &str| {
        let mut headers = answer.headers.iter();
        let found = headers.find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    };
    let body = if case.method == "HEAD" || matches!(answer.status, Some(204 | 304)) {
        Ok(Vec::new())
    } else if header("transfer-encoding").is_some_and(|coding| coding.contains("chunked")) {
        wire.chunks()
    } else if let Some(length) = header("content-length") {
        wire.take(length.parse().map_err(|_| "bad length")?)
    } else {
        wire.rest()
    };
    answer.body = Some(body.map_err(|error| match error {
        "closed without response" => "closed mid-response",
        error => error,
    })?);
    Ok(())
}

fn follow_up(wire: &mut Wire<'_>, path: &str, host: &str) -> Value {
    wire.deadline = Instant::now() + Duration::from_millis(1500);
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let _ = wire.stream.write_all(request.as_bytes());
    match wire.head() {
        Ok(head) => json!({ "status": head.status, "reason": head.reason }),
        Err("timeout") => json!("no answer"),
        Err(_) => json!("closed"),
    }
}

struct Head {
    status: u16,
    reason: String,
    headers: Vec<(String, String)>,
}

/// A connection, with what was read ahead.
struct Wire<'a> {
    stream: &'a mut TcpStream,
    ahead: Vec<u8>,
    deadline: Instant,
}

impl<'a> Wire<'a> {
    fn new(stream: &'a mut TcpStream, patience: Duration) -> Self {
        Self {
            stream,
            ahead: Vec::new(),
            deadline: Instant::now() + patience,
        }
    }

    /// Reads more; `false` at the end.
    fn fill(&mut self) -> Result<bool, &'static str> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err("timeout");
        }
        self.stream.set_read_timeout(Some(left)).unwrap();
        let mut buffer = [0; 65_536];
        match self.stream.read(&mut buffer) {
            Ok(0) => Ok(false),
            Ok(length) => {
                self.ahead.extend_from_slice(&buffer[..length]);
                Ok(true)
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                Err("timeout")
            }
            Err(_) => Err("socket error"),
        }
    }

    fn take(&mut self, length: usize) -> Result<Vec<u8>, &'static str> {
        while self.ahead.len() < length {
            if !self.fill()? {
                return Err("closed without response");
            }
        }
        Ok(self.ahead.drain(..length).collect())
    }

    fn line(&mut self) -> Result<String, &'static str> {
        let mut searched = 0;
        loop {
            if let Some(end) = self.ahead[searched..]
                .windows(2)
                .position(|it| it == b"\r\n")
            {
                let line = self.take(searched + end + 2)?;
                let line = line[..line.len() - 2].iter();
                return Ok(line.map(|byte| char::from(*byte)).collect());
            }
            searched = self.ahead.len().saturating_sub(1);
            if !self.fill()? {
                return Err("closed without response");
            }
        }
    }

    fn head(&mut self) -> Result<Head, &'static str> {
        let line = self.line()?;
        let mut words = line.splitn(3, ' ');
        let version = words.next().unwrap_or_default();
        let status = words.next().and_then(|text| text.parse().ok());
        let (true, Some(status)) = (version.starts_with("HTTP/1."), status) else {
            return Err("bad status line");
        };
        let reason = words.next().unwrap_or_default().to_owned();
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else {
                return Ok(Head {
                    status,
                    reason,
                    headers,
                });
            };
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
    }

    fn chunks(&mut self) -> Result<Vec<u8>, &'static str> {
        let mut body = Vec::new();
        loop {
            let length = usize::from_str_radix(&self.line()?, 16).map_err(|_| "bad chunk")?;
            if length == 0 {
                while !self.line()?.is_empty() {}
                return Ok(body);
            }
            body.append(&mut self.take(length)?);
            self.take(2)?;
        }
    }

    fn rest(&mut self) -> Result<Vec<u8>, &'static str> {
        while self.fill()? {}
        Ok(std::mem::take(&mut self.ahead))
    }
}
