//! An application that moves out of Next.js one file at a time: one tree of routes in two languages, asked the
//! same requests at every step.
#![cfg(not(miri))]

#[path = "support/package.rs"]
mod package;

use std::fs;

use example_tests::{Answer, Server};
use package::{Build, Package, VERSION};

const BUILD: &str = r#"use tower_api_routes::build::{RouteDir, compile};

fn main() {
    let dir = RouteDir::new("pages/api").foreign();
    compile(dir.foreign_pages("../web/pages/api").foreign_app("../web/app/api"));
}
"#;

/// The application, and behind it what stands in for its Next.js: it answers for the scripts that are
/// there when it starts, and for nothing else.
const MAIN: &str = r#"use std::path::Path;

use axum::{Router, http::HeaderValue, response::{IntoResponse, Response}, routing::get};
use tower::{ServiceBuilder, make::Shared};
use tower_api_routes::{ApiRequest, ApiResponse, ApiRoutesLayer, FsRouter, router::any};

tower_api_routes::include_routes!();

async fn script(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let method = req.method().clone();
    let value = |name| req.param(name).unwrap_or_default().into_owned();
    let text = match req.route().pattern() {
        "/api/posts/new" => "a form for a new post".to_owned(),
        "/api/docs/about" => "about us".to_owned(),
        "/api/docs/[lang]/edit" => format!("edit in {}", value("lang")),
        pattern => format!("nobody knows {pattern}"),
    };
    res.header("x-method", method.as_str()).send(text)
}

fn next() -> FsRouter {
    let scripts = [
        ("posts/new", "pages/api/posts/new.js"),
        ("docs/about", "../web/pages/api/docs/about.ts"),
        ("docs/[lang]/edit", "../web/app/api/docs/[lang]/edit/route.ts"),
    ];
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    scripts
        .into_iter()
        .filter(|(_, file)| package.join(file).exists())
        .fold(FsRouter::builder().mount("/api"), |it, (pattern, _)| it.route(pattern, any(script)))
        .build()
        .unwrap()
}

fn by(name: &'static str, response: impl IntoResponse) -> Response {
    let mut response = response.into_response();
    let known = response.headers_mut().entry("x-answered-by");
    known.or_insert(HeaderValue::from_static(name));
    response
}

fn by_next<R: IntoResponse>(response: R) -> Response {
    by("next", response)
}

fn by_rust<R: IntoResponse>(response: R) -> Response {
    by("rust", response)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let api = ApiRoutesLayer::new("pages/api");
    let table = api.router().unwrap().to_string();
    let next = ServiceBuilder::new().map_response(by_next).service(next());
    let inner = Router::new().route("/table", get(async move || table)).fallback_service(next);
    let app = ServiceBuilder::new().map_response(by_rust).layer(api).service(inner);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, Shared::new(app)).await
}
"#;

/// Files of the server, whose names are paths from it.
const HERE: [(&str, &str); 3] = [
    (
        "pages/api/user.rs",
        r#"use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.send("Ada")
}
"#,
    ),
    (
        "pages/api/posts/[id].rs",
        r#"use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn get(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.send(format!("post {}", req.param("id").unwrap_or_default()))
}
"#,
    ),
    (
        "pages/api/docs/[...slug].rs",
        r#"use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.send(format!("document {}", req.param("slug").unwrap_or_default()))
}
"#,
    ),
];

/// A file that moves: what it was, what it becomes, and the body of its function.
struct Move {
    script: &'static str,
    file: &'static str,
    text: &'static str,
}

const MOVES: [Move; 3] = [
    Move {
        script: "../web/app/api/docs/[lang]/edit/route.ts",
        file: "pages/api/docs/[lang]/edit.rs",
        text: r#"format!("edit in {}", req.param("lang").unwrap_or_default())"#,
    },
    Move {
        script: "pages/api/posts/new.js",
        file: "pages/api/posts/new.rs",
        text: r#""a form for a new post""#,
    },
    Move {
        script: "../web/pages/api/docs/about.ts",
        file: "pages/api/docs/about.rs",
        text: r#""about us""#,
    },
];

impl Move {
    fn code(&self) -> String {
        format!(
            "use tower_api_routes::{{ApiRequest, ApiResponse}};\n\n\
             pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {{\n    \
                 let method = req.method().to_string();\n    \
                 res.header(\"x-method\", method.as_str()).send({})\n\
             }}\n",
            self.text
        )
    }
}

/// Who answers: the server at every step, or from the move with this number on.
enum Owner {
    Rust,
    From(usize),
    Nobody,
}

use Owner::{From, Nobody, Rust};

