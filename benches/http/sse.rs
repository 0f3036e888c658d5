//! Clients that listen to a stream of events of which none comes: what each costs in memory, and the comments that keep
//! its connection alive in CPU time.

use std::{
    fs,
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    thread::sleep,
    time::Duration,
};

use memchr::memmem;

use super::{
    Options,
    compare::wanted,
    load::PATIENCE,
    process::Target,
    servers::Config,
    streams::{COMMENT, EVENTS, EVENTS_UNTIL_SHUTDOWN, KEEP_ALIVE},
};

/// The name in the table, the server, and the path of its events.
const SERVERS: &[(&str, &str, &str)] = &[
    ("hyper", "hyper streams", EVENTS),
    ("axum", "axum streams", EVENTS),
    ("ours", "ours streams", EVENTS),
    (
        "ours, until shutdown",
        "ours streams",
        EVENTS_UNTIL_SHUTDOWN,
    ),
];

/// Descriptors for what is no client.
const OTHER_FILES: usize = 100;

pub(crate) fn run(options: &Options, clients: usize) {
    let files = most_files();
    assert!(
        files >= clients + OTHER_FILES,
        "{clients} clients take as many open files and {files} are allowed: say `ulimit -n {}` first",
        clients + OTHER_FILES
    );
    // Whole periods: each client gets as many comments.
    let periods = (options.slice * options.rounds as u32).div_duration_f64(KEEP_ALIVE);
    let watched = KEEP_ALIVE * periods.ceil() as u32;
    println!(
        "{clients} clients, a comment to each every {KEEP_ALIVE:?}, watched for {watched:?}\n"
    );
    println!(
        "| server | KB per client | × hyper | comments | CPU µs per comment | × hyper | CPU, % of a core |"
    );
    println!("| --- | --: | --: | --: | --: | --: | --: |");
    let mut bare = None;
    for (name, server, path) in SERVERS {
        if !wanted(options, name) {
            continue;
        }
        let Cost {
            kilobytes,
            comments,
            cpu,
        } = cost(server, path, clients, watched);
        let micros = cpu.as_secs_f64() * 1e6 / comments as f64;
        let (bare_kilobytes, bare_micros) = *bare.get_or_insert((kilobytes, micros));
        println!(
            "| {name} | {kilobytes:.2} | {:.2} | {comments} | {micros:.2} | {:.2} | {:.2} |",
            kilobytes / bare_kilobytes,
            micros / bare_micros,
            cpu.as_secs_f64() / watched.as_secs_f64() * 100.0,
        );
    }
}

struct Cost {
    /// For each client.
    kilobytes: f64,
    comments: usize,
    cpu: Duration,
}

fn cost(server: &str, path: &str, clients: usize, watched: Duration) -> Cost {
    let target = Target::start(&Config::new(server));
    // What is allocated once is no client's.
    drop(listen(&target, path));
    let rss = || target.rss_kb().expect("the memory of the server");
    let cpu = || target.cpu().expect("the CPU time of the server");
    let before = rss();
    let mut streams: Vec<_> = (0..clients).map(|_| listen(&target, path)).collect();
    // The first comments are behind everyone.
    sleep(KEEP_ALIVE + KEEP_ALIVE / 2);
    streams.iter_mut().for_each(|stream| {
        assert_ne!(comments(stream), 0, "no comment from {server}");
    });
    let used = cpu();
    sleep(watched);
    let used = cpu() - used;
    Cost {
        kilobytes: (rss() - before) as f64 / clients as f64,
        comments: streams.iter_mut().map(comments).sum(),
        cpu: used,
    }
}

/// A client that has its head.
fn listen(target: &Target, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(target.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.extend(byte);
    }
    assert!(head.starts_with(b"HTTP/1.1 200"));
    stream.set_nonblocking(true).unwrap();
    stream
}

/// How many comments have come and were not read.
fn comments(stream: &mut TcpStream) -> usize {
    let mut text = Vec::new();
    let error = stream
        .read_to_end(&mut text)
        .expect_err("a stream without end");
    assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}");
    memmem::find_iter(&text, COMMENT).count()
}

fn most_files() -> usize {
    let limits = fs::read_to_string("/proc/self/limits").expect("the limits of Linux");
    let line = limits
        .lines()
        .find_map(|it| it.strip_prefix("Max open files"));
    let soft = line.and_then(|it| it.split_whitespace().next());
    // `unlimited` is no number.
    soft.and_then(|it| it.parse().ok()).unwrap_or(usize::MAX)
}
