//! What is checked of preview cookies is the same work wherever they are wrong: as many instructions, counted by
//! valgrind's callgrind. `benches/constant_time.rs` measures times, which no test can on a machine that does other things.
//!
//! Skipped where there is no valgrind, unless `REQUIRE_VALGRIND` is set.
#![cfg(target_os = "linux")]

use std::{env, fs, process::Command};

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tower_api_routes::preview::{Preview, PreviewKeys};

const ID: &str = "1f9ab0c34d5e67788f1c2d3e4a5b6c7d";
/// Tells the test that it runs under callgrind.
const COUNTED: &str = "CONSTANT_WORK_COUNTED";

fn key(digit: &str) -> String {
    digit.repeat(64)
}

fn keys() -> PreviewKeys {
    PreviewKeys::new(ID, &key("2"), &key("3")).unwrap()
}

/// A token with a true signature.
fn token() -> String {
    let [header, claims] = [r#"{"alg":"HS256","typ":"JWT"}"#, r#"{"data":"00"}"#]
        .map(|part| BASE64URL_NOPAD.encode(part.as_bytes()));
    let signed = format!("{header}.{claims}");
    let mut signer = Hmac::<Sha256>::new_from_slice(key("2").as_bytes()).unwrap();
    signer.update(signed.as_bytes());
    let signature = BASE64URL_NOPAD.encode(&signer.finalize().into_bytes());
    format!("{signed}.{signature}")
}

/// An id and perhaps a token.
type Cookies = (String, Option<String>);

/// What differs, and two pairs of cookies that are both refused.
fn forgeries() -> [(&'static str, [Cookies; 2]); 4] {
    let token = token();
    let signature = token.rfind('.').unwrap() + 1;
    let [first_id, last_id] = [0, ID.len() - 1].map(|place| other_at(ID, place));
    // The last character holds only four bits, and two that have to be zero: the one before is whole.
    let [first_token, last_token] =
        [signature, token.len() - 2].map(|place| other_at(&token, place));
    let pair = |id: &str, token: &str| (id.to_owned(), Some(token.to_owned()));
    [
        (
            "the first or the last character of the id",
            [(first_id.clone(), None), (last_id, None)],
        ),
        (
            "a right or a wrong id, beside a forged token",
            [pair(ID, &first_token), pair(&first_id, &first_token)],
        ),
        (
            "the first or the last character of the signature, beside the right id",
            [pair(ID, &first_token), pair(ID, &last_token)],
        ),
        (
            "the first or the last character of the signature, beside a wrong id",
            [pair(&first_id, &first_token), pair(&first_id, &last_token)],
        ),
    ]
}

/// `text` with another character, a digit for a digit, in this place.
fn other_at(text: &str, place: usize) -> String {
    let other = match text.as_bytes()[place] {
        b'0' => "1",
        b'1'..=b'9' => "0",
        b'a' => "b",
        _ => "a",
    };
    format!("{}{other}{}", &text[..place], &text[place + 1..])
}

/// Callgrind counts this function alone, and writes down each call of it.
#[inline(never)]
fn counted(work: &dyn Fn()) {
    work();
}

/// Two calls that differ, and then two for each of the forgeries.
fn run_counted() {
    let keys = keys();
    // All come from the same places in memory.
    let (mut id, mut token) = (String::with_capacity(64), String::with_capacity(2048));
    let mut read = |cookies: &Cookies, run: fn(&dyn Fn())| {
        id.clear();
        id.push_str(&cookies.0);
        token.clear();
        token.push_str(cookies.1.as_deref().unwrap_or_default());
        run(&|| assert_eq!(keys.read(Some(&id), Some(&token)), Preview::Invalid));
    };
    let forgeries = forgeries();
    let all = || forgeries.iter().flat_map(|(_, cookies)| cookies);
    // What happens once, such as the warning of another build, is done before.
    all().for_each(|cookies| read(cookies, |work| work()));
    for id in [other_at(ID, 0), other_at(ID, ID.len() - 1)] {
        counted(&|| assert!(id.bytes().zip(ID.bytes()).any(|(a, b)| a != b)));
    }
    all().for_each(|cookies| read(cookies, counted));
}

/// The instructions of each call of [`counted`].
fn count(test: &str) -> Vec<u64> {
    let dir = tempfile::tempdir().unwrap();
    let profile = dir.path().join("profile");
    let run = Command::new("valgrind")
        .arg("--tool=callgrind")
        .arg("--toggle-collect=constant_work::counted")
        .arg("--dump-after=constant_work::counted")
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(env::current_exe().unwrap())
        .args(["--exact", test])
        .env(COUNTED, "1")
        .output()
        .unwrap();
    assert!(run.status.success(), "{run:?}");
    let instructions = |number: usize| {
        let text = fs::read_to_string(format!("{}.{number}", profile.display())).ok()?;
        let total = text.lines().find_map(|line| line.strip_prefix("totals:"));
        total.unwrap().trim().parse().ok()
    };
    (1..).map_while(instructions).collect()
}

#[test]
fn h55_the_work_does_not_depend_on_where_a_forgery_is_wrong() {
    if env::var_os(COUNTED).is_some() {
        return run_counted();
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        assert!(env::var_os("REQUIRE_VALGRIND").is_none(), "no valgrind");
        eprintln!("skipped: no valgrind");
        return;
    }
    let counts = count("h55_the_work_does_not_depend_on_where_a_forgery_is_wrong");
    let [control, counts @ ..] = counts.as_chunks::<2>().0 else {
        panic!("nothing was counted");
    };
    assert_ne!(control[0], control[1], "a comparison that stops early");
    let forgeries = forgeries();
    assert_eq!(counts.len(), forgeries.len());
    for ((what, _), [one, other]) in forgeries.iter().zip(counts) {
        assert_eq!(one, other, "{what}");
        assert!(*one > 100, "{what}");
    }
}
