//! What the process of the application holds, by the file system `/proc` and by its own word; and the file that keeps it.

use std::{
    fmt::{Display, Formatter},
    fs::{self, File},
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    str::FromStr,
};

use http::Request;
use http_body_util::Full;

use crate::{BoxError, client::Connection};

/// The process of the application. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Application {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Application {
    pub(crate) fn start() -> Result<Self, BoxError> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let stdout = child.stdout.take().ok_or("no output")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line.trim().parse()?;
        Ok(Self { child, address })
    }

    /// A number of the kernel in a file of the process, behind a name.
    fn status(&self, name: &str) -> Result<u64, BoxError> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let value = line.and_then(|line| line.split_whitespace().next());
        Ok(value.ok_or("no such number")?.parse()?)
    }

    /// User and system time in milliseconds, which the kernel counts in steps of ten.
    fn cpu(&self) -> Result<u64, BoxError> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name of the program, in parentheses, may hold anything.
        let (_, fields) = stat.rsplit_once(')').ok_or("no fields")?;
        let ticks = fields.split_whitespace().skip(11).take(2);
        let ticks: Result<Vec<u64>, _> = ticks.map(str::parse).collect();
        Ok(ticks?.iter().sum::<u64>() * 10)
    }

    /// What the process holds now; its counts hold the one connection that asks.
    pub(crate) async fn sample(&self, phase: Phase, seconds: f64) -> Result<Sample, BoxError> {
        let mut asking = Connection::http1(self.address).await?;
        let request = Request::get("/api/process").header("host", "a");
        let answer = asking.send(request.body(Full::default())?).await?;
        let (tasks, heap) = serde_json::from_slice(&answer.body)?;
        let fds = fs::read_dir(format!("/proc/{}/fd", self.child.id()))?.count();
        Ok(Sample {
            phase,
            seconds,
            rss_kb: self.status("VmRSS:")?,
            heap,
            fds: fds as u64,
            threads: self.status("Threads:")?,
            tasks,
            cpu_ms: self.cpu()?,
            ..Sample::default()
        })
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// What was going on when a sample was taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Before the first request.
    #[default]
    Before,
    WarmUp,
    Load,
    /// At the end of a pause, in which no connection but the one that asks is open.
    Rest,
    /// After the last request.
    After,
}

const PHASES: [(Phase, &str); 5] = [
    (Phase::Before, "before"),
    (Phase::WarmUp, "warm-up"),
    (Phase::Load, "load"),
    (Phase::Rest, "rest"),
    (Phase::After, "after"),
];

/// A line of the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sample {
    pub(crate) phase: Phase,
    /// Since the first request.
    pub(crate) seconds: f64,
    pub(crate) rss_kb: u64,
    /// Bytes in use.
    pub(crate) heap: u64,
    pub(crate) fds: u64,
    pub(crate) threads: u64,
    pub(crate) tasks: u64,
    pub(crate) cpu_ms: u64,
    /// Visits and ordinary requests so far, and how many of them got a wrong answer.
    pub(crate) exchanges: u64,
    pub(crate) wrong: u64,
    /// How long ordinary requests took since the last sample, as the client sees it.
    pub(crate) p50_us: u64,
    pub(crate) p99_us: u64,
    pub(crate) max_us: u64,
}

pub(crate) const COLUMNS: &str =
    "phase,seconds,rss_kb,heap,fds,threads,tasks,cpu_ms,exchanges,wrong,p50_us,p99_us,max_us";

impl Display for Sample {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let name = PHASES.iter().find(|(phase, _)| *phase == self.phase);
        write!(
            f,
            "{},{:.0}",
            name.map_or("", |(_, name)| name),
            self.seconds
        )?;
        for value in [
            self.rss_kb,
            self.heap,
            self.fds,
            self.threads,
            self.tasks,
            self.cpu_ms,
            self.exchanges,
            self.wrong,
            self.p50_us,
            self.p99_us,
            self.max_us,
        ] {
            write!(f, ",{value}")?;
        }
        Ok(())
    }
}

impl FromStr for Sample {
    type Err = BoxError;

    fn from_str(line: &str) -> Result<Self, BoxError> {
        let fields: Vec<_> = line.split(',').collect();
        let wrong = || format!("no sample: {line:?}");
        let (&[phase, seconds], numbers) = fields.split_first_chunk().ok_or_else(wrong)?;
        let numbers: Vec<u64> = numbers
            .iter()
            .map(|it| it.parse())
            .collect::<Result<_, _>>()?;
        let [
            rss_kb,
            heap,
            fds,
            threads,
            tasks,
            cpu_ms,
            exchanges,
            wrong_answers,
            p50_us,
            p99_us,
            max_us,
        ] = numbers[..]
        else {
            return Err(wrong().into());
        };
        let phase = PHASES
            .iter()
            .find(|(_, name)| *name == phase)
            .ok_or_else(wrong)?;
        Ok(Self {
            phase: phase.0,
            seconds: seconds.parse()?,
            rss_kb,
            heap,
            fds,
            threads,
            tasks,
            cpu_ms,
            exchanges,
            wrong: wrong_answers,
            p50_us,
            p99_us,
            max_us,
        })
    }
}

/// The file of a run, which is readable at any time.
#[derive(Debug)]
pub(crate) struct Samples(File);

impl Samples {
    pub(crate) fn create(directory: &Path) -> Result<Self, BoxError> {
        let mut file = File::create(directory.join("samples.csv"))?;
        writeln!(file, "{COLUMNS}")?;
        Ok(Self(file))
    }

    pub(crate) fn write(&mut self, sample: &Sample) -> Result<(), BoxError> {
        Ok(writeln!(self.0, "{sample}")?)
    }

    pub(crate) fn read(directory: &Path) -> Result<Vec<Sample>, BoxError> {
        let text = fs::read_to_string(directory.join("samples.csv"))?;
        text.lines().skip(1).map(str::parse).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_read_as_it_was_written() {
        let line = "rest,300,1,2,3,4,5,6,7,8,9,10,11";
        let sample: Sample = line.parse().unwrap();
        assert_eq!(
            (sample.phase, sample.rss_kb, sample.max_us),
            (Phase::Rest, 1, 11)
        );
        assert_eq!(sample.to_string(), line);
        assert_eq!(line.split(',').count(), COLUMNS.split(',').count());
        for wrong in [
            "",
            "rest",
            "sleep,300,1,2,3,4,5,6,7,8,9,10,11",
            "rest,300,1,2,3,4,5,6,7,8,9,10",
        ] {
            assert!(wrong.parse::<Sample>().is_err(), "{wrong}");
        }
    }
}
