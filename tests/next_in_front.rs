//! A real Next.js in front of routes in Rust, with the configuration of `docs/migrating.md` and the rewrites of
//! `Report::rewrites`: where `REQUIRE_NEXT=1` says so.
#![cfg(not(miri))]

#[path = "support/package.rs"]
mod package;

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    thread,
    time::{Duration, Instant},
};

use example_tests::next::{App, Next, free_address, is_required};
use package::blocks;
use serde_json::{Value, json};
use tower_api_routes::{
    ApiConfig, ApiError, ApiRequest, ApiResponse, FsRouter,
    build::{Builder, RouteDir},
    router::any,
};

/// What arrived of a request.
async fn echo(mut req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let mut length = 0;
    while let Some(chunk) = req.chunk().await? {
        length += chunk.len();
    }
    Ok(res.json(&json!({
        "route": req.route().pattern(),
        "url": req.url(),
        "query": req.query(),
        "forwarded": req.header("x-forwarded-for"),
        "length": length,
    })))
}

const SIZE: usize = 11 << 20;

const SILENCE: Duration = Duration::from_secs(40);

async fn silent(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    tokio::time::sleep(SILENCE).await;
    res.send("at last")
}

const RUST: [&str; 6] = [
    "user",
    "posts/[post-id]",
    "docs/[...slug]",
    "docs/silent",
    "shop/[[...slug]]",
    "c++/[id]",
];

/// The routes in Rust; they serve until the test ends.
fn serve_rust() -> SocketAddr {
    let config = ApiConfig::new().body_parser(false).body_limit("64mb");
    let mut router = FsRouter::builder().mount("/api");
    for pattern in RUST {
        let route = match pattern {
            "docs/silent" => any(silent),
            _ => any(echo).config(config.clone()),
        };
        router = router.route(pattern, route);
    }
    let router = router.build().unwrap();
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let app = axum::Router::new().fallback_service(router);
            axum::serve(listener, app).await.unwrap();
        });
    });
    address
}

const NEXT: [&str; 7] = [
    "posts/new.js",
    "posts/[...rest].js",
    "docs/about.js",
    "docs/[id].js",
    "docs/[id]/[part].js",
    "shop/[first]/[second].js",
    "other.js",
];

/// What the build knows of both sides, as a module with `rewrites`.
fn rewrites(app: &App, rust: SocketAddr) -> String {
    let package = tempfile::tempdir().unwrap();
    for pattern in RUST {
        let file = package.path().join(format!("pages/api/{pattern}.rs"));
        let left = match pattern {
            "posts/[post-id]" => "pub const LEAVE: &[&str] = &[\"draft\"];",
            _ => "",
        };
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, format!("{left} pub async fn handler() {{}}")).unwrap();
    }
    let foreign = app.path("pages/api").to_str().unwrap().to_owned();
    let dir = RouteDir::new("pages/api").foreign_pages(foreign);
    let builder = Builder::new(dir.page_extensions(["js"])).manifest_dir(package.path());
    let report = builder.try_compile().unwrap();
    report
        .rewrites("pages/api", "/api", &format!("http://{rust}"))
        .to_module()
}

/// Next.js with the configuration of the guide, routes of its own, and more configuration.
fn next_in_front(name: &str, rust: SocketAddr, more: &str) -> App {
    let guide = include_str!("../docs/migrating.md");
    let (path, config) = blocks(guide)
        .find(|(path, _)| path.starts_with("next.config"))
        .unwrap();
    let app = App::new(env!("CARGO_TARGET_TMPDIR"), name);
    let own = "export default (req, res) => res.json({ next: req.url, query: req.query })\n";
    for path in NEXT {
        app.write(&format!("pages/api/{path}"), own);
    }
    app.write("rewrites.mjs", &rewrites(&app, rust));
    // A route that is on both sides; the build was not told of files that end with `.jsx`.
    app.write("pages/api/user.jsx", own);
    assert!(config.contains("export default {"), "{config}");
    let config = config.replace("export default {", &format!("export default {{ {more}"));
    app.write(path, &config);
    app.build()
}

fn ask(next: &Next, path: &str) -> Value {
    let answer = next.request("GET", path, &[], "");
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.json()
}

