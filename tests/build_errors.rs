//! What the build script says about a tree that cannot be compiled in, word for word.

#![cfg(feature = "build")]

use std::{fs, path::Path};

use tower_api_routes::build::{BuildError, BuildErrors, Builder, Report};

const ROUTE: &str = "pub async fn get() {}";

/// Writes the files into a package of their own and compiles `pages/api`.
fn compile(files: &[(&str, &str)]) -> Result<Report, BuildErrors> {
    let package = package(files);
    Builder::new("pages/api")
        .manifest_dir(package.path())
        .try_compile()
}

fn package(files: &[(&str, &str)]) -> tempfile::TempDir {
    let package = tempfile::tempdir().unwrap();
    fs::create_dir_all(package.path().join("pages/api")).unwrap();
    for (file, text) in files {
        let path = package.path().join("pages/api").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    package
}

#[track_caller]
fn check(files: &[(&str, &str)], errors: &[&str]) {
    let found = compile(files).unwrap_err();
    let found: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found, errors);
}

/// Checks that the two routes conflict, whichever comes first in the order of names.
#[track_caller]
fn conflict(one: &str, other: &str, error: &str) {
    check(&[(one, ROUTE), (other, ROUTE)], &[error]);
}

#[track_caller]
fn check_route(text: &str, problems: &[&str]) {
    let errors: Vec<_> = problems
        .iter()
        .map(|it| format!("pages/api/user.rs: {it}"))
        .collect();
    let errors: Vec<_> = errors.iter().map(String::as_str).collect();
    check(&[("user.rs", text)], &errors);
}

#[track_caller]
fn check_middleware(text: &str, problem: &str) {
    let error = format!("pages/api/_middleware.rs: {problem}");
    check(&[("_middleware.rs", text)], &[&error]);
}

// Paths.

#[test]
fn h20_two_files_for_one_route() {
    conflict(
        "x.rs",
        "x/index.rs",
        "pages/api/x/index.rs: there are two routes `x`; the other file is `pages/api/x.rs`: \
         remove or rename one of them",
    );
    conflict(
        "(a)/users.rs",
        "(b)/users.rs",
        "pages/api/(b)/users.rs: there are two routes `users`; the other file is \
         `pages/api/(a)/users.rs`: remove or rename one of them",
    );
    conflict(
        "(a)/index.rs",
        "index.rs",
        "pages/api/index.rs: there are two routes `/`; the other file is \
         `pages/api/(a)/index.rs`: remove or rename one of them",
    );
}

#[test]
fn h20_two_names_for_one_parameter() {
    conflict(
        "posts/[id].rs",
        "posts/[slug]/edit.rs",
        "pages/api/posts/[slug]/edit.rs: routes `posts/[slug]/edit` and `posts/[id]` have \
         different names for the same parameter; the other file is `pages/api/posts/[id].rs`: \
         use one name in both",
    );
}

#[test]
fn h20_catch_alls_at_one_level() {
    conflict(
        "[...a].rs",
        "[[...b]].rs",
        "pages/api/[[...b]].rs: routes `[[...b]]` and `[...a]` have a required and an optional \
         catch-all at the same level; the other file is `pages/api/[...a].rs`: remove or rename \
         one of them",
    );
    conflict(
        "x/[[...b]].rs",
        "x/index.rs",
        "pages/api/x/index.rs: routes `x` and `x/[[...b]]` match the same path, as an optional \
         catch-all matches without its segments; the other file is `pages/api/x/[[...b]].rs`: \
         remove one of them, or write `[...name]`, which needs a segment",
    );
}

#[test]
fn names_that_differ_in_letter_case() {
    conflict(
        "Users/a.rs",
        "users/b.rs",
        "pages/api/users/b.rs: routes `users/b` and `Users/a` differ only in the case of \
         letters; the other file is `pages/api/Users/a.rs`: remove or rename one of them",
    );
}

#[test]
fn paths_that_are_no_route() {
    for (file, problem) in [
        (
            "[...a]/b.rs",
            "route `[...a]/b` goes on after a catch-all, which must be the last segment",
        ),
        (
            "[id]/x/[id].rs",
            "route `[id]/x/[id]` uses one parameter name twice, rename one of them",
        ),
        (
            "[id.rs",
            "route `[id` has malformed brackets, write `[name]`, `[...name]` or `[[...name]]` \
             for a whole segment",
        ),
        (
            "[[id]].rs",
            "route `[[id]]` has malformed brackets, write `[name]`, `[...name]` or \
             `[[...name]]` for a whole segment",
        ),
        (
            "a[id]b/x.rs",
            "route `a[id]b/x` has malformed brackets, write `[name]`, `[...name]` or \
             `[[...name]]` for a whole segment",
        ),
        (
            "[].rs",
            "route `[]` has a parameter without a name, write `[name]`",
        ),
        (
            "[..a].rs",
            "route `[..a]` has a parameter whose name begins with a dot, write `[...name]` \
             with three dots for a catch-all",
        ),
    ] {
        check(&[(file, ROUTE)], &[&format!("pages/api/{file}: {problem}")]);
    }
}

