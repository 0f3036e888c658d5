//! The command that formats route files without the subcommand, as the document gives it, in the layouts that a
//! repository may have; `cargo-api-routes/tests/files.rs` has the subcommand.
#![cfg(all(unix, not(miri)))]

use std::{fs, path::Path, process::Command};

const UNTIDY: &str = "pub async  fn get ( ) { }\n";
const TIDY: &str = "pub async fn get() {}\n";

fn command() -> &'static str {
    let document = include_str!("../docs/formatting.md");
    let (_, rest) = document.split_once("git ls-files").unwrap();
    rest.split('\n').next().unwrap()
}

fn run(command: &str, directory: &Path) {
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(directory)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// Formats a repository with these files from `directory`; those that are tidy then.
fn tidied<'f>(files: &[&'f str], directory: &str) -> Vec<&'f str> {
    let repository = tempfile::tempdir().unwrap();
    let path = |file: &str| repository.path().join(file);
    for file in files {
        fs::create_dir_all(path(file).parent().unwrap()).unwrap();
        fs::write(path(file), UNTIDY).unwrap();
    }
    fs::write(path(".gitignore"), "target\n").unwrap();
    run("git init --quiet", repository.path());
    let first = format!("git add '{}'", files[0]);
    run(&first, repository.path());
    run(&format!("git ls-files{}", command()), &path(directory));
    let is_tidy = |file: &&str| match fs::read_to_string(path(file)).unwrap().as_str() {
        TIDY => true,
        UNTIDY => false,
        other => panic!("{file}: {other}"),
    };
    files.iter().copied().filter(is_tidy).collect()
}

#[test]
fn route_files_are_formatted_wherever_the_pages_are() {
    let files = [
        "pages/api/index.rs",
        "pages/api/posts/[id].rs",
        "pages/api/(group)/with space.rs",
        "pages/api/_middleware.rs",
        "src/lib.rs",
        "target/package/pages/api/index.rs",
    ];
    assert_eq!(tidied(&files, ""), files[..4]);

    let files = [
        "server/pages/api/index.rs",
        "server/pages/api/posts/[id].rs",
        "other/src/pages/admin/[[...slug]].rs",
        "server/src/main.rs",
        "server/target/package/pages/api/index.rs",
    ];
    assert_eq!(tidied(&files, ""), files[..3]);
    // From within the package, its own.
    assert_eq!(tidied(&files, "server"), files[..2]);
}

#[test]
fn a_repository_without_route_files_is_left_alone() {
    assert!(tidied(&["src/main.rs"], "").is_empty());
}
