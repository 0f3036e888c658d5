//! CORS on plain tower services and on an axum router.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::DefaultBodyLimit,
    routing::{any, get, post},
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};
use tower_api_routes::{
    ApiRoutes, BodyParserLayer, Cors, CorsLayer, FsRouter,
    cors::{CorsError, Unchecked},
};

const ALLOWED: &str = "https://a.example";
const DENIED: &str = "https://evil.example";

const PREFLIGHT: &[(&str, &str)] = &[
    ("origin", "https://example.com"),
    ("access-control-request-method", "PUT"),
    ("access-control-request-headers", "X-Token, Content-Type"),
];

fn request(method: Method, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri("/");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

/// What `layer` answers in front of a handler that says 200 and `X-Handler: ran`.
async fn answer(layer: &CorsLayer, request: Request<Body>) -> Response<Body> {
    answer_with(layer, &[("x-handler", "ran")], request).await
}

async fn answer_with(
    layer: &CorsLayer,
    headers: &'static [(&'static str, &'static str)],
    request: Request<Body>,
) -> Response<Body> {
    let handler = service_fn(move |_: Request<Body>| async move {
        let mut response = Response::new(Body::from("handled"));
        for (name, value) in headers {
            response.headers_mut().append(*name, value.parse().unwrap());
        }
        Ok::<_, Infallible>(response)
    });
    layer.layer(handler).oneshot(request).await.unwrap()
}

fn handler_ran(response: &Response<Body>) -> bool {
    response.headers().contains_key("x-handler")
}

fn allowed_origin(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::ACCESS_CONTROL_ALLOW_ORIGIN)
        .map(|value| value.to_str().unwrap())
}

/// The CORS headers and `Vary`, sorted by name, one `name: value` each.
fn cors_headers(headers: &HeaderMap) -> Vec<String> {
    let mut lines: Vec<_> = headers
        .iter()
        .filter(|(name, _)| name.as_str().starts_with("access-control-") || *name == header::VARY)
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    lines.sort();
    lines
}

fn built(layer: CorsLayer<Unchecked>) -> CorsLayer {
    layer.build().unwrap()
}

fn list() -> CorsLayer {
    built(
        CorsLayer::new()
            .origin([ALLOWED, "https://b.example:8443"])
            .allow_credentials(true),
    )
}

#[test]
fn h57_wildcards_and_credentials_do_not_build() {
    let named = || CorsLayer::new().origin([ALLOWED]).allow_credentials(true);
    let star = Method::from_bytes(b"*").unwrap();
    for (layer, culprit) in [
        (CorsLayer::new().allow_credentials(true), "the origin"),
        (
            CorsLayer::new().origin(["*"]).allow_credentials(true),
            "the origin",
        ),
        (
            CorsLayer::new().allow_credentials(true).origin(["*"]),
            "the origin",
        ),
        (
            named().allow_methods([Method::GET, star]),
            "the allowed methods",
        ),
        (
            named().allow_headers(["X-Token", "*"]),
            "the allowed headers",
        ),
        (named().expose_headers(["*"]), "the exposed headers"),
    ] {
        assert_eq!(
            layer.build().unwrap_err().to_string(),
            format!("`*` for {culprit} cannot be combined with credentials")
        );
    }
}

#[test]
fn wrong_rules_do_not_build() {
    let new = CorsLayer::new;
    for (layer, message) in [
        (
            new().origin(["https://a.example/"]),
            "`https://a.example/` is not an origin: expected `scheme://host` or \
             `scheme://host:port`, in lower case, without path or default port",
        ),
        (
            new().fixed_origin("*"),
            "`*` is not an origin: expected `scheme://host` or `scheme://host:port`, in lower \
             case, without path or default port",
        ),
        (
            new().origin([ALLOWED, "*"]),
            "`*` cannot stand beside named origins",
        ),
        (
            new().allow_headers(["X Token"]),
            "`X Token` is not a header name",
        ),
        (
            new().expose_headers(["X-A,X-B"]),
            "`X-A,X-B` is not a header name",
        ),
        (
            new().preflight_status(StatusCode::NOT_FOUND),
            "preflight status 404 is not a success",
        ),
        // the first error counts, also when a later call sets the same rule well
        (
            new().expose_headers([""]).origin(["null"]),
            "`` is not a header name",
        ),
        (
            new().allow_headers(["a b"]).allow_headers(["a"]),
            "`a b` is not a header name",
        ),
    ] {
        assert_eq!(layer.build().unwrap_err().to_string(), message);
    }
}

