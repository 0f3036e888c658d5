//! `init`: applications that build and answer, and packages that get routes.

mod support;

use std::fs;

use example_tests::Server;
use support::{Place, repository, target_dir};

fn source() -> String {
    repository().to_str().unwrap().to_owned()
}

/// Builds the package in a directory, with the dependencies that are locked here, and starts its program.
fn start(place: &Place, directory: &str, program: &str) -> Server {
    fs::copy(
        repository().join("Cargo.lock"),
        place.path(directory).join("Cargo.lock"),
    )
    .unwrap();
    let build = place.cargo(directory, &["build"]);
    assert_eq!(build.code, 0, "{}", build.stderr);
    assert!(!build.stderr.contains("warning: "), "{}", build.stderr);
    Server::start(target_dir().join("debug").join(program).to_str().unwrap())
}

#[test]
fn an_empty_folder_becomes_an_application_that_answers() {
    let place = Place::empty();
    let source = source();
    for (name, options) in [("new-axum", &[][..]), ("new-hyper", &["--hyper"])] {
        let arguments = [&["init", "--new", name, "--path", &source], options].concat();
        let init = place.run(&arguments);
        assert_eq!(init.code, 0, "{init:?}");
        for file in [
            "Cargo.toml",
            ".gitignore",
            "build.rs",
            "src/main.rs",
            "pages/api/hello.rs",
        ] {
            assert!(
                init.stdout.contains(&format!("wrote {name}/{file}\n")),
                "{file}: {init:?}"
            );
        }
        // `new` writes files that compile, in both styles and with every kind of parameter.
        for arguments in [
            &["plain", "--methods", "get,put,delete"][..],
            &["posts/[id]", "--methods", "get,put"],
            &["posts/[id]/[comment-id]"],
            &["docs/[...slug]"],
            &["shop/[[...type]]"],
            &["files/[user]/[...path]"],
            &["teams/[org]/[[...path]]"],
            &["twins/[userId]/[user_id]"],
            &["next/plain", "--style", "next"],
            &["next/by/[res]", "--style", "next"],
            &["next/all/[[...rest]]", "--style", "next"],
            &["next/[id]", "--style", "next", "--methods", "get,post"],
            &["next/[id]/[...b]", "--style", "next"],
        ] {
            let manifest = format!("{name}/Cargo.toml");
            let new = [&["new", "--manifest-path", &manifest], arguments].concat();
            let new = place.run(&new);
            assert_eq!(new.code, 0, "{arguments:?}: {new:?}");
        }
        let fmt = place.run(&[
            "fmt",
            "--check",
            "--manifest-path",
            &format!("{name}/Cargo.toml"),
        ]);
        assert_eq!(fmt.code, 0, "{fmt:?}");

        let server = start(&place, name, name);
        let answer = |path: &str| {
            let answer = server.get(path);
            (answer.status, answer.text().to_owned())
        };
        for (path, text) in [
            ("/api/hello", r#"{"hello":"world"}"#),
            ("/api/plain", r#""get""#),
            ("/api/posts/1", r#""1""#),
            ("/api/posts/1/2", r#"["1","2"]"#),
            ("/api/docs/a/b", r#"["a","b"]"#),
            ("/api/shop", "null"),
            ("/api/shop/a/b", r#"["a","b"]"#),
            ("/api/files/a/b/c", r#"["a",["b","c"]]"#),
            ("/api/teams/a/b", r#"["a",["b"]]"#),
            ("/api/teams/a", r#"["a",[]]"#),
            ("/api/twins/a/b", r#"["a","b"]"#),
            ("/api/next/by/a", r#""a""#),
            ("/api/next/all", "[]"),
            ("/api/next/plain", r#""Hello""#),
            ("/api/next/1", r#""1""#),
            ("/api/next/1/2/3", r#"["1",["2","3"]]"#),
        ] {
            assert_eq!(answer(path), (200, text.to_owned()), "{path}");
        }
        #[cfg(target_os = "linux")]
        {
            // As a container is stopped.
            server.terminate();
            let stat = || fs::read_to_string(format!("/proc/{}/stat", server.id()));
            let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
            while stat().is_ok_and(|it| !it.contains(") Z ")) {
                assert!(std::time::Instant::now() < end, "{name} goes on");
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
        }
        let again = place.run(&arguments);
        assert_eq!(again.code, 1);
        assert!(again.stderr.contains("is there already"), "{again:?}");
    }
    // Within another workspace, too.
    place.write(
        "Cargo.toml",
        "[workspace]\nresolver = \"3\"\nmembers = [\"named\"]\n",
    );
    for (name, is_named) in [("named", true), ("unnamed", false)] {
        let init = place.run(&["init", "--new", name, "--path", &source]);
        assert_eq!(init.code, 0, "{init:?}");
        assert_eq!(
            init.stderr.contains("does not name it"),
            !is_named,
            "{init:?}"
        );
        let list = place.run(&["list", "--manifest-path", &format!("{name}/Cargo.toml")]);
        assert!(
            list.code == 0 && list.stdout.contains("/api/hello"),
            "{list:?}"
        );
    }
    let unpublished = place.run(&["init", "--new", "unpublished"]);
    assert!(unpublished.stderr.contains("--path DIR"), "{unpublished:?}");

    let wrong = place.run(&["init", "--new", "1 2"]);
    assert_eq!(wrong.code, 1, "{wrong:?}");
    assert!(!place.path("1 2").exists());
}

const MAIN: &str = r#"tower_api_routes::include_routes!();

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let app = axum::Router::new();
    let app = app.layer(tower_api_routes::ApiRoutesLayer::new("pages/api"));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await
}
"#;

#[test]
fn a_package_that_is_there_gets_routes() {
    let place = Place::empty();
    place.write(
        "Cargo.toml",
        "[package]\nname = \"init-there\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\naxum = \"0.8\"\n\
         tokio = { version = \"1\", features = [\"macros\", \"net\", \"rt\"] }\n\n[workspace]\n",
    );
    place.write("src/main.rs", MAIN);
    place.write(
        "build.rs",
        "fn main() {\n    println!(\"cargo:rerun-if-changed=other\");\n}\n",
    );
    let init = place.run(&["init", "--path", &source()]);
    assert_eq!(init.code, 0, "{init:?}");
    assert!(
        init.stdout.contains("wrote pages/api/hello.rs\n"),
        "{init:?}"
    );
    assert!(init.stdout.contains("changed build.rs"), "{init:?}");
    assert!(
        init.stdout.contains("tower_api_routes::include_routes!();"),
        "{init:?}"
    );
    let manifest = place.read("Cargo.toml");
    assert!(manifest.contains("features = [\"build\"]"), "{manifest}");

    let server = start(&place, "", "init-there");
    assert_eq!(server.get("/api/hello").text(), r#"{"hello":"world"}"#);

    let before = (place.read("build.rs"), place.read("Cargo.toml"));
    let again = place.run(&["init", "--path", &source()]);
    assert_eq!(
        (again.code, again.stderr.as_str()),
        (1, "error: pages/api/hello.rs: is there already\n")
    );
    assert_eq!((place.read("build.rs"), place.read("Cargo.toml")), before);
}

#[test]
fn files_of_next_js_in_the_directory_are_pointed_out() {
    for (script, is_told) in [
        (Some("user.js"), true),
        (Some("posts/[id].tsx"), true),
        // In both languages, once it is told of.
        (Some("hello.ts"), true),
        (Some("types.d.ts"), false),
        (None, false),
    ] {
        let place = Place::shop(&[]);
        if let Some(script) = script {
            place.write(&format!("pages/api/{script}"), "");
        }
        let init = place.run(&["init", "--path", &source()]);
        assert_eq!(init.code, 0, "{init:?}");
        let told = init
            .stderr
            .contains("help: pages/api has files of Next.js: write `compile(RouteDir::new(");
        assert_eq!(told, is_told, "{script:?}: {init:?}");
    }
}

#[test]
fn a_package_of_a_workspace_is_named() {
    let place = Place::empty();
    place.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"one\", \"other\"]\nresolver = \"3\"\n",
    );
    for name in ["one", "other"] {
        let manifest =
            format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n");
        place.write(&format!("{name}/Cargo.toml"), &manifest);
        place.write(&format!("{name}/src/lib.rs"), "");
    }
    let unclear = place.run(&["init", "--path", &source()]);
    assert_eq!(unclear.code, 2);
    assert!(
        unclear
            .stderr
            .ends_with("is that of a workspace; say which package with `-p`\n"),
        "{unclear:?}"
    );
    let unknown = place.run(&["init", "-p", "third", "--path", &source()]);
    assert_eq!(
        unknown.stderr,
        "error: there is no package `third`; there are: one, other\n"
    );
    let init = place.run(&["init", "-p", "other", "--path", &source()]);
    assert_eq!(init.code, 0, "{init:?}");
    assert!(place.path("other/pages/api/hello.rs").exists());
    assert!(!place.path("one/build.rs").exists());
    let list = place.run(&["list"]);
    assert!(list.stdout.contains("/api/hello"), "{list:?}");
}

#[test]
fn a_build_script_is_where_the_package_has_it() {
    let place = Place::empty();
    place.write(
        "Cargo.toml",
        "[package]\nname = \"elsewhere\"\nversion = \"0.0.0\"\nedition = \"2024\"\nbuild = \"scripts/b.rs\"\n\n[workspace]\n",
    );
    place.write("src/main.rs", "fn main() {}\n");
    place.write("scripts/b.rs", "fn main() {\n}\n");
    let init = place.run(&["init", "--path", &source()]);
    assert_eq!(init.code, 0, "{init:?}");
    assert!(init.stdout.contains("changed scripts/b.rs"), "{init:?}");
    assert!(!place.path("build.rs").exists());
    let list = place.run(&["list"]);
    assert!(list.stdout.contains("/api/hello"), "{list:?}");
}
