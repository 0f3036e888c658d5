//! Whole requests, in process: this crate beside a bare `service_fn` and axum with the equivalent
//! extractors, each with 100 other routes.
//!
//! `cargo bench --bench service` times one request with criterion;
//! `cargo bench --bench service -- --instructions` counts its instructions with valgrind's callgrind, and
//! `-- --instructions 404` those of the cases with this name.
//! The allocations are counted by `cargo bench --bench allocations`, in a program of its own, since the
//! counting takes time.

mod apps;
mod instructions;
mod visitor;

use std::{convert::Infallible, time::Duration};

use axum::body::Body;
use criterion::{BatchSize, Criterion, criterion_group};
use http::{Request, Response};
use tower::Service;

use visitor::{Make, Visitor, answer, runtime};

struct Times<'c>(&'c mut Criterion);

impl Visitor for Times<'_> {
    fn visit<S, B>(&mut self, case: &str, server: &str, mut service: S, request: Make)
    where
        S: Service<Request<Body>, Response = Response<B>, Error = Infallible> + Clone,
        B: http_body::Body + Unpin,
        B::Error: std::fmt::Debug,
    {
        let runtime = runtime();
        let mut group = self.0.benchmark_group(case);
        group.bench_function(server, |bencher| {
            let _entered = runtime.enter();
            bencher.iter_batched(
                request,
                |request| futures_util::FutureExt::now_or_never(answer(&mut service, request)),
                // Few enough to stay in the cache, as a request does that a server has just read.
                BatchSize::NumIterations(32),
            );
        });
        group.finish();
    }
}

fn service(criterion: &mut Criterion) {
    apps::all(&mut Times(criterion));
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = service
}

fn main() {
    let args: Vec<_> = std::env::args().skip(1).collect();
    match args.iter().position(|it| it == "--run") {
        Some(at) => instructions::run(&args[at + 1]),
        None => match args.iter().position(|it| it == "--instructions") {
            Some(at) => {
                let wanted = args[at + 1..].iter().find(|it| !it.starts_with("--"));
                instructions::table(wanted.map_or("", String::as_str));
            }
            None => {
                benches();
                Criterion::default().configure_from_args().final_summary();
            }
        },
    }
}
