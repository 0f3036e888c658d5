//! Routes that another service answers: what is left to it, under which spellings, and what is not.

mod support;

use std::convert::Infallible;

use axum::body::Body;
use http::{Method, Request, Response, StatusCode, Version};
use http_body_util::BodyExt;
use support::{Answer, expect, get as fetch, request, send};
use tower::{Service, ServiceExt};
use tower_api_routes::{
    ApiRequest, ApiResponse, ApiRoutes, ErrorFormat, FsRouter, RouterOptions,
    response::EitherBody,
    router::{FsRouterBuilder, RouteInfo, RouterErrorKind, TrailingSlash, any, get},
};

const POLICIES: [TrailingSlash; 4] = [
    TrailingSlash::Redirect,
    TrailingSlash::Require,
    TrailingSlash::Strict,
    TrailingSlash::Ignore,
];

/// Says which route answers.
async fn rust(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let pattern = req.route().pattern().to_owned();
    res.send(format!("rust {pattern}"))
}

/// A tree whose move has begun: precedence goes both ways.
fn builder(options: RouterOptions) -> FsRouterBuilder {
    FsRouter::builder()
        .mount("/api")
        .options(options)
        .route("posts/[id]", get(rust))
        .foreign_file("posts/new", Some("pages/api/posts/new.js"))
        .route("users/new", get(rust))
        .foreign_file("users/[id]", Some("pages/api/users/[id].js"))
        .route("docs/[...slug]", any(rust))
        .foreign_file("docs/about", Some("pages/api/docs/about.ts"))
        .foreign("docs/[lang]/edit")
        .route("files/[name]", get(rust))
        .foreign_file("files/[...path]", Some("pages/api/files/[...path].js"))
        .route("shop/cart", get(rust))
        .foreign_file("shop/[[...rest]]", Some("pages/api/shop/[[...rest]].js"))
        .foreign_file("", Some("pages/api/index.js"))
}

fn router(options: RouterOptions) -> FsRouter {
    builder(options).build().unwrap()
}

/// The router in front of a service that says what reaches it.
fn in_front(
    router: FsRouter,
) -> impl Service<Request<Body>, Response = Response<EitherBody<Body>>, Error = Infallible> + Clone
{
    let next = tower::service_fn(async |request: Request<Body>| {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&body).into_owned();
        let mut response = Response::new(Body::from(format!(
            "next {} {} {text}",
            parts.method, parts.uri
        )));
        *response.headers_mut() = parts.headers;
        Ok::<_, Infallible>(response)
    });
    ApiRoutes::new(router, next)
}

#[tokio::test]
async fn static_names_win_over_parameters_in_both_languages() {
    let service = in_front(router(RouterOptions::new()));
    expect(
        &service,
        &[
            ("/api/posts/1", 200, "rust /api/posts/[id]"),
            ("/api/posts/new", 200, "next GET /api/posts/new "),
            ("/api/posts/newer", 200, "rust /api/posts/[id]"),
            ("/api/posts/NEW", 200, "rust /api/posts/[id]"),
            ("/api/users/new", 200, "rust /api/users/new"),
            ("/api/users/1", 200, "next GET /api/users/1 "),
            ("/api/docs/a", 200, "rust /api/docs/[...slug]"),
            ("/api/docs/about", 200, "next GET /api/docs/about "),
            ("/api/docs/about/us", 200, "rust /api/docs/[...slug]"),
            ("/api/docs/en/edit", 200, "next GET /api/docs/en/edit "),
            ("/api/docs/en/edit/x", 200, "rust /api/docs/[...slug]"),
            ("/api/files/a", 200, "rust /api/files/[name]"),
            ("/api/files/a/b", 200, "next GET /api/files/a/b "),
            ("/api/shop", 200, "next GET /api/shop "),
            ("/api/shop/cart", 200, "rust /api/shop/cart"),
            ("/api/shop/cart/1", 200, "next GET /api/shop/cart/1 "),
            ("/api", 200, "next GET /api "),
        ],
    )
    .await;
}

#[tokio::test]
async fn no_method_of_a_foreign_route_is_refused_by_the_route_beside_it() {
    for claims in [false, true] {
        let service = in_front(router(RouterOptions::new().claim_mount(claims)));
        for method in [
            "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PURGE",
        ] {
            let answer = send(&service, request(method, "/api/posts/new")).await;
            assert_eq!(answer.body, format!("next {method} /api/posts/new "));
            let beside = send(&service, request(method, "/api/posts/1")).await;
            let is_allowed = matches!(method, "GET" | "HEAD" | "OPTIONS");
            assert_eq!(beside.status == 405, !is_allowed, "{method}");
        }
        // A tunnel is for the other service to open or not.
        for (target, version) in [
            ("/api/posts/new", Version::HTTP_2),
            ("/api/posts/new/", Version::HTTP_2),
            ("//api/users/1", Version::HTTP_2),
            ("/api/posts/new", Version::HTTP_11),
        ] {
            let mut connect = request(Method::CONNECT.as_str(), target);
            *connect.version_mut() = version;
            let answer = send(&service, connect).await;
            assert_eq!(answer.body, format!("next CONNECT {target} "), "{claims}");
        }
    }
}

