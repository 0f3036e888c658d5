//! Requests over the network: this crate beside bare hyper and axum, each a process of its own on
//! the loopback interface, under keep-alive connections that send the next request when the last
//! one is answered.
//!
//! ```console
//! cargo bench --bench http                                   # a table of all servers
//! cargo bench --bench http -- --connect fastify=127.0.0.1:4001@PID
//!                                                            # a server that runs already, in the table
//! cargo bench --bench http -- --scale target/scale.csv       # routes, connections, bodies, cores
//! cargo bench --bench http -- --instructions                 # user instructions, under callgrind
//! cargo bench --bench http -- --tails                        # latencies at 70 % of saturation
//! cargo bench --bench http -- --sse 10000                    # as many idle clients of event streams
//! cargo bench --bench http -- --bulk 1024                    # as many MiB, down and up
//! ```
//!
//! `--seconds`, `--rounds`, `--connections` and `--only SERVER,…` change what is measured. The
//! servers take turns in short slices, so that what else the machine does meets all of them; the
//! columns to compare are the ratios and the CPU time of the server process. `--tails`, `--sse` and
//! `--bulk` print the rows of tables in docs/performance.md.

mod bulk;
mod compare;
mod instructions;
mod load;
mod process;
mod scale;
mod servers;
mod sse;
mod streams;
mod tails;
mod workload;

use std::{path::PathBuf, time::Duration};

use process::Target;

/// What to measure, and how long.
#[derive(Debug)]
struct Options {
    mode: Mode,
    slice: Duration,
    rounds: usize,
    connections: usize,
    only: Option<Vec<String>>,
    peers: Vec<Target>,
}

#[derive(Debug)]
enum Mode {
    Compare,
    Scale(PathBuf),
    Instructions,
    Tails,
    Sse(usize),
    Bulk(usize),
    Serve(servers::Config),
}

fn options() -> Options {
    let mut options = Options {
        mode: Mode::Compare,
        slice: Duration::from_secs(1),
        rounds: 10,
        connections: 64,
        only: None,
        peers: Vec::new(),
    };
    let mut measured = false;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || {
            args.next().unwrap_or_else(|| {
                panic!("{arg} needs a value, see the top of benches/http/main.rs")
            })
        };
        match arg.as_str() {
            "--bench" => measured = true,
            "--scale" => options.mode = Mode::Scale(value().into()),
            "--instructions" => options.mode = Mode::Instructions,
            "--tails" => options.mode = Mode::Tails,
            "--sse" => options.mode = Mode::Sse(value().parse().unwrap()),
            "--bulk" => options.mode = Mode::Bulk(value().parse().unwrap()),
            "--serve" => options.mode = Mode::Serve(value().parse().unwrap()),
            "--connect" => options.peers.push(value().parse().unwrap()),
            "--seconds" => options.slice = Duration::from_secs_f64(value().parse().unwrap()),
            "--rounds" => options.rounds = value().parse().unwrap(),
            "--connections" => options.connections = value().parse().unwrap(),
            "--only" => options.only = Some(value().split(',').map(str::to_owned).collect()),
            _ => panic!("unknown argument {arg:?}, see the top of benches/http/main.rs"),
        }
    }
    // `cargo test --benches` only wants to know that it runs.
    if !measured {
        (options.slice, options.rounds) = (Duration::from_millis(20), 1);
    }
    options
}

fn main() {
    let options = options();
    match &options.mode {
        Mode::Compare => compare::run(&options),
        Mode::Scale(path) => scale::run(&options, path),
        Mode::Instructions => instructions::run(&options),
        Mode::Tails => tails::run(&options),
        Mode::Sse(clients) => sse::run(&options, *clients),
        Mode::Bulk(mebibytes) => bulk::run(&options, *mebibytes),
        Mode::Serve(config) => servers::serve(config),
    }
}
