//! How long requests take that come at a fixed rate, whether the last ones have been answered or not.
//!
//! A connection that waits for its answer sends the next request too late. What counts is the time from when it
//! should have been sent: otherwise a server that stops for a while would delay only as many requests as there are
//! connections.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    net::TcpStream,
    task::{JoinSet, yield_now},
    time::timeout,
};

use super::{
    Options,
    compare::{Measured, median, wanted},
    load::{PATIENCE, connect, exchange},
    process::Target,
    servers::Config,
    workload::Workload,
};

/// The first one is what the others are compared to, and what the rate is taken from that is the same for all.
const SERVERS: &[&str] = &["hyper", "axum", "ours"];
const QUANTILES: [f64; 3] = [0.5, 0.99, 0.999];
/// How much of the requests per second that a server answers at most.
const LOAD: f64 = 0.7;
/// Slices that find out how many those are.
const SATURATED_SLICES: usize = 3;

pub(crate) fn run(options: &Options) {
    let servers = SERVERS.iter().filter(|server| wanted(options, server));
    let targets: Vec<_> = servers
        .map(|server| Target::start(&Config::new(server)))
        .collect();
    println!(
        "{} connections, {} slices of {:?} in turns",
        options.connections, options.rounds, options.slice
    );
    for workload in Workload::all() {
        let mut saturated: Vec<_> = targets.iter().map(|_| Measured::default()).collect();
        for _ in 0..SATURATED_SLICES {
            for (target, saturated) in targets.iter().zip(&mut saturated) {
                saturated.slice(target, &workload, options.connections, options.slice);
            }
        }
        let own: Vec<_> = saturated.iter().map(|it| it.rate() * LOAD).collect();
        let same = vec![own[0]; own.len()];
        table(&targets, &workload, &same, "the same rate", options);
        table(&targets, &workload, &own, "each at its own rate", options);
    }
}

/// Measures the servers at these rates, and prints a table.
fn table(targets: &[Target], workload: &Workload, rates: &[f64], how: &str, options: &Options) {
    let mut slices: Vec<Vec<Slice>> = targets.iter().map(|_| Vec::new()).collect();
    for _ in 0..options.rounds {
        for ((target, rate), slices) in targets.iter().zip(rates).zip(&mut slices) {
            slices.push(Slice::of(target, workload, *rate, options));
        }
    }
    println!(
        "\n| {}, {how} | sent a second | answered a second | p50 µs | × hyper | p99 µs | × hyper | p99.9 µs | × hyper |",
        workload.name
    );
    println!("| --- | --: | --: | --: | --: | --: | --: | --: | --: |");
    for ((target, sent), own) in targets.iter().zip(rates).zip(&slices) {
        let rate = median(own.iter().map(|it| it.rate).collect());
        print!("| {} | {sent:.0} | {rate:.0} |", target.name);
        for quantile in 0..QUANTILES.len() {
            let of = |slice: &Slice| slice.quantiles[quantile];
            let ratios = own.iter().zip(&slices[0]);
            print!(
                " {:.1} | {:.2} |",
                median(own.iter().map(of).collect()),
                median(ratios.map(|(one, bare)| of(one) / of(bare)).collect()),
            );
        }
        println!();
    }
}

/// What one server did in one slice.
struct Slice {
    /// Answers per second.
    rate: f64,
    /// Microseconds.
    quantiles: [f64; QUANTILES.len()],
}

impl Slice {
    fn of(target: &Target, workload: &Workload, rate: f64, options: &Options) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let (mut latencies, took) = runtime.block_on(latencies(
            target.address,
            &workload.request,
            options.connections,
            rate,
            options.slice,
        ));
        latencies.sort_unstable();
        let at = |quantile: f64| {
            let index = (latencies.len() as f64 * quantile) as usize;
            let latency = latencies.get(index.min(latencies.len() - 1));
            latency.expect("an answer").as_secs_f64() * 1e6
        };
        Self {
            rate: latencies.len() as f64 / took.as_secs_f64(),
            quantiles: QUANTILES.map(at),
        }
    }
}

/// Sends `rate` requests a second for as long as `duration`, and gives the latency of each, and the time until the
/// last was answered.
async fn latencies(
    address: SocketAddr,
    request: &[u8],
    connections: usize,
    rate: f64,
    duration: Duration,
) -> (Vec<Duration>, Duration) {
    let mut streams = Vec::with_capacity(connections);
    for _ in 0..connections {
        let mut stream = connect(address).await;
        // The first answer is late: the server allocates what the connection needs.
        exchange(&mut stream, request, &mut Vec::new()).await;
        streams.push(stream);
    }
    let start = Instant::now();
    let every = Duration::from_secs_f64(connections as f64 / rate);
    let mut tasks = JoinSet::new();
    for (index, stream) in streams.into_iter().enumerate() {
        let due = start + every.mul_f64(index as f64 / connections as f64);
        tasks.spawn(talk(stream, request.to_vec(), due, every, start + duration));
    }
    let all = timeout(duration + PATIENCE, tasks.join_all());
    let latencies = all.await.expect("answers in time");
    (latencies.concat(), start.elapsed())
}

/// One connection that sends a request every so often.
async fn talk(
    mut stream: TcpStream,
    request: Vec<u8>,
    mut due: Instant,
    every: Duration,
    end: Instant,
) -> Vec<Duration> {
    let mut buffer = Vec::with_capacity(16 * 1024);
    let mut latencies = Vec::new();
    while due < end {
        // tokio's timers are good to a millisecond.
        while Instant::now() < due {
            yield_now().await;
        }
        exchange(&mut stream, &request, &mut buffer).await;
        latencies.push(due.elapsed());
        due += every;
    }
    latencies
}
