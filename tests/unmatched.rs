//! What matches no route: the fallback of a router, and a mount that the router claims for itself.

mod support;

use std::convert::Infallible;

use axum::{Router, body::Body, middleware::from_fn};
use http::{Method, Request, Response, StatusCode, Version};
use support::{expect, get as fetch, request, send};
use tower::{Service, ServiceExt};
use tower_api_routes::{
    ApiError, ApiRequest, ApiResponse, ApiRoutes, ErrorContext, ErrorFormat, FsRouter,
    MatchedRoute, ResponseBody, RouterOptions, State,
    response::EitherBody,
    router::{FsRouterBuilder, TrailingSlash, any, get},
};

const NOT_FOUND: &str = r#"{"error":{"status":404,"message":"Not Found"}}"#;
const MALFORMED: &str = r#"{"error":{"status":400,"message":"Bad Request"}}"#;

fn builder(options: RouterOptions) -> FsRouterBuilder {
    FsRouter::builder()
        .mount("/api")
        .options(options)
        .route("posts/[id]", get(async || "a post"))
}

/// The router in front of a service that answers everything with `inner` and the path.
fn in_front(
    router: FsRouter,
) -> impl Service<Request<Body>, Response = Response<EitherBody<Body>>, Error = Infallible> + Clone
{
    let inner = tower::service_fn(async |request: Request<Body>| {
        let body = Body::from(format!("inner {}", request.uri().path()));
        Ok::<_, Infallible>(Response::new(body))
    });
    ApiRoutes::new(router, inner)
}

fn json() -> RouterOptions {
    RouterOptions::new().error_format(ErrorFormat::Json)
}