#[test]
fn wildcards_without_credentials_build() {
    let layer = CorsLayer::new()
        .origin(["*"])
        .allow_headers(["*"])
        .expose_headers(["*"])
        .allow_credentials(false);
    assert!(layer.build().is_ok());
}

#[tokio::test]
async fn h58_foreign_origins_get_no_cors_header() {
    let long = format!("https://a.example{}", "x".repeat(60_000));
    for origin in [
        "null",
        "https://a.example.evil.example",
        "https://evila.example",
        "HTTPS://A.EXAMPLE",
        "https://A.example",
        "https://a.example:444",
        "https://a.example:443",
        "https://a.example/",
        "https://a.example, https://a.example",
        "http://a.example",
        "*",
        "",
        &long,
    ] {
        for method in [Method::GET, Method::OPTIONS] {
            let response = answer(&list(), request(method, &[("origin", origin)])).await;
            assert!(handler_ran(&response), "{origin:.40}");
            assert_eq!(cors_headers(response.headers()), ["vary: Origin"]);
        }
    }
}

#[tokio::test]
async fn h58_two_origins_are_no_origin() {
    let two = [("origin", ALLOWED), ("origin", ALLOWED)];
    for layer in [list(), CorsLayer::new().origin_if(|_| true)] {
        let response = answer(&layer, request(Method::GET, &two)).await;
        assert!(handler_ran(&response));
        assert_eq!(cors_headers(response.headers()), ["vary: Origin"]);
    }
}

#[tokio::test]
async fn h58_predicates_see_neither_long_nor_binary_origins() {
    let layer = CorsLayer::new().origin_if(|_| true);
    let long = format!("https://{}", "x".repeat(1_017));
    for (origin, allowed) in [
        (&long.as_bytes()[..1_024], true),
        (long.as_bytes(), false),
        (b"https://\xff.example", false),
    ] {
        let mut request = request(Method::GET, &[]);
        let value = HeaderValue::from_bytes(origin).unwrap();
        request.headers_mut().insert(header::ORIGIN, value);
        let response = answer(&layer, request).await;
        let got = allowed_origin(response.headers());
        assert_eq!(got.is_some(), allowed, "{} bytes", origin.len());
    }
}

#[tokio::test]
async fn h59_every_answer_of_a_list_varies_by_origin() {
    let app = Router::new()
        .route("/ok", get(|| async { "ok" }))
        .route("/304", get(|| async { StatusCode::NOT_MODIFIED }))
        .route("/500", get(|| async { StatusCode::INTERNAL_SERVER_ERROR }))
        .route("/413", post(|_: String| async {}))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(DefaultBodyLimit::max(4))
        .layer(list());
    for (method, path, status) in [
        (Method::GET, "/ok", 200),
        (Method::HEAD, "/ok", 200),
        (Method::POST, "/ok", 405),
        (Method::GET, "/304", 304),
        (Method::GET, "/404", 404),
        (Method::POST, "/413", 413),
        (Method::GET, "/500", 500),
        (Method::OPTIONS, "/ok", 204),
        (Method::OPTIONS, "/404", 204),
    ] {
        for origin in [Some(ALLOWED), Some(DENIED), None] {
            let is_options = method == Method::OPTIONS;
            if is_options && origin.is_none() {
                continue;
            }
            let mut headers = vec![("access-control-request-method", "GET")];
            headers.extend(origin.map(|origin| ("origin", origin)));
            let mut request = request(method.clone(), &headers);
            *request.uri_mut() = path.parse().unwrap();
            *request.body_mut() = Body::from("12345");
            let response = app.clone().oneshot(request).await.unwrap();

            let case = format!("{method} {path} {origin:?}");
            let headers = response.headers();
            assert_eq!(response.status(), status, "{case}");
            let vary = if is_options {
                "Origin, Access-Control-Request-Headers"
            } else {
                "Origin"
            };
            assert_eq!(headers[header::VARY], vary, "{case}");
            let allowed = origin.filter(|origin| *origin == ALLOWED);
            assert_eq!(allowed_origin(headers), allowed, "{case}");
            assert_eq!(
                headers.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS),
                allowed.is_some(),
                "{case}"
            );
        }
    }
}

