//! The list of differences as a part of `docs/differences.md`.

use std::{fmt::Write, fs};

use crate::differences::GROUPS;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/differences.md");
const BEGIN: &str = "<!-- written by the test of tests/parity: begin -->\n";
const END: &str = "<!-- written by the test of tests/parity: end -->\n";

/// Checks the table in the file, or writes it with `UPDATE=1`.
pub(crate) fn check() {
    let text = fs::read_to_string(FILE).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (table, after) = rest.split_once(END).unwrap();
    let wanted = tables();
    if table == wanted {
        return;
    }
    assert!(
        std::env::var_os("UPDATE").is_some(),
        "docs/differences.md is not up to date: run `UPDATE=1 cargo test -p parity`"
    );
    fs::write(FILE, format!("{before}{BEGIN}{wanted}{END}{after}")).unwrap();
}

fn tables() -> String {
    let mut text = String::new();
    for group in GROUPS {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n### {}\n\n{}\n\n", group.title, group.why);
        text +=
            "| request or handler | Next.js | here | recorded as |\n| --- | --- | --- | --- |\n";
        for it in group.differences {
            let cases: Vec<_> = it.cases.iter().map(|case| format!("`{case}`")).collect();
            let cases = cases.join(", ");
            let _ = writeln!(
                text,
                "| {} | {} | {} | {cases} |",
                it.what, it.next, it.here
            );
        }
    }
    text + "\n"
}
