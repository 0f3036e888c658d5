//! The checks of `tests/support/checks`, for the fuzz targets.

#[path = "../../tests/support/checks/mod.rs"]
mod checks;

/// Runs the check of this name, which panics where something is wrong.
pub fn check(name: &str, bytes: &[u8]) {
    let check = checks::CHECKS.iter().find(|(it, _)| *it == name);
    let (_, check) = check.expect("no such check");
    check(bytes);
}