#[test]
fn private_modules_of_one_name() {
    check(
        &[("_db.rs", ""), ("_db/x.rs", "")],
        &["pages/api/_db: would be the module `_db`, as is `_db.rs` beside it; rename one of them"],
    );
}

// Exports of a route file.

#[test]
fn a_route_without_a_handler() {
    let problem = "exports no handler; write `pub async fn handler` for every method or one \
                   function for each, such as `pub async fn get`, or begin the file name with \
                   `_` if it is no route";
    for text in ["", "fn find() {}", "use x::get;", "pub struct Handler;"] {
        check_route(text, &[problem]);
    }
    check_route(
        "pub use x::*;",
        &[&format!(
            "{problem} (what `pub use ..::*` brings is not seen: name it)"
        )],
    );
}

#[test]
fn handlers_that_are_private_or_not_async() {
    check_route(
        "pub async fn get() {} async fn put() {} pub fn post() {} fn options() {}",
        &[
            "`put` is private; write `pub async fn put`, or give it another name if it is a \
             helper",
            "`post` is not async; write `pub async fn post`, or give it another name if it is a \
             helper",
            "`options` is private and not async; write `pub async fn options`, or give it \
             another name if it is a helper",
        ],
    );
    check_route(
        "pub(super) async fn handler() {}",
        &[
            "`handler` is private; write `pub async fn handler`, or give it another name if it is \
           a helper",
        ],
    );
}

#[test]
fn a_whole_handler_beside_another() {
    check_route(
        "pub async fn handler() {} pub async fn get() {}",
        &["exports both `handler` and `get`; `handler` answers every method, keep one of them"],
    );
    check_route(
        "pub use x::handler; pub fn service() -> S { S }",
        &[
            "exports both `handler` and `service`; `handler` answers every method, keep one of \
           them",
        ],
    );
    check_route(
        "pub fn service() -> S { S } pub async fn put() {}",
        &["exports both `service` and `put`; `service` answers every method, keep one of them"],
    );
}

#[test]
fn conditions_that_hold_apart_keep_handlers_apart() {
    let both = |one: &str, other: &str| {
        let text = format!("{one} pub async fn handler() {{}} {other} pub async fn get() {{}}");
        compile(&[("user.rs", &text)])
    };
    let (with, without) = ("#[cfg(feature = \"x\")]", "#[cfg(not(feature = \"x\"))]");
    assert!(both(with, without).is_ok());
    assert!(both("#[cfg_attr(a, cfg(b))]", with).is_ok());
    // One that is always there meets the other whenever that is there.
    for (one, other) in [(with, ""), ("", with), ("#[cfg_attr(a, inline)]", with)] {
        let error = both(one, other).unwrap_err();
        assert_eq!(
            error.to_string(),
            "pages/api/user.rs: exports both `handler` and `get`; `handler` answers every method, \
             keep one of them"
        );
    }
}

#[test]
fn a_file_that_would_be_the_end_of_the_compiler() {
    let deep = "nests brackets, parentheses or braces more than 256 deep; make functions or \
                constants of the inner parts";
    let long = "has an expression or a type of more than 2048 tokens without a `,`, a `;` or a \
                block; make functions, constants or types of its parts";
    let n = |text: &str| text.repeat(50_000);
    for (text, problem) in [
        (format!("{ROUTE} fn a() {{ {}1{} }}", n("("), n(")")), deep),
        (
            format!("{ROUTE} const A: u8 = {}1{};", n("["), n("]")),
            deep,
        ),
        (format!("{ROUTE} {}{}", n("mod a {"), n("}")), deep),
        (format!("{ROUTE} use {}a{};", n("a::{"), n("}")), deep),
        (format!("{ROUTE} #[a{}{}] struct A;", n("("), n(")")), deep),
        (
            format!("{ROUTE} fn a(_: {}u8{}) {{}}", n("("), n(",)")),
            deep,
        ),
        (format!("{ROUTE} fn a() {{ {} }}", n("(")), deep),
        (format!("{ROUTE} const A: u8 = {}1;", n("!")), long),
        (format!("{ROUTE} type A = {}u8{};", n("A<"), n(">")), long),
        (format!("{ROUTE} fn a() {{ 1{} }}", n("+1")), long),
    ] {
        check_route(&text, &[problem]);
        let error = format!("pages/api/_middleware.rs: {problem}");
        check(&[("_middleware.rs", &text)], &[&error]);
    }
}

