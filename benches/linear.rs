//! What grows with the input grows in proportion: the time for twice the input over the time for it.
//!
//! `cargo bench --bench linear` prints a ratio for each parser; 2.0 is linear, and above 2.5 something
//! is wrong.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use http::{HeaderMap, HeaderValue, header};
use tower_api_routes::{
    Cookies, MultiMap,
    routing::{Pattern, RouteTree, path},
};

/// The best time of many runs.
fn time(mut run: impl FnMut()) -> Duration {
    (0..200)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .min()
        .unwrap()
}

/// Prints how the time grows from `n` to `2 * n`.
fn ratio<I>(what: &str, n: usize, input: impl Fn(usize) -> I, run: impl Fn(&I)) {
    let (once, twice) = (input(n), input(2 * n));
    let (once, twice) = (time(|| run(&once)), time(|| run(&twice)));
    let ratio = twice.as_secs_f64() / once.as_secs_f64();
    println!("{what:<32} n = {n:>6}: {once:>10.1?}  2n: {twice:>10.1?}  ratio {ratio:.2}");
}

fn cookies(pairs: usize) -> HeaderMap {
    let text: String = (0..pairs)
        .map(|n| format!("name{n}=value%20{n}; "))
        .collect();
    let mut headers = HeaderMap::new();
    headers.insert(header::COOKIE, HeaderValue::try_from(text).unwrap());
    headers
}

fn main() {
    let parse = |text: &String| drop(black_box(MultiMap::parse(text, usize::MAX).unwrap()));
    ratio(
        "query, different names",
        20_000,
        |n| (0..n).map(|n| format!("k{n:08x}=v&")).collect(),
        parse,
    );
    ratio("query, one name", 20_000, |n| "a=1&".repeat(n), parse);
    ratio(
        "query, escapes",
        20_000,
        |n| format!("a={}", "%41%zz+".repeat(n)),
        parse,
    );
    ratio("cookies", 256, cookies, |headers| {
        drop(black_box(Cookies::from_headers(headers).unwrap()));
    });

    let mut tree = RouteTree::new();
    for pattern in ["all/[...slug]", "[a]/[b]/[c]", "[a]/[b]/x/[...rest]"] {
        tree.insert(Pattern::parse(pattern).unwrap(), ()).unwrap();
    }
    let at = |path: &String| {
        black_box(tree.at(path).is_some());
    };
    ratio(
        "path, segments of a catch-all",
        15_000,
        |n| format!("all{}", "/a".repeat(n)),
        at,
    );
    ratio(
        "path, segments that match nothing",
        15_000,
        |n| "/a".repeat(n),
        at,
    );
    ratio(
        "path, decoding",
        20_000,
        |n| "%41%C3%A9".repeat(n),
        |segment: &String| {
            drop(black_box(path::decode_segment(segment).unwrap()));
        },
    );
    ratio(
        "path, slashes",
        20_000,
        |n| "//a\\".repeat(n),
        |path: &String| {
            drop(black_box(path::collapse(path)));
        },
    );
}
