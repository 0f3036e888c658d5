//! The allocations of one request, in process: this crate beside a bare `service_fn` and axum.
//!
//! `cargo bench --bench allocations` prints the table.

mod apps;
mod visitor;

use std::convert::Infallible;

use axum::body::Body;
use http::{Request, Response};
use tower::Service;

use visitor::{Make, Visitor, answer, runtime};

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

fn main() {
    apps::all(&mut Allocations);
}
