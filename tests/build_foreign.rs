//! What the build makes of routes that another service answers, and what it says where they do not fit.

#![cfg(feature = "build")]

use std::{fs, path::Path};

use tempfile::TempDir;
use tower_api_routes::build::{BuildErrors, Builder, Report, RouteDir};

const ROUTE: &str = "pub async fn get() {}";

/// A package `server` with these files, whose names are paths from it.
fn package(files: &[(&str, &str)]) -> TempDir {
    let package = tempfile::tempdir().unwrap();
    fs::create_dir_all(package.path().join("server/pages/api")).unwrap();
    for (file, text) in files {
        let path = package.path().join("server").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    package
}

fn compile_in(package: &TempDir, dir: impl Into<RouteDir>) -> Result<Report, BuildErrors> {
    Builder::new(dir)
        .manifest_dir(package.path().join("server"))
        .out_dir(package.path().join("out"))
        .try_compile()
}

fn compile(dir: impl Into<RouteDir>, files: &[(&str, &str)]) -> Result<Report, BuildErrors> {
    compile_in(&package(files), dir)
}

fn pages() -> RouteDir {
    RouteDir::new("pages/api")
}

/// Empty JavaScript files beside one route in Rust.
fn scripts<'f>(files: &[&'f str]) -> Vec<(&'f str, &'f str)> {
    let scripts = files.iter().map(|file| (*file, ""));
    scripts.chain([("pages/api/user.rs", ROUTE)]).collect()
}

#[track_caller]
fn foreign(report: &Report, expected: &[(&str, Option<&str>)]) {
    let found: Vec<_> = report.foreign().collect();
    assert_eq!(found, expected);
}

#[track_caller]
fn check(dir: RouteDir, files: &[(&str, &str)], errors: &[&str]) {
    let found = compile(dir, files).unwrap_err();
    let found: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found, errors);
}

/// The generated code of `pages/api`.
fn code(dir: RouteDir, files: &[(&str, &str)]) -> String {
    let package = package(files);
    compile_in(&package, dir).unwrap();
    let file = Path::new("out/tower_api_routes/pages/api.rs");
    fs::read_to_string(package.path().join(file)).unwrap()
}

// Which files are foreign routes.

#[test]
fn scripts_are_ignored_until_the_build_script_says_foreign() {
    let files = [
        ("pages/api/user.rs", ROUTE),
        ("pages/api/user.ts", ""),
        ("pages/api/[slug].js", ""),
        ("pages/api/[id.js", ""),
    ];
    for dir in [
        pages(),
        RouteDir::from("pages/api"),
        "pages/api".to_owned().into(),
    ] {
        let report = compile(dir, &files).unwrap();
        assert_eq!(report.routes().count(), 1);
        foreign(&report, &[]);
    }
    assert!(!code(pages(), &files).contains("foreign"));
}

#[test]
fn scripts_in_the_directory_itself_are_routes() {
    let files = scripts(&[
        "pages/api/index.js",
        "pages/api/posts/[id].jsx",
        "pages/api/posts/new.ts",
        "pages/api/docs/[...slug].tsx",
        "pages/api/shop/[[...rest]].mjs",
        "pages/api/old.cjs",
        "pages/api/spa ce.js",
        "pages/api/_lib/db.js",
        "pages/api/(shop)/cart.js",
        // No routes.
        "pages/api/types.d.ts",
        "pages/api/README.md",
        "pages/api/style.css",
        "pages/api/.eslintrc.js",
        "pages/api/.cache/x.js",
        "pages/api/node_modules/x/index.js",
    ]);
    let report = compile(pages().foreign(), &files).unwrap();
    let routes: Vec<_> = report.routes().collect();
    assert_eq!(routes, [("user", "pages/api/user.rs")]);
    foreign(
        &report,
        &[
            ("(shop)/cart", Some("pages/api/(shop)/cart.js")),
            ("_lib/db", Some("pages/api/_lib/db.js")),
            ("docs/[...slug]", Some("pages/api/docs/[...slug].tsx")),
            ("", Some("pages/api/index.js")),
            ("old", Some("pages/api/old.cjs")),
            ("posts/[id]", Some("pages/api/posts/[id].jsx")),
            ("posts/new", Some("pages/api/posts/new.ts")),
            ("shop/[[...rest]]", Some("pages/api/shop/[[...rest]].mjs")),
            ("spa ce", Some("pages/api/spa ce.js")),
        ],
    );
    let code = code(pages().foreign(), &files);
    let line = r#"routes = routes.foreign_file("posts/new", Some("pages/api/posts/new.ts"));"#;
    assert!(code.contains(line), "{code}");
}

