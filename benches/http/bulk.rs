//! Large bodies in either direction, that nobody keeps: CPU time and memory of the server.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Instant,
};

use super::{
    Options,
    compare::{median, wanted},
    load::PATIENCE,
    process::Target,
    servers::Config,
    streams::{DOWNLOAD, UPLOAD},
};

/// The name in the table and the server.
const SERVERS: &[(&str, &str)] = &[
    ("hyper", "hyper streams"),
    ("axum", "axum streams"),
    ("ours", "ours streams"),
];

/// Name, and what is done, as many mebibytes of it.
type Direction = (&'static str, fn(&Target, usize));
const DIRECTIONS: [Direction; 2] = [("download", download), ("upload", upload)];

pub(crate) fn run(options: &Options, mebibytes: usize) {
    println!("{mebibytes} MiB, {} times in turns", options.rounds);
    for (direction, transfer) in DIRECTIONS {
        let servers = SERVERS.iter().filter(|(name, _)| wanted(options, name));
        let mut measured: Vec<_> = servers
            .map(|(name, server)| {
                (
                    name,
                    Target::start(&Config::new(server)),
                    Measured::default(),
                )
            })
            .collect();
        for _ in 0..options.rounds {
            for (_, target, measured) in &mut measured {
                let cpu = || target.cpu().expect("the CPU time of the server");
                let (start, used) = (Instant::now(), cpu());
                transfer(target, mebibytes);
                measured.seconds.push(start.elapsed().as_secs_f64());
                measured.cpu.push((cpu() - used).as_secs_f64());
            }
        }
        println!("\n| {direction} | seconds | CPU s | × hyper | peak RSS MB | × hyper |");
        println!("| --- | --: | --: | --: | --: | --: |");
        let peak = |target: &Target| target.peak_rss_kb().expect("the memory of the server") as f64;
        let (_, bare_target, bare) = &measured[0];
        for (name, target, own) in &measured {
            let ratios = own.cpu.iter().zip(&bare.cpu);
            println!(
                "| {name} | {:.2} | {:.3} | {:.2} | {:.1} | {:.2} |",
                median(own.seconds.clone()),
                median(own.cpu.clone()),
                median(ratios.map(|(one, bare)| one / bare).collect()),
                peak(target) / 1024.0,
                peak(target) / peak(bare_target),
            );
        }
    }
}

#[derive(Default)]
struct Measured {
    seconds: Vec<f64>,
    cpu: Vec<f64>,
}

fn download(target: &Target, mebibytes: usize) {
    let mut stream = connect(target);
    let head = format!(
        "GET {DOWNLOAD}{mebibytes} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut buffer = vec![0; 256 << 10];
    let mut length = 0;
    loop {
        let read = stream.read(&mut buffer).unwrap();
        if length == 0 {
            assert!(buffer.starts_with(b"HTTP/1.1 200"));
        }
        if read == 0 {
            break;
        }
        length += read;
    }
    assert!(length > mebibytes << 20, "{length} bytes");
}

fn upload(target: &Target, mebibytes: usize) {
    let mut stream = connect(target);
    let length = mebibytes << 20;
    let head = format!(
        "POST {UPLOAD} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let block = vec![0; 1 << 20];
    for _ in 0..mebibytes {
        stream.write_all(&block).unwrap();
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.ends_with(&format!("\r\n\r\n{length}")), "{answer}");
}

fn connect(target: &Target) -> TcpStream {
    let stream = TcpStream::connect(target.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}