#[test]
fn a_config_of_the_wrong_shape() {
    for config in [
        "const CONFIG: ApiConfig = ApiConfig::new();",
        "pub static CONFIG: ApiConfig = ApiConfig::new();",
        "pub const CONFIG: &str = \"1mb\";",
    ] {
        check_route(
            &format!("{ROUTE} {config}"),
            &["`CONFIG` must be `pub const CONFIG: ApiConfig = ..`"],
        );
    }
}

#[test]
fn a_layer_or_service_of_the_wrong_shape() {
    for function in [
        "fn layer() -> L { L }",
        "pub fn layer() {}",
        "pub fn layer<A>() -> L { L }",
        "pub async fn layer() -> L { L }",
    ] {
        check_route(
            &format!("{ROUTE} {function}"),
            &[
                "`layer` must be `pub fn layer() -> ..`, without generics or `async`, and with \
                 nothing but parts of the state as arguments; if it is a helper, give it another \
                 name",
            ],
        );
    }
    check_route(
        "pub async fn service() -> S { S }",
        &[
            "`service` must be `pub fn service() -> ..`, without generics or `async`, and with \
             nothing but parts of the state as arguments; if it is a helper, give it another name",
        ],
    );
}

#[test]
fn inherit_outside_of_a_middleware() {
    check_route(
        "pub async fn get() {} pub const INHERIT: bool = false;",
        &["`INHERIT` is read from a `_middleware.rs` alone; move it there or remove it"],
    );
}

// Exports of a middleware.

#[test]
fn an_openapi_function_of_the_wrong_shape() {
    let problem = "`openapi` must be `pub fn openapi(operation: Operation) -> Operation`, with \
         `use tower_api_routes::openapi::Operation;`; if it is a helper, give it another name";
    for function in [
        "fn openapi(o: O) -> O { o }",
        "pub fn openapi() -> O { o }",
        "pub fn openapi(o: O, p: P) -> O { o }",
        "pub fn openapi(o: O) {}",
        "pub fn openapi<A>(o: A) -> A { o }",
        "pub async fn openapi(o: O) -> O { o }",
    ] {
        check_route(&format!("{ROUTE} {function}"), &[problem]);
        check_middleware(function, problem);
    }
    for function in [
        "pub fn openapi(o: O) -> O { o }",
        "pub use a::openapi;",
        "const openapi: u8 = 1;",
    ] {
        assert!(
            compile(&[("user.rs", &format!("{ROUTE} {function}"))]).is_ok(),
            "{function}"
        );
    }
}

#[test]
fn a_middleware_without_a_layer() {
    check_middleware(
        "pub async fn get() {}",
        "exports no `layer`; write `pub fn layer() -> impl RouteLayer`, with \
         `use tower_api_routes::router::RouteLayer;`, or give the file another name",
    );
}

#[test]
fn a_middleware_with_exports_of_the_wrong_shape() {
    let layer = "pub fn layer() -> L { L }";
    check_middleware(
        "fn layer() -> L { L }",
        "`layer` must be `pub fn layer() -> ..`, without generics or `async`, and with nothing but \
         parts of the state as arguments; if it is a helper, give it another name",
    );
    check_middleware(
        &format!("{layer} pub const CONFIG: ApiConfig = ApiConfig::new();"),
        "`CONFIG` is read from route files alone; move it to the files it is meant for",
    );
    for inherit in [
        "const INHERIT: bool = false;",
        "pub const INHERIT: bool = !true;",
        "pub static INHERIT: bool = false;",
        "pub use x::INHERIT;",
    ] {
        check_middleware(
            &format!("{layer} {inherit}"),
            "`INHERIT` must be `pub const INHERIT: bool = false;`, with `true` or `false` \
             written out",
        );
    }
    check_middleware(
        &format!("{layer} #[cfg(x)] pub const INHERIT: bool = false;"),
        "`INHERIT` stands under `#[cfg(..)]`; write one for all",
    );
    check_middleware(
        &format!("{layer} #[cfg_attr(x, cfg(y))] pub const INHERIT: bool = false;"),
        "`INHERIT` stands under `#[cfg(..)]`; write one for all",
    );
    check_middleware(
        &format!("#![cfg(x)] {layer} pub const INHERIT: bool = false;"),
        "`INHERIT` is `false` in a file under `#![cfg(..)]`, and without the file the layers \
         above would be left out still; move the condition to `layer`",
    );
}

