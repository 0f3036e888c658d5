//! Paths that end with a slash, as a Next.js with `trailingSlash: true` wants them.

mod support;

use std::convert::Infallible;

use axum::body::Body;
use http::{Request, Response};
use support::{expect, get as fetch, request, send};
use tower::Service;
use tower_api_routes::{
    ApiRequest, ApiResponse, ApiRoutes, FsRouter, RouterOptions,
    response::EitherBody,
    router::{TrailingSlash, any},
};

/// Says which route answers, its parameters and the path that it sees.
async fn echo(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let value = req.param("id").or(req.param("slug"));
    let text = format!(
        "{} {} {}",
        req.route().pattern(),
        value.unwrap_or_default(),
        req.url()
    );
    res.send(text)
}

fn options() -> RouterOptions {
    RouterOptions::new().trailing_slash(TrailingSlash::Require)
}

fn router(mount: &str, options: RouterOptions) -> FsRouter {
    let builder = FsRouter::builder().mount(mount).options(options);
    ["", "users", "posts/[id]", "docs/[...slug]", "hello.json"]
        .into_iter()
        .fold(builder, |it, pattern| it.route(pattern, any(echo)))
        .route(".well-known/thing", any(echo))
        .build()
        .unwrap()
}

fn in_front(
    router: FsRouter,
) -> impl Service<Request<Body>, Response = Response<EitherBody<Body>>, Error = Infallible> + Clone
{
    let inner = tower::service_fn(async |request: Request<Body>| {
        let body = Body::from(format!("inner {}", request.uri()));
        Ok::<_, Infallible>(Response::new(body))
    });
    ApiRoutes::new(router, inner)
}

/// What the routes themselves answer, alone and in front of another service.
const CASES: &[(&str, u16, &str)] = &[
    ("/api/users/", 200, "/api/users  /api/users/"),
    ("/api/users", 308, "/api/users/"),
    ("/api/users?a=%20b&a&=", 308, "/api/users/?a=%20b&a&="),
    ("/api/users?", 308, "/api/users/?"),
    // The root of the mount.
    ("/api/", 200, "/api  /api/"),
    ("/api", 308, "/api/"),
    ("/api?x=/", 308, "/api/?x=/"),
    // Parameters hold no slash of the spelling.
    ("/api/posts/1/", 200, "/api/posts/[id] 1 /api/posts/1/"),
    (
        "/api/posts/a%2Fb/",
        200,
        "/api/posts/[id] a/b /api/posts/a%2Fb/",
    ),
    ("/api/posts/a%2Fb", 308, "/api/posts/a%2Fb/"),
    ("/api/posts/%C3%A9?q", 308, "/api/posts/%C3%A9/?q"),
    (
        "/api/docs/a/b/",
        200,
        "/api/docs/[...slug] a/b /api/docs/a/b/",
    ),
    ("/api/docs/a/b", 308, "/api/docs/a/b/"),
    // Files have none.
    ("/api/hello.json", 200, "/api/hello.json  /api/hello.json"),
    ("/api/hello.json/", 308, "/api/hello.json"),
    (
        "/api/posts/v1.2",
        200,
        "/api/posts/[id] v1.2 /api/posts/v1.2",
    ),
    ("/api/posts/v1.2/?a", 308, "/api/posts/v1.2?a"),
    ("/api/docs/v1.2/a", 308, "/api/docs/v1.2/a/"),
    // A dot that ends no name of a file.
    (
        "/api/posts/a.b-c",
        200,
        "/api/posts/[id] a.b-c /api/posts/a.b-c",
    ),
    (
        "/api/posts/a.b-c/",
        200,
        "/api/posts/[id] a.b-c /api/posts/a.b-c/",
    ),
    // One step at a time: first the doubled slashes.
    ("//api/users", 308, "/api/users"),
    ("/api//users/", 308, "/api/users/"),
    ("/api/users//", 308, "/api/users/"),
    ("/api\\users", 308, "/api/users"),
    ("/api//hello.json", 308, "/api/hello.json"),
    ("/api/posts/%zz/", 400, "Bad Request"),
];

#[tokio::test]
async fn a_route_is_redirected_to_its_path_with_a_slash() {
    expect(&router("/api", options()), CASES).await;
    expect(&in_front(router("/api", options())), CASES).await;
    let claimed = options().claim_mount(true);
    expect(&in_front(router("/api", claimed)), CASES).await;
}