#[tokio::test]
async fn h60_other_options_reach_the_handler() {
    for headers in [
        &[][..],
        &[("origin", ALLOWED)],
        &[("access-control-request-method", "PUT")],
        &[("access-control-request-headers", "x-token")],
    ] {
        let response = answer(&list(), request(Method::OPTIONS, headers)).await;
        assert!(handler_ran(&response), "{headers:?}");
        let headers = response.headers();
        assert!(!headers.contains_key(header::ACCESS_CONTROL_ALLOW_METHODS));
        assert_eq!(headers[header::VARY], "Origin");
    }
}

#[tokio::test]
async fn h60_other_options_get_the_answer_of_an_axum_router() {
    let app = Router::new()
        .route("/", get(|| async { "ok" }))
        .layer(CorsLayer::new());
    let response = app.oneshot(request(Method::OPTIONS, &[])).await.unwrap();
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()[header::ALLOW], "GET,HEAD");
}

#[tokio::test]
async fn only_options_is_a_preflight() {
    for method in [Method::GET, Method::POST, Method::PUT] {
        let response = answer(&CorsLayer::new(), request(method, PREFLIGHT)).await;
        assert!(handler_ran(&response));
        assert_eq!(
            cors_headers(response.headers()),
            ["access-control-allow-origin: *"]
        );
    }
}

#[tokio::test]
async fn h61_strange_request_headers_are_not_sent_back() {
    let large = "x".repeat(200_000);
    let commas = ",".repeat(100_000);
    let fewer_commas = ",".repeat(4_000);
    let many = ["x"; 100_000].join(",");
    for requested in [
        &large,
        &commas,
        &fewer_commas,
        &many,
        "x token",
        "x-a:\tb",
        "<script>",
        "",
    ] {
        let mut headers = PREFLIGHT.to_vec();
        headers[2].1 = requested;
        let response = answer(&CorsLayer::new(), request(Method::OPTIONS, &headers)).await;
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        assert_eq!(
            cors_headers(response.headers()),
            [
                "access-control-allow-methods: GET,HEAD,PUT,PATCH,POST,DELETE",
                "access-control-allow-origin: *",
                "vary: Access-Control-Request-Headers",
            ],
            "{requested:.40}"
        );
    }
}

#[tokio::test]
async fn h61_several_lines_of_request_headers_are_not_sent_back() {
    let mut headers = PREFLIGHT.to_vec();
    headers.push(("access-control-request-headers", "x"));
    let response = answer(&CorsLayer::new(), request(Method::OPTIONS, &headers)).await;
    let headers = response.headers();
    assert!(!headers.contains_key(header::ACCESS_CONTROL_ALLOW_HEADERS));
}

#[tokio::test]
async fn h62_a_wildcard_does_not_vary() {
    for headers in [&[][..], &[("origin", DENIED)], &[("origin", "null")]] {
        for method in [Method::GET, Method::POST, Method::OPTIONS] {
            let response = answer(&CorsLayer::new(), request(method, headers)).await;
            assert!(handler_ran(&response));
            assert_eq!(
                cors_headers(response.headers()),
                ["access-control-allow-origin: *"]
            );
        }
    }
}

#[tokio::test]
async fn h63_preflights_do_not_run_the_handler() {
    let runs = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&runs);
    let panics = service_fn(move |_: Request<Body>| {
        counter.fetch_add(1, Ordering::SeqCst);
        async { panic!("the handler ran") as Result<Response<Body>, Infallible> }
    });
    let mut service = CorsLayer::new()
        .allow_methods([Method::GET, Method::PUT])
        .layer(panics);
    let mut preflight = request(Method::OPTIONS, PREFLIGHT);
    *preflight.body_mut() = Body::from("x".repeat(3_000_000));
    let service = service.ready().await.unwrap();
    let response = service.call(preflight).await.unwrap();
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    let headers = response.headers();
    assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_METHODS], "GET,PUT");
    assert!(!headers.contains_key(header::CONTENT_LENGTH));
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert!(body.is_empty());
    assert_eq!(runs.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn h63_preflights_wait_for_no_handler_and_no_body_limit() {
    let app = Router::new()
        .route("/slow", any(std::future::pending::<()>))
        .route("/limited", post(|_: String| async {}))
        .layer(DefaultBodyLimit::max(4))
        .layer(CorsLayer::new());
    for path in ["/slow", "/limited"] {
        let mut preflight = request(Method::OPTIONS, PREFLIGHT);
        *preflight.uri_mut() = path.parse().unwrap();
        *preflight.body_mut() = Body::from("12345");
        let response = app.clone().oneshot(preflight).await.unwrap();
        assert_eq!(response.status(), StatusCode::NO_CONTENT, "{path}");
    }
}

const ANY: &str = "access-control-allow-origin: *";
const EXAMPLE: &str = "access-control-allow-origin: https://example.com";
const CREDENTIALS: &str = "access-control-allow-credentials: true";
const METHODS: &str = "access-control-allow-methods: GET,HEAD,PUT,PATCH,POST,DELETE";
const REQUESTED: &str = "access-control-allow-headers: X-Token, Content-Type";
const EXPOSED: &str = "access-control-expose-headers: X-Total,X-Page";
const VARY: &str = "vary: Origin";
const VARY_HEADERS: &str = "vary: Access-Control-Request-Headers";
const VARY_BOTH: &str = "vary: Origin, Access-Control-Request-Headers";

struct Case {
    name: &'static str,
    layer: CorsLayer,
    status: StatusCode,
    preflight: &'static [&'static str],
    get: &'static [&'static str],
}

