//! `FsRouter`, built by hand: which route answers, and what else the router answers.

mod support;

use std::convert::Infallible;

use axum::{
    body::Body,
    extract::{Extension, Path},
    http::{Method, Request, Response, StatusCode},
};
use support::{expect, get as fetch, request, send};
use tower_api_routes::{
    ApiError, ApiRequest, ApiResponse, ApiRoutes, ErrorFormat, FsRouter, MatchedRoute, Params,
    RouterError, RouterOptions, State,
    router::{MethodRouter, RouterErrorKind, TrailingSlash, any, get, post},
};

/// Answers with the route and the parameters.
async fn echo(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.json(&(req.route().pattern(), req.query()))
}

fn router(patterns: &[&str]) -> FsRouter {
    let mut builder = FsRouter::builder().mount("/api");
    for pattern in patterns {
        builder = builder.route(*pattern, any(echo));
    }
    builder.build().unwrap()
}

#[tokio::test]
async fn most_specific_route_answers() {
    let router = router(&[
        "",
        "[post]",
        "[post]/[comment]",
        "[post]/comments",
        "auth/[...nextauth]",
        "opt/[[...slug]]",
        "users",
        "users/[id]/settings",
    ]);
    expect(
        &router,
        &[
            ("/api", 200, r#"["/api",{}]"#),
            ("/api/users", 200, r#"["/api/users",{}]"#),
            ("/api/x", 200, r#"["/api/[post]",{"post":"x"}]"#),
            ("/api/auth", 200, r#"["/api/[post]",{"post":"auth"}]"#),
            (
                "/api/auth/comments",
                200,
                r#"["/api/auth/[...nextauth]",{"nextauth":["comments"]}]"#,
            ),
            (
                "/api/x/comments",
                200,
                r#"["/api/[post]/comments",{"post":"x"}]"#,
            ),
            (
                "/api/users/7",
                200,
                r#"["/api/[post]/[comment]",{"post":"users","comment":"7"}]"#,
            ),
            (
                "/api/users/7/settings",
                200,
                r#"["/api/users/[id]/settings",{"id":"7"}]"#,
            ),
            ("/api/opt", 200, r#"["/api/opt/[[...slug]]",{}]"#),
            (
                "/api/opt/a/b",
                200,
                r#"["/api/opt/[[...slug]]",{"slug":["a","b"]}]"#,
            ),
            ("/api/a/b/c", 404, "Not Found"),
            ("/", 404, "Not Found"),
            ("/apiary", 404, "Not Found"),
            ("/api-public/x", 404, "Not Found"),
        ],
    )
    .await;
}

#[tokio::test]
async fn parameters_are_decoded_once_after_the_split() {
    let router = router(&["[id]", "all/[...rest]", "user/admin"]);
    expect(
        &router,
        &[
            (
                "/api/user%2Fadmin",
                200,
                r#"["/api/[id]",{"id":"user/admin"}]"#,
            ),
            ("/api/%252e%252e", 200, r#"["/api/[id]",{"id":"%2e%2e"}]"#),
            (
                "/api/all/a%2Fb/c%20d",
                200,
                r#"["/api/all/[...rest]",{"rest":["a/b","c d"]}]"#,
            ),
            ("/api/a+b", 200, r#"["/api/[id]",{"id":"a+b"}]"#),
            ("/api/%5Bid%5D", 200, r#"["/api/[id]",{"id":"[id]"}]"#),
        ],
    )
    .await;
}

#[tokio::test]
async fn h04_h05_malformed_paths_are_400_before_any_handler() {
    let router = router(&["[id]", "all/[...rest]"]);
    for path in [
        "x%",
        "%zz",
        "%2",
        "%u0041",
        "%ff",
        "%c0%ae",
        "%ed%a0%80",
        "all/a/%zz",
        "no/such/%zz",
    ] {
        let answer = fetch(&router, &format!("/api/{path}")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (400, "Bad Request"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn h01_encoded_letters_do_not_match_a_static_name() {
    let router = router(&["admin"]);
    expect(
        &router,
        &[
            ("/api/admin", 200, r#"["/api/admin",{}]"#),
            ("/api/%61dmin", 404, "Not Found"),
        ],
    )
    .await;
}

#[tokio::test]
async fn h06_dot_segments_reach_no_handler() {
    let router = router(&["", "[id]", "[...all]", "x/[[...slug]]"]);
    for path in [
        "/api/..",
        "/api/.",
        "/api/%2e%2e/secret",
        "/api/./x",
        "/api/.%2e",
        "/api/x/../y",
    ] {
        assert_eq!(fetch(&router, path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn h07_h08_h09_a_path_has_one_spelling() {
    let router = router(&["", "users", "[...all]"]);
    for (path, location) in [
        ("/api/", "/api"),
        ("/api/users/", "/api/users"),
        ("/api/users/?a=1&b=%20x+", "/api/users?a=1&b=%20x+"),
        ("/api//users?a=//b", "/api/users?a=//b"),
        ("//api/users", "/api/users"),
        ("/api\\users", "/api/users"),
        ("/api/a//b", "/api/a/b"),
        ("//evil.example/", "/evil.example/"),
        ("/\\evil.example/", "/evil.example/"),
        ("/nowhere/", "/nowhere"),
    ] {
        let answer = send(&router, request("POST", path)).await;
        assert_eq!(answer.status, 308, "{path}");
        assert_eq!(answer.header("location"), Some(location), "{path}");
        assert_eq!(answer.body, location, "{path}");
    }
}

#[tokio::test]
async fn slash_policies() {
    let with = |policy| {
        FsRouter::builder()
            .route("users", any(echo))
            .route("dyn/[id]", any(echo))
            .options(RouterOptions::new().trailing_slash(policy))
            .build()
            .unwrap()
    };
    let strict = with(TrailingSlash::Strict);
    expect(
        &strict,
        &[("/users/", 404, "Not Found"), ("//users", 404, "Not Found")],
    )
    .await;
    let ignore = with(TrailingSlash::Ignore);
    expect(
        &ignore,
        &[
            ("/users/", 200, r#"["/users",{}]"#),
            ("/dyn/1/?a=b", 200, r#"["/dyn/[id]",{"a":"b","id":"1"}]"#),
            ("//users", 404, "Not Found"),
            ("/dyn//", 404, "Not Found"),
        ],
    )
    .await;
}

fn below_a_prefix(prefix: &str) -> Result<FsRouter, RouterError> {
    FsRouter::builder()
        .mount("/api")
        .route("users/[id]", any(echo))
        .options(RouterOptions::new().outer_prefix(prefix))
        .build()
}

#[tokio::test]
async fn a_redirect_goes_to_the_path_in_front_of_what_was_stripped() {
    let cases = [
        ("/shop", "/shop/api/users/1"),
        ("/shop/", "/shop/api/users/1"),
        ("/a/caf%C3%A9", "/a/caf%C3%A9/api/users/1"),
        ("/", "/api/users/1"),
        ("", "/api/users/1"),
    ];
    for (prefix, clean) in cases {
        let router = below_a_prefix(prefix).unwrap();
        for path in ["/api/users/1/", "//api/users/1", "/api\\users/1"] {
            let path = format!("{path}?a=%20b&a");
            let answer = fetch(&router, &path).await;
            let expected = format!("{clean}?a=%20b&a");
            assert_eq!(answer.status, 308, "{prefix} {path}");
            assert_eq!(answer.headers["location"], expected, "{prefix} {path}");
            assert_eq!(answer.body, expected, "{prefix} {path}");
            let refresh = format!("0;url={expected}");
            assert_eq!(answer.headers["refresh"], refresh, "{prefix} {path}");
        }
    }
}

#[tokio::test]
async fn a_redirect_below_a_nested_service_is_followed_to_the_route() {
    let router = below_a_prefix("/shop").unwrap();
    let in_front = ApiRoutes::new(router.clone(), axum::Router::new());
    for app in [
        axum::Router::new().nest_service("/shop", router),
        axum::Router::new().nest_service("/shop", in_front),
    ] {
        let answer = fetch(&app, "/shop/api/users/1/").await;
        assert_eq!(answer.status, 308);
        let location = answer.headers["location"].to_str().unwrap();
        assert_eq!(location, "/shop/api/users/1");
        let found = fetch(&app, location).await;
        assert_eq!(found.status, 200);
        assert_eq!(found.body, r#"["/api/users/[id]",{"id":"1"}]"#);
    }
}

#[test]
fn h09_an_outer_prefix_is_a_path_of_the_same_host() {
    for (prefix, message) in [
        ("shop", "a prefix begins with a slash"),
        ("https://evil.example", "a prefix begins with a slash"),
        (
            "//evil.example",
            "a prefix has no empty segments, and none that is `.` or `..`",
        ),
        (
            "/..",
            "a prefix has no empty segments, and none that is `.` or `..`",
        ),
        (
            "/a b",
            "a prefix is written as it stands in a URL, percent-encoded",
        ),
        (
            "/a\r\nx: y",
            "a prefix is written as it stands in a URL, percent-encoded",
        ),
    ] {
        let error = below_a_prefix(prefix).unwrap_err();
        assert_eq!(error.kind(), RouterErrorKind::Mount);
        assert_eq!(error.to_string(), format!("prefix {prefix:?}: {message}"));
    }
}

#[tokio::test]
async fn h15_odd_targets_match_nothing() {
    let router = FsRouter::builder()
        .route("", any(echo))
        .route("[[...all]]", any(echo))
        .build();
    assert!(
        router.is_err(),
        "the root and an optional catch-all conflict"
    );
    let router = FsRouter::builder()
        .route("[[...all]]", any(echo))
        .build()
        .unwrap();
    assert_eq!(send(&router, request("OPTIONS", "*")).await.status, 404);
    assert_eq!(
        send(&router, request("CONNECT", "example.com:443"))
            .await
            .status,
        404
    );
    let absolute = fetch(&router, "http://evil.example/api/x").await;
    assert_eq!(absolute.body, r#"["/[[...all]]",{"all":["api","x"]}]"#);
}

#[tokio::test]
async fn h17_h18_patterns_and_other_spellings_are_plain_text() {
    let router = router(&["[id]", "admin"]);
    expect(
        &router,
        &[
            (
                "/api/_middleware",
                200,
                r#"["/api/[id]",{"id":"_middleware"}]"#,
            ),
            ("/api/admin.rs", 200, r#"["/api/[id]",{"id":"admin.rs"}]"#),
            ("/api/Admin", 200, r#"["/api/[id]",{"id":"Admin"}]"#),
            ("/api/admin;v=1", 200, r#"["/api/[id]",{"id":"admin;v=1"}]"#),
            ("/api/admin%20", 200, r#"["/api/[id]",{"id":"admin "}]"#),
            ("/API/admin", 404, "Not Found"),
        ],
    )
    .await;
}

#[tokio::test]
async fn h19_too_many_segments_are_414() {
    let router = router(&["[...all]"]);
    let path = format!("/api{}", "/a".repeat(30_000));
    assert_eq!(fetch(&router, &path).await.status, 414);
    let path = format!("/api{}", "/a".repeat(127));
    assert_eq!(fetch(&router, &path).await.status, 200);
    let path = format!("/api{}", "/a".repeat(128));
    assert_eq!(fetch(&router, &path).await.status, 414);
}

#[tokio::test]
async fn h12_query_cannot_pose_as_a_parameter() {
    async fn typed(Params(id): Params<String>) -> String {
        id
    }
    let router = FsRouter::builder()
        .route("user/[id]", get(typed))
        .build()
        .unwrap();
    expect(&router, &[("/user/1?id=2&id=3", 200, "1")]).await;
}

async fn text() -> &'static str {
    "text"
}

#[tokio::test]
async fn methods_have_handlers_of_their_own() {
    let router = FsRouter::builder()
        .route("r", get(text).put(async || "put"))
        .route("p", post(text))
        .route("none", MethodRouter::new())
        .build()
        .unwrap();
    assert_eq!(send(&router, request("PUT", "/r")).await.body, "put");

    let head = send(&router, request("HEAD", "/r")).await;
    assert_eq!((head.status.as_u16(), head.body.as_str()), (200, ""));
    assert_eq!(head.header("content-length"), Some("4"));

    let options = send(&router, request("OPTIONS", "/r")).await;
    assert_eq!((options.status.as_u16(), options.body.as_str()), (204, ""));
    assert_eq!(options.header("allow"), Some("GET, HEAD, PUT, OPTIONS"));

    for method in ["POST", "DELETE", "TRACE", "FOO"] {
        let answer = send(&router, request(method, "/r")).await;
        assert_eq!(answer.status, 405, "{method}");
        assert_eq!(
            answer.header("allow"),
            Some("GET, HEAD, PUT, OPTIONS"),
            "{method}"
        );
        assert_eq!(answer.body, "Method Not Allowed", "{method}");
    }
    assert_eq!(
        send(&router, request("GET", "/p")).await.header("allow"),
        Some("POST, OPTIONS")
    );
    assert_eq!(send(&router, request("GET", "/none")).await.status, 405);
}

#[tokio::test]
async fn any_takes_every_method() {
    let router = FsRouter::builder()
        .route(
            "m",
            any(async |req: ApiRequest, res: ApiResponse| res.send(req.method().to_string())),
        )
        .route(
            "mixed",
            get(text).any(async |method: Method| method.to_string()),
        )
        .build()
        .unwrap();
    for method in ["GET", "POST", "OPTIONS", "TRACE", "PROPFIND"] {
        assert_eq!(send(&router, request(method, "/m")).await.body, method);
    }
    assert_eq!(send(&router, request("GET", "/mixed")).await.body, "text");
    assert_eq!(
        send(&router, request("PURGE", "/mixed")).await.body,
        "PURGE"
    );
}

#[tokio::test]
async fn sixteen_extractors() {
    type M = Method;
    #[allow(clippy::too_many_arguments, reason = "as many as a handler may have")]
    async fn all(
        _m1: M,
        _m2: M,
        _m3: M,
        _m4: M,
        _m5: M,
        _m6: M,
        _m7: M,
        _m8: M,
        _m9: M,
        _m10: M,
        _m11: M,
        _m12: M,
        _m13: M,
        State(state): State<u8>,
        Extension(route): Extension<MatchedRoute>,
        body: String,
    ) -> String {
        format!("{state} {} {body}", route.pattern())
    }
    let router = FsRouter::builder()
        .with_state(7_u8)
        .route("[x]", post(all))
        .build()
        .unwrap();
    let request = Request::post("/y").body(Body::from("body")).unwrap();
    assert_eq!(send(&router, request).await.body, "7 /[x] body");
}

#[tokio::test]
async fn extractors_before_req_and_res() {
    async fn handler(State(state): State<u8>, req: ApiRequest, res: ApiResponse) -> ApiResponse {
        res.send(format!("{state} {}", req.param("id").unwrap_or_default()))
    }
    let router = FsRouter::builder()
        .with_state(7_u8)
        .route("[id]", any(handler))
        .build()
        .unwrap();
    expect(&router, &[("/x", 200, "7 x")]).await;
}

#[tokio::test]
async fn extractors_and_responses_of_axum() {
    async fn json(
        axum::Json(value): axum::Json<serde_json::Value>,
    ) -> (StatusCode, axum::Json<serde_json::Value>) {
        (StatusCode::CREATED, axum::Json(value))
    }
    async fn path(path: Result<Path<String>, axum::extract::rejection::PathRejection>) -> String {
        path.map(|Path(path)| path)
            .unwrap_or_else(|rejection| rejection.status().to_string())
    }
    let router = FsRouter::builder()
        .route("json", post(json))
        .route("path/[id]", get(path))
        .build()
        .unwrap();
    let request = Request::post("/json")
        .header("content-type", "application/json")
        .body(Body::from("[1]"))
        .unwrap();
    let answer = send(&router, request).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (201, "[1]"));
    // The parameters are ours: axum's `Path` says so with an error of its own.
    assert_eq!(
        fetch(&router, "/path/1").await.body,
        "500 Internal Server Error"
    );
}

#[tokio::test]
async fn params_that_do_not_fit_are_400_and_name_the_parameter() {
    async fn number(Params(id): Params<u8>) -> String {
        id.to_string()
    }
    let router = FsRouter::builder()
        .route("n/[id]", get(number))
        .build()
        .unwrap();
    expect(&router, &[("/n/7", 200, "7")]).await;
    let answer = fetch(&router, "/n/x").await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.body,
        "invalid route parameter: id: expected a whole number from 0 to 255"
    );
}

#[tokio::test]
async fn h74_a_panic_is_a_500_and_leaks_nothing() {
    async fn late() -> String {
        tokio::task::yield_now().await;
        panic!("secret")
    }
    #[allow(clippy::unused_async)]
    async fn now(_req: ApiRequest, _res: ApiResponse) -> ApiResponse {
        panic!("secret")
    }
    let router = FsRouter::builder()
        .route("late", get(late))
        .route("now", any(now))
        .build()
        .unwrap();
    for path in ["/late", "/now"] {
        let answer = fetch(&router, path).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (500, "Internal Server Error"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn h73_h78_errors_leak_nothing() {
    async fn io() -> Result<String, ApiError> {
        Ok(std::fs::read_to_string("/no/such/secret/file")?)
    }
    let router = FsRouter::builder().route("io", get(io)).build().unwrap();
    let answer = fetch(&router, "/io").await;
    assert_eq!(
        (answer.status.as_u16(), answer.body.as_str()),
        (500, "Internal Server Error")
    );
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn a_service_is_a_route() {
    let service = tower::service_fn(|request: Request<Body>| async move {
        let route = request
            .extensions()
            .get::<MatchedRoute>()
            .map(|route| route.pattern().to_owned());
        Ok::<_, Infallible>(Response::new(Body::from(route.unwrap_or_default())))
    });
    let broken = tower::service_fn(|_: Request<Body>| async {
        Err::<Response<Body>, _>(std::io::Error::other("secret"))
    });
    let router = FsRouter::builder()
        .route("svc/[...all]", MethodRouter::new().service(service))
        .route("broken", MethodRouter::new().service(broken))
        .build()
        .unwrap();
    expect(
        &router,
        &[
            ("/svc/a/b", 200, "/svc/[...all]"),
            ("/broken", 500, "Internal Server Error"),
        ],
    )
    .await;
}

#[tokio::test]
async fn error_formats() {
    async fn fail() -> ApiError {
        ApiError::new(StatusCode::CONFLICT, "already there")
    }
    let with = |format| {
        FsRouter::builder()
            .route("x", get(fail))
            .options(RouterOptions::new().error_format(format))
            .build()
            .unwrap()
    };
    let json = with(ErrorFormat::Json);
    expect(
        &json,
        &[
            (
                "/x",
                409,
                r#"{"error":{"status":409,"message":"already there"}}"#,
            ),
            (
                "/y",
                404,
                r#"{"error":{"status":404,"message":"Not Found"}}"#,
            ),
        ],
    )
    .await;
    let problem = with(ErrorFormat::Problem);
    expect(
        &problem,
        &[
            ("/x", 409, r#"{"type":"about:blank","title":"Conflict","status":409,"detail":"already there"}"#),
            ("/y", 404, r#"{"type":"about:blank","title":"Not Found","status":404}"#),
        ],
    )
    .await;
    assert_eq!(
        fetch(&problem, "/x").await.header("content-type"),
        Some("application/problem+json")
    );
    let bare = fetch(&with(ErrorFormat::NextJs), "/x").await;
    assert_eq!(
        (bare.body.as_str(), bare.header("content-type")),
        ("already there", None)
    );
}

#[tokio::test]
async fn on_error_sees_the_error_the_route_and_the_request() {
    async fn fail() -> Result<String, ApiError> {
        Err(ApiError::internal("the source"))
    }
    let router = FsRouter::builder()
        .route("x/[id]", get(fail))
        .options(RouterOptions::new().on_error(|error, context| {
            let route = context.route.map_or("none", |route| route.pattern());
            let source = error.source().map(ToString::to_string).unwrap_or_default();
            let path = context.parts.uri.path();
            (error.status(), format!("{route}|{path}|{source}"))
        }))
        .build()
        .unwrap();
    expect(
        &router,
        &[
            ("/x/1", 500, "/x/[id]|/x/1|the source"),
            ("/y", 404, "none|/y|"),
        ],
    )
    .await;
    assert_eq!(
        send(&router, request("POST", "/x/1")).await.body,
        "/x/[id]|/x/1|"
    );
}

#[test]
fn build_errors_name_the_culprit() {
    let cases: [(&str, tower_api_routes::router::FsRouterBuilder); 6] = [
        (
            "",
            FsRouter::builder()
                .route("a", get(text))
                .route("a", get(text)),
        ),
        (
            "",
            FsRouter::builder()
                .route("[a]", get(text))
                .route("[b]/x", get(text)),
        ),
        ("", FsRouter::builder().route("[a", get(text))),
        (
            "mount \"api\": a mount begins with a slash",
            FsRouter::builder().mount("api"),
        ),
        (
            "mount \"/a//b\": a mount has no empty segments, and none that is `.` or `..`",
            FsRouter::builder().mount("/a//b"),
        ),
        (
            "a: GET has two handlers: remove one",
            FsRouter::builder().route("a", get(text).get(text)),
        ),
    ];
    for (message, builder) in cases {
        let error = builder.build().unwrap_err().to_string();
        println!("{error}");
        if !message.is_empty() {
            assert_eq!(error, message);
        }
    }
}

#[test]
fn the_table_lists_path_methods_file_and_layers() {
    let router = FsRouter::builder()
        .mount("/api")
        .route("posts/[id]", get(text).put(text))
        .route("", any(text))
        .route(
            "slow",
            get(text).layer(tower_http::timeout::TimeoutLayer::with_status_code(
                StatusCode::REQUEST_TIMEOUT,
                std::time::Duration::from_secs(1),
            )),
        )
        .build()
        .unwrap();
    assert_eq!(
        router.to_string(),
        "\
PATH             METHODS               FILE  LAYERS
/api             any                   -     -
/api/posts/[id]  GET HEAD PUT OPTIONS  -     -
/api/slow        GET HEAD OPTIONS      -     TimeoutLayer
"
    );
    let methods: Vec<_> = router
        .routes()
        .map(|route| (route.pattern(), route.methods().len()))
        .collect();
    assert_eq!(
        methods,
        [("/api", 0), ("/api/posts/[id]", 4), ("/api/slow", 3)]
    );
}
