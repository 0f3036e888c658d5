//! Whether the time of a comparison tells where the first difference is: the preview mode id and the signature of a
//! preview token, measured as dudect does it ("Dude, is my code constant time?", Reparaz, Balasch and Verbauwhede, 2017).
//!
//!     cargo bench --bench constant_time --features preview
//!
//! Two kinds of wrong input take turns in random order, and Welch's t-test asks whether their times have one mean. It is
//! asked of all times, and of the fastest parts of them, as what disturbs a measurement makes it longer. Above 4.5
//! a difference is likely, above 10 it is certain. A comparison that stops at the first difference shows that the
//! machine is quiet enough to see one.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use tower_api_routes::preview::{Preview, PreviewKeys, PreviewOptions};

const ID: &str = "1f9ab0c34d5e67788f1c2d3e4a5b6c7d";

/// Two values of one length that are told apart, or not, by the time that `run` takes.
struct Experiment<'a> {
    name: &'a str,
    inputs: [String; 2],
    /// Calls in one measurement, for what is shorter than the clock's tick.
    calls: u32,
    samples: usize,
    run: &'a dyn Fn(&str),
}

/// xorshift64: which input is next must not be guessed by the machine.
struct Random(u64);

impl Random {
    fn bit(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::from(self.0 & (1 << 40) != 0)
    }
}

fn measure(experiment: &Experiment<'_>) -> [Vec<f64>; 2] {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut times = [Vec::new(), Vec::new()];
    // Both come from the same place in memory.
    let mut input = String::with_capacity(experiment.inputs[0].len());
    for sample in 0..experiment.samples {
        let kind = random.bit();
        input.clear();
        input.push_str(&experiment.inputs[kind]);
        let started = Instant::now();
        for _ in 0..experiment.calls {
            (experiment.run)(black_box(&input));
        }
        let time = started.elapsed();
        // The first thousand are for the caches.
        if sample >= 1000 {
            times[kind].push(nanoseconds(time) / f64::from(experiment.calls));
        }
    }
    times
}

fn nanoseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e9
}

fn mean_and_variance(times: &[f64]) -> (f64, f64) {
    let count = times.len() as f64;
    let mean = times.iter().sum::<f64>() / count;
    let squares = times.iter().map(|time| (time - mean).powi(2));
    (mean, squares.sum::<f64>() / (count - 1.0))
}

/// Welch's t of the two means.
fn t_of(times: [&[f64]; 2]) -> f64 {
    let [(a, va), (b, vb)] = times.map(mean_and_variance);
    let [na, nb] = times.map(|times| times.len() as f64);
    (a - b) / (va / na + vb / nb).sqrt()
}

fn report(experiment: &Experiment<'_>) {
    let times = measure(experiment);
    let mut all: Vec<f64> = times.concat();
    all.sort_by(f64::total_cmp);
    let mut line = format!("{:<58}", experiment.name);
    let mut worst: f64 = 0.0;
    for part in [1.0, 0.99, 0.95, 0.9, 0.75, 0.5] {
        let limit = all[((all.len() - 1) as f64 * part) as usize];
        let cut = |times: &[f64]| -> Vec<f64> {
            times
                .iter()
                .copied()
                .filter(|time| *time <= limit)
                .collect()
        };
        let [a, b] = [cut(&times[0]), cut(&times[1])];
        let t = t_of([&a, &b]);
        worst = worst.max(t.abs());
        line += &format!(" {t:7.2}");
    }
    let median = all[all.len() / 2];
    println!("{line} | {median:8.1} ns | worst {worst:.2}");
}

/// `text` with another character, a digit for a digit, in this place.
fn other_at(text: &str, place: usize) -> String {
    let other = match text.as_bytes()[place] {
        b'0' => "1",
        b'1'..=b'9' => "0",
        b'a' => "b",
        _ => "a",
    };
    format!("{}{other}{}", &text[..place], &text[place + 1..])
}

fn main() {
    let key = |digit: &str| digit.repeat(64);
    let keys = PreviewKeys::new(ID, &key("2"), &key("3")).unwrap();
    let [_, line] = keys.seal(&7, &PreviewOptions::new()).unwrap();
    let line = line.to_str().unwrap();
    let token = line.split(['=', ';']).nth(1).unwrap().to_owned();
    let last = ID.len() - 1;
    let signature = token.rfind('.').unwrap() + 1;
    // The last character holds only four bits, and two that have to be zero: the one before is whole.
    let forged = [signature, token.len() - 2].map(|place| other_at(&token, place));

    let is_invalid = |id: &str, token: Option<&str>| {
        assert_eq!(keys.read(Some(id), token), Preview::Invalid);
    };
    // A forged id in the form of Next.js's is logged once.
    is_invalid(&other_at(ID, 0), None);

    println!("t of the whole, and of the fastest 99, 95, 90, 75, 50 % | median | worst");
    let stops_early = |id: &str| {
        let equal = |(a, b): (u8, u8)| black_box(a) == black_box(b);
        black_box(id.bytes().zip(ID.bytes()).all(equal));
    };
    let ids = [0, last].map(|place| other_at(ID, place));
    let experiments = [
        Experiment {
            name: "control: a comparison that stops at the first difference",
            inputs: ids.clone(),
            calls: 8,
            samples: 500_000,
            run: &stops_early,
        },
        Experiment {
            name: "control: the same input in both turns",
            inputs: [ids[0].clone(), ids[0].clone()],
            calls: 8,
            samples: 500_000,
            run: &|id| is_invalid(id, None),
        },
        Experiment {
            name: "id: its first or its last character is wrong",
            inputs: ids,
            calls: 8,
            samples: 500_000,
            run: &|id| is_invalid(id, None),
        },
        Experiment {
            name: "id: right or wrong, with a forged token",
            inputs: [ID.to_owned(), other_at(ID, last)],
            calls: 1,
            samples: 200_000,
            run: &|id| is_invalid(id, Some(&forged[0])),
        },
        Experiment {
            name: "signature: its first or its last character is wrong",
            inputs: forged.clone(),
            calls: 1,
            samples: 200_000,
            run: &|token| is_invalid(ID, Some(token)),
        },
    ];
    for experiment in &experiments {
        report(experiment);
    }
}