#[test]
fn well_known_is_the_one_directory_with_a_dot() {
    let files = scripts(&[
        "pages/api/.well-known/thing.js",
        "pages/api/.git/x.js",
        "../web/app/api/.well-known/[name]/route.ts",
    ]);
    let dir = pages().foreign().foreign_app("../web/app/api");
    foreign(
        &compile(dir, &files).unwrap(),
        &[
            (".well-known/thing", Some("pages/api/.well-known/thing.js")),
            (
                ".well-known/[name]",
                Some("../web/app/api/.well-known/[name]/route.ts"),
            ),
        ],
    );
}

/// Next.js 16.4 serves `/api/_middleware`.
#[test]
fn a_script_that_is_called_middleware_is_a_route_beside_the_middleware_here() {
    let mut files = scripts(&["pages/api/_middleware.js"]);
    files.push(("pages/api/_middleware.rs", "pub fn layer() -> L {}"));
    foreign(
        &compile(pages().foreign(), &files).unwrap(),
        &[("_middleware", Some("pages/api/_middleware.js"))],
    );
}

#[test]
fn scripts_of_a_directory_out_of_the_package_are_routes() {
    let files = scripts(&[
        "../web/pages/api/posts/new.js",
        "../web/pages/about.js",
        "pages/api/ignored.js",
    ]);
    for dir in ["../web/pages/api", "../web/pages/api/"] {
        foreign(
            &compile(pages().foreign_pages(dir), &files).unwrap(),
            &[("posts/new", Some("../web/pages/api/posts/new.js"))],
        );
    }
}

#[test]
fn the_directories_of_an_app_router_are_routes() {
    let files = scripts(&[
        "../web/app/api/users/route.ts",
        "../web/app/api/users/helper.ts",
        "../web/app/api/users/layout.tsx",
        "../web/app/api/posts/[id]/route.js",
        "../web/app/api/docs/[[...slug]]/page.tsx",
        "../web/app/api/(shop)/cart/route.ts",
        "../web/app/api/_lib/route.ts",
        "../web/app/api/%5Flib/route.ts",
        "../web/app/api/feed/(.)photo/page.tsx",
        "../web/app/api/name.ts",
    ]);
    let dir = pages().foreign_app("../web/app/api");
    foreign(
        &compile(dir, &files).unwrap(),
        &[
            ("_lib", Some("../web/app/api/%5Flib/route.ts")),
            ("cart", Some("../web/app/api/(shop)/cart/route.ts")),
            (
                "docs/[[...slug]]",
                Some("../web/app/api/docs/[[...slug]]/page.tsx"),
            ),
            ("posts/[id]", Some("../web/app/api/posts/[id]/route.js")),
            ("users", Some("../web/app/api/users/route.ts")),
        ],
    );
}

#[test]
fn extensions_are_those_of_the_application() {
    let files = scripts(&[
        "pages/api/a.api.ts",
        "pages/api/b.ts",
        "pages/api/c.js",
        "pages/api/d.page.js",
    ]);
    for extensions in [["api.ts", "page.js"], [".api.ts", ".page.js"]] {
        let dir = pages().foreign().page_extensions(extensions);
        foreign(
            &compile(dir, &files).unwrap(),
            &[
                ("a", Some("pages/api/a.api.ts")),
                ("d", Some("pages/api/d.page.js")),
            ],
        );
    }
}

#[test]
fn one_route_in_two_scripts_is_listed_once() {
    let files = scripts(&[
        "pages/api/posts.js",
        "pages/api/posts.ts",
        "pages/api/posts/index.js",
        "../web/app/api/posts/route.ts",
    ]);
    let dir = pages().foreign().foreign_app("../web/app/api");
    foreign(
        &compile(dir, &files).unwrap(),
        &[("posts", Some("pages/api/posts.js"))],
    );
}

#[cfg(unix)]
#[test]
fn links_are_followed_as_next_js_follows_them_and_never_in_a_circle() {
    let package = package(&scripts(&["../common/new.js", "../web/a/old.js"]));
    let web = package.path().join("web");
    let link = |target: &Path, name: &str| {
        std::os::unix::fs::symlink(target, web.join(name)).unwrap();
    };
    link(&package.path().join("common"), "common");
    link(&package.path().join("nowhere.js"), "a/broken.js");
    link(&web, "a/circle");
    let report = compile_in(&package, pages().foreign_pages("../web")).unwrap();
    foreign(
        &report,
        &[
            ("a/old", Some("../web/a/old.js")),
            ("common/new", Some("../web/common/new.js")),
        ],
    );
}