const REQUESTS: &[(&str, &str, Owner, u16, &str)] = &[
    ("GET", "/api/user", Rust, 200, "Ada"),
    ("GET", "/api/posts/1", Rust, 200, "post 1"),
    ("POST", "/api/posts/1", Rust, 405, "Method Not Allowed"),
    ("GET", "/api/posts/newer", Rust, 200, "post newer"),
    ("GET", "/api/posts/n%65w", Rust, 200, "post new"),
    (
        "GET",
        "/api/posts/new",
        From(2),
        200,
        "a form for a new post",
    ),
    (
        "POST",
        "/api/posts/new",
        From(2),
        200,
        "a form for a new post",
    ),
    ("HEAD", "/api/posts/new", From(2), 200, ""),
    (
        "PURGE",
        "/api/posts/new?a=b",
        From(2),
        200,
        "a form for a new post",
    ),
    (
        "GET",
        "/api/posts/new/?a=%20b",
        From(2),
        308,
        "/api/posts/new?a=%20b",
    ),
    ("POST", "//api/posts/new", From(2), 308, "/api/posts/new"),
    ("GET", "/api/docs/a/b", Rust, 200, "document a/b"),
    ("GET", "/api/docs/about", From(3), 200, "about us"),
    ("PUT", "/api/docs/about", From(3), 200, "about us"),
    ("GET", "/api/docs/about/", From(3), 308, "/api/docs/about"),
    ("GET", "/api/docs/about/us", Rust, 200, "document about/us"),
    ("GET", "/api/docs/en/edit", From(1), 200, "edit in en"),
    ("GET", "/api/docs/%C3%A9/edit", From(1), 200, "edit in é"),
    ("GET", "/api/docs/%zz/edit", From(1), 400, "Bad Request"),
    (
        "GET",
        "/api/docs//en//edit",
        From(1),
        308,
        "/api/docs/en/edit",
    ),
    (
        "GET",
        "/api/docs/en/edit/x",
        Rust,
        200,
        "document en/edit/x",
    ),
    ("GET", "/api/nothing", Nobody, 404, "Not Found"),
    ("GET", "/about", Nobody, 404, "Not Found"),
];

fn package() -> Package {
    let package = Package::new("[workspace]\nmembers = [\"server\"]\nresolver = \"3\"\n");
    package.manifest(
        "server/Cargo.toml",
        &format!(
            r#"
            [package]
            name = "one-tree"
            version = "0.0.0"
            edition = "2024"
            [dependencies]
            axum = "0.8"
            tokio = {{ version = "1", features = ["full"] }}
            tower = {{ version = "0.5", features = ["util"] }}
            tower-api-routes = "{VERSION}"
            [build-dependencies]
            tower-api-routes = {{ version = "{VERSION}", default-features = false, features = ["build"] }}
            "#
        ),
    );
    package.write("server/build.rs", BUILD);
    package.write("server/src/main.rs", MAIN);
    for (file, text) in HERE {
        package.write(&format!("server/{file}"), text);
    }
    for Move { script, .. } in MOVES {
        package.write(
            &format!("server/{script}"),
            "export default function handler() {}\n",
        );
    }
    package
}

fn is_compiled(build: &Build) -> bool {
    build.output.contains("Compiling one-tree")
}

/// What there is of an answer, but for who gave it and when.
fn told(answer: &Answer) -> (u16, String, Vec<(String, String)>, String) {
    let is_of_the_answer =
        |(name, _): &&(String, String)| !matches!(name.as_str(), "x-answered-by" | "date");
    let headers = answer.headers.iter().filter(is_of_the_answer).cloned();
    let mut headers: Vec<_> = headers.collect();
    headers.sort();
    (
        answer.status,
        answer.reason.clone(),
        headers,
        answer.text().to_owned(),
    )
}

#[test]
fn a_tree_moves_file_by_file_and_nobody_notices() {
    let package = package();
    let mut first = Vec::new();
    for step in 0..=MOVES.len() {
        if let Some(moved) = step.checked_sub(1).and_then(|it| MOVES.get(it)) {
            package.write(&format!("server/{}", moved.file), &moved.code());
            // Both are there: the build names them.
            let both = package.cargo(&["build"]);
            assert!(!both.success);
            for file in [moved.file, moved.script] {
                assert!(both.output.contains(file), "{file}: {}", both.output);
            }
            fs::remove_file(package.path(&format!("server/{}", moved.script))).unwrap();
        }
        let program = package.build("one-tree");
        if step == 0 {
            scripts_that_come_are_seen(&package);
        }
        let server = Server::start(&program);
        let table = server.get("/table").text().to_owned();
        for (number, Move { file, script, .. }) in MOVES.iter().enumerate() {
            assert_eq!(table.contains(file), number < step, "{table}");
            assert_eq!(table.contains(script), number >= step, "{table}");
        }
        let progress = format!(
            "{} of {} routes here, {} foreign",
            HERE.len() + step,
            HERE.len() + MOVES.len(),
            MOVES.len() - step
        );
        assert_eq!(table.contains(&progress), step < MOVES.len(), "{table}");

        let mut answers = Vec::new();
        for (method, path, owner, status, text) in REQUESTS {
            let answer = server.request(method, path, &[], "");
            let is_here = match owner {
                Rust => true,
                From(number) => step >= *number,
                Nobody => false,
            };
            let who = if is_here { "rust" } else { "next" };
            assert_eq!(
                answer.header("x-answered-by"),
                Some(who),
                "step {step}: {method} {path}"
            );
            assert_eq!(
                (answer.status, answer.text()),
                (*status, *text),
                "step {step}: {method} {path}"
            );
            answers.push(told(&answer));
        }
        if step == 0 {
            first = answers;
        } else {
            assert_eq!(answers, first, "step {step}");
        }
    }
}

fn scripts_that_come_are_seen(package: &Package) {
    assert!(!is_compiled(&package.cargo(&["build"])));
    for script in [
        "web/pages/api/docs/imprint.ts",
        "web/app/api/docs/terms/route.ts",
    ] {
        package.write(script, "");
        let added = package.cargo(&["build"]);
        assert!(is_compiled(&added), "{script}: {}", added.output);
        fs::remove_file(package.path(script)).unwrap();
        let removed = package.cargo(&["build"]);
        assert!(is_compiled(&removed), "{script}: {}", removed.output);
    }
}
