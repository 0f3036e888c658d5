//! Sends every recorded request to the parity app and compares the answers with those of Next.js.
//!
//! What differs on purpose stands in `differences.rs`; nothing else may differ, and nothing may
//! stand there that is equal. `UPDATE=1` writes the list to `docs/differences.md`.

mod case;
mod client;
mod compare;
mod differences;
mod server;
mod table;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Mutex,
    thread,
    time::Duration,
};

use case::{Answers, Case, Quotes};
use client::Answer;
use differences::{Difference, GROUPS};
use server::Server;

/// Requests under way at once.
const WORKERS: usize = 16;

#[test]
fn answers_are_those_of_next_js() {
    let (cases, recorded) = case::recorded();
    let server = Server::start();
    let host = server.address.to_string();
    let listed = listed();
    // Where no answer was recorded and none is listed, silence is the answer; everywhere else a slow
    // machine is given its time.
    let patience = |case: &Case| match (&recorded[&case.name].error, case.timeout_ms) {
        (Some(error), Some(timeout))
            if error == "timeout" && !listed.contains_key(case.name.as_str()) =>
        {
            Duration::from_millis(timeout)
        }
        (_, timeout) => Duration::from_millis(timeout.unwrap_or_default().max(8000)),
    };
    let answers = send_all(&server, &host, &cases, &patience);

    let mut problems = Vec::new();
    let mut counts = BTreeMap::<&str, [usize; 2]>::new();
    for case in &cases {
        let found = compare::compare(&recorded[&case.name], &answers[&case.name], &host);
        let parts = found.parts();
        let kept = listed.get(case.name.as_str());
        counts.entry(&case.group).or_default()[usize::from(!parts.is_empty())] += 1;
        match kept {
            None if parts.is_empty() => {}
            Some(difference) if difference.parts == parts => {}
            Some(_) if parts.is_empty() => {
                problems.push(format!("{}: is listed and equal", case.name));
            }
            kept => {
                let listed = kept.map_or("is not listed".to_owned(), |difference| {
                    format!("is listed with {:?}", difference.parts)
                });
                let details: String = found
                    .0
                    .iter()
                    .map(|(part, lines)| format!("\n    {part:?}: {lines}"))
                    .collect();
                problems.push(format!("{}: {parts:?} {listed}{details}", case.name));
            }
        }
    }
    for name in listed.keys() {
        if !recorded.contains_key(*name) {
            problems.push(format!("{name}: is listed, and no case"));
        }
    }

    println!(
        "{:<20} {:>5} {:>5} {:>9}",
        "group", "cases", "equal", "different"
    );
    for (group, [equal, different]) in &counts {
        println!(
            "{group:<20} {:>5} {equal:>5} {different:>9}",
            equal + different
        );
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// The difference of each case that is listed.
fn listed() -> HashMap<&'static str, &'static Difference> {
    let mut listed = HashMap::new();
    for difference in GROUPS.iter().flat_map(|group| group.differences) {
        for case in difference.cases {
            assert!(
                listed.insert(*case, difference).is_none(),
                "{case} is listed twice"
            );
        }
    }
    listed
}

/// Sends every request: first those that quote no answer, then the others.
fn send_all(
    server: &Server,
    host: &str,
    cases: &[Case],
    patience: &(impl Fn(&Case) -> Duration + Sync),
) -> HashMap<String, Answer> {
    let mut answers = HashMap::new();
    let mut quotable = Answers::new();
    let mut left: Vec<&Case> = cases.iter().collect();
    while !left.is_empty() {
        let (ready, waiting): (Vec<_>, Vec<_>) = left
            .into_iter()
            .partition(|case| case.needs().iter().all(|name| quotable.contains_key(*name)));
        assert!(!ready.is_empty(), "quotes that no case answers");
        let quotes = Quotes {
            host,
            answers: &quotable,
        };
        let queue = Mutex::new(ready.into_iter());
        let done = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for _ in 0..WORKERS {
                scope.spawn(|| {
                    loop {
                        let Some(case) = queue.lock().unwrap().next() else {
                            break;
                        };
                        let answer = client::send(server.address, case, &quotes, patience(case));
                        done.lock().unwrap().push((case.name.clone(), answer));
                    }
                });
            }
        });
        for (name, answer) in done.into_inner().unwrap() {
            quotable.insert(name.clone(), answer.headers.clone());
            answers.insert(name, answer);
        }
        left = waiting;
    }
    answers
}

#[test]
fn the_table_in_the_docs_is_up_to_date() {
    table::check();
}

#[test]
fn every_entry_says_what_differs() {
    for difference in GROUPS.iter().flat_map(|group| group.differences) {
        let Difference {
            what,
            next,
            here,
            parts,
            cases,
        } = difference;
        assert!(
            ![what, next, here].iter().any(|text| text.is_empty()),
            "{what}"
        );
        assert!(!parts.is_empty() && parts.is_sorted(), "{what}");
        assert!(!cases.is_empty(), "{what}");
    }
}
