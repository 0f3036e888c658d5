//! All servers, one workload after the other, in turns.

use std::time::Duration;

use super::{
    Options,
    load::{Load, Until, drive},
    process::{Target, Usage},
    servers::{Config, SERVERS},
    workload::Workload,
};

/// What one server did in all its slices.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    /// Requests per second, slice by slice.
    rates: Vec<f64>,
    requests: usize,
    usage: Option<Usage>,
}

impl Measured {
    /// One slice, after a short one that does not count.
    pub(crate) fn slice(
        &mut self,
        target: &Target,
        workload: &Workload,
        connections: usize,
        duration: Duration,
    ) {
        let drive = |duration| {
            let until = Until::Elapsed(duration);
            drive(target.address, connections, &workload.request, until)
        };
        drive(duration / 10);
        let before = target.usage();
        let load = drive(duration);
        self.add(load);
        if let (Some(before), Some(after)) = (before, target.usage()) {
            self.usage.get_or_insert_default().add(after.since(before));
        }
    }

    fn add(&mut self, load: Load) {
        self.requests += load.requests;
        self.rates
            .push(load.requests as f64 / load.elapsed.as_secs_f64());
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests
    }

    pub(crate) fn rate(&self) -> f64 {
        median(self.rates.clone())
    }

    /// The median of the ratios of slices that stood side by side.
    fn rate_ratio(&self, other: &Self) -> f64 {
        let ratios = self.rates.iter().zip(&other.rates);
        median(ratios.map(|(one, other)| one / other).collect())
    }

    /// Microseconds of server CPU for one request.
    pub(crate) fn micros(&self, of: impl Fn(Usage) -> Duration) -> f64 {
        self.usage.map_or(f64::NAN, |usage| {
            of(usage).as_secs_f64() * 1e6 / self.requests as f64
        })
    }
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Whether `--only` leaves this server in; the first one is what the others are compared to.
pub(crate) fn wanted(options: &Options, server: &str) -> bool {
    let only = options.only.as_ref();
    server == SERVERS[0] || only.is_none_or(|only| only.iter().any(|it| it == server))
}

pub(crate) fn run(options: &Options) {
    let own = SERVERS.iter().filter(|server| wanted(options, server));
    let own: Vec<_> = own
        .map(|server| Target::start(&Config::new(server)))
        .collect();
    let targets: Vec<_> = own.iter().chain(&options.peers).collect();
    let width = targets.iter().map(|it| it.name.len()).max().unwrap_or(0);
    println!(
        "{} connections, {} slices of {:?} in turns; CPU of the server per request",
        options.connections, options.rounds, options.slice
    );
    for workload in Workload::all() {
        let mut measured: Vec<_> = targets.iter().map(|_| Measured::default()).collect();
        for _ in 0..options.rounds {
            for (target, measured) in targets.iter().zip(&mut measured) {
                measured.slice(target, &workload, options.connections, options.slice);
            }
        }
        println!(
            "\n{:width$}   req/s  ratio | CPU µs  ratio | user µs  ratio | RSS MB",
            workload.name
        );
        let bare = &measured[0];
        for (target, it) in targets.iter().zip(&measured) {
            let (cpu, user) = (|usage: Usage| usage.total, |usage: Usage| usage.user);
            println!(
                "{:width$} {:7.0}  {:5.2} | {:6.2}  {:5.2} | {:7.2}  {:5.2} | {:6.1}",
                target.name,
                it.rate(),
                it.rate_ratio(bare),
                it.micros(cpu),
                it.micros(cpu) / bare.micros(cpu),
                it.micros(user),
                it.micros(user) / bare.micros(user),
                target.rss_kb().map_or(f64::NAN, |kb| kb as f64 / 1024.0),
            );
        }
    }
}