// Directories and files.

#[test]
fn a_missing_directory() {
    let package = package(&[]);
    let build = |dir| Builder::new(dir).manifest_dir(package.path()).try_compile();
    let root = package.path().join("pages/apis");
    assert_eq!(
        build("pages/apis").unwrap_err().to_string(),
        format!(
            "pages/apis: cannot be opened: No such file or directory (os error 2); create the \
             directory `{}` or correct the name in the build script",
            root.display()
        )
    );
    fs::write(root, "").unwrap();
    assert_eq!(
        build("pages/apis").unwrap_err().to_string(),
        "pages/apis: is no directory; name the one that holds the route files"
    );
}

#[test]
fn h21_a_directory_outside_of_the_package() {
    for dir in [
        "",
        "/pages",
        "../pages",
        "pages/../..",
        "./pages",
        "pages/",
        "a\\b",
        "C:/x",
    ] {
        assert_eq!(
            Builder::new(dir).try_compile().unwrap_err().to_string(),
            format!("{dir}: is no path below the package; write it like `pages/api`")
        );
    }
    let error = Builder::new("a\nb").try_compile().unwrap_err().to_string();
    assert_eq!(
        error,
        "a\\nb: is no path below the package; write it like `pages/api`"
    );
}

#[test]
fn two_directories_of_one_module_name() {
    let error = Builder::new("pages/api")
        .and("pages_api")
        .try_compile()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "pages_api: would be the module `pages_api`, as is `pages/api`; rename one of them"
    );
    let error = Builder::new("pages/api").and("pages/API").try_compile();
    assert_eq!(
        error.unwrap_err().to_string(),
        "pages/API: would be the constant `PAGES_API`, as is `pages/api`; rename one of them"
    );
}

#[test]
fn every_error_of_every_tree_is_reported() {
    let package = package(&[("b.rs", ""), ("[a.rs", ROUTE), ("c.rs", "fn get() {}")]);
    fs::create_dir(package.path().join("admin")).unwrap();
    fs::write(package.path().join("admin/x.rs"), "").unwrap();
    let errors = Builder::new("pages/api")
        .and("admin")
        .manifest_dir(package.path())
        .out_dir(package.path().join("out"))
        .try_compile()
        .unwrap_err();
    let files: Vec<_> = errors.iter().map(BuildError::path).collect();
    assert_eq!(
        files,
        [
            "admin/x.rs",
            "pages/api/[a.rs",
            "pages/api/b.rs",
            "pages/api/c.rs"
        ]
    );
    assert_eq!(errors.to_string().lines().count(), 4);
    assert!(!package.path().join("out").exists());
}

#[test]
fn h21_a_file_that_is_not_utf8() {
    let package = package(&[]);
    fs::write(package.path().join("pages/api/x.rs"), b"// \xff").unwrap();
    let errors = Builder::new("pages/api")
        .manifest_dir(package.path())
        .try_compile();
    assert_eq!(
        errors.unwrap_err().to_string(),
        "pages/api/x.rs: is not UTF-8; save it as UTF-8"
    );
}

#[cfg(unix)]
mod unix {
    use std::os::unix::{ffi::OsStrExt, fs::PermissionsExt, fs::symlink, net::UnixListener};

    use super::*;

