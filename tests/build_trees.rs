//! What compiling a tree finds, writes, and leaves alone.

#![cfg(feature = "build")]

use std::{fs, path::Path};

use tower_api_routes::build::{Builder, ForeignRoute, RouteDir};

const ROUTE: &str = "pub async fn get() {}";

fn write(package: &Path, file: &str, text: &str) {
    let path = package.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn routes_are_reported_with_their_files() {
    let package = tempfile::tempdir().unwrap();
    for file in [
        "index.rs",
        "posts/[id].rs",
        "posts/index.rs",
        "(shop)/cart.rs",
        "type.rs",
        "file.json.rs",
        ".well-known/[name].rs",
    ] {
        write(package.path(), &format!("pages/api/{file}"), ROUTE);
    }
    for file in [
        "_db.rs",
        "_lib/x.rs",
        "user_test.rs",
        ".hidden.rs",
        ".git/x.rs",
        "README.md",
    ] {
        write(package.path(), &format!("pages/api/{file}"), "");
    }
    let report = Builder::new("pages/api")
        .manifest_dir(package.path())
        .try_compile()
        .unwrap();
    let routes: Vec<_> = report.routes().collect();
    assert_eq!(
        routes,
        [
            ("cart", "pages/api/(shop)/cart.rs"),
            (".well-known/[name]", "pages/api/.well-known/[name].rs"),
            ("file.json", "pages/api/file.json.rs"),
            ("", "pages/api/index.rs"),
            ("posts/[id]", "pages/api/posts/[id].rs"),
            ("posts", "pages/api/posts/index.rs"),
            ("type", "pages/api/type.rs"),
        ]
    );
    // Without a place for it, no code is written.
    assert!(report.written().is_empty());
}

#[test]
fn an_unchanged_tree_is_not_written_again() {
    let package = tempfile::tempdir().unwrap();
    let out = package.path().join("target/out");
    write(package.path(), "pages/api/a.rs", ROUTE);
    let builder = Builder::new("pages/api")
        .manifest_dir(package.path())
        .out_dir(out.clone());
    let files = [
        out.join("tower_api_routes/pages/api.rs"),
        out.join("tower_api_routes.rs"),
    ];
    assert_eq!(builder.try_compile().unwrap().written(), files);
    let modified = || {
        files
            .clone()
            .map(|it| fs::metadata(it).unwrap().modified().unwrap())
    };
    let before = modified();

    assert!(builder.try_compile().unwrap().written().is_empty());
    // A body is no part of the tree.
    write(
        package.path(),
        "pages/api/a.rs",
        "pub async fn get() { println!() }",
    );
    assert!(builder.try_compile().unwrap().written().is_empty());
    assert_eq!(modified(), before);

    write(package.path(), "pages/api/b.rs", ROUTE);
    assert_eq!(builder.try_compile().unwrap().written(), files);
    fs::remove_file(package.path().join("pages/api/b.rs")).unwrap();
    assert_eq!(builder.try_compile().unwrap().written(), files);
}

#[test]
fn trees_are_written_together_and_each_alone() {
    let package = tempfile::tempdir().unwrap();
    let out = package.path().join("out");
    write(package.path(), "pages/api/a.rs", ROUTE);
    write(package.path(), "pages/admin/b.rs", ROUTE);
    let builder = Builder::new("pages/api").and("pages/admin");
    builder
        .manifest_dir(package.path())
        .out_dir(out.clone())
        .try_compile()
        .unwrap();
    let read = |file: &str| fs::read_to_string(out.join(file)).unwrap();
    let (api, admin) = (
        read("tower_api_routes/pages/api.rs"),
        read("tower_api_routes/pages/admin.rs"),
    );
    assert!(api.contains("mod pages_api {") && !api.contains("pages_admin"));
    assert!(admin.contains("mod pages_admin {") && !admin.contains("pages_api"));
    assert_eq!(read("tower_api_routes.rs"), api + &admin);
}

#[test]
fn an_empty_tree_compiles() {
    let package = tempfile::tempdir().unwrap();
    fs::create_dir(package.path().join("api")).unwrap();
    let report = Builder::new("api")
        .manifest_dir(package.path())
        .try_compile()
        .unwrap();
    assert_eq!(report.routes().count(), 0);
}

#[test]
fn a_thousand_files_compile() {
    let package = tempfile::tempdir().unwrap();
    let text = "use serde::{Deserialize, Serialize};\n\
                #[derive(Serialize, Deserialize)]\nstruct Post { id: u64, title: String }\n\
                pub const CONFIG: ApiConfig = ApiConfig::new().body_limit(\"500kb\");\n\
                /// Shows a post.\n\
                pub async fn get(State(db): State<Db>, id: Params<Id>) -> Result<Json<Post>> {\n\
                    let post = db.find(|post| post.id == id.0).await?.ok_or(NotFound)?;\n\
                    Ok(Json(post))\n\
                }\n\
                pub async fn put(State(db): State<Db>, Json(post): Json<Post>) -> Result<()> {\n\
                    if post.title.is_empty() { return Err(Empty); }\n\
                    db.save(&post).await\n\
                }\n";
    for index in 0..1_000 {
        let file = format!("pages/api/d{}/r{index}/[id].rs", index % 20);
        write(package.path(), &file, text);
    }
    let builder = Builder::new("pages/api").manifest_dir(package.path());
    let builder = builder.out_dir(package.path().join("out"));
    assert_eq!(builder.try_compile().unwrap().routes().count(), 1_000);
}

#[test]
fn rust_files_behind_a_dot_are_warned_of() {
    let package = tempfile::tempdir().unwrap();
    for file in [
        "a.rs",
        ".env.rs",
        ".rs",
        ".well-known.rs",
        ".well-known/x.rs",
        ".well-known/.y.rs",
        ".old/notes.txt",
        ".old/deep/z.rs",
        ".new\nline/z.rs",
        "_lib/.db.rs",
        ".git/HEAD",
        ".env",
        ".x_rs",
    ] {
        write(package.path(), &format!("pages/api/{file}"), ROUTE);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;

        let api = package.path().join("pages/api");
        // The lock of an editor, and a link to elsewhere.
        symlink("somebody@nowhere.1:2", api.join(".#a.rs")).unwrap();
        symlink("..", api.join(".link")).unwrap();
    }
    let report = Builder::new("pages/api")
        .manifest_dir(package.path())
        .try_compile()
        .unwrap();
    let routes: Vec<_> = report.routes().map(|(route, _)| route).collect();
    assert_eq!(routes, [".well-known/x", "a"]);
    let file = "is ignored, as its name begins with a dot; rename it if it is to be a route or a \
                module, else move it out of the tree";
    let directory = "holds Rust files, which are ignored, as its name begins with a dot (of such \
                     directories `.well-known` alone is served); rename it if they are to be \
                     routes or modules, else move it out of the tree";
    let warnings: Vec<_> = report.warnings().collect();
    assert_eq!(
        warnings,
        [
            format!("pages/api/.env.rs: {file}"),
            format!("pages/api/.new\\nline: {directory}"),
            format!("pages/api/.old: {directory}"),
            format!("pages/api/.rs: {file}"),
            format!("pages/api/.well-known.rs: {file}"),
            format!("pages/api/.well-known/.y.rs: {file}"),
            format!("pages/api/_lib/.db.rs: {file}"),
        ]
    );
}

#[test]
fn routes_are_reported_with_their_layers_and_their_configuration() {
    let package = tempfile::tempdir().unwrap();
    let layer = "pub fn layer(db: Db) -> impl RouteLayer { from_fn_with_state(db, require_user) }";
    write(package.path(), "src/pages/v1/_middleware.rs", layer);
    write(
        package.path(),
        "src/pages/v1/posts/_middleware.rs",
        "#[cfg(a)] pub use crate::auth::layer;",
    );
    write(
        package.path(),
        "src/pages/v1/posts/[id].rs",
        "pub async fn get() {} #[cfg(a)] pub async fn put() {} #[cfg(not(a))] pub async fn put() {} \
         pub const CONFIG: ApiConfig = ApiConfig::new().body_limit(\"500 kb\");",
    );
    let report = Builder::new("src/pages/v1")
        .manifest_dir(package.path())
        .try_compile()
        .unwrap();
    let [route] = report.route_files() else {
        panic!("{report:?}");
    };
    assert_eq!(route.directory(), "src/pages/v1");
    assert_eq!(route.default_mount(), "/v1");
    assert_eq!(route.pattern(), "posts/[id]");
    assert_eq!(route.file(), "src/pages/v1/posts/[id].rs");
    assert_eq!(route.functions().collect::<Vec<_>>(), ["get", "put"]);
    let configs: Vec<_> = route.configs().collect();
    assert_eq!(configs, ["ApiConfig::new().body_limit(\"500 kb\")"]);
    let layers = route.layers().iter();
    let layers: Vec<_> = layers
        .map(|it| (it.file(), it.text(), it.is_conditional()))
        .collect();
    assert_eq!(
        layers,
        [
            (
                "src/pages/v1/_middleware.rs",
                "layer(db: Db) -> impl RouteLayer { from_fn_with_state(db, require_user) }",
                false
            ),
            (
                "src/pages/v1/posts/_middleware.rs",
                "use crate::auth::layer",
                true
            ),
        ]
    );
}

#[test]
fn a_file_that_is_not_there_is_judged_as_if_it_were() {
    let package = tempfile::tempdir().unwrap();
    write(package.path(), "pages/api/posts/[id].rs", ROUTE);
    let builder = Builder::new("pages/api").manifest_dir(package.path());
    for name in ["posts/[slug]", "[...a]/b", "x[y]", "[a]/[a]"] {
        let file = format!("pages/api/{name}.rs");
        let planned = builder.clone().overlay_file(&file, ROUTE).try_compile();
        write(package.path(), &file, ROUTE);
        assert_eq!(planned, builder.try_compile(), "{name}");
        assert!(planned.is_err(), "{name}");
        fs::remove_file(package.path().join(&file)).unwrap();
    }
    let report = builder
        .overlay_file("pages/api/users.rs", ROUTE)
        .try_compile();
    let report = report.unwrap();
    assert_eq!(report.routes().count(), 2);
    assert!(!package.path().join("pages/api/users.rs").exists());
}

#[test]
fn foreign_routes_are_reported_with_their_files_and_have_no_functions_for_their_urls() {
    let package = tempfile::tempdir().unwrap();
    let left = "pub const LEAVE: &[&str] = &[\"draft\", \"old\"]; pub async fn get() {}";
    write(package.path(), "pages/api/posts/[id].rs", left);
    write(package.path(), "pages/api/posts/new.js", "");
    write(package.path(), "pages/api/posts/draft.ts", "");
    let report = Builder::new(RouteDir::new("pages/api").foreign())
        .manifest_dir(package.path())
        .out_dir(package.path().join("out"))
        .try_compile()
        .unwrap();
    let left_by = Some("pages/api/posts/[id].rs");
    let mut foreign: Vec<_> = report
        .foreign_routes()
        .iter()
        .map(|it| (it.pattern(), it.file(), it.left_by()))
        .collect();
    foreign.sort_unstable();
    assert_eq!(
        foreign,
        [
            ("posts/draft", Some("pages/api/posts/draft.ts"), left_by),
            ("posts/new", Some("pages/api/posts/new.js"), None),
            ("posts/old", None, left_by),
        ]
    );
    let of_tree = |it: &ForeignRoute| it.directory() == "pages/api" && it.default_mount() == "/api";
    assert!(report.foreign_routes().iter().all(of_tree));

    // What only Next.js knows of a route is known to its own code.
    let code = fs::read_to_string(package.path().join("out/tower_api_routes.rs")).unwrap();
    let (_, urls) = code.split_once("pub mod urls {").unwrap();
    let (urls, _) = urls.split_once("\n}").unwrap();
    let functions: Vec<_> = urls.lines().filter(|it| it.contains("pub fn ")).collect();
    assert!(
        functions.len() == 1 && functions[0].contains("pub fn id("),
        "{urls}"
    );
    assert!(code.contains("routes.foreign_file(\"posts/new\""), "{code}");
}

#[test]
fn rewrites_lead_what_is_foreign_back_to_next_js() {
    let package = tempfile::tempdir().unwrap();
    let left = "pub const LEAVE: &[&str] = &[\"old\"]; pub async fn get() {}";
    write(package.path(), "pages/api/[id].rs", left);
    write(package.path(), "pages/api/docs/[...slug].rs", ROUTE);
    write(package.path(), "pages/api/docs/[id].js", "");
    write(package.path(), "pages/api/new.js", "");
    // Another tree with a route of the same name.
    write(package.path(), "pages/admin/docs/[...slug].rs", ROUTE);
    write(package.path(), "pages/admin/[user].rs", ROUTE);
    let report = Builder::new(RouteDir::new("pages/api").foreign())
        .and("pages/admin")
        .manifest_dir(package.path())
        .try_compile()
        .unwrap();
    let rewrites = report.rewrites("pages/api", "/api", "http://127.0.0.1:4000");
    let after: Vec<_> = rewrites
        .after_files
        .iter()
        .map(|it| (it.source.as_str(), it.destination.as_str()))
        .collect();
    assert_eq!(
        after,
        [
            ("/api/docs/:p0", "/api/docs/:p0"),
            ("/api/docs/:p0+", "http://127.0.0.1:4000/api/docs/:p0+"),
            ("/api/old", "/api/old"),
            ("/api/:p0", "http://127.0.0.1:4000/api/:p0"),
        ]
    );
    assert!(rewrites.before_files.is_empty());
}
