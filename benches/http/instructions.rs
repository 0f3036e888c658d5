//! User instructions of the server for one request: what does not depend on what else the machine
//! does.

use std::{fs, process::Command};

use super::{
    Options,
    compare::wanted,
    load::{Until, drive},
    process::Target,
    servers::{Config, SERVERS},
    workload::Workload,
};

/// Two runs, so that what happens once drops out.
const FEW: usize = 200;
const MANY: usize = 2200;

pub(crate) fn run(options: &Options) {
    println!("instructions of the server process for one request, of a connection that lives on");
    for workload in Workload::all() {
        println!("\n{:11}    count  ratio", workload.name);
        let mut bare = None;
        for server in SERVERS.iter().filter(|server| wanted(options, server)) {
            let few = count(server, &workload, FEW);
            let many = count(server, &workload, MANY);
            let each = (many - few) / (MANY - FEW) as f64;
            let bare = *bare.get_or_insert(each);
            println!("{server:11} {each:8.0}  {:5.2}", each / bare);
        }
    }
}

fn count(server: &str, workload: &Workload, requests: usize) -> f64 {
    let profile = std::env::temp_dir().join(format!("http-bench-{}.out", std::process::id()));
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(std::env::current_exe().unwrap());
    let target = Target::start_under(command, &Config::new(server));
    drive(
        target.address,
        1,
        &workload.request,
        Until::Requests(requests),
    );
    target.stop();
    let text = fs::read_to_string(&profile).expect("the profile of callgrind");
    fs::remove_file(&profile).unwrap();
    let summary = text.lines().rev().find_map(|line| {
        line.strip_prefix("summary:")
            .or_else(|| line.strip_prefix("totals:"))
    });
    summary
        .and_then(|count| count.split_whitespace().next()?.parse().ok())
        .expect("a total in the profile")
}