/// Configurations of npm's cors and micro-cors, and what these say to `PREFLIGHT` and to a GET.
fn configurations() -> Vec<Case> {
    let new = CorsLayer::new;
    let case = |name, layer, preflight, get| Case {
        name,
        layer,
        status: StatusCode::NO_CONTENT,
        preflight,
        get,
    };
    vec![
        case(
            "default",
            new(),
            &[REQUESTED, METHODS, ANY, VARY_HEADERS],
            &[ANY],
        ),
        case(
            "methods",
            new().allow_methods([Method::POST, Method::GET, Method::HEAD]),
            &[
                REQUESTED,
                "access-control-allow-methods: POST,GET,HEAD",
                ANY,
                VARY_HEADERS,
            ],
            &[ANY],
        ),
        case(
            "origin as a string",
            built(new().fixed_origin("https://example.com")),
            &[REQUESTED, METHODS, EXAMPLE, VARY_BOTH],
            &[EXAMPLE, VARY],
        ),
        case(
            "everything",
            built(
                new()
                    .fixed_origin("https://example.com")
                    .allow_methods([Method::GET, Method::PUT])
                    .allow_headers(["Content-Type", "X-Token"])
                    .expose_headers(["X-Total", "X-Page"])
                    .allow_credentials(true)
                    .max_age(Duration::from_secs(600)),
            ),
            &[
                CREDENTIALS,
                "access-control-allow-headers: Content-Type,X-Token",
                "access-control-allow-methods: GET,PUT",
                EXAMPLE,
                EXPOSED,
                "access-control-max-age: 600",
                VARY,
            ],
            &[CREDENTIALS, EXAMPLE, EXPOSED, VARY],
        ),
        case(
            "origin: true",
            built(new().origin_if(|_| true).allow_credentials(true)),
            &[CREDENTIALS, REQUESTED, METHODS, EXAMPLE, VARY_BOTH],
            &[CREDENTIALS, EXAMPLE, VARY],
        ),
        case(
            "a list without the origin",
            new().origin_if(|origin| origin == ALLOWED || origin.ends_with(".b.example")),
            &[REQUESTED, METHODS, VARY_BOTH],
            &[VARY],
        ),
        Case {
            status: StatusCode::OK,
            ..case(
                "optionsSuccessStatus: 200",
                built(new().preflight_status(StatusCode::OK)),
                &[REQUESTED, METHODS, ANY, VARY_HEADERS],
                &[ANY],
            )
        },
        case(
            "maxAge: 0",
            new().max_age(Duration::ZERO),
            &[
                REQUESTED,
                METHODS,
                ANY,
                "access-control-max-age: 0",
                VARY_HEADERS,
            ],
            &[ANY],
        ),
        case(
            "allowedHeaders",
            built(new().allow_headers(["X-A", "X-B"])),
            &["access-control-allow-headers: X-A,X-B", METHODS, ANY],
            &[ANY],
        ),
        case(
            "allowedHeaders: []",
            built(new().allow_headers([""; 0])),
            &[METHODS, ANY],
            &[ANY],
        ),
        case(
            "micro-cors, without its credentials",
            built(
                new()
                    .allow_methods([Method::GET, Method::HEAD])
                    .allow_headers([
                        "X-Requested-With",
                        "Access-Control-Allow-Origin",
                        "X-HTTP-Method-Override",
                        "Content-Type",
                        "Authorization",
                        "Accept",
                    ])
                    .max_age(Duration::from_secs(86_400)),
            ),
            &[
                "access-control-allow-headers: X-Requested-With,Access-Control-Allow-Origin,\
                 X-HTTP-Method-Override,Content-Type,Authorization,Accept",
                "access-control-allow-methods: GET,HEAD",
                ANY,
                "access-control-max-age: 86400",
            ],
            &[ANY],
        ),
    ]
}

