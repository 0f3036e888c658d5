//! The build of the application, by cargo, which shows its errors itself.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::Stdio,
    sync::mpsc::Sender,
    thread,
};

use serde_json::Value;

use super::{Dev, Event, process::Process};
use crate::{
    Failure,
    package::{Package, cargo},
};

/// Starts a build, whose end comes as [`Event::Built`].
pub(super) fn start(
    dev: &Dev,
    package: &Package,
    bin: &str,
    number: u64,
    sender: &Sender<Event>,
) -> Result<Process, Failure> {
    let mut command = cargo();
    command
        .args([
            "build",
            "--message-format",
            "json-render-diagnostics",
            "--bin",
            bin,
        ])
        .arg("--manifest-path")
        .arg(package.root.join("Cargo.toml"))
        .stdout(Stdio::piped());
    if let Some(features) = &dev.features {
        command.args(["--features", features]);
    }
    if dev.release {
        command.arg("--release");
    }
    let (process, stdout) =
        Process::spawn(&mut command).map_err(|error| format!("cargo: {error}"))?;
    let (waiting, sender, bin) = (process.clone(), sender.clone(), bin.to_owned());
    thread::spawn(move || {
        let lines = stdout.into_iter().flat_map(|it| BufReader::new(it).lines());
        let program = lines
            .map_while(Result::ok)
            .filter_map(|line| program_in(&line, &bin))
            .last();
        let success = waiting.wait().is_ok_and(|it| it.success());
        // Without the loop nobody waits for it.
        _ = sender.send(Event::Built {
            number,
            success,
            program,
        });
    });
    Ok(process)
}

/// The program that a message of cargo tells of.
fn program_in(line: &str, bin: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(line).ok()?;
    let is_it = message["reason"] == "compiler-artifact" && message["target"]["name"] == bin;
    let program = message["executable"].as_str().filter(|_| is_it)?;
    Some(PathBuf::from(program))
}

/// Whether the program was built from this file, by the list that cargo writes beside it: also one that
/// `include_str!` names.
pub(super) fn has_input(program: &Path, file: &Path) -> bool {
    let list = fs::read_to_string(program.with_extension("d")).unwrap_or_default();
    let escaped = file.to_string_lossy().replace(' ', "\\ ");
    let inputs = list.split_once(": ").map_or("", |(_, inputs)| inputs);
    inputs.contains(&*escaped)
}