#[tokio::test]
async fn a_path_without_a_route_is_redirected_where_nobody_else_answers() {
    let (unknown, known) = (
        [
            ("/api/nothing", 308, "/api/nothing/"),
            ("/api/nothing/", 404, "Not Found"),
            ("/api/nothing.js/", 308, "/api/nothing.js"),
            ("/api/nothing.js", 404, "Not Found"),
            ("/api/a.b-c", 404, "Not Found"),
            ("/api/a.b-c/", 404, "Not Found"),
            ("/api/posts/../", 404, "Not Found"),
        ],
        [
            ("/api/nothing", 200, "inner /api/nothing"),
            ("/api/nothing/", 200, "inner /api/nothing/"),
            ("/api//nothing.js/", 200, "inner /api//nothing.js/"),
            ("/about", 200, "inner /about"),
            ("//about/", 200, "inner //about/"),
        ],
    );
    expect(&router("/api", options()), &unknown).await;
    expect(&in_front(router("/api", options())), &known).await;
    let claimed = in_front(router("/api", options().claim_mount(true)));
    expect(&claimed, &unknown).await;
    expect(&claimed, &known[3..]).await;
}

#[tokio::test]
async fn well_known_paths_have_either_spelling() {
    let router = router("/", options());
    expect(
        &router,
        &[
            (
                "/.well-known/thing",
                200,
                "/.well-known/thing  /.well-known/thing",
            ),
            (
                "/.well-known/thing/",
                200,
                "/.well-known/thing  /.well-known/thing/",
            ),
            ("/.well-known/nothing", 404, "Not Found"),
            ("//.well-known/thing", 308, "/.well-known/thing"),
            ("/", 200, "/  /"),
            ("//", 308, "/"),
            ("///", 308, "/"),
            ("/users", 308, "/users/"),
        ],
    )
    .await;
}

#[tokio::test]
async fn every_method_is_redirected() {
    let router = router("/api", options());
    for method in ["GET", "HEAD", "POST", "DELETE", "OPTIONS", "PURGE"] {
        let answer = send(&router, request(method, "/api/users?a=b")).await;
        assert_eq!(answer.status, 308, "{method}");
        assert_eq!(answer.header("location"), Some("/api/users/?a=b"));
        assert_eq!(answer.header("refresh"), Some("0;url=/api/users/?a=b"));
        let body = if method == "HEAD" {
            ""
        } else {
            "/api/users/?a=b"
        };
        assert_eq!(answer.body, body, "{method}");
    }
    let tunnel = send(&router, request("CONNECT", "/api/users")).await;
    assert_eq!(tunnel.status, 404);
}

#[tokio::test]
async fn h09_no_redirect_leaves_the_host_or_goes_in_a_circle() {
    for (options, prefix) in [(options(), ""), (options().outer_prefix("/shop"), "/shop")] {
        let router = router("/", options);
        for path in [
            "//evil.com",
            "//evil.com/",
            "/\\evil.com",
            "\\\\evil.com/",
            "///evil.com//",
            "//evil",
            "/\\evil/",
            "//evil.com/users",
            "/%5Cevil.com",
            "/%2Fevil.com/x",
            "/%2F%2Fevil",
            "//.",
            "//..//",
            "/%2e%2e",
            "//.well-known//",
            "/.well-known\\a/",
            "/a.b-c//",
            "/users\\",
        ] {
            let Ok(mut target) = path.parse::<http::Uri>() else {
                continue;
            };
            let mut steps = 0;
            loop {
                let answer = fetch(&router, &target.to_string()).await;
                let Some(location) = answer.header("location") else {
                    assert!([200, 404].contains(&answer.status.as_u16()), "{path}");
                    break;
                };
                let below = location.strip_prefix(prefix).unwrap();
                assert!(below.starts_with('/'), "{path}: {location}");
                assert!(!below.starts_with("//"), "{path}: {location}");
                assert!(!below.contains('\\'), "{path}: {location}");
                steps += 1;
                assert!(steps < 3, "{path}: {location}");
                target = below.parse().unwrap();
            }
        }
    }
}

#[tokio::test]
async fn a_redirect_names_what_something_in_front_took_away() {
    let router = router("/api", options().outer_prefix("/shop"));
    for (path, location) in [
        ("/api/users?a", "/shop/api/users/?a"),
        ("/api", "/shop/api/"),
        ("/api/hello.json/", "/shop/api/hello.json"),
    ] {
        let answer = fetch(&router, path).await;
        assert_eq!(answer.header("location"), Some(location), "{path}");
    }
}

#[test]
fn a_path_belongs_to_its_route_under_both_spellings() {
    let router = router("/api", options());
    for path in [
        "/api/posts/1",
        "/api/posts/1/",
        "//api/posts/1",
        "/api/posts/1//",
    ] {
        let found = router.match_path(path).unwrap();
        assert_eq!(found.pattern(), "/api/posts/[id]", "{path}");
        assert_eq!(found.param("id").as_deref(), Some("1"), "{path}");
    }
    assert!(router.match_path("/api/nothing/").is_none());
}
