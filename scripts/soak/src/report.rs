//! What a run came to: what has to hold, and whether it does.

use std::path::Path;

use crate::{
    BoxError,
    plot::{self, Line},
    samples::{Phase, Sample, Samples},
};

/// Of resident memory and of the heap, in MiB an hour, after the warm-up, at rest.
const MOST_GROWTH: f64 = 1.0;
const MOST_HEAP_GROWTH: f64 = 0.1;
/// Of the median p99 of the last quarter over that of the first; and fewer samples of a quarter than this say nothing.
const MOST_DRIFT: f64 = 1.5;
const FEWEST_OF_QUARTER: usize = 10;
/// Fewer pauses than this say nothing about growth.
const FEWEST_RESTS: usize = 4;

/// Prints it, and draws what there is to see.
///
/// # Errors
///
/// When something does not hold.
pub(crate) fn run(directory: &Path) -> Result<(), BoxError> {
    let samples = Samples::read(directory)?;
    for (name, drawing) in drawings(&samples) {
        std::fs::write(directory.join(name), drawing)?;
    }
    let (text, broken) = judge(&samples);
    print!("{text}");
    if broken.is_empty() {
        println!("all of it holds, as far as it has run");
        Ok(())
    } else {
        Err(broken.join("; ").into())
    }
}

fn of(samples: &[Sample], phases: &[Phase]) -> Vec<Sample> {
    let chosen = samples.iter().filter(|it| phases.contains(&it.phase));
    chosen.cloned().collect()
}

/// The report, and what does not hold.
fn judge(samples: &[Sample]) -> (String, Vec<String>) {
    let mut text = String::new();
    let mut broken = Vec::new();
    let mut say = |line: String| text.push_str(&(line + "\n"));
    let (Some(first), Some(last)) = (samples.first(), samples.last()) else {
        return (text, vec!["there are no samples".to_owned()]);
    };

    let hours = last.seconds / 3600.0;
    say(format!(
        "{:.2} hours, {} exchanges ({:.0} a second), {:.0} % of a core",
        hours,
        last.exchanges,
        last.exchanges as f64 / last.seconds.max(1.0),
        (last.cpu_ms - first.cpu_ms) as f64 / last.seconds.max(1.0) / 10.0,
    ));
    say(format!("wrong answers: {}", last.wrong));
    if last.wrong > 0 {
        broken.push(format!("{} wrong answers, see wrong.log", last.wrong));
    }

    let warm_up = of(samples, &[Phase::WarmUp])
        .last()
        .map_or(0.0, |it| it.seconds);
    let mut rests = of(samples, &[Phase::Rest, Phase::After]);
    rests.retain(|it| it.seconds > warm_up);
    let rss = |it: &Sample| it.rss_kb as f64 / 1024.0;
    if rests.len() >= FEWEST_RESTS {
        let growth = slope(&rests, rss);
        say(format!(
            "resident memory at rest: {growth:+.2} MiB an hour, of {} pauses",
            rests.len()
        ));
        if growth >= MOST_GROWTH {
            broken.push(format!("memory grows by {growth:.2} MiB an hour"));
        }
    }
    if let (Some(first), Some(last), FEWEST_RESTS..) = (rests.first(), rests.last(), rests.len()) {
        let growth = slope(&rests, heap_mib);
        say(format!(
            "heap in use at rest: {} bytes at first, {} at last, {growth:+.3} MiB an hour",
            first.heap, last.heap
        ));
        if growth >= MOST_HEAP_GROWTH {
            broken.push(format!("the heap grows by {growth:.2} MiB an hour"));
        }
    }
    let loaded = of(samples, &[Phase::Load]);
    if loaded.len() >= FEWEST_RESTS {
        say(format!(
            "resident memory under load: {:.0} to {:.0} MiB, {:+.2} MiB an hour",
            loaded.iter().map(rss).fold(f64::INFINITY, f64::min),
            loaded.iter().map(rss).fold(0.0, f64::max),
            slope(&loaded, rss),
        ));
    }

    for (name, value) in [
        ("file descriptors", (|it| it.fds) as fn(&Sample) -> u64),
        ("tasks", |it| it.tasks),
        ("threads", |it| it.threads),
    ] {
        let most = samples.iter().map(value).max().unwrap_or_default();
        let quiet = of(samples, &[Phase::Rest, Phase::After]);
        let quiet: Vec<_> = quiet.iter().map(value).collect();
        say(format!(
            "{name}: {} before, {quiet:?} at rest and after, {most} at most",
            value(first)
        ));
        if quiet.iter().any(|&it| it > value(first)) {
            broken.push(format!("{name} are left over"));
        }
    }

    // A server that hangs has no latency.
    let idle = loaded.iter().filter(|it| it.p99_us == 0).count();
    if idle > 0 {
        broken.push(format!(
            "no ordinary request was answered before {idle} samples"
        ));
    }
    let quarter = loaded.len() / 4;
    if quarter >= FEWEST_OF_QUARTER {
        let p99: Vec<_> = loaded.chunks(quarter).take(4).map(median_p99).collect();
        say(format!("p99 of ordinary requests by quarter: {p99:?} µs"));
        if p99[3] as f64 > p99[0] as f64 * MOST_DRIFT {
            broken.push(format!("p99 goes from {} to {} µs", p99[0], p99[3]));
        }
    }
    (text, broken)
}

