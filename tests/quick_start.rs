//! What the documentation has the reader write, written and run.
#![cfg(not(miri))]

#[path = "support/package.rs"]
mod package;

use std::fs;

use example_tests::{Server, checks};
use package::Package;

#[test]
fn the_quick_start_answers() {
    let package = Package::of_blocks(include_str!("../README.md"));
    let server = Server::start(&package.build("my-api"));
    let answer = server.get("/api/user");
    assert_eq!(
        (answer.status, answer.text()),
        (200, r#"{"name":"John Doe"}"#)
    );
    assert_eq!(server.get("/").text(), "home");
    assert_eq!(server.get("/api/nothing").status, 404);
}

const SLOW: &str = include_str!("../examples/hyper/pages/api/slow.rs");
const EVENTS: &str = include_str!("../examples/hyper/pages/api/events.rs");

/// Builds the package of the quick start, with two routes that take their time, and asks it what
/// every server must answer.
fn check(package: &Package, program: &str) {
    package.write("pages/api/slow.rs", SLOW);
    package.write("pages/api/events.rs", EVENTS);
    let server = Server::start(&package.build(program));
    assert_eq!(server.get("/").text(), "home");
    checks::answers_every_head(&server, "/api/user");
    checks::lets_go_of_clients_that_vanish(&server, "/api/slow");
    checks::lets_go_of_clients_that_vanish(&server, "/api/events");
    checks::cuts_off_endless_bodies(&server, "/api/user");
}

/// The `README.md`, with the package renamed and a dependency added.
fn readme(name: &str, dependency: &str) -> String {
    include_str!("../README.md")
        .replace("name = \"my-api\"", &format!("name = {name:?}"))
        .replace(
            "[dependencies]\n",
            &format!("[dependencies]\n{dependency}\n"),
        )
}

#[test]
fn h76_the_quick_start_holds_against_rude_clients() {
    let futures = "futures-util = { version = \"0.3\", default-features = false }";
    let package = Package::of_blocks(&readme("rude-inside", futures));
    check(&package, "rude-inside");
}

#[test]
fn h76_the_layer_around_the_application_holds_against_rude_clients() {
    let dependencies = "futures-util = { version = \"0.3\", default-features = false }\n\
        tower = { version = \"0.5\", features = [\"util\"] }";
    let package = Package::of_blocks(&readme("rude-outside", dependencies));
    // The block of the README that puts the layer around the application, in the place of the one
    // that puts it inside.
    let block = |from: &str| {
        let (_, rest) = include_str!("../README.md").split_once(from).unwrap();
        rest.split_once("\n```").unwrap().0.to_owned()
    };
    let around = format!(
        "let app = tower::{}",
        block("```rust,ignore\nlet app = tower::")
    );
    let (around, serve) = around.split_once("axum::serve(").unwrap();
    let main = fs::read_to_string(package.path("src/main.rs")).unwrap();
    let main = main
        .replace(
            "\n        .layer(ApiRoutesLayer::new(\"pages/api\"));",
            &format!(";\n{around}"),
        )
        .replace(
            "axum::serve(listener, app).await",
            &format!("axum::serve({serve}\nOk(())"),
        );
    assert!(main.contains("Shared::new(app)"), "{main}");
    package.write("src/main.rs", &main);
    check(&package, "rude-outside");
}

const JSON: &str = "content-type: application/json";
const FORM: &str = "content-type: application/x-www-form-urlencoded";
const SIGNED: &str =
    "x-signature: dff0353d3a8846047812ffb551654411d1132f478b2d9b89e09d4f826f586b0f";
const ADA: &str = "authorization: Bearer token-of-ada";

/// Requests to the routes of the migration guide (method, path, header, body), and the answers.
#[rustfmt::skip] // one line each
const MIGRATED: &[(&str, &str, &str, &str, u16, &str)] = &[
    ("GET", "/api/user", "", "", 200, r#"{"name":"John Doe"}"#),
    ("GET", "/api/greeting", "", "", 200, "Hello"),
    ("GET", "/api/todos", "", "", 200, r#"{"todos":[]}"#),
    ("POST", "/api/todos", JSON, r#"{"title":"a"}"#, 201, r#"{"todo":"a"}"#),
    ("PUT", "/api/todos", "", "", 405, "Method Not Allowed"),
    ("GET", "/api/search?q=a&tag=x&tag=y", "", "", 200, r#"{"page":1,"q":"a","tags":["x","y"]}"#),
    ("GET", "/api/find?q=a&tag=x&page=2", "", "", 200, r#"{"q":"a","tag":["x"],"page":2}"#),
    ("GET", "/api/find?page=2", "", "", 400, "invalid query: q: missing"),
    ("GET", "/api/posts/7", "", "", 200, r#"{"id":7}"#),
    ("GET", "/api/posts/x", "", "", 400, "invalid route parameter: id: expected a whole number from 0 to 4294967295"),
    ("GET", "/api/docs/a/b%20c", "", "", 200, r#"{"path":"a > b c"}"#),
    ("GET", "/api/theme", "cookie: theme=dark", "", 200, r#"{"theme":"light"}"#),
    ("POST", "/api/orders", JSON, r#"{"item":"a","amount":2}"#, 201, r#"{"item":"a","amount":2}"#),
    ("POST", "/api/orders", JSON, r#"{"item":"a","amount":"b"}"#, 400, "invalid body: amount: expected a whole number from 0 to 4294967295"),
    ("POST", "/api/anything", JSON, "[1,2]", 200, r#"{"first":1}"#),
    ("POST", "/api/anything", FORM, "first=a", 200, r#"{"first":"a"}"#),
    ("POST", "/api/anything", "", "a\nb", 200, r#"{"first":"a"}"#),
    ("POST", "/api/contact", FORM, "email=a&topic=b&topic=c", 200, r#"{"from":"a","topics":["b","c"]}"#),
    ("POST", "/api/shout", "", "hello", 200, "HELLO"),
    ("POST", "/api/webhook", JSON, r#"{"event":"a"}"#, 401, "wrong signature"),
    ("POST", "/api/webhook", SIGNED, r#"{"event":"b"}"#, 401, "wrong signature"),
    ("POST", "/api/webhook", SIGNED, r#"{"event":"a"}"#, 415, "unsupported content-type, expected application/json"),
    ("POST", "/api/upload", "", "uploaded", 201, ""),
    ("POST", "/api/notes/import", "", "a\nb\n", 200, "2 notes"),
    ("GET", "/api/response/json", "", "", 201, r#"{"id":1}"#),
    ("GET", "/api/response/text", "", "", 200, "text"),
    ("GET", "/api/response/html", "", "", 200, "<p>text</p>"),
    ("GET", "/api/response/bytes", "", "", 200, "\u{1}\u{2}\u{3}"),
    ("GET", "/api/response/lines", "", "", 200, "lines"),
    ("GET", "/api/response/cached", "", "", 200, r#"{"cached":true}"#),
    ("GET", "/api/response/none", "", "", 204, ""),
    ("GET", "/api/login", "", "", 307, "/"),
    ("GET", "/api/login?next=/account", "", "", 303, "/account"),
    ("GET", "/api/login?next=//evil.example", "", "", 400, "the target of the redirect leaves the site"),
    ("GET", "/api/files?name=..", "", "", 400, "a name is needed"),
    ("GET", "/api/files?name=a", "", "", 404, "there is no such file"),
    ("GET", "/api/report", "", "", 500, "Internal Server Error"),
    ("GET", "/api/clock", "", "", 200, "data: {\"count\":0}\n\ndata: {\"count\":1}\n\ndata: {\"count\":2}\n\n"),
    ("GET", "/api/account", "", "", 401, "Unauthorized"),
    ("GET", "/api/account", ADA, "", 200, r#"{"name":"Ada"}"#),
    ("GET", "/api/slow", "", "", 504, ""),
    ("GET", "/api/public", "", "", 200, r#"{"message":"Hello Everyone!"}"#),
    ("POST", "/api/notes", "", "first", 200, r#"["first"]"#),
    ("GET", "/api/notes", "", "", 200, r#"["first"]"#),
    ("POST", "/api/profile", JSON, r#"{"name":"Ada","age":36}"#, 200, r#"{"name":"Ada","age":37}"#),
    ("GET", "/api/preview", "", "", 200, r#"{"post":null}"#),
    ("DELETE", "/api/preview", "", "", 200, ""),
];

#[test]
fn the_routes_of_the_migration_guide_answer() {
    let guide = include_str!("../docs/migrating.md");
    for block in guide.split("```rust\n").skip(1) {
        assert!(block.starts_with("// "), "no file is named for {block}");
    }
    let package = Package::of_blocks(guide);
    let program = package.build("migrated");
    let temp = package.path("tmp");
    fs::create_dir(&temp).unwrap();
    let without_keys = std::process::Command::new(&program)
        .current_dir(&temp)
        .output()
        .unwrap();
    assert!(!without_keys.status.success());
    let message = String::from_utf8_lossy(&without_keys.stderr).into_owned();
    assert!(message.contains(".next"), "{message}");
    let next = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/next-16");
    let environment = [
        ("WEBHOOK_SECRET", "secret"),
        ("TMPDIR", temp.to_str().unwrap()),
        ("NEXT_DIR", next),
    ];
    let server = Server::start_with(&program, &environment);
    for (method, path, header, body, status, answered) in MIGRATED {
        let header: Vec<_> = header.split_once(": ").into_iter().collect();
        let answer = server.request(method, path, &header, body);
        assert_eq!(
            (answer.status, answer.text()),
            (*status, *answered),
            "{path}"
        );
    }
    assert_eq!(fs::read(temp.join("upload")).unwrap(), b"uploaded");

    let theme = server.get("/api/theme");
    let cookie = "theme=dark; Path=/; HttpOnly; SameSite=Lax";
    assert_eq!(theme.header("set-cookie"), Some(cookie));

    let lines = server.get("/api/response/lines");
    assert_eq!(lines.headers_of("x-line"), ["a", "b"]);

    let signed = SIGNED.split_once(": ").unwrap();
    let json = JSON.split_once(": ").unwrap();
    let event = r#"{"event":"a"}"#;
    let webhook = server.request("POST", "/api/webhook", &[signed, json], event);
    assert_eq!((webhook.status, webhook.text()), (200, event));

    let origin = ("origin", "https://example.com");
    let public = server.request("GET", "/api/public", &[origin], "");
    let allowed = public.header("access-control-allow-origin");
    assert_eq!(allowed, Some("https://example.com"));

    let draft = server.get("/api/draft");
    assert_eq!(draft.status, 307);
    let cookie = draft.header("set-cookie").unwrap();
    let (cookie, _) = cookie.split_once(';').unwrap();
    assert!(cookie.starts_with("__prerender_bypass="), "{cookie}");
}
