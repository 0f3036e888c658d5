//! The instructions of one request, under callgrind: what does not depend on what else the machine
//! does.
//!
//! A process of its own answers one kind of request a few times and many times; the difference,
//! less what it takes to make the requests, is what is printed.

use std::{convert::Infallible, fs, hint::black_box, process::Command};

use axum::body::Body;
use http::{Request, Response};
use tower::Service;

use super::{
    apps,
    visitor::{Make, Visitor, answer, runtime},
};

const FEW: usize = 100;
const MANY: usize = 1100;
/// The name of the server that only makes the requests.
const NONE: &str = "none";

/// Prints the cases whose names contain `wanted`.
pub(super) fn table(wanted: &str) {
    let mut names = Names::default();
    apps::all(&mut names);
    let mut making = (String::new(), 0.0);
    for (case, server) in names.0 {
        if !case.contains(wanted) {
            continue;
        }
        if making.0 != case {
            making = (case.clone(), each(&case, NONE));
        }
        let answering = each(&case, &server) - making.1;
        println!("{case:<24} {server:<10} {answering:>7.0} instructions");
    }
}

/// What the process of its own does: `CASE/SERVER/COUNT`.
pub(super) fn run(what: &str) {
    let mut parts = what.split('/');
    let mut next = || parts.next().unwrap().to_owned();
    apps::all(&mut Once {
        case: next(),
        server: next(),
        count: next().parse().unwrap(),
    });
}

fn each(case: &str, server: &str) -> f64 {
    let (few, many) = (count(case, server, FEW), count(case, server, MANY));
    (many - few) / (MANY - FEW) as f64
}

fn count(case: &str, server: &str, count: usize) -> f64 {
    let profile = std::env::temp_dir().join(format!("service-bench-{}.out", std::process::id()));
    let status = Command::new("valgrind")
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(std::env::current_exe().unwrap())
        .args(["--run", &format!("{case}/{server}/{count}")])
        .status()
        .expect("valgrind is installed");
    assert!(status.success());
    let text = fs::read_to_string(&profile).unwrap();
    fs::remove_file(&profile).unwrap();
    let total = text.lines().find_map(|line| line.strip_prefix("totals:"));
    total.expect("a total").trim().parse().unwrap()
}

#[derive(Default)]
struct Names(Vec<(String, String)>);

impl Visitor for Names {
    fn visit<S, B>(&mut self, case: &str, server: &str, _service: S, _request: Make)
    where
        S: Service<Request<Body>, Response = Response<B>, Error = Infallible> + Clone,
        B: http_body::Body + Unpin,
        B::Error: std::fmt::Debug,
    {
        self.0.push((case.to_owned(), server.to_owned()));
    }
}

struct Once {
    case: String,
    server: String,
    count: usize,
}

impl Visitor for Once {
    fn visit<S, B>(&mut self, case: &str, server: &str, mut service: S, request: Make)
    where
        S: Service<Request<Body>, Response = Response<B>, Error = Infallible> + Clone,
        B: http_body::Body + Unpin,
        B::Error: std::fmt::Debug,
    {
        if self.case != case {
            return;
        }
        if self.server == NONE {
            for _ in 0..std::mem::take(&mut self.count) {
                std::mem::forget(black_box(request()));
            }
        } else if self.server == server {
            runtime().block_on(async {
                for _ in 0..self.count {
                    answer(&mut service, request()).await;
                }
            });
        }
    }
}
