//! Server processes: to start them, and what they have used.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    str::FromStr,
    time::Duration,
};

use tower_api_routes::BoxError;

use super::servers::Config;

/// A server that can be sent requests: a child of ours, or one that runs already.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) address: SocketAddr,
    pid: Option<u32>,
    child: Option<Child>,
}

/// `NAME=ADDRESS@PID`; the name and the process id may be left out.
impl FromStr for Target {
    type Err = BoxError;

    fn from_str(text: &str) -> Result<Self, BoxError> {
        let (name, rest) = text.split_once('=').unwrap_or((text, text));
        let (address, pid) = match rest.split_once('@') {
            Some((address, pid)) => (address, Some(pid.parse()?)),
            None => (rest, None),
        };
        Ok(Self {
            name: name.to_owned(),
            address: address.parse()?,
            pid,
            child: None,
        })
    }
}

impl Target {
    pub(crate) fn start(config: &Config) -> Self {
        Self::start_under(Command::new(std::env::current_exe().unwrap()), config)
    }

    /// Starts a server with `command`, which ends in this executable.
    pub(crate) fn start_under(mut command: Command, config: &Config) -> Self {
        let mut child = command
            .args(["--serve", &config.argument()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        Self {
            name: config.server.clone(),
            address: line.trim().parse().expect("the address of the server"),
            pid: Some(child.id()),
            child: Some(child),
        }
    }

    /// Lets the server end by itself.
    pub(crate) fn stop(mut self) {
        self.end();
    }

    /// What the process has used so far.
    pub(crate) fn usage(&self) -> Option<Usage> {
        Usage::of(self.pid?)
    }

    /// CPU time of the threads that there are, to the nanosecond.
    pub(crate) fn cpu(&self) -> Option<Duration> {
        let threads = fs::read_dir(format!("/proc/{}/task", self.pid?)).ok()?;
        let nanoseconds = threads.map(|thread| {
            let file = thread.ok()?.path().join("schedstat");
            let text = fs::read_to_string(file).ok()?;
            text.split_whitespace().next()?.parse::<u64>().ok()
        });
        Some(Duration::from_nanos(nanoseconds.sum::<Option<u64>>()?))
    }

    /// Resident memory.
    pub(crate) fn rss_kb(&self) -> Option<u64> {
        self.status_kb("VmRSS:")
    }

    /// The most that resident memory has come to.
    pub(crate) fn peak_rss_kb(&self) -> Option<u64> {
        self.status_kb("VmHWM:")
    }

    fn status_kb(&self, field: &str) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid?)).ok()?;
        let line = status.lines().find_map(|it| it.strip_prefix(field))?;
        line.split_whitespace().next()?.parse().ok()
    }

    fn end(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.stdin.take());
            let _ = child.wait();
        }
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.end();
    }
}

/// CPU time of a process.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    /// In user mode; the kernel counts it in steps of 10 ms.
    pub(crate) user: Duration,
    /// In user mode and in the kernel.
    pub(crate) total: Duration,
}

impl Usage {
    fn of(pid: u32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name of the program, in parentheses, may hold anything.
        let (_, fields) = stat.rsplit_once(')')?;
        let fields: Vec<_> = fields.split_whitespace().collect();
        let ticks = |index: usize| Some(fields.get(index)?.parse::<u64>().ok()? * 10);
        let (user, system) = (ticks(11)?, ticks(12)?);
        Some(Self {
            user: Duration::from_millis(user),
            total: Duration::from_millis(user + system),
        })
    }

    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            user: self.user.saturating_sub(before.user),
            total: self.total.saturating_sub(before.total),
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.user += other.user;
        self.total += other.total;
    }
}