// What does not fit.

#[test]
fn a_route_in_two_languages_names_both_files() {
    for (here, script, error) in [
        (
            "user.rs",
            "user.ts",
            "pages/api/user.ts: there are two routes `user`; the other file is \
             `pages/api/user.rs`: the route has moved, or it has not: remove one of the two",
        ),
        (
            "posts/index.rs",
            "posts.js",
            "pages/api/posts.js: there are two routes `posts`; the other file is \
             `pages/api/posts/index.rs`: the route has moved, or it has not: remove one of the two",
        ),
        (
            "posts/[id].rs",
            "posts/[slug].js",
            "pages/api/posts/[slug].js: routes `posts/[slug]` and `posts/[id]` have different names \
             for the same parameter; the other file is `pages/api/posts/[id].rs`: use one name in both",
        ),
        (
            "docs/[[...s]].rs",
            "docs/index.js",
            "pages/api/docs/index.js: routes `docs` and `docs/[[...s]]` match the same path, as an \
             optional catch-all matches without its segments; the other file is \
             `pages/api/docs/[[...s]].rs`: remove one of them, or write `[...name]`, which needs a segment",
        ),
        (
            "docs/[...s].rs",
            "docs/[[...s]].js",
            "pages/api/docs/[[...s]].js: routes `docs/[[...s]]` and `docs/[...s]` have a required and \
             an optional catch-all at the same level; the other file is `pages/api/docs/[...s].rs`: \
             remove or rename one of them",
        ),
        (
            "Users.rs",
            "users.js",
            "pages/api/users.js: routes `users` and `Users` differ only in the case of letters; the \
             other file is `pages/api/Users.rs`: remove or rename one of them",
        ),
    ] {
        let (here, script) = (format!("pages/api/{here}"), format!("pages/api/{script}"));
        check(
            pages().foreign(),
            &[(&here, ROUTE), (&script, "")],
            &[error],
        );
    }
    check(
        pages()
            .foreign_pages("../web/pages/api")
            .foreign_app("../web/app/api"),
        &[
            ("pages/api/(shop)/cart.rs", ROUTE),
            ("pages/api/user.rs", ROUTE),
            ("../web/pages/api/user.js", ""),
            ("../web/app/api/cart/route.ts", ""),
        ],
        &[
            "../web/app/api/cart/route.ts: there are two routes `cart`; the other file is \
             `pages/api/(shop)/cart.rs`: the route has moved, or it has not: remove one of the two",
            "../web/pages/api/user.js: there are two routes `user`; the other file is \
             `pages/api/user.rs`: the route has moved, or it has not: remove one of the two",
        ],
    );
}

#[test]
fn a_script_whose_name_is_no_route_is_named() {
    let errors = compile(pages().foreign(), &scripts(&["pages/api/[id.js"])).unwrap_err();
    let errors = errors.to_string();
    assert!(errors.starts_with("pages/api/[id.js: "), "{errors}");
    assert!(errors.contains("[id"), "{errors}");
}

#[test]
fn a_directory_that_is_not_there_is_named() {
    for dir in [
        pages().foreign_pages("../web/pages/api"),
        pages().foreign_app("../web/pages/api/"),
    ] {
        let errors = compile(dir, &scripts(&[])).unwrap_err().to_string();
        assert!(
            errors.starts_with("../web/pages/api: cannot be read: "),
            "{errors}"
        );
        let way_out = "; correct the name in the build script, or remove it there if no route is \
                       left in that directory";
        assert!(errors.ends_with(way_out), "{errors}");
    }
    // Where it is the directory of the Rust files, too, once is enough.
    let errors = compile(RouteDir::new("nowhere").foreign(), &[]).unwrap_err();
    assert_eq!(errors.iter().count(), 1, "{errors}");
    // A file is none either.
    let files = [("pages/api/user.rs", ROUTE), ("../web", "")];
    let errors = compile(pages().foreign_pages("../web"), &files).unwrap_err();
    assert!(
        errors.to_string().starts_with("../web: cannot be read: "),
        "{errors}"
    );
}

