//! `list` and `check`: what is in a tree, and what is wrong with it.

mod support;

use serde_json::Value;
use support::Place;

const GET: &str = "pub async fn get() {}";
const LAYER: &str = "pub fn layer() -> impl RouteLayer { from_fn(require_user) }";

fn shop() -> Place {
    Place::shop(&[
        (
            "_middleware.rs",
            "pub fn layer() -> impl RouteLayer { TraceLayer::new_for_http() }",
        ),
        ("index.rs", "pub async fn handler() {}"),
        (
            "posts/[id].rs",
            "pub async fn get() {} pub async fn put() {}\
            pub const CONFIG: ApiConfig = ApiConfig::new().body_limit(\"500kb\").body_idle_timeout(Duration::from_secs(5));",
        ),
        ("posts/_middleware.rs", LAYER),
        (
            "posts/draft.rs",
            "pub async fn get() {} pub fn layer() -> L { L } pub const CONFIG: ApiConfig = super::CONFIG;",
        ),
        ("events.rs", "pub fn service() -> S { S }"),
        ("_db.rs", ""),
    ])
}

#[test]
fn a_table_has_path_methods_file_layers_and_limits() {
    let list = shop().run(&["list"]);
    let lines: Vec<_> = list
        .stdout
        .lines()
        .map(|it| it.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        lines,
        [
            "PATH METHODS FILE LAYERS BODY LIMIT IDLE TOTAL",
            "/api any pages/api/index.rs pages/api/_middleware.rs default default default",
            "/api/events any pages/api/events.rs pages/api/_middleware.rs none default none",
            "/api/posts/draft GET HEAD OPTIONS pages/api/posts/draft.rs pages/api/_middleware.rs > \
             pages/api/posts/_middleware.rs > pages/api/posts/draft.rs in code: super::CONFIG in code: super::CONFIG \
             in code: super::CONFIG",
            "/api/posts/[id] GET HEAD PUT OPTIONS pages/api/posts/[id].rs pages/api/_middleware.rs > \
             pages/api/posts/_middleware.rs 500kb 5s default",
        ]
    );
    assert_eq!(list.code, 0, "{list:?}");
}

#[test]
fn json_says_the_same() {
    let list = shop().run(&["list", "--json"]);
    let routes: Value = serde_json::from_str(&list.stdout).unwrap();
    assert_eq!(
        routes[3],
        serde_json::json!({
            "package": "shop",
            "path": "/api/posts/[id]",
            "foreign": false,
            "methods": ["GET", "HEAD", "PUT", "OPTIONS"],
            "file": "pages/api/posts/[id].rs",
            "leftBy": null,
            "functions": ["get", "put"],
            "layers": [
                {
                    "file": "pages/api/_middleware.rs",
                    "code": "layer() -> impl RouteLayer { TraceLayer::new_for_http() }",
                    "conditional": false,
                },
                {
                    "file": "pages/api/posts/_middleware.rs",
                    "code": "layer() -> impl RouteLayer { from_fn(require_user) }",
                    "conditional": false,
                },
            ],
            "bodyLimit": "500kb",
            "bodyIdleTimeout": "5s",
            "bodyTotalTimeout": "default",
        })
    );
}

#[test]
fn a_tree_is_drawn_as_its_directories_are() {
    let list = shop().run(&["list", "--tree"]);
    assert_eq!(
        list.stdout,
        "pages/api\n\
         ├── events.rs  /api/events  any\n\
         ├── index.rs  /api  any\n\
         └── posts\n    \
             ├── [id].rs  /api/posts/[id]  GET HEAD PUT OPTIONS\n    \
             └── draft.rs  /api/posts/draft  GET HEAD OPTIONS\n"
    );
}

#[test]
fn routes_without_a_layer_fail() {
    let shop = shop();
    for (name, missing) in [
        // A word of the function, a file, a directory.
        ("require_user", &["/api", "/api/events"][..]),
        ("pages/api/posts/_middleware.rs", &["/api", "/api/events"]),
        ("pages/api/posts", &["/api", "/api/events"]),
        ("pages/api/_middleware.rs", &[]),
        ("TraceLayer", &[]),
        // Neither a part of a word nor of a name.
        (
            "require",
            &["/api", "/api/events", "/api/posts/draft", "/api/posts/[id]"],
        ),
        (
            "pages/api/post",
            &["/api", "/api/events", "/api/posts/draft", "/api/posts/[id]"],
        ),
    ] {
        let list = shop.run(&["list", "--unlayered", name]);
        let paths: Vec<_> = list
            .stdout
            .lines()
            .skip(1)
            .filter_map(|it| it.split(' ').next())
            .collect();
        assert_eq!(paths, missing, "{name}: {list:?}");
        assert_eq!(list.code, i32::from(!missing.is_empty()), "{name}");
    }
}

