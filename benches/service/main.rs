//! Whole requests, in process: this crate beside a bare `service_fn` and axum with the equivalent
//! extractors, each with 100 other routes.
//!
//! `cargo bench --bench service` prints a table first: the allocations of one request. Then criterion
//! times each of them. `cargo bench --bench service -- --instructions` counts their instructions
//! instead, with valgrind's callgrind.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark may panic"
)]

mod apps;
mod instructions;

use std::{convert::Infallible, hint::black_box, time::Duration};

use axum::body::Body;
use criterion::{BatchSize, Criterion, criterion_group};
use http::{Request, Response};
use http_body_util::BodyExt;
use tower::{Service, ServiceExt};

/// A request of a case.
type Make = fn() -> Request<Body>;

/// Sees one service answer one kind of request.
trait Visitor {
    fn visit<S, B>(&mut self, case: &str, server: &str, service: S, request: Make)
    where
        S: Service<Request<Body>, Response = Response<B>, Error = Infallible> + Clone,
        B: http_body::Body + Unpin,
        B::Error: std::fmt::Debug;
}

/// Answers a request and reads the body to its end, as a connection does.
async fn answer<S, B>(service: &mut S, request: Request<Body>) -> usize
where
    S: Service<Request<Body>, Response = Response<B>, Error = Infallible>,
    B: http_body::Body + Unpin,
    B::Error: std::fmt::Debug,
{
    let mut response = service.ready().await.unwrap().call(request).await.unwrap();
    let mut frames = 0;
    while let Some(frame) = response.body_mut().frame().await {
        black_box(frame.unwrap());
        frames += 1;
    }
    black_box(&response);
    frames
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
}

struct Allocations;

impl Visitor for Allocations {
    fn visit<S, B>(&mut self, case: &str, server: &str, mut service: S, request: Make)
    where
        S: Service<Request<Body>, Response = Response<B>, Error = Infallible> + Clone,
        B: http_body::Body + Unpin,
        B::Error: std::fmt::Debug,
    {
        let runtime = runtime();
        runtime.block_on(answer(&mut service, request()));
        let mut requests = Some(request());
        let counted = allocation_counter::measure(|| {
            runtime.block_on(answer(&mut service, requests.take().unwrap()));
        });
        println!(
            "{case:<24} {server:<10} {:>4} allocations {:>7} bytes",
            counted.count_total, counted.bytes_total
        );
    }
}

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
                BatchSize::SmallInput,
            );
        });
        group.finish();
    }
}

fn service(criterion: &mut Criterion) {
    apps::all(&mut Allocations);
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
        None if args.iter().any(|it| it == "--instructions") => instructions::table(),
        None => {
            benches();
            Criterion::default().configure_from_args().final_summary();
        }
    }
}