fn median_p99(samples: &[Sample]) -> u64 {
    let mut times: Vec<_> = samples.iter().map(|it| it.p99_us).collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn heap_mib(sample: &Sample) -> f64 {
    sample.heap as f64 / 1024.0 / 1024.0
}

/// By least squares, an hour.
fn slope(samples: &[Sample], value: impl Fn(&Sample) -> f64) -> f64 {
    let count = samples.len() as f64;
    let mean = |of: &dyn Fn(&Sample) -> f64| samples.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(&|it| it.seconds), mean(&|it| value(it)));
    let both: f64 = samples
        .iter()
        .map(|it| (it.seconds - x) * (value(it) - y))
        .sum();
    let square: f64 = samples.iter().map(|it| (it.seconds - x).powi(2)).sum();
    if square > 0.0 {
        both / square * 3600.0
    } else {
        0.0
    }
}

fn drawings(samples: &[Sample]) -> Vec<(&'static str, String)> {
    let line = |name, phases: &[Phase], value: &dyn Fn(&Sample) -> f64| Line {
        name,
        points: of(samples, phases)
            .iter()
            .map(|it| (it.seconds / 60.0, value(it)))
            .collect(),
    };
    let load = [Phase::WarmUp, Phase::Load];
    let rest = [Phase::Before, Phase::Rest, Phase::After];
    let rss = |it: &Sample| it.rss_kb as f64 / 1024.0;
    vec![
        (
            "memory.svg",
            plot::draw(
                "Memory (MiB)",
                &[
                    line("resident, load", &load, &rss),
                    line("resident, rest", &rest, &rss),
                    line("heap, rest", &rest, &heap_mib),
                ],
            ),
        ),
        (
            "held.svg",
            plot::draw(
                "File descriptors and tasks",
                &[
                    line("descriptors", &load, &|it| it.fds as f64),
                    line("tasks", &load, &|it| it.tasks as f64),
                    line("both at rest", &rest, &|it| it.fds.max(it.tasks) as f64),
                ],
            ),
        ),
        (
            "latency.svg",
            plot::draw(
                "Ordinary requests (ms)",
                &[
                    line("p99", &load, &|it| it.p99_us as f64 / 1000.0),
                    line("p50", &load, &|it| it.p50_us as f64 / 1000.0),
                ],
            ),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_of(rss_kb: impl Fn(u64) -> u64, fds: impl Fn(u64) -> u64, wrong: u64) -> Vec<Sample> {
        let before = Sample {
            fds: 10,
            ..Sample::default()
        };
        let rests = (1..=20).map(|n| Sample {
            phase: Phase::Rest,
            seconds: 300.0 * n as f64,
            rss_kb: rss_kb(n),
            fds: fds(n),
            wrong,
            ..Sample::default()
        });
        std::iter::once(before).chain(rests).collect()
    }

    #[test]
    fn p99_may_not_drift() {
        // The worst samples of a quarter do not count, a quarter that is slower does.
        for (p99_us, expected) in [
            ((|n| 2000 + n % 5 * 900) as fn(u64) -> u64, &[][..]),
            (|n| 2000 + n / 30 * 300, &[]),
            (|n| 2000 + n / 30 * 400, &["p99 goes from 2000 to 3200 µs"]),
            (
                |n| 2000 * u64::from(n < 110),
                &["no ordinary request was answered before 10 samples"],
            ),
        ] {
            let samples = (0..120).map(|n| Sample {
                phase: Phase::Load,
                p99_us: p99_us(n),
                ..Sample::default()
            });
            assert_eq!(judge(&samples.collect::<Vec<_>>()).1, expected);
        }
    }

    #[test]
    fn what_does_not_hold_is_said() {
        // 100 kB in five minutes are 1.17 MiB in an hour.
        for (samples, expected) in [
            (run_of(|_| 5000, |_| 10, 0), &[][..]),
            (run_of(|n| 5000 + n % 2 * 50, |_| 9, 0), &[]),
            (
                run_of(|n| 5000 + n * 100, |_| 10, 0),
                &["memory grows by 1.17 MiB an hour"],
            ),
            (
                run_of(|_| 5000, |n| 10 + n / 20, 0),
                &["file descriptors are left over"],
            ),
            (
                run_of(|_| 5000, |_| 10, 2),
                &["2 wrong answers, see wrong.log"],
            ),
            (Vec::new(), &["there are no samples"]),
        ] {
            assert_eq!(judge(&samples).1, expected);
        }
    }
}
