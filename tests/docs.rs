//! What the documents say of the code.

use std::{fs, path::Path};

use tower_api_routes::{cookies, query};

const SECURITY: &str = include_str!("../docs/security.md");

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
