//! What the documents say of the code.

use std::{collections::BTreeSet, fs, path::Path};

use tower_api_routes::{cookies, query};

const SECURITY: &str = include_str!("../docs/security.md");
const RELIABILITY: &str = include_str!("../docs/reliability.md");
const HOSTILE: &str = include_str!("../docs/hostile-inputs.md");

/// `path::name` of every test that a document names.
fn tests_named_in(document: &str) -> Vec<(&str, &str)> {
    let spans = document.split('`').skip(1).step_by(2);
    spans.filter_map(|span| span.split_once(".rs::")).collect()
}

/// Whether a file has a test of this name.
fn has_test(path: &str, name: &str) -> bool {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("{path}.rs"));
    let source = fs::read_to_string(path).unwrap_or_default();
    let Some((before, _)) = source.split_once(&format!("fn {name}(")) else {
        return false;
    };
    // In a `proptest!`, as elsewhere, the attribute stands right above.
    let above = before.trim_end().trim_end_matches("async").trim_end();
    let attributes = above.rsplit("\n\n").next().unwrap_or(above);
    ["#[test]", "#[tokio::test"]
        .iter()
        .any(|test| attributes.contains(test))
}

#[test]
fn every_guarantee_names_a_test_that_exists() {
    let named = tests_named_in(SECURITY);
    assert!(named.len() > 70, "{}", named.len());
    for (path, name) in named {
        assert!(has_test(path, name), "{path}.rs::{name}");
    }
    assert!(!has_test("tests/docs", "no_such_test"));
    assert!(!has_test("tests/docs", "has_test"), "no test itself");
}

#[test]
fn every_figure_of_reliability_names_a_test_that_exists() {
    let named = tests_named_in(RELIABILITY);
    assert!(named.len() > 15, "{}", named.len());
    for (path, name) in named {
        assert!(has_test(path, name), "{path}.rs::{name}");
    }
}

#[test]
fn every_guarantee_names_a_test() {
    let (_, rest) = SECURITY.split_once("## Guarantees\n").unwrap();
    let (guarantees, _) = rest.split_once("\n## ").unwrap();
    for line in guarantees.lines().filter(|line| line.starts_with("- ")) {
        assert!(!tests_named_in(line).is_empty(), "{line}");
    }
}

#[test]
fn limits_are_those_of_the_code() {
    for limit in [
        format!(
            "| `Cookie` headers | 16 384 bytes, {} cookies |",
            cookies::MAX_COOKIES
        ),
        format!("| parameters of a query string | {} |", query::MAX_PAIRS),
    ] {
        assert!(SECURITY.contains(&limit), "{limit}");
    }
    assert_eq!(cookies::MAX_BYTES, 16_384);
}

/// The identifier that a word begins with: `h23` of `h23_chunked_body`.
fn identifier(word: &str) -> Option<&str> {
    let (name, rest) = word.split_at_checked(3)?;
    let digits = name.strip_prefix('h')?;
    let ends = rest.is_empty() || rest.starts_with('_');
    (ends && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(name)
}

/// The identifiers at the front of a test's name: several where it is about several.
fn identifiers(name: &str) -> Vec<&str> {
    let starts = [0].into_iter().chain((4..name.len()).step_by(4));
    starts
        .map_while(|start| identifier(name.get(start..)?))
        .collect()
}

/// Adds the identifiers of every function in the Rust files below a directory.
fn identifiers_below(directory: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_none_or(|name| name != "target") {
            identifiers_below(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            for after in source.split("fn ").skip(1) {
                let name = after.split('(').next().unwrap();
                found.extend(identifiers(name).into_iter().map(str::to_owned));
            }
        }
    }
}

#[test]
fn every_identifier_in_a_test_name_has_a_row() {
    assert_eq!(identifiers("h01_h02_h03_escapes"), ["h01", "h02", "h03"]);
    assert_eq!(identifiers("has_test"), [""; 0]);
    let mut used = BTreeSet::new();
    for directory in ["src", "tests", "examples"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        identifiers_below(&root.join(directory), &mut used);
    }
    assert!(used.len() > 70, "{used:?}");
    for name in used {
        assert!(HOSTILE.contains(&format!("\n| {name} | ")), "{name}");
    }
}

#[test]
fn every_row_of_the_hostile_inputs_names_tests_that_exist() {
    let rows: Vec<_> = HOSTILE
        .lines()
        .filter(|line| line.starts_with("| h"))
        .collect();
    assert_eq!(rows.len(), 81);
    for (number, row) in (1..).zip(rows) {
        assert!(row.starts_with(&format!("| h{number:02} | ")), "{row}");
        let (_, tests) = row.trim_end_matches(" |").rsplit_once(" | ").unwrap();
        let named = tests_named_in(tests);
        let says_so = ["not tested", "documented only"]
            .iter()
            .any(|words| tests.contains(words));
        assert!(says_so || !named.is_empty(), "{row}");
        for (path, name) in named {
            assert!(has_test(path, name), "{path}.rs::{name}");
            let about = format!("h{number:02}");
            assert!(identifiers(name).contains(&&*about), "{name} in {row}");
        }
    }
}

#[test]
fn the_oldest_compiler_is_the_same_everywhere() {
    let (_, after) = include_str!("../Cargo.toml")
        .split_once("\nrust-version = \"")
        .unwrap();
    let (version, _) = after.split_once('"').unwrap();
    let workflow = include_str!("../.github/workflows/ci.yml");
    assert!(workflow.contains(&format!("\n          toolchain: \"{version}\"\n")));
    assert!(workflow.contains(&format!("\n    name: Rust {version}\n")));
    let readme = include_str!("../README.md");
    assert!(readme.contains(&format!("{version} is the oldest")));
}
