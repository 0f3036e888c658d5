//! `fmt` and `new`: the commands that write route files.

mod support;

use support::Place;

const UNTIDY: &str = "pub async  fn get ( ) { }\n";
const TIDY: &str = "pub async fn get() {}\n";

#[test]
fn route_files_are_formatted_wherever_they_are() {
    let shop = Place::shop(&[
        ("index.rs", UNTIDY),
        ("posts/[id].rs", UNTIDY),
        ("_lib/db.rs", UNTIDY),
        (".well-known/x.rs", UNTIDY),
        (".git/x.rs", UNTIDY),
    ]);
    shop.write("src/routes/a.rs", UNTIDY);
    shop.write("other/a.rs", UNTIDY);
    shop.write(
        "build.rs",
        "fn main() { use tower_api_routes::build::compile; compile(\"pages/api\"); compile(\"src/routes\"); }",
    );
    let check = shop.run(&["fmt", "--check"]);
    assert_eq!(check.code, 1);
    assert!(check.stdout.contains("posts/[id].rs"), "{check:?}");
    assert_eq!(shop.read("pages/api/index.rs"), UNTIDY);

    assert_eq!(shop.run(&["fmt"]).code, 0);
    for file in [
        "index.rs",
        "posts/[id].rs",
        "_lib/db.rs",
        ".well-known/x.rs",
    ] {
        assert_eq!(shop.read(&format!("pages/api/{file}")), TIDY, "{file}");
    }
    assert_eq!(shop.read("src/routes/a.rs"), TIDY);
    assert_eq!(shop.read("pages/api/.git/x.rs"), UNTIDY);
    assert_eq!(shop.read("other/a.rs"), UNTIDY);
    assert_eq!(shop.run(&["fmt", "--check"]).code, 0);
}

#[test]
fn the_edition_is_that_of_the_package() {
    // `gen` is a name before the edition 2024, and a keyword in it.
    let text = "pub async fn get() {\n    let gen = 1;\n    drop(gen);\n}\n";
    let shop = Place::shop(&[("a.rs", text)]);
    assert_eq!(shop.run(&["fmt", "--check"]).code, 1);
    let manifest = shop.read("Cargo.toml").replace("2024", "2021");
    shop.write("Cargo.toml", &manifest);
    assert_eq!(shop.run(&["fmt", "--check"]).code, 0);
}

#[test]
fn what_the_tree_would_refuse_is_refused_with_its_words() {
    let shop = Place::shop(&[("posts/[id].rs", TIDY), ("a.rs", TIDY)]);
    for name in ["posts/[slug]", "[...a]/b", "x[y]", "[a]/[a]"] {
        let done = shop.run(&["new", name]);
        assert_eq!(done.code, 1, "{name}: {done:?}");
        let file = format!("pages/api/{name}.rs");
        assert!(!shop.path(&file).exists(), "{name}");
        // What the build says once the file is there.
        shop.write(&file, TIDY);
        assert_eq!(done.stderr, shop.run(&["check"]).stderr, "{name}");
        std::fs::remove_file(shop.path(&file)).unwrap();
    }
    let there = shop.run(&["new", "a"]);
    assert_eq!(
        (there.code, there.stderr.as_str()),
        (1, "error: pages/api/a.rs: is there already\n")
    );
    assert_eq!(shop.read("pages/api/a.rs"), TIDY);
    let private = shop.run(&["new", "_db"]);
    assert_eq!(private.code, 1);
    assert!(private.stderr.contains("would be no route"), "{private:?}");
}

#[test]
fn a_tree_with_other_errors_takes_a_new_route() {
    let shop = Place::shop(&[("a.rs", "fn get() {}")]);
    assert_eq!(shop.run(&["new", "b"]).code, 0);
    assert!(shop.path("pages/api/b.rs").exists());
}

#[test]
#[cfg(unix)]
fn a_file_behind_links_is_formatted_once() {
    use std::os::unix::fs::symlink;

    let shop = Place::shop(&[(".shared/a.rs", UNTIDY), ("posts/b.rs", TIDY)]);
    let at = |file: &str| shop.path("pages/api").join(file);
    shop.write("out.rs", UNTIDY);
    symlink(at(".shared/a.rs"), at("a.rs")).unwrap();
    symlink(at(".shared"), at("shared")).unwrap();
    symlink(at("posts"), at("posts/again")).unwrap();
    symlink(at("gone"), at("gone.rs")).unwrap();
    symlink(shop.path("out.rs"), at("out.rs")).unwrap();
    assert_eq!(shop.run(&["fmt"]).code, 0);
    assert_eq!(shop.read("pages/api/.shared/a.rs"), TIDY);
    assert_eq!(shop.read("pages/api/posts/b.rs"), TIDY);
    assert_eq!(shop.read("out.rs"), UNTIDY);
}
