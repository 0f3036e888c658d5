//! A short soak: every kind of traffic for some seconds, and nothing is left of it.
#![cfg(target_os = "linux")]

use std::{fs, process::Command};

#[test]
fn a_short_soak_has_no_wrong_answer_and_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_soak"))
        .args(["drive", "8s"])
        .arg(directory.path())
        .arg("100")
        .output()
        .unwrap();
    let log = fs::read_to_string(directory.path().join("wrong.log")).unwrap_or_default();
    assert!(output.status.success(), "{output:?}\n{log}");
    let kinds = fs::read_to_string(directory.path().join("kinds.csv")).unwrap();
    // Every kind came at least once.
    assert_eq!(kinds.lines().count(), 1 + 19, "{kinds}");
    for plot in ["memory.svg", "held.svg", "latency.svg"] {
        let drawing = fs::read_to_string(directory.path().join(plot)).unwrap();
        assert!(drawing.matches("<polyline").count() >= 2, "{plot}");
    }
}