/// The other service has its own middleware: what it answers passes through no layer.
#[test]
fn layers_are_not_made_for_foreign_routes_alone() {
    let files = [
        ("pages/api/admin/_middleware.rs", "pub fn layer() -> L {}"),
        ("pages/api/admin/users.js", ""),
        ("pages/api/user.rs", ROUTE),
    ];
    let code = code(pages().foreign(), &files);
    assert!(!code.contains("layer"), "{code}");
    assert!(
        code.contains(r#"routes.foreign_file("admin/users", "#),
        "{code}"
    );
}

// LEAVE.

#[test]
fn values_that_are_left_are_foreign_routes() {
    let files = [
        (
            "pages/api/posts/[id].rs",
            "pub const LEAVE: &[&str] = &[\"new\", \"spa ce\"];\npub async fn get() {}",
        ),
        (
            "pages/api/docs/[...slug].rs",
            "pub const LEAVE: &[&str] = &[\"about\", \"v1/[...rest]\", \"[lang]/edit\",];\n\
             pub async fn get() {}",
        ),
        (
            "pages/api/shop/[[...rest]].rs",
            "pub(crate) const LEAVE: &[&str] = &[\"cart\"];\npub async fn get() {}",
        ),
        (
            "pages/api/[id].rs",
            "pub const LEAVE: &[&str] = &[];\npub async fn get() {}",
        ),
    ];
    let report = compile("pages/api", &files).unwrap();
    assert_eq!(report.routes().count(), 4);
    foreign(
        &report,
        &[
            ("docs/about", None),
            ("docs/v1/[...rest]", None),
            ("docs/[lang]/edit", None),
            ("posts/new", None),
            ("posts/spa ce", None),
            ("shop/cart", None),
        ],
    );
    let code = code(pages(), &files);
    let line = r#"routes = routes.foreign_file("posts/new", None);"#;
    assert!(code.contains(line), "{code}");
}

#[test]
fn what_is_left_twice_is_left_once() {
    let leaves_new = "pub const LEAVE: &[&str] = &[\"new\", \"new\"];\npub async fn get() {}";
    let files = [
        ("pages/api/posts/[id].rs", leaves_new),
        ("pages/api/posts/[...slug].rs", leaves_new),
    ];
    foreign(
        &compile("pages/api", &files).unwrap(),
        &[("posts/new", None)],
    );
    // A file that is there says more.
    let files = [files[0], ("../web/pages/api/posts/new.js", "")];
    foreign(
        &compile(pages().foreign_pages("../web/pages/api"), &files).unwrap(),
        &[("posts/new", Some("../web/pages/api/posts/new.js"))],
    );
}

#[track_caller]
fn check_leave(file: &str, text: &str, problems: &[&str]) {
    let errors: Vec<_> = problems.iter().map(|it| format!("{file}: {it}")).collect();
    let errors: Vec<_> = errors.iter().map(String::as_str).collect();
    check(pages(), &[(file, text)], &errors);
}

#[test]
fn leave_must_be_written_out() {
    let shape = "`LEAVE` must be `pub const LEAVE: &[&str] = &[\"new\"];`, with the values written \
                 out, without escapes";
    for leave in [
        "const LEAVE: &[&str] = &[\"new\"];",
        "pub static LEAVE: &[&str] = &[\"new\"];",
        "pub const LEAVE: [&str; 1] = [\"new\"];",
        "pub const LEAVE: &[&str] = OTHERS;",
        "pub const LEAVE: &[&str] = &[NEW];",
        "pub const LEAVE: &[&str] = &[concat!(\"n\", \"ew\")];",
        "pub const LEAVE: &[&str] = &[\"n\\u{65}w\"];",
        "pub const LEAVE: &[&str] = &[r\"new\"];",
        "pub const LEAVE: &str = \"new\";",
        "pub use super::x::LEAVE;",
    ] {
        let text = format!("{leave}\npub async fn get() {{}}");
        check_leave("pages/api/posts/[id].rs", &text, &[shape]);
    }
    check_leave(
        "pages/api/posts/[id].rs",
        "#[cfg(unix)]\npub const LEAVE: &[&str] = &[\"new\"];\npub async fn get() {}",
        &["`LEAVE` stands under `#[cfg(..)]`; write one for all"],
    );
    check_leave(
        "pages/api/_middleware.rs",
        "pub const LEAVE: &[&str] = &[\"new\"];\npub fn layer() -> L {}",
        &["`LEAVE` is read from route files alone; move it to the files it is meant for"],
    );
}

#[test]
fn leave_names_values_of_the_parameter_at_the_end() {
    for (file, value, problem) in [
        (
            "index",
            "new",
            "and the route has no parameter; remove `LEAVE`",
        ),
        (
            "posts/[id]/edit",
            "new",
            "and the route does not end with a parameter; remove `LEAVE`",
        ),
        (
            "posts/[id]",
            "a/b",
            "which `[id]` never matches, as it takes one segment; remove the value",
        ),
        ("posts/[id]", "", "which is no value; remove it"),
        ("[id]", "", "which is no value; remove it"),
        (
            "posts/[id]",
            "[id]",
            "which is a pattern, and `[id]` takes one value; remove it",
        ),
        (
            "posts/[id]",
            "[[...rest]]",
            "which is a pattern, and `[id]` takes one value; remove it",
        ),
        (
            "docs/[...slug]",
            "[...rest]",
            "and routes `docs/[...rest]` and `docs/[...slug]` have different names for the same \
             parameter: remove the value from `LEAVE`",
        ),
    ] {
        let file = format!("pages/api/{file}.rs");
        let text = format!("pub const LEAVE: &[&str] = &[\"{value}\"];\npub async fn get() {{}}");
        let problem = format!("`LEAVE` names `{value}`, {problem}");
        check_leave(&file, &text, &[&problem]);
    }
    for value in ["..", "a//b", "/a", "[id", "[[...a]]/b"] {
        let text = format!("pub const LEAVE: &[&str] = &[\"{value}\"];\npub async fn get() {{}}");
        let files = [("pages/api/docs/[...slug].rs", &*text)];
        let errors = compile("pages/api", &files).unwrap_err().to_string();
        let start = format!("pages/api/docs/[...slug].rs: `LEAVE` names `{value}`, and ");
        assert!(errors.starts_with(&start), "{errors}");
    }
    check(
        pages(),
        &[
            (
                "pages/api/posts/[id].rs",
                "pub const LEAVE: &[&str] = &[\"new\"];\npub async fn get() {}",
            ),
            ("pages/api/posts/new.rs", ROUTE),
        ],
        &[
            "pages/api/posts/[id].rs: `LEAVE` names `new`, and there are two routes `posts/new`; \
             the other file is `pages/api/posts/new.rs`: remove the value from `LEAVE`, or the \
             other file",
        ],
    );
}

// Conditions.

/// Whether the compiler will take a file in is not known when the tree is read.
#[test]
fn a_file_under_a_condition_claims_its_route_all_the_same() {
    let conditional = "#![cfg(feature = \"x\")]\npub async fn get() {}";
    check(
        pages().foreign(),
        &[
            ("pages/api/user.rs", conditional),
            ("pages/api/user.ts", ""),
        ],
        &[
            "pages/api/user.ts: there are two routes `user`; the other file is \
             `pages/api/user.rs`: the route has moved, or it has not: remove one of the two",
        ],
    );
}

#[test]
fn a_file_that_is_left_out_leaves_nothing() {
    let leave = "pub const LEAVE: &[&str] = &[\"new\"];";
    let whole = format!("#![cfg(feature = \"x\")]\n{leave}\npub async fn get() {{}}");
    let function = format!("{leave}\n#[cfg(feature = \"y\")]\npub async fn get() {{}}");
    let always = format!("{leave}\npub async fn get() {{}}");
    // What stands above the line, if that is a condition.
    let condition = |files: &[(&str, &str)]| {
        let code = code(pages().foreign(), files);
        let lines: Vec<_> = code.lines().map(str::trim).collect();
        let is_left = |line: &&str| line.starts_with("routes = routes.foreign_file(\"new\"");
        let at = lines.iter().position(is_left).unwrap();
        let above = lines[at - 1].starts_with("#[cfg(").then(|| lines[at - 1]);
        above.map(|it| it.replace(' ', ""))
    };
    let (id, rest) = ("pages/api/[id].rs", "pages/api/[...rest].rs");
    let (x, y) = ("feature=\"x\"", "feature=\"y\"");
    assert_eq!(condition(&[(id, &whole)]), Some(format!("#[cfg({x})]")));
    assert_eq!(condition(&[(id, &function)]), Some(format!("#[cfg({y})]")));
    assert_eq!(condition(&[(id, &always)]), None);
    // Of two files that leave it, one is enough.
    assert_eq!(
        condition(&[(id, &whole), (rest, &function)]),
        Some(format!("#[cfg(any({y},{x}))]"))
    );
    assert_eq!(condition(&[(id, &whole), (rest, &always)]), None);
    // So is a file of the other service.
    let script = ("pages/api/new.js", "");
    assert_eq!(condition(&[(id, &whole), script]), None);
}
