//! A package whose routes are partly still in Next.js: every command knows both.

mod support;

use serde_json::{Value, json};
use support::Place;

const GET: &str = "pub async fn get() {}\n";
const LEAVES: &str = "pub const LEAVE: &[&str] = &[\"draft\"];\npub async fn get() {}\n";

/// Rust and JavaScript in one directory, and the app router of a Next.js next door.
const BUILD: &str = "use tower_api_routes::build::{RouteDir, compile};

fn main() {
    compile(
        RouteDir::new(\"pages/api\")
            .foreign()
            .foreign_app(\"../web/app/api\"),
    );
}
";

/// The package is `shop/shop`.
fn half() -> Place {
    let place = Place::empty();
    place.write(
        "shop/Cargo.toml",
        "[package]\nname = \"shop\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n",
    );
    place.write("shop/build.rs", BUILD);
    place.write("shop/src/main.rs", "fn main() {}\n");
    for (file, text) in [
        ("shop/pages/api/_middleware.rs", "pub fn layer() -> L { L }"),
        ("shop/pages/api/user.rs", GET),
        ("shop/pages/api/posts/[id].rs", LEAVES),
        ("shop/pages/api/docs/[...slug].rs", GET),
        ("shop/pages/api/posts/new.js", ""),
        ("shop/pages/api/docs/[id].tsx", ""),
        ("web/app/api/(shop)/cart/route.ts", ""),
        ("web/app/api/helper.ts", ""),
    ] {
        place.write(file, text);
    }
    place
}

fn run(place: &Place, arguments: &[&str]) -> support::Done {
    place.run(&[arguments, &["--manifest-path", "shop/Cargo.toml"]].concat())
}

#[test]
fn the_table_shows_both_and_how_far_the_migration_is() {
    let list = run(&half(), &["list"]);
    let lines: Vec<_> = list
        .stdout
        .lines()
        .map(|it| it.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let layer = "pages/api/_middleware.rs";
    assert_eq!(
        lines,
        [
            "PATH METHODS FILE LAYERS BODY LIMIT IDLE TOTAL".to_owned(),
            "/api/cart foreign ../web/app/api/(shop)/cart/route.ts - - - -".to_owned(),
            "/api/docs/[id] foreign pages/api/docs/[id].tsx - - - -".to_owned(),
            format!(
                "/api/docs/[...slug] GET HEAD OPTIONS pages/api/docs/[...slug].rs {layer} default default default"
            ),
            "/api/posts/draft foreign LEAVE in pages/api/posts/[id].rs - - - -".to_owned(),
            "/api/posts/new foreign pages/api/posts/new.js - - - -".to_owned(),
            format!(
                "/api/posts/[id] GET HEAD OPTIONS pages/api/posts/[id].rs {layer} default default default"
            ),
            format!("/api/user GET HEAD OPTIONS pages/api/user.rs {layer} default default default"),
            "3 of 7 routes here, 4 foreign".to_owned(),
        ],
        "{list:?}"
    );
    assert_eq!(list.code, 0);
}

#[test]
fn json_says_which_are_foreign() {
    let list = run(&half(), &["list", "--json"]);
    let routes: Vec<Value> = serde_json::from_str(&list.stdout).unwrap();
    let foreign: Vec<_> = routes
        .iter()
        .filter(|it| it["foreign"] == true)
        .map(|it| json!([it["path"], it["file"], it["leftBy"]]))
        .collect();
    assert_eq!(
        foreign,
        [
            json!(["/api/cart", "../web/app/api/(shop)/cart/route.ts", null]),
            json!(["/api/docs/[id]", "pages/api/docs/[id].tsx", null]),
            json!(["/api/posts/draft", null, "pages/api/posts/[id].rs"]),
            json!(["/api/posts/new", "pages/api/posts/new.js", null]),
        ]
    );
    assert_eq!(routes.len(), 7);
    assert_eq!(routes[0]["methods"], json!([]));
    assert_eq!(routes[0]["bodyLimit"], Value::Null);
}

#[test]
fn the_tree_draws_each_file_in_its_directory() {
    let list = run(&half(), &["list", "--tree"]);
    assert_eq!(
        list.stdout,
        "../web/app/api\n\
         └── (shop)\n    \
             └── cart\n        \
                 └── route.ts  /api/cart  foreign\n\
         pages/api\n\
         ├── docs\n\
         │   ├── [...slug].rs  /api/docs/[...slug]  GET HEAD OPTIONS\n\
         │   └── [id].tsx  /api/docs/[id]  foreign\n\
         ├── posts\n\
         │   ├── [id].rs  /api/posts/[id]  GET HEAD OPTIONS\n\
         │   │   └── LEAVE posts/draft  /api/posts/draft  foreign\n\
         │   └── new.js  /api/posts/new  foreign\n\
         └── user.rs  /api/user  GET HEAD OPTIONS\n\
         3 of 7 routes here, 4 foreign\n"
    );
}

#[test]
fn several_segments_may_be_left_and_directories_may_lie_in_the_package() {
    let place = Place::shop(&[
        (
            "docs/[...slug].rs",
            "pub const LEAVE: &[&str] = &[\"old/[...rest]\"]; pub async fn get() {}",
        ),
        ("types.d.ts", ""),
    ]);
    place.write("web/app/api/team/route.ts", "");
    place.write(
        "build.rs",
        "fn main() { build::compile(build::RouteDir::new(\"pages/api\").foreign().foreign_app(\"web/app/api\")); }",
    );
    assert_eq!(
        place.run(&["list", "--tree"]).stdout,
        "pages/api\n\
         └── docs\n    \
             └── [...slug].rs  /api/docs/[...slug]  GET HEAD OPTIONS\n        \
                 └── LEAVE docs/old/[...rest]  /api/docs/old/[...rest]  foreign\n\
         web/app/api\n\
         └── team\n    \
             └── route.ts  /api/team  foreign\n\
         1 of 3 routes here, 2 foreign\n"
    );
    let told = place.run(&["explain", "/api/docs/old/a/b"]);
    assert!(
        told.stdout
            .contains("/api/docs/old/[...rest] (LEAVE in pages/api/docs/[...slug].rs)"),
        "{told:?}"
    );
    let rewrites = place.run(&["rewrites", "--origin", "http://rust"]);
    assert!(
        rewrites.stdout.contains(
            "{ \"source\": \"/api/docs/old/:p0+\", \"destination\": \"/api/docs/old/:p0+\" }"
        ),
        "{rewrites:?}"
    );
}

#[test]
fn a_layer_is_asked_of_the_routes_that_are_here() {
    let place = half();
    let list = run(&place, &["list", "--unlayered", "pages/api/_middleware.rs"]);
    assert_eq!(list.code, 0, "{list:?}");
    assert!(
        list.stderr
            .contains("foreign routes, whose layers are not known here"),
        "{list:?}"
    );
    let list = run(&place, &["list", "--unlayered", "auth"]);
    assert_eq!(list.code, 1);
    assert!(list.stderr.contains("3 routes without"), "{list:?}");
    assert!(!list.stdout.contains("foreign"), "{list:?}");
}

#[test]
fn explain_says_what_is_left_to_the_service_behind() {
    let place = half();
    let told = run(&place, &["explain", "POST", "/api/posts/new?x=1"]);
    assert_eq!(
        told.stdout,
        "POST /api/posts/new?x=1\n  \
           a foreign route: left as it comes to the service behind `ApiRoutesLayer`\n  \
           route     /api/posts/new (pages/api/posts/new.js)\n  \
           lost      /api/posts/[id] (pages/api/posts/[id].rs): `new`, a static name, comes before `[id]`, a parameter\n  \
           mount     /api\n"
    );
    assert_eq!(told.code, 1);
    let told = run(&place, &["explain", "/api/posts/draft"]);
    assert!(
        told.stdout
            .contains("/api/posts/draft (LEAVE in pages/api/posts/[id].rs)"),
        "{told:?}"
    );
    for (request, outcome, route) in [
        ("/api/docs/1", "foreign", "/api/docs/[id]"),
        // Slashes and escapes are the business of the service behind.
        ("/api/docs/1/", "foreign", "/api/docs/[id]"),
        ("/api//docs/1", "foreign", "/api/docs/[id]"),
        ("/api/docs/%zz", "foreign", "/api/docs/[id]"),
        (
            "/api/docs/1/ --trailing-slash strict",
            "foreign",
            "/api/docs/[id]",
        ),
        (
            "/api//docs/1 --trailing-slash ignore",
            "foreign",
            "/api/docs/[id]",
        ),
        ("/api/docs/1 --claim-mount", "foreign", "/api/docs/[id]"),
        ("OPTIONS /api/cart", "foreign", "/api/cart"),
        ("/api/docs/1/2", "handler", "/api/docs/[...slug]"),
        ("/api/posts/1", "handler", "/api/posts/[id]"),
        ("/api/user/", "redirect", "/api/user"),
    ] {
        let words: Vec<_> = request.split(' ').collect();
        let told = run(&place, &[&["explain", "--json"], words.as_slice()].concat());
        let told: Value = serde_json::from_str(&told.stdout).unwrap();
        assert_eq!(told["outcome"], outcome, "{request}");
        assert_eq!(told["route"], route, "{request}");
        if outcome == "foreign" {
            assert_eq!(
                (&told["status"], &told["location"], &told["allow"]),
                (&Value::Null, &Value::Null, &Value::Null),
                "{request}"
            );
        }
    }
}

#[test]
fn a_route_in_both_languages_is_an_error_that_names_both() {
    let place = half();
    let check = run(&place, &["check"]);
    assert_eq!(
        check.stdout,
        "shop: 3 of 7 routes here, 4 foreign, 0 warnings\n"
    );
    assert_eq!(check.code, 0, "{check:?}");
    place.write("shop/pages/api/user.ts", "");
    place.write("web/app/api/docs/[slug]/page.tsx", "");
    let check = run(&place, &["check"]);
    assert_eq!(check.code, 1);
    let lines: Vec<_> = check.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{check:?}");
    assert!(
        lines
            .iter()
            .any(|it| it.starts_with("error: pages/api/user.ts: ")
                && it.contains("`pages/api/user.rs`: the route has moved, or it has not")),
        "{check:?}"
    );
    assert!(
        lines.iter().any(
            |it| it.starts_with("error: ../web/app/api/docs/[slug]/page.tsx: ")
                && it.ends_with("use one name in both")
        ),
        "{check:?}"
    );
}

#[test]
fn a_new_route_of_a_foreign_one_is_refused_in_the_words_of_the_build_with_a_way_out() {
    let place = half();
    let new = run(&place, &["new", "docs/[id]"]);
    assert_eq!(new.code, 1, "{new:?}");
    let file = "shop/pages/api/docs/[id].rs";
    assert!(!place.path(file).exists());
    let (error, help) = new.stderr.split_once("help: ").unwrap();
    place.write(file, GET);
    assert_eq!(error, run(&place, &["check"]).stderr);
    std::fs::remove_file(place.path(file)).unwrap();
    assert_eq!(
        help,
        "to move the route here, remove `pages/api/docs/[id].tsx` (or rename it to `pages/api/docs/[id].tsx.old`, to read \
         it while you write) and run this again\n"
    );
    // What it says is what helps.
    let old = place.path("shop/pages/api/docs/[id].tsx");
    std::fs::rename(&old, old.with_extension("tsx.old")).unwrap();
    let new = run(&place, &["new", "docs/[id]"]);
    assert_eq!(new.code, 0, "{new:?}");
    let list = run(&place, &["list"]);
    assert!(
        list.stdout.ends_with("4 of 7 routes here, 3 foreign\n"),
        "{list:?}"
    );

    let left = run(&place, &["new", "posts/draft"]);
    assert_eq!(left.code, 1);
    assert!(
        left.stderr
            .starts_with("error: pages/api/posts/[id].rs: `LEAVE` names `draft`, and ")
            && !left.stderr.contains("help"),
        "{left:?}"
    );
    assert_eq!(run(&place, &["new", "posts/old"]).code, 0);
}

#[test]
fn rewrites_lead_foreign_routes_back() {
    let rewrites = run(&half(), &["rewrites", "--origin", "http://rust"]);
    let rewrites: Value = serde_json::from_str(&rewrites.stdout).unwrap();
    let entries = |list: &str| -> Vec<String> {
        let entries = rewrites[list].as_array().unwrap().iter();
        let text = |it: &Value| it.as_str().unwrap().to_owned();
        entries
            .map(|it| format!("{} > {}", text(&it["source"]), text(&it["destination"])))
            .collect()
    };
    assert_eq!(entries("beforeFiles"), ["/api/user > http://rust/api/user"]);
    assert_eq!(
        entries("afterFiles"),
        [
            "/api/docs/:p0 > /api/docs/:p0",
            "/api/docs/:p0+ > http://rust/api/docs/:p0+",
            "/api/posts/draft > /api/posts/draft",
            "/api/posts/:p0 > http://rust/api/posts/:p0",
        ]
    );
}

#[test]
fn a_named_directory_keeps_its_foreign_routes() {
    let place = half();
    let list = run(&place, &["list", "--dir", "pages/api/"]);
    assert!(list.stdout.contains("4 foreign"), "{list:?}");
    place.write("shop/more/a.rs", GET);
    place.write("shop/more/b.js", "");
    let list = run(&place, &["list", "--dir", "more"]);
    assert!(
        list.stdout.contains("/more/a") && !list.stdout.contains("/more/b"),
        "{list:?}"
    );
}

#[test]
fn a_tree_without_a_route_in_rust_yet_is_listed_and_formatted() {
    let place = Place::shop(&[("a.js", ""), ("b/[id].js", "")]);
    place.write(
        "build.rs",
        "fn main() { tower_api_routes::build::compile(tower_api_routes::build::RouteDir::new(\"pages/api\").foreign()); }",
    );
    let list = place.run(&["list"]);
    assert!(
        list.stdout.ends_with("0 of 2 routes here, 2 foreign\n"),
        "{list:?}"
    );
    let told = place.run(&["explain", "/api/b/1"]);
    assert!(told.stdout.contains("a foreign route"), "{told:?}");
    assert_eq!(place.run(&["fmt", "--check"]).code, 0);
    assert_eq!(place.run(&["check"]).code, 0);
}

#[test]
fn a_build_script_that_is_too_clever_is_named() {
    let place = half();
    for (call, said) in [
        (
            "compile(RouteDir::new(\"pages/api\").foreign_pages(WEB))",
            "`compile(RouteDir::new(\"pages/api\").foreign_pages(WEB))` is no directory that can be read from the text alone",
        ),
        (
            "let dir = RouteDir::new(\"pages/api\"); compile(dir)",
            "`compile(dir)` is no directory that can be read from the text alone",
        ),
    ] {
        place.write("shop/build.rs", &format!("fn main() {{ {call}; }}"));
        for command in [
            &["list"][..],
            &["check"],
            &["explain", "/api/a"],
            &["new", "x"],
        ] {
            let done = run(&place, command);
            assert_eq!(done.code, 2, "{command:?}: {done:?}");
            assert!(
                done.stderr.contains("build.rs: ") && done.stderr.contains(said),
                "{command:?}: {done:?}"
            );
            assert!(done.stderr.contains("`--dir`"), "{done:?}");
        }
        // The way out that it names.
        let list = run(&place, &["list", "--dir", "pages/api"]);
        assert_eq!(list.code, 0, "{list:?}");
    }
}

#[test]
fn compilers_of_other_things_are_no_routes() {
    let place = Place::shop(&[("a.rs", GET)]);
    place.write(
        "build.rs",
        "fn main() {\n    cc::Build::new().file(\"x.c\").compile(\"x\");\n    slint_build::compile(\"ui.slint\");\n    \
         tower_api_routes::build::compile(\"pages/api\");\n}\n",
    );
    let list = place.run(&["list"]);
    assert_eq!(list.code, 0, "{list:?}");
    assert!(list.stdout.contains("/api/a"), "{list:?}");
}
