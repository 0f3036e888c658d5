//! The inputs of `fuzz/seeds`, those that once failed among them, without a fuzzer.

#[path = "support/checks/mod.rs"]
mod checks;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// The names in a directory below `fuzz`, without `.rs`.
fn names(directory: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(fuzz().join(directory)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names
        .map(|name| name.trim_end_matches(".rs").to_owned())
        .collect()
}

#[test]
fn every_input_that_is_kept_holds() {
    for (name, check) in checks::CHECKS {
        let directory = fuzz().join("seeds").join(name);
        let inputs = names(&format!("seeds/{name}"));
        assert!(!inputs.is_empty(), "{name} has no inputs");
        for input in inputs {
            let bytes = fs::read(directory.join(&input)).unwrap();
            println!("{name}/{input}: {}", bytes.escape_ascii());
            check(&bytes);
        }
    }
}

#[test]
fn every_target_has_a_check_and_inputs() {
    let targets = names("fuzz_targets");
    assert_eq!(names("seeds"), targets);
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    for target in &targets {
        let file = fuzz().join("fuzz_targets").join(format!("{target}.rs"));
        let text = fs::read_to_string(file).unwrap();
        assert!(text.contains(&format!("check(\"{target}\", bytes)")));
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{target}.rs\"")));
    }
    let checks = checks::CHECKS.iter().map(|(name, _)| (*name).to_owned());
    let checks: BTreeSet<String> = checks.collect();
    assert!(checks.is_subset(&targets), "{checks:?}");
    // With fewer features there are fewer checks.
    if cfg!(all(
        feature = "build",
        feature = "multipart",
        feature = "preview"
    )) {
        assert_eq!(checks, targets);
    }
}