#[tokio::test]
async fn configurations_of_cors_and_micro_cors_say_the_same() {
    for case in configurations() {
        let Case { name, layer, .. } = case;
        let response = answer(&layer, request(Method::OPTIONS, PREFLIGHT)).await;
        assert_eq!(response.status(), case.status, "{name}");
        assert!(!handler_ran(&response), "{name}");
        assert_eq!(cors_headers(response.headers()), case.preflight, "{name}");

        let response = answer(&layer, request(Method::GET, &PREFLIGHT[..1])).await;
        assert!(handler_ran(&response), "{name}");
        assert_eq!(cors_headers(response.headers()), case.get, "{name}");

        let layer = layer.preflight_continue(true);
        let response = answer(&layer, request(Method::OPTIONS, PREFLIGHT)).await;
        assert_eq!(response.status(), StatusCode::OK, "{name}");
        assert!(handler_ran(&response), "{name}");
        assert_eq!(cors_headers(response.headers()), case.preflight, "{name}");
    }
}

#[tokio::test]
async fn preflights_without_request_headers_allow_none() {
    let response = answer(&CorsLayer::new(), request(Method::OPTIONS, &PREFLIGHT[..2])).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(
        cors_headers(response.headers()),
        [METHODS, ANY, VARY_HEADERS]
    );
}

#[tokio::test]
async fn every_options_can_be_a_preflight() {
    let layer = CorsLayer::new().every_options(true);
    for headers in [&[][..], &[("origin", "example.com")]] {
        let response = answer(&layer, request(Method::OPTIONS, headers)).await;
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        assert_eq!(
            cors_headers(response.headers()),
            [METHODS, ANY, VARY_HEADERS]
        );
    }
}

#[tokio::test]
async fn denied_preflights_name_no_origin() {
    let mut headers = PREFLIGHT.to_vec();
    headers[0].1 = DENIED;
    let response = answer(&list(), request(Method::OPTIONS, &headers)).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(
        cors_headers(response.headers()),
        [REQUESTED, METHODS, VARY_BOTH]
    );
}

#[tokio::test]
async fn a_list_names_the_origin_that_asks() {
    for origin in [ALLOWED, "https://b.example:8443"] {
        let response = answer(&list(), request(Method::GET, &[("origin", origin)])).await;
        assert_eq!(allowed_origin(response.headers()), Some(origin));
    }
}

#[tokio::test]
async fn an_empty_list_allows_nobody() {
    let layer = built(CorsLayer::new().origin([""; 0]));
    let response = answer(&layer, request(Method::GET, &[("origin", ALLOWED)])).await;
    assert_eq!(cors_headers(response.headers()), [VARY]);
}

#[tokio::test]
async fn a_fixed_origin_is_named_to_everybody() {
    let layer = built(CorsLayer::new().fixed_origin("https://example.com"));
    for headers in [&[][..], &[("origin", DENIED)]] {
        let response = answer(&layer, request(Method::GET, headers)).await;
        assert_eq!(cors_headers(response.headers()), [EXAMPLE, VARY]);
    }
}

#[tokio::test]
async fn a_predicate_decides_by_origin() {
    let layer = CorsLayer::new().origin_if(|origin| origin.ends_with(".b.example"));
    for (origin, allowed) in [
        (Some("https://x.b.example"), true),
        (Some("https://b.example"), false),
        (None, false),
    ] {
        let headers: Vec<_> = origin.map(|it| ("origin", it)).into_iter().collect();
        let response = answer(&layer, request(Method::GET, &headers)).await;
        let expected = origin.filter(|_| allowed);
        assert_eq!(allowed_origin(response.headers()), expected);
        assert_eq!(response.headers()[header::VARY], "Origin");
    }
}

