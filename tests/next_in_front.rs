//! A real Next.js in front of routes in Rust, with the rewrites of `docs/migrating.md`: where `REQUIRE_NEXT=1`
//! says so.
#![cfg(not(miri))]

#[path = "support/package.rs"]
mod package;

use std::{
    net::{SocketAddr, TcpListener},
    thread,
    time::{Duration, Instant},
};

use example_tests::next::{App, Next, free_address, is_required};
use package::blocks;
use serde_json::{Value, json};
use tower_api_routes::{ApiConfig, ApiError, ApiRequest, ApiResponse, FsRouter, router::any};

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

/// The routes in Rust; they serve until the test ends.
fn serve_rust() -> SocketAddr {
    let config = ApiConfig::new().body_parser(false).body_limit("64mb");
    let mut router = FsRouter::builder().mount("/api");
    for pattern in [
        "user",
        "posts/[post-id]",
        "docs/[...slug]",
        "shop/[[...slug]]",
    ] {
        router = router.route(pattern, any(echo).config(config.clone()));
    }
    let router = router.route("docs/silent", any(silent)).build().unwrap();
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

/// Next.js with the rewrites of the guide, two routes of its own, and more configuration.
fn next_in_front(name: &str, rust: SocketAddr, more: &str) -> App {
    let guide = include_str!("../docs/migrating.md");
    let (_, config) = blocks(guide)
        .find(|(path, _)| *path == "next.config.js")
        .unwrap();
    let app = App::new(env!("CARGO_TARGET_TMPDIR"), name);
    let own = "export default (req, res) => res.json({ next: req.url })\n";
    for path in ["user", "posts/new", "docs/about", "docs/[id]", "other"] {
        app.write(&format!("pages/api/{path}.js"), own);
    }
    let address = format!("http://{rust}");
    assert!(config.contains("http://127.0.0.1:3002"));
    let config = config.replace("http://127.0.0.1:3002", &address);
    let config = config.replace("module.exports = {", &format!("module.exports = {{ {more}"));
    app.write("next.config.js", &config);
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
        ("/api/docs/a", "/api/docs/[...slug]"),
        ("/api/docs/a/b%20c/d%2Fe", "/api/docs/[...slug]"),
        ("/api/shop", "/api/shop/[[...slug]]"),
        ("/api/shop/a/b?c=d", "/api/shop/[[...slug]]"),
    ] {
        let arrived = ask(&next, path);
        assert_eq!(
            (&arrived["route"], &arrived["url"]),
            (&json!(route), &json!(path))
        );
    }
    for path in ["/api/posts/new", "/api/docs/about", "/api/other"] {
        assert_eq!(ask(&next, path), json!({ "next": path }));
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
    let arrived = upload_in_chunks(&next, &body)["length"].as_u64().unwrap();
    assert!((9 << 20..=10 << 20).contains(&arrived), "{arrived}");
    let start = Instant::now();
    assert_eq!(next.request("GET", "/api/docs/silent", &[], "").status, 500);
    assert!(start.elapsed() < SILENCE, "{:?}", start.elapsed());
    drop(next);

    let more = "experimental: { proxyClientMaxBodySize: '32mb', proxyTimeout: 60_000 },";
    let app = next_in_front("in-front", rust, more);
    let next = app.serve("start", free_address());
    let answer = next.request("POST", "/api/user", &[], &body);
    assert_eq!(answer.json()["length"], SIZE);
    assert_eq!(upload_in_chunks(&next, &body)["length"], SIZE);
    let answer = next.request("GET", "/api/docs/silent", &[], "");
    assert_eq!((answer.status, answer.text()), (200, "at last"));
}

fn upload_in_chunks(next: &Next, body: &[u8]) -> Value {
    let mut chunked = Vec::new();
    for chunk in body.chunks(100_000) {
        chunked.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunked.extend_from_slice(chunk);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    let headers = [("transfer-encoding", "chunked")];
    next.request("POST", "/api/user", &headers, chunked).json()
}