#[tokio::test]
async fn by_default_the_inner_service_answers_below_the_mount() {
    let service = in_front(builder(json()).build().unwrap());
    expect(
        &service,
        &[
            ("/api/posts/1", 200, "a post"),
            ("/api/posts/1/", 308, "/api/posts/1"),
            ("/api/nothing", 200, "inner /api/nothing"),
            ("/api/nothing/", 200, "inner /api/nothing/"),
            ("/api/nothing/%zz", 200, "inner /api/nothing/%zz"),
            ("/api", 200, "inner /api"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_claimed_mount_is_answered_by_the_router() {
    let service = in_front(builder(json().claim_mount(true)).build().unwrap());
    expect(
        &service,
        &[
            ("/api/posts/1", 200, "a post"),
            ("/api/posts/1/", 308, "/api/posts/1"),
            ("/api/nothing", 404, NOT_FOUND),
            ("/api/nothing?x=y", 404, NOT_FOUND),
            ("/api/posts/..", 404, NOT_FOUND),
            ("/api/nothing/", 308, "/api/nothing"),
            ("/api//nothing?x", 308, "/api/nothing?x"),
            ("//api/nothing", 308, "/api/nothing"),
            ("/api/nothing/%zz", 400, MALFORMED),
            ("/api", 404, NOT_FOUND),
            ("/api/", 308, "/api"),
            // What only looks like the mount.
            ("/", 200, "inner /"),
            ("/apis", 200, "inner /apis"),
            ("/about/", 200, "inner /about/"),
            ("/about/api/x", 200, "inner /about/api/x"),
            ("/API/x", 200, "inner /API/x"),
            ("/%61pi/x", 200, "inner /%61pi/x"),
        ],
    )
    .await;
    for method in ["POST", "DELETE", "OPTIONS", "PURGE"] {
        let answer = send(&service, request(method, "/api/nothing")).await;
        assert_eq!((answer.status.as_u16(), &*answer.body), (404, NOT_FOUND));
    }
    let head = send(&service, request("HEAD", "/api/nothing")).await;
    assert_eq!((head.status.as_u16(), &*head.body), (404, ""));
    assert_eq!(head.header("content-length"), Some("46"));
    let star = send(&service, request("OPTIONS", "*")).await;
    assert_eq!(star.body, "inner *");
}

#[tokio::test]
async fn a_claimed_mount_keeps_the_policy_of_slashes() {
    for (policy, cases) in [
        (
            TrailingSlash::Strict,
            [
                ("/api/posts/1/", 404, NOT_FOUND),
                ("/api/nothing/", 404, NOT_FOUND),
                ("/api/", 404, NOT_FOUND),
                ("//api/posts/1", 404, NOT_FOUND),
                ("//x", 200, "inner //x"),
            ],
        ),
        (
            TrailingSlash::Ignore,
            [
                ("/api/posts/1/", 200, "a post"),
                ("/api/nothing/", 404, NOT_FOUND),
                ("/api/", 404, NOT_FOUND),
                ("//api/posts/1", 404, NOT_FOUND),
                ("//x", 200, "inner //x"),
            ],
        ),
    ] {
        let options = json().claim_mount(true).trailing_slash(policy);
        expect(&in_front(builder(options).build().unwrap()), &cases).await;
    }
}

#[tokio::test]
async fn a_claimed_root_leaves_nothing_to_the_inner_service() {
    let router = FsRouter::builder()
        .options(json().claim_mount(true))
        .route("posts/[id]", get(async || "a post"));
    expect(
        &in_front(router.build().unwrap()),
        &[
            ("/posts/1", 200, "a post"),
            ("/", 404, NOT_FOUND),
            ("/about", 404, NOT_FOUND),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_error_hook_answers_unknown_paths_below_a_claimed_mount() {
    let hook = |error: &ApiError, context: &ErrorContext<'_>| {
        let path = context.parts.uri.path();
        (error.status(), format!("no {path} here"))
    };
    let options = RouterOptions::new().claim_mount(true).on_error(hook);
    let service = in_front(builder(options).build().unwrap());
    let answer = fetch(&service, "/api/nothing").await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.body, "no /api/nothing here");
}

#[tokio::test]
async fn a_claimed_mount_in_an_axum_router_hides_its_pages_below() {
    let router = builder(json().claim_mount(true)).build().unwrap();
    let app = Router::new()
        .route("/api/health", axum::routing::get(async || "axum"))
        .route("/", axum::routing::get(async || "home"))
        .layer(tower::layer::layer_fn(move |inner| {
            ApiRoutes::new(router.clone(), inner)
        }));
    expect(
        &app,
        &[
            ("/", 200, "home"),
            ("/nothing", 404, ""),
            ("/api/health", 404, NOT_FOUND),
        ],
    )
    .await;
}

async fn missing(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let method = req.method().clone();
    let pattern = req.route().pattern().to_owned();
    let params = req.query().len();
    let body = req.text().await.unwrap_or_default();
    res.status(404)
        .send(format!("{method} missing [{body}] [{pattern}] {params}"))
}

#[tokio::test]
async fn a_fallback_answers_what_matches_no_route() {
    let router = builder(json()).fallback(any(missing)).build().unwrap();
    expect(
        &router,
        &[
            ("/api/posts/1", 200, "a post"),
            ("/api/nothing", 404, "GET missing [] [] 0"),
            ("/elsewhere?x=y", 404, "GET missing [] [] 1"),
            ("/", 404, "GET missing [] [] 0"),
            // Before it comes what the router says itself.
            ("/api/nothing/", 308, "/api/nothing"),
            ("/api/nothing/%zz", 400, MALFORMED),
            ("/api/posts/%zz", 400, MALFORMED),
        ],
    )
    .await;
    let mut post = request("POST", "/api/nothing");
    *post.body_mut() = Body::from("a body");
    post.headers_mut()
        .insert("content-type", "text/plain".parse().unwrap());
    let answer = send(&router, post).await;
    assert_eq!(answer.body, "POST missing [a body] [] 0");
    let head = send(&router, request("HEAD", "/api/nothing")).await;
    assert_eq!((head.status.as_u16(), &*head.body), (404, ""));
    // A method that a route does not have is the matter of that route.
    assert_eq!(
        send(&router, request("POST", "/api/posts/1")).await.status,
        405
    );
}

#[tokio::test]
async fn a_fallback_answers_behind_a_claimed_mount_alone() {
    let claimed = builder(json().claim_mount(true)).fallback(any(missing));
    expect(
        &in_front(claimed.build().unwrap()),
        &[
            ("/api/nothing", 404, "GET missing [] [] 0"),
            ("/about", 200, "inner /about"),
        ],
    )
    .await;
    let shared = builder(json()).fallback(any(missing));
    let answer = fetch(&in_front(shared.build().unwrap()), "/api/nothing").await;
    assert_eq!(answer.body, "inner /api/nothing");
}

#[tokio::test]
async fn a_fallback_sees_no_dot_segments_and_opens_no_tunnel() {
    let router = builder(json())
        .fallback(any(async || "fallback"))
        .build()
        .unwrap();
    expect(
        &router,
        &[
            ("/nothing", 200, "fallback"),
            ("/nothing/...", 200, "fallback"),
            ("/api/../secret", 404, NOT_FOUND),
            ("/%2e%2E/secret", 404, NOT_FOUND),
            ("/api/posts/.", 404, NOT_FOUND),
        ],
    )
    .await;
    for (method, target, version) in [
        (Method::CONNECT, "/nothing", Version::HTTP_2),
        (Method::CONNECT, "/api/posts/1", Version::HTTP_2),
        (Method::CONNECT, "example.com:443", Version::HTTP_11),
        (Method::OPTIONS, "*", Version::HTTP_11),
    ] {
        let mut request = request(method.as_str(), target);
        *request.version_mut() = version;
        let answer = send(&router, request).await;
        assert_eq!(answer.status, 404, "{method} {target}");
    }
}

#[tokio::test]
async fn a_fallback_has_state_layers_and_the_forms_of_errors() {
    let stamp = async |request, next: axum::middleware::Next| {
        let mut response: axum::response::Response = next.run(request).await;
        response
            .headers_mut()
            .insert("x-stamp", "yes".parse().unwrap());
        response
    };
    let fails = async |State(name): State<String>| -> Result<&'static str, ApiError> {
        Err(ApiError::new(StatusCode::GONE, format!("{name} is gone")))
    };
    let hook = |error: &ApiError, context: &ErrorContext<'_>| {
        (
            error.status(),
            format!("{} {}", error.message(), context.route.is_some()),
        )
    };
    for (options, body) in [
        (json(), r#"{"error":{"status":410,"message":"it is gone"}}"#),
        (RouterOptions::new().on_error(hook), "it is gone false"),
    ] {
        let router = builder(options)
            .with_state("it".to_owned())
            .fallback(any(fails).layer(from_fn(stamp)))
            .build()
            .unwrap();
        let answer = fetch(&router, "/nothing").await;
        assert_eq!((answer.status.as_u16(), &*answer.body), (410, body));
        assert_eq!(answer.header("x-stamp"), Some("yes"));
    }
}

#[tokio::test]
async fn a_fallback_is_no_route() {
    let (logs, _guard) = support::logs::Logs::capture();
    let fails = async || -> Result<&'static str, ApiError> {
        Err(ApiError::from_status(StatusCode::INTERNAL_SERVER_ERROR))
    };
    let options = json().route_in_responses(true);
    let router = builder(options).fallback(any(fails)).build().unwrap();
    assert_eq!(router.routes().count(), 1);
    assert!(router.match_path("/nothing").is_none());
    let response: Response<ResponseBody> =
        router.oneshot(request("GET", "/nothing")).await.unwrap();
    assert!(response.extensions().get::<MatchedRoute>().is_none());
    assert_eq!(
        logs.of(tracing::Level::ERROR),
        [r#"ERROR request failed route="" status=500 error="Internal Server Error""#]
    );
}

#[test]
fn a_fallback_that_cannot_be_built_says_so() {
    let error = FsRouter::builder()
        .fallback(get(async || "").get(async || ""))
        .build()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the fallback: GET has two handlers: remove one"
    );
}