    #[track_caller]
    fn errors(package: &Path) -> Vec<String> {
        let result = Builder::new("pages/api")
            .manifest_dir(package)
            .try_compile();
        result
            .unwrap_err()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn h21_links_out_of_the_tree() {
        let package = package(&[("in.rs", ROUTE), ("_lib/a.rs", "")]);
        let (root, api) = (package.path(), package.path().join("pages/api"));
        fs::create_dir(root.join("src")).unwrap();
        fs::write(root.join("src/x.rs"), ROUTE).unwrap();
        symlink(root.join("src/x.rs"), api.join("file.rs")).unwrap();
        symlink("../../src", api.join("dir")).unwrap();
        symlink(root.join("src/x.rs"), api.join("_private.rs")).unwrap();
        symlink("nowhere", api.join("gone.rs")).unwrap();
        symlink(".", api.join("_lib/loop")).unwrap();
        symlink("../..", api.join("_lib/up")).unwrap();
        assert_eq!(
            errors(root),
            [
                "pages/api/_lib/loop: is a link to a directory that it lies in; remove it",
                "pages/api/_lib/up: is a link out of `pages/api`; put the file itself there",
                "pages/api/_private.rs: is a link out of `pages/api`; put the file itself there",
                "pages/api/dir: is a link out of `pages/api`; put the file itself there",
                "pages/api/file.rs: is a link out of `pages/api`; put the file itself there",
                "pages/api/gone.rs: cannot be opened: No such file or directory (os error 2)",
            ]
        );
    }

    #[test]
    fn h21_links_inside_the_tree_are_followed() {
        let package = package(&[("in.rs", ROUTE), ("a/x.rs", ROUTE)]);
        let api = package.path().join("pages/api");
        symlink("in.rs", api.join("also.rs")).unwrap();
        symlink("a", api.join("b")).unwrap();
        // What is ignored is not looked into.
        symlink("/nowhere", api.join(".#in.rs")).unwrap();
        symlink("/dev/null", api.join("notes.txt")).unwrap();
        let report = Builder::new("pages/api")
            .manifest_dir(package.path())
            .try_compile();
        let report = report.unwrap();
        let routes: Vec<_> = report.routes().map(|(route, _)| route).collect();
        assert_eq!(routes, ["a/x", "also", "b/x", "in"]);
    }

    #[test]
    fn h21_names_that_are_not_utf8() {
        let package = package(&[]);
        let name = std::ffi::OsStr::from_bytes(b"caf\xe9.rs");
        fs::write(package.path().join("pages/api").join(name), ROUTE).unwrap();
        assert_eq!(
            errors(package.path()),
            ["pages/api/caf\u{fffd}.rs: has a name that is not UTF-8; rename it"]
        );
    }

    #[test]
    fn h21_a_package_below_a_name_that_is_not_utf8() {
        let outer = tempfile::tempdir().unwrap();
        let package = outer.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9"));
        fs::create_dir_all(package.join("pages/api")).unwrap();
        let root = package.join("pages/api");
        assert_eq!(
            errors(&package),
            [format!(
                "{}: is not UTF-8; move the package, as `#[path]` cannot name it",
                root.to_string_lossy()
            )]
        );
    }

    #[test]
    fn h21_what_is_neither_file_nor_directory() {
        let package = package(&[]);
        let _socket = UnixListener::bind(package.path().join("pages/api/x.rs")).unwrap();
        assert_eq!(
            errors(package.path()),
            ["pages/api/x.rs: is neither a file nor a directory; remove it"]
        );
    }

    #[test]
    fn h21_files_that_must_not_be_read() {
        let package = package(&[("x.rs", ROUTE), ("dir/y.rs", ROUTE)]);
        let api = package.path().join("pages/api");
        let lock = |name: &str, mode| {
            fs::set_permissions(api.join(name), fs::Permissions::from_mode(mode)).unwrap();
        };
        lock("x.rs", 0o000);
        lock("dir", 0o000);
        // Root reads everything.
        let is_root = fs::read(api.join("x.rs")).is_ok();
        let result = Builder::new("pages/api")
            .manifest_dir(package.path())
            .try_compile();
        lock("dir", 0o700);
        match result {
            Ok(report) => assert!(is_root && report.routes().count() == 2),
            Err(errors) => assert_eq!(
                errors.to_string(),
                "pages/api/dir: cannot be read: Permission denied (os error 13)\n\
                 pages/api/x.rs: cannot be read: Permission denied (os error 13)"
            ),
        }
    }
}

// Extractors.

#[test]
fn extractors_that_axums_router_alone_fills() {
    check_route(
        "use axum::extract::{Path as Segment, State};\n\
         pub async fn get(db: State<Db>, Segment(id): Segment<u64>) {}\n\
         pub async fn put(path: Option<axum::extract::MatchedPath>, body: String) {}",
        &[
            "`get` takes axum's `Path`, which axum's router alone fills; take `Params` of \
             tower_api_routes",
            "`put` takes axum's `MatchedPath`, which axum's router alone fills; take `MatchedRoute` \
             of tower_api_routes",
        ],
    );
    check_route(
        "pub async fn handler(a: axum::extract::RawPathParams, b: axum::extract::NestedPath) {}",
        &[
            "`handler` takes axum's `RawPathParams`, which axum's router alone fills; take \
             `Params` of tower_api_routes, without a type of its own",
            "`handler` takes axum's `NestedPath`, which axum's router alone fills; take \
             `MatchedRoute` of tower_api_routes, whose pattern begins with the mount",
        ],
    );
    // A helper may take what it likes, and the extractors of this name may be others.
    let report = compile(&[(
        "user.rs",
        "use axum::extract::MatchedPath; use std::path::Path;\n\
         pub async fn get() {} fn helper(path: &MatchedPath, file: &Path) {}",
    )]);
    assert!(report.is_ok(), "{report:?}");
}
