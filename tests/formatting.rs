//! The command that formats route files, as the documents give it, in the layouts that a repository may have.
#![cfg(all(unix, not(miri)))]

use std::{fs, path::Path, process::Command};

const DOCUMENTS: [(&str, &str); 3] = [
    ("README.md", include_str!("../README.md")),
    ("docs/formatting.md", include_str!("../docs/formatting.md")),
    ("docs/migrating.md", include_str!("../docs/migrating.md")),
];

const UNTIDY: &str = "pub async  fn get ( ) { }\n";
const TIDY: &str = "pub async fn get() {}\n";

fn command() -> &'static str {
    let commands = DOCUMENTS.map(|(document, text)| {
        let (_, rest) = text.split_once("git ls-files").expect(document);
        rest.split(['\n', '`']).next().unwrap()
    });
    assert_eq!(commands[0], commands[1]);
    assert_eq!(commands[0], commands[2]);
    commands[0]
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