#[test]
fn a_name_that_is_no_identifier_of_the_layer_does_not_count() {
    for (layer, code) in [
        ("pub fn layer() -> L { require_user() }", 0),
        ("pub fn layer() -> L { r#require_user() }", 0),
        (r#"pub fn layer() -> L { skip("require_user") }"#, 1),
        (r#"pub fn layer() -> L { skip("a \" require_user") }"#, 1),
        (r##"pub fn layer() -> L { skip(r#"" require_user"#) }"##, 1),
        (r#"pub fn layer() -> L { skip(b"require_user") }"#, 1),
        ("pub fn layer() -> L { //! require_user\n skip() }", 1),
        ("pub fn layer() -> L { /* require_user */ skip() }", 1),
        (
            "pub fn layer() -> L { /// require_user\n const A: u8 = 1; skip() }",
            1,
        ),
        ("pub fn layer() -> L { skip::<'require_user>() }", 1),
    ] {
        let shop = Place::shop(&[("_middleware.rs", layer), ("a.rs", GET)]);
        let list = shop.run(&["list", "--unlayered", "require_user"]);
        assert_eq!(list.code, code, "{layer}: {list:?}");
    }
}

#[test]
fn a_layer_that_some_builds_leave_out_does_not_count() {
    let shop = Place::shop(&[
        (
            "_middleware.rs",
            "#[cfg(feature = \"auth\")] pub fn layer() -> L { auth() }",
        ),
        ("a.rs", GET),
    ]);
    assert_eq!(shop.run(&["list", "--unlayered", "auth"]).code, 1);
    shop.write("pages/api/_middleware.rs", "pub fn layer() -> L { auth() }");
    assert_eq!(shop.run(&["list", "--unlayered", "auth"]).code, 0);
}

#[test]
fn check_shows_every_error_and_warning_at_once() {
    let shop = Place::shop(&[
        ("posts/[id].rs", GET),
        ("posts/[slug].rs", GET),
        ("users.rs", "fn get() {}"),
        ("half.rs", "pub asnc fn get() {}"),
        (".hidden.rs", GET),
    ]);
    let check = shop.run(&["check"]);
    assert_eq!(check.code, 1);
    let lines: Vec<_> = check.stderr.lines().collect();
    let begin = [
        "warning: pages/api/.hidden.rs: ",
        "error: pages/api/half.rs: no item begins with",
        "error: pages/api/posts/[slug].rs: routes ",
        "error: pages/api/users.rs: `get` is private and not async",
    ];
    assert_eq!(lines.len(), begin.len(), "{check:?}");
    for (line, begin) in lines.iter().zip(begin) {
        assert!(line.starts_with(begin), "{check:?}");
    }
    assert!(
        lines[2].ends_with("the other file is `pages/api/posts/[id].rs`: use one name in both"),
        "{check:?}"
    );

    // What is no Rust is left to the compiler by the build, and no less wrong.
    let shop = Place::shop(&[("users.rs", "pub asnc fn get() {}"), ("a.rs", GET)]);
    let check = shop.run(&["check"]);
    assert_eq!(check.code, 1);
    assert!(
        check
            .stderr
            .starts_with("error: pages/api/users.rs: no item begins with"),
        "{check:?}"
    );
    let list = shop.run(&["list"]);
    assert_eq!(list.code, 2);
    assert!(
        list.stderr
            .contains("the routes of `shop` have errors:\npages/api/users.rs: "),
        "{list:?}"
    );

    let shop = Place::shop(&[("users.rs", GET), (".hidden.rs", GET)]);
    let check = shop.run(&["check"]);
    assert_eq!(
        (check.code, check.stdout.as_str()),
        (0, "shop: 1 route, 1 warning\n")
    );
    assert!(
        check
            .stderr
            .starts_with("warning: pages/api/.hidden.rs: is ignored"),
        "{check:?}"
    );
    assert_eq!(shop.run(&["check", "--deny-warnings"]).code, 1);
}

#[test]
fn colour_is_for_terminals() {
    let shop = shop();
    assert!(!shop.run(&["list"]).stdout.contains('\u{1b}'));
    let forced = support::done(shop.command(&["list"]).env("CLICOLOR_FORCE", "1"));
    assert!(forced.stdout.contains('\u{1b}'));
    let refused = support::done(
        shop.command(&["list"])
            .env("CLICOLOR_FORCE", "1")
            .env("NO_COLOR", "1"),
    );
    assert!(!refused.stdout.contains('\u{1b}'), "{refused:?}");
}

#[test]
fn a_package_without_a_build_script_is_told_what_to_do() {
    let place = Place::shop(&[("a.rs", GET)]);
    std::fs::remove_file(place.path("build.rs")).unwrap();
    let list = place.run(&["list"]);
    assert_eq!(list.code, 2);
    assert_eq!(
        list.stderr,
        "error: package `shop` has no build.rs; `cargo api-routes init` writes one, and `--dir pages/api` names a directory of \
         route files without one\n"
    );
    assert_eq!(place.run(&["list", "--dir", "pages/api"]).code, 0);

    place.write("build.rs", "fn main() {}");
    let list = place.run(&["list"]);
    assert_eq!(list.code, 2);
    assert!(
        list.stderr
            .contains("has no call such as `tower_api_routes::build::compile(\"pages/api\")`"),
        "{list:?}"
    );
    place.write("build.rs", "fn main() { compile(DIRECTORY); }");
    let list = place.run(&["list"]);
    assert_eq!(list.code, 2);
    assert!(
        list.stderr
            .contains("build.rs: `compile(DIRECTORY)` is no directory that can be read from the text alone; write"),
        "{list:?}"
    );
}

#[test]
fn an_empty_tree_says_how_it_begins() {
    let place = Place::shop(&[("_db.rs", "")]);
    let list = place.run(&["list"]);
    assert_eq!((list.code, list.stdout.as_str()), (0, ""));
    assert_eq!(
        list.stderr,
        "help: there are no routes yet; `cargo api-routes new hello` writes one\n"
    );
    assert_eq!(place.run(&["list", "--json"]).stdout, "[]\n");
    assert_eq!(place.run(&["new", "hello"]).code, 0);
    assert!(place.run(&["list"]).stdout.contains("/api/hello"));
}

#[test]
fn packages_of_a_workspace_and_trees_anywhere_are_found() {
    let place = Place::empty();
    place.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"shop\", \"staff\", \"none\"]\nresolver = \"3\"\n",
    );
    for (name, dir) in [("shop", "pages/api"), ("staff", "src/routes"), ("none", "")] {
        let manifest =
            format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2021\"\n");
        place.write(&format!("{name}/Cargo.toml"), &manifest);
        place.write(&format!("{name}/src/lib.rs"), "");
        if !dir.is_empty() {
            place.write(
                &format!("{name}/build.rs"),
                &format!("fn main() {{ tower_api_routes::build::compile(\"{dir}\"); }}"),
            );
            place.write(&format!("{name}/{dir}/{name}.rs"), GET);
        }
    }
    let all = place.run(&["list"]);
    assert!(
        all.stdout.contains("/api/shop") && all.stdout.contains("/routes/staff"),
        "{all:?}"
    );
    let one = place.run(&["list", "-p", "staff"]);
    assert!(
        !one.stdout.contains("/api/shop") && one.stdout.contains("/routes/staff"),
        "{one:?}"
    );
    let one = place.run(&["list", "--manifest-path", "shop/Cargo.toml"]);
    assert!(
        one.stdout.contains("/api/shop") && !one.stdout.contains("/routes/staff"),
        "{one:?}"
    );
    let all = place.run(&["list", "--manifest-path", "shop/Cargo.toml", "--workspace"]);
    assert!(
        all.stdout.contains("/api/shop") && all.stdout.contains("/routes/staff"),
        "{all:?}"
    );
    let unclear = place.run(&["explain", "/api/shop"]);
    assert_eq!(
        unclear.stderr,
        "error: several packages have routes, say which with `-p`: shop, staff\n"
    );
    let unknown = place.run(&["list", "-p", "nobody"]);
    assert_eq!(
        unknown.stderr,
        "error: there is no package `nobody`; there are: shop, staff, none\n"
    );
}
