//! What becomes of the numbers as an application grows: one thing at a time, as CSV.

use std::{fs::File, io::Write, path::Path};

use super::{
    Options,
    compare::{Measured, wanted},
    process::Target,
    servers::Config,
    workload::Workload,
};

const SERVERS: &[&str] = &["hyper", "axum", "ours"];

/// One point: what is varied and how far.
#[derive(Debug)]
struct Point {
    axis: &'static str,
    value: usize,
    workload: Workload,
    routes: usize,
    connections: usize,
    threads: usize,
}

fn points(options: &Options) -> Vec<Point> {
    let connections = options.connections;
    let point = |axis, value, workload| Point {
        axis,
        value,
        workload,
        routes: 100,
        connections,
        threads: 1,
    };
    let mut points = Vec::new();
    for routes in [1, 4, 16, 64, 256, 1024, 4096] {
        for workload in [Workload::fixed(), Workload::dynamic()] {
            let point = point("routes", routes, workload);
            points.push(Point { routes, ..point });
        }
    }
    for connections in [1, 10, 100, 1000, 10_000] {
        let point = point("connections", connections, Workload::fixed());
        points.push(Point {
            connections,
            ..point
        });
    }
    for bytes in [64, 1 << 10, 16 << 10, 128 << 10, 1 << 20] {
        points.push(point("body bytes", bytes, Workload::echo("POST", bytes)));
    }
    for threads in [1, 2] {
        let point = point("threads", threads, Workload::fixed());
        points.push(Point { threads, ..point });
    }
    points
}

pub(crate) fn run(options: &Options, path: &Path) {
    let mut csv = File::create(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    writeln!(
        csv,
        "axis,value,workload,server,requests,requests_per_second,cpu_us,user_us,rss_kb"
    )
    .unwrap();
    for point in points(options) {
        let servers = SERVERS.iter().filter(|server| wanted(options, server));
        let targets: Vec<_> = servers
            .map(|server| {
                Target::start(&Config {
                    server: (*server).to_owned(),
                    routes: point.routes,
                    threads: point.threads,
                })
            })
            .collect();
        let mut measured: Vec<_> = targets.iter().map(|_| Measured::default()).collect();
        for _ in 0..options.rounds {
            for (target, measured) in targets.iter().zip(&mut measured) {
                measured.slice(target, &point.workload, point.connections, options.slice);
            }
        }
        for (target, measured) in targets.iter().zip(&measured) {
            let line = format!(
                "{},{},{},{},{},{:.0},{:.3},{:.3},{}",
                point.axis,
                point.value,
                point.workload.name,
                target.name,
                measured.requests(),
                measured.rate(),
                measured.micros(|usage| usage.total),
                measured.micros(|usage| usage.user),
                target.rss_kb().unwrap_or_default(),
            );
            println!("{line}");
            writeln!(csv, "{line}").unwrap();
        }
    }
}