#[tokio::test]
async fn a_foreign_request_arrives_as_it_came_whatever_its_slashes() {
    let long = format!("/api/files{}", "/a".repeat(200));
    for policy in POLICIES {
        for claims in [false, true] {
            let options = RouterOptions::new()
                .trailing_slash(policy)
                .claim_mount(claims);
            let service = in_front(router(options));
            for path in [
                "/api/posts/new",
                "/api/posts/new/",
                "/api/posts/new//",
                "/api//posts/new",
                "//api/posts/new/",
                "/api\\posts\\new",
                "/api/posts/new?a=%20b&a&=",
                "/api/posts/new/?next=//evil.com",
                "/api/users/1/",
                "/api/users/%zz",
                "/api/users/%ff/",
                "/api/users/a%2Fb/",
                "/api/users/v1.json/",
                "/api/docs/about/",
                "/api/docs//en/edit",
                "/api/files/a//b/",
                "/api/files/a\\b/c",
                "/api/shop/",
                "/api/shop//a",
                "/api/",
                "/api",
                "//api//",
                &long,
            ] {
                let mut post = request("POST", path);
                *post.body_mut() = Body::from("{not json");
                for (name, value) in [
                    ("content-type", "application/json"),
                    ("content-length", "99999999999"),
                    ("cookie", "a=b; __prerender_bypass=x"),
                    ("expect", "100-continue"),
                ] {
                    post.headers_mut().append(name, value.parse().unwrap());
                }
                let sent = post.headers().clone();
                let answer: Answer = send(&service, post).await;
                let expected = format!("next POST {path} {{not json");
                assert_eq!(answer.body, expected, "{policy:?} {claims}");
                assert_eq!(answer.headers, sent, "{policy:?} {path}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_here_keeps_its_redirects_beside_foreign_routes() {
    let service = in_front(router(RouterOptions::new()));
    expect(
        &service,
        &[
            ("/api/posts/1/", 308, "/api/posts/1"),
            ("//api/docs/x?a", 308, "/api/docs/x?a"),
            ("/api/files/a/", 308, "/api/files/a"),
            ("/api/users/new/", 308, "/api/users/new"),
        ],
    )
    .await;
    let required = RouterOptions::new().trailing_slash(TrailingSlash::Require);
    expect(
        &in_front(router(required)),
        &[
            ("/api/posts/1", 308, "/api/posts/1/"),
            ("/api/posts/1/", 200, "rust /api/posts/[id]"),
        ],
    )
    .await;
}

/// Neither the router nor a Next.js compares static names with anything but what was sent.
#[tokio::test]
async fn an_escaped_name_is_a_value_of_the_parameter() {
    let service = in_front(router(RouterOptions::new()));
    expect(
        &service,
        &[
            ("/api/posts/n%65w", 200, "rust /api/posts/[id]"),
            ("/api/docs/%61bout", 200, "rust /api/docs/[...slug]"),
            ("/api/users/n%65w", 200, "next GET /api/users/n%65w "),
            ("/api/posts%2Fnew", 200, "next GET /api/posts%2Fnew "),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_claimed_mount_leaves_the_foreign_routes_and_nothing_else() {
    let options = RouterOptions::new().claim_mount(true);
    let service = in_front(router(options));
    expect(
        &service,
        &[
            ("/api/nothing", 404, "Not Found"),
            ("/api/posts", 404, "Not Found"),
            ("/api/posts/new/x", 404, "Not Found"),
            ("/api/users/..", 404, "Not Found"),
            ("/api/shop/%2e%2e/x", 404, "Not Found"),
            ("/api/users/1", 200, "next GET /api/users/1 "),
            ("/about", 200, "next GET /about "),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_router_that_stands_alone_has_no_such_route() {
    const NOT_FOUND: &str = r#"{"error":{"status":404,"message":"Not Found"}}"#;
    const MALFORMED: &str = r#"{"error":{"status":400,"message":"Bad Request"}}"#;
    let json = || RouterOptions::new().error_format(ErrorFormat::Json);
    expect(
        &router(json()),
        &[
            ("/api/posts/1", 200, "rust /api/posts/[id]"),
            ("/api/posts/new", 404, NOT_FOUND),
            ("/api/posts/new/", 308, "/api/posts/new"),
            ("/api/docs/about", 404, NOT_FOUND),
            ("/api/users/1", 404, NOT_FOUND),
            ("/api/users/%zz", 400, MALFORMED),
            ("/api", 404, NOT_FOUND),
        ],
    )
    .await;
    for policy in POLICIES {
        let options = json().trailing_slash(policy);
        let with_fallback = builder(options).fallback(any(async || "fallback"));
        let with_fallback = with_fallback.build().unwrap();
        let path = match policy {
            TrailingSlash::Require => "/api/posts/new/",
            _ => "/api/posts/new",
        };
        for method in ["GET", "POST", "PURGE"] {
            let answer = send(&with_fallback, request(method, path)).await;
            assert_eq!(answer.body, "fallback", "{policy:?} {method}");
        }
        // A fallback sees no path that cannot be decoded.
        for path in ["/api/users/%zz", "/api/users/%zz/"] {
            let answer = fetch(&with_fallback, path).await;
            let is_redirected = answer.status == StatusCode::PERMANENT_REDIRECT;
            assert!(
                is_redirected || answer.body == MALFORMED,
                "{policy:?} {path}: {answer:?}"
            );
        }
    }
    let connect = request(Method::CONNECT.as_str(), "/api/posts/new");
    assert_eq!(send(&router(json()), connect).await.status, 404);
}

#[tokio::test]
async fn the_answer_of_the_other_service_names_no_route() {
    let options = RouterOptions::new().route_in_responses(true);
    let service = in_front(router(options));
    for (path, is_here) in [("/api/posts/1", true), ("/api/posts/new", false)] {
        let response = service.clone().oneshot(request("GET", path)).await.unwrap();
        let route = response
            .extensions()
            .get::<tower_api_routes::MatchedRoute>();
        assert_eq!(route.is_some(), is_here, "{path}");
    }
}

#[test]
fn a_path_of_another_service_matches_no_route_here() {
    for policy in POLICIES {
        let router = router(RouterOptions::new().trailing_slash(policy));
        for path in [
            "/api/posts/new",
            "/api/posts/new/",
            "//api/posts/new",
            "/api\\posts/new",
            "/api/users/1",
            "/api/shop",
            "/api/shop/a//b",
            "/api",
        ] {
            assert!(router.match_path(path).is_none(), "{policy:?} {path}");
        }
        let here = router.match_path("/api/posts/1").unwrap();
        assert_eq!(here.pattern(), "/api/posts/[id]");
        assert!(!here.route().is_foreign());
    }
}

#[test]
fn the_table_of_routes_reads_as_the_progress_of_the_move() {
    let moving = FsRouter::builder()
        .mount("/api")
        .route("posts/[id]", get(rust))
        .foreign_file("posts/new", Some("pages/api/posts/new.js"))
        .foreign("posts/old")
        .build()
        .unwrap();
    assert_eq!(
        moving.to_string(),
        "\
PATH             METHODS           FILE                    LAYERS
/api/posts/new   foreign           pages/api/posts/new.js  -
/api/posts/old   foreign           -                       -
/api/posts/[id]  GET HEAD OPTIONS  -                       -
1 of 3 routes here, 2 foreign
"
    );
    let listed: Vec<_> = moving
        .routes()
        .map(|it: RouteInfo<'_>| (it.pattern(), it.file(), it.is_foreign()))
        .collect();
    assert_eq!(
        listed,
        [
            ("/api/posts/new", Some("pages/api/posts/new.js"), true),
            ("/api/posts/old", None, true),
            ("/api/posts/[id]", None, false),
        ]
    );
    // Once all are here, the table is what it is for everybody.
    let moved = FsRouter::builder().route("posts/[id]", get(rust));
    let table = moved.build().unwrap().to_string();
    assert_eq!(table.lines().count(), 2, "{table}");
}

#[test]
fn foreign_routes_conflict_as_all_routes_do() {
    for (here, foreign, problem) in [
        ("user", "user", "there are two routes `user`"),
        (
            "posts/[id]",
            "posts/[slug]",
            "routes `posts/[slug]` and `posts/[id]` have different names for the same parameter",
        ),
        (
            "docs/[[...slug]]",
            "docs",
            "routes `docs` and `docs/[[...slug]]` match the same path, as an optional catch-all \
             matches without its segments",
        ),
    ] {
        let error = FsRouter::builder()
            .route(here, get(rust))
            .foreign(foreign)
            .build()
            .unwrap_err();
        assert_eq!(error.kind(), RouterErrorKind::Conflict);
        assert_eq!(error.to_string(), problem);
    }
    let error = FsRouter::builder()
        .foreign_file("[id", Some("pages/api/[id.js"))
        .build()
        .unwrap_err();
    assert_eq!(error.kind(), RouterErrorKind::Pattern);
    assert!(
        error.to_string().starts_with("pages/api/[id.js: "),
        "{error}"
    );
}