#[test]
fn routes_that_moved_are_reached_through_next_js() {
    if !is_required() {
        return;
    }
    let rust = serve_rust();
    let app = next_in_front("in-front", rust, "");
    let next = app.serve("start", free_address());

    for (path, route) in [
        ("/api/user", "/api/user"),
        ("/api/user?a=1&a=2&b=x%20y", "/api/user"),
        ("/api/posts/7", "/api/posts/[post-id]"),
        ("/api/posts/7?x=a%26b&x=%2B", "/api/posts/[post-id]"),
        ("/api/posts/a%20b", "/api/posts/[post-id]"),
        ("/api/posts/a%2Fb", "/api/posts/[post-id]"),
        ("/api/posts/100%25", "/api/posts/[post-id]"),
        ("/api/posts/%E2%9C%93", "/api/posts/[post-id]"),
        ("/api/posts/a+b", "/api/posts/[post-id]"),
        ("/api/posts/%3F%23%3B", "/api/posts/[post-id]"),
        ("/api/docs/a/b%20c/d%2Fe", "/api/docs/[...slug]"),
        ("/api/shop", "/api/shop/[[...slug]]"),
        ("/api/c++/a?b=c", "/api/c++/[id]"),
    ] {
        let arrived = ask(&next, path);
        assert_eq!(
            (&arrived["route"], &arrived["url"]),
            (&json!(route), &json!(path))
        );
    }
    // What is still in Next.js: static routes, dynamic ones above a catch-all that has moved, and what `LEAVE` names.
    for (path, query) in [
        ("/api/posts/new", json!({})),
        ("/api/docs/about", json!({})),
        ("/api/other?a=b", json!({ "a": "b" })),
        ("/api/docs/7", json!({ "id": "7" })),
        (
            "/api/docs/a%2Fb%20c?x=1&x=2",
            json!({ "id": "a/b c", "x": ["1", "2"] }),
        ),
        ("/api/docs/%E2%9C%93", json!({ "id": "\u{2713}" })),
        ("/api/docs/a/b", json!({ "id": "a", "part": "b" })),
        (
            "/api/shop/a/b?c=d",
            json!({ "first": "a", "second": "b", "c": "d" }),
        ),
        ("/api/posts/draft", json!({ "rest": ["draft"] })),
        ("/api/posts/1/2", json!({ "rest": ["1", "2"] })),
    ] {
        assert_eq!(ask(&next, path), json!({ "next": path, "query": query }));
    }
    // A catch-all that is not optional.
    assert_eq!(next.request("GET", "/api/docs", &[], "").status, 404);

    assert_eq!(ask(&next, "/api/user")["forwarded"], Value::Null);
    let client = [("x-forwarded-for", "192.0.2.7")];
    let answer = next.request("GET", "/api/user", &client, "");
    assert_eq!(answer.json()["forwarded"], "192.0.2.7");

    // Next.js hands on what fits into 10 MiB: of a body without a length, nobody is told.
    let body = vec![b'a'; SIZE];
    assert_eq!(next.request("POST", "/api/user", &[], &body).status, 408);
    let arrived = upload_in_chunks(&next, "/api/user", &body)["length"]
        .as_u64()
        .unwrap();
    assert!((9 << 20..=10 << 20).contains(&arrived), "{arrived}");
    let start = Instant::now();
    assert_eq!(next.request("GET", "/api/docs/silent", &[], "").status, 500);
    assert!(start.elapsed() < SILENCE, "{:?}", start.elapsed());
    drop(next);

    let more = "trailingSlash: true, \
                experimental: { proxyClientMaxBodySize: '32mb', proxyTimeout: 60_000 },";
    let app = next_in_front("in-front", rust, more);
    let next = app.serve("start", free_address());
    let answer = next.request("POST", "/api/user/", &[], &body);
    assert_eq!(answer.json()["length"], SIZE);
    assert_eq!(upload_in_chunks(&next, "/api/user/", &body)["length"], SIZE);
    let answer = next.request("GET", "/api/docs/silent/", &[], "");
    assert_eq!((answer.status, answer.text()), (200, "at last"));
    // Next.js asks for slashes, and hands on without them.
    for (path, url) in [
        ("/api/user/?a=b", "/api/user?a=b"),
        ("/api/posts/7/", "/api/posts/7"),
        ("/api/shop/", "/api/shop"),
        ("/api/docs/a/b/c/", "/api/docs/a/b/c"),
    ] {
        assert_eq!(ask(&next, path)["url"], url, "{path}");
    }
    assert_eq!(ask(&next, "/api/docs/7/")["query"], json!({ "id": "7" }));
    assert_eq!(next.request("GET", "/api/user", &[], "").status, 308);
}

fn upload_in_chunks(next: &Next, path: &str, body: &[u8]) -> Value {
    let mut chunked = Vec::new();
    for chunk in body.chunks(100_000) {
        chunked.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunked.extend_from_slice(chunk);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    let headers = [("transfer-encoding", "chunked")];
    next.request("POST", path, &headers, chunked).json()
}
