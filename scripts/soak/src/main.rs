//! Every kind of traffic at once, for hours, against an application in a process of its own.
//!
//! ```console
//! scripts/soak.sh                      # 8 hours at half of saturation
//! scripts/soak.sh 90m /tmp/soak 500    # for so long, results there, ordinary requests a second
//! scripts/soak.sh report /tmp/soak     # what it came to; while it runs, too
//! ```
//!
//! Each answer is checked. Every ten seconds a line of `samples.csv` says what the process of the application holds:
//! resident memory, bytes of the heap in use, file descriptors, threads, tasks of tokio, and how long ordinary requests took. Every five
//! minutes the traffic rests for half a minute, at whose end nothing may be left of it.
//! What was answered wrongly goes to `wrong.log`.

mod application;
mod client;
mod driver;
mod ordinary;
mod plot;
mod report;
mod samples;
mod serve;
mod traffic;

use std::{path::Path, time::Duration};

/// Counts what is in use, so that a leak can be told from memory that the allocator keeps for later.
#[global_allocator]
static HEAP: cap::Cap<std::alloc::System> = cap::Cap::new(std::alloc::System, usize::MAX);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

const USAGE: &str = "soak serve | soak saturation DIRECTORY | soak drive DURATION DIRECTORY RATE | soak report DIRECTORY";

fn main() -> Result<(), BoxError> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["serve"] => serve::run(),
        ["saturation", directory] => {
            println!("{:.0}", driver::saturation(Path::new(directory))?);
            Ok(())
        }
        ["drive", time, directory, rate] => {
            let rate: f64 = rate.parse()?;
            driver::run(duration(time)?, Path::new(directory), rate)?;
            report::run(Path::new(directory))
        }
        ["report", directory] => report::run(Path::new(directory)),
        _ => Err(USAGE.into()),
    }
}

/// `8h`, `90m` or `30s`.
fn duration(text: &str) -> Result<Duration, BoxError> {
    let wrong = || format!("{text:?} is no duration such as 8h, 90m or 30s");
    let (count, unit) = text
        .len()
        .checked_sub(1)
        .and_then(|at| text.split_at_checked(at))
        .ok_or_else(wrong)?;
    let seconds = match unit {
        "h" => 3600,
        "m" => 60,
        "s" => 1,
        _ => return Err(wrong().into()),
    };
    let count: u64 = count.parse().map_err(|_| wrong())?;
    Ok(Duration::from_secs(count * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, seconds) in [
            ("8h", Some(28_800)),
            ("90m", Some(5400)),
            ("30s", Some(30)),
            ("30", None),
            ("h", None),
            ("", None),
            ("3é", None),
        ] {
            let read = duration(text).ok().map(|it| it.as_secs());
            assert_eq!(read, seconds, "{text}");
        }
    }
}