#[tokio::test]
async fn the_vary_of_the_handler_is_kept() {
    let continued = CorsLayer::new().preflight_continue(true);
    let get = || request(Method::GET, &[("origin", ALLOWED)]);
    let preflight = || request(Method::OPTIONS, PREFLIGHT);

    let response = answer_with(&list(), &[("vary", "Accept-Encoding")], get()).await;
    assert_eq!(response.headers()[header::VARY], "Accept-Encoding, Origin");

    let response = answer_with(&list(), &[("vary", "*")], get()).await;
    assert_eq!(response.headers()[header::VARY], "*");

    let response = answer_with(&continued, &[("vary", "Accept")], preflight()).await;
    assert_eq!(
        response.headers()[header::VARY],
        "Accept, Access-Control-Request-Headers"
    );
}

#[tokio::test]
async fn the_layer_replaces_what_the_handler_allows() {
    const WRITTEN: &[(&str, &str)] = &[
        ("access-control-allow-origin", "*"),
        ("access-control-allow-origin", DENIED),
        ("access-control-allow-credentials", "true"),
    ];
    let denied = || request(Method::GET, &[("origin", DENIED)]);

    let response = answer_with(&list(), WRITTEN, denied()).await;
    assert_eq!(cors_headers(response.headers()), [VARY]);

    let response = answer_with(&CorsLayer::new(), WRITTEN, denied()).await;
    assert_eq!(cors_headers(response.headers()), [ANY]);
}

#[tokio::test]
async fn of_nested_layers_the_outer_one_counts() {
    let handler =
        service_fn(|_: Request<Body>| async { Ok::<_, Infallible>(Response::new(Body::empty())) });
    let nested = list().layer(CorsLayer::new().layer(handler));
    for origin in [ALLOWED, DENIED] {
        for count in [1, PREFLIGHT.len()] {
            let mut headers = PREFLIGHT[..count].to_vec();
            headers[0].1 = origin;
            let request = request(Method::OPTIONS, &headers);
            let response = nested.clone().oneshot(request).await.unwrap();
            let expected = Some(origin).filter(|origin| *origin == ALLOWED);
            assert_eq!(allowed_origin(response.headers()), expected);
        }
    }
}

#[tokio::test]
async fn header_constants_are_names() {
    let names = [header::CONTENT_TYPE, header::AUTHORIZATION];
    let layer = built(CorsLayer::new().allow_headers(names));
    let response = answer(&layer, request(Method::OPTIONS, PREFLIGHT)).await;
    assert_eq!(
        response.headers()[header::ACCESS_CONTROL_ALLOW_HEADERS],
        "content-type,authorization"
    );
}

#[tokio::test]
async fn errors_of_the_inner_service_pass_through() {
    let fails = service_fn(|_: Request<()>| async { Err::<Response<String>, _>("broken") });
    let service = CorsLayer::new().layer(fails);
    let error = service.oneshot(Request::new(())).await.unwrap_err();
    assert_eq!(error, "broken");
}

#[test]
fn types_cross_threads() {
    fn shared<T: Clone + std::fmt::Debug + Send + Sync + Unpin + 'static>() {}
    shared::<CorsLayer>();
    shared::<CorsLayer<Unchecked>>();
    shared::<Cors<()>>();
    shared::<CorsError>();
}

#[tokio::test]
async fn it_goes_around_the_other_layers() {
    let router = FsRouter::builder()
        .route("x", tower_api_routes::router::any(async || "x"))
        .build()
        .unwrap();
    let routes = ApiRoutes::new(
        router,
        service_fn(async |_: Request<Body>| {
            Ok::<_, Infallible>(Response::new(Body::from("inner")))
        }),
    );
    let service = ServiceBuilder::new()
        .layer(CorsLayer::new())
        .layer(BodyParserLayer::new())
        .service(routes);
    for path in ["/x", "/elsewhere"] {
        let request = Request::get(path)
            .header("origin", "https://a.example")
            .body(Body::empty())
            .unwrap();
        let response = service.clone().oneshot(request).await.unwrap();
        assert_eq!(
            response.headers()["access-control-allow-origin"],
            "*",
            "{path}"
        );
    }
    let preflight = Request::options("/x")
        .header("origin", "https://a.example")
        .header("access-control-request-method", "PUT")
        .body(Body::empty())
        .unwrap();
    let response = service.oneshot(preflight).await.unwrap();
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
}
