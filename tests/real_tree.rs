//! The routes that the build finds among the files of a Next.js application, beside those that a real Next.js
//! serves: where `REQUIRE_NEXT=1` says so. It has `trailingSlash: true`, and the router `TrailingSlash::Require`.
#![cfg(not(miri))]

mod support;

use example_tests::next::{App, free_address, is_required};
use http::Request;
use support::send;
use tower_api_routes::{
    ApiRequest, ApiResponse, FsRouter, RouterOptions,
    build::{Builder, RouteDir},
    router::{TrailingSlash, any},
};

/// Each answers with its own name.
const PAGES: &[&str] = &[
    "index.js",
    "posts/new.js",
    "posts/[id].js",
    "docs/[...slug].js",
    "docs/about.mjs",
    "shop/[[...rest]].js",
    "shop/cart.js",
    "hello.json.js",
    ".well-known/x.js",
    "(shop)/basket.js",
    "_lib.js",
    "_middleware.js",
    "user.test.js",
];

const APP: &[&str] = &[
    "users/route.js",
    "users/helper.js",
    "(group)/orders/route.js",
    "%5Flib2/route.js",
    "_private/x/route.js",
    ".well-known/thing/route.js",
    "people/[name]/route.js",
    "people/[name]/posts/[...rest]/route.js",
];

const PATHS: &[&str] = &[
    "/api/",
    "/api",
    "/api/posts/new/",
    "/api/posts/new",
    "/api/posts/n%65w/",
    "/api/posts/1/",
    "/api/posts/1?a=b",
    "/api/posts/v1.2",
    "/api/posts/v1.2/",
    "/api/posts/a.b-c",
    "/api/posts/a.b-c/",
    "/api/posts/.env",
    "/api/posts/%C3%A9",
    "/api/posts/",
    "/api/posts",
    "/api/docs/",
    "/api/docs/a/b/",
    "/api/docs/about/",
    "/api/docs/about/us/",
    "/api/docs/about/v1.2/us",
    "/api/shop/",
    "/api/shop/a/",
    "/api/shop/cart/",
    "/api/shop/cart/1/",
    "/api/hello.json",
    "/api/hello.json/",
    "/api/.well-known/x/",
    "/api/.well-known/x",
    "/api/.well-known/thing/",
    "/.well-known/nothing",
    "/.well-known/nothing/",
    "/.well-known-not/a",
    "/api/(shop)/basket/",
    "/api/basket/",
    "/api/_lib/",
    "/api/_middleware/",
    "/api/user.test",
    "/api/users/",
    "/api/users",
    "/api/users/helper/",
    "/api/orders/",
    "/api/(group)/orders/",
    "/api/_lib2/",
    "/api/_private/x/",
    "/api/people/ada/",
    "/api/people/ada/posts/",
    "/api/people/ada/posts/1/2/",
    "/api/nothing",
    "/api/nothing/",
    "/api/nothing.js/",
    "//api/users",
    "/api//users/",
    "//evil.com",
];

fn application() -> App {
    let app = App::new(env!("CARGO_TARGET_TMPDIR"), "real-tree");
    // Next.js takes `.mjs` for a route only where it is told to.
    let config = "module.exports = { trailingSlash: true, pageExtensions: ['js', 'mjs'] }\n";
    app.write("next.config.js", config);
    for file in PAGES {
        let code = format!(
            "export default (req, res) => {{ res.setHeader('x-file', 'pages/api/{file}'); res.end() }}\n"
        );
        app.write(&format!("pages/api/{file}"), &code);
    }
    for file in APP {
        let code = format!(
            "export const dynamic = 'force-dynamic'\n\
             export const GET = () => new Response('', {{ headers: {{ 'x-file': 'app/api/{file}' }} }})\n"
        );
        app.write(&format!("app/api/{file}"), &code);
    }
    app
}

async fn named(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.header("x-file", req.route().pattern()).end()
}

#[tokio::test]
async fn next_js_serves_the_routes_that_the_build_finds() {
    if !is_required() {
        return;
    }
    let app = application();
    let dir = RouteDir::new("rust");
    let dir = dir.foreign_pages("pages/api").foreign_app("app/api");
    app.write("rust/_none.rs", "");
    let report = Builder::new(dir)
        .manifest_dir(app.path(""))
        .try_compile()
        .unwrap();
    let options = RouterOptions::new().trailing_slash(TrailingSlash::Require);
    let builder = FsRouter::builder().mount("/api").options(options);
    let router = report
        .foreign()
        .fold(builder, |it, (pattern, _)| it.route(pattern, any(named)))
        .build()
        .unwrap();
    let file_of = |full: &str| {
        let below = full.strip_prefix("/api").unwrap().trim_start_matches('/');
        let found = report.foreign().find(|(pattern, _)| *pattern == below);
        found.unwrap().1.unwrap().to_owned()
    };

    let next = app.build().serve("start", free_address());
    let mut files = Vec::new();
    for path in PATHS {
        let theirs = next.request("GET", path, &[], "");
        let request = Request::get(*path).body(axum::body::Body::empty()).unwrap();
        let ours = send(&router, request).await;
        let (their_file, our_file) = (
            theirs.header("x-file").map(str::to_owned),
            ours.header("x-file").map(file_of),
        );
        assert_eq!(
            (theirs.status, theirs.header("location"), &their_file),
            (ours.status.as_u16(), ours.header("location"), &our_file),
            "{path}"
        );
        files.extend(our_file);
    }
    // Each of the files was asked for, but for those that are no routes.
    for (_, file) in report.foreign() {
        assert!(files.contains(&file.unwrap().to_owned()), "{file:?}");
    }
    assert_eq!(report.foreign().count(), PAGES.len() + APP.len() - 2);
}
