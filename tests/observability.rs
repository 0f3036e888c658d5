//! What is known of a route outside of it: from a path alone, in responses, on spans.

mod support;

use std::{
    fmt::Debug,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    BoxError, Extension, Router,
    body::{Body, Bytes},
    middleware::{Next, from_fn},
    response::Response,
    routing::get as page,
};
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use support::request;
use tower::{Layer, Service, ServiceExt};
use tower_api_routes::{
    ApiConfig, ApiError, ApiRequest, ApiRoutes, ErrorContext, FsRouter, MatchedRoute,
    RouterOptions,
    router::{MethodRouter, TrailingSlash, any, get, post},
};
use tower_http::{timeout::TimeoutLayer, trace::TraceLayer};
use tracing::{
    Level, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber::DefaultGuard,
};
use tracing_subscriber::{
    layer::{Context, SubscriberExt},
    util::SubscriberInitExt,
};

async fn hello() -> &'static str {
    "hello"
}

fn built(options: RouterOptions, routes: Vec<(&str, MethodRouter)>) -> FsRouter {
    let mut builder = FsRouter::builder().mount("/api").options(options);
    for (pattern, route) in routes {
        builder = builder.route(pattern, route);
    }
    builder.build().unwrap()
}

fn posts(policy: TrailingSlash) -> FsRouter {
    built(
        RouterOptions::new().trailing_slash(policy),
        vec![
            ("", any(hello)),
            ("posts/[id]", get(hello)),
            ("posts/new", post(hello)),
            ("files/[...path]", any(hello)),
            ("docs/[[...page]]", any(hello)),
        ],
    )
}

#[test]
fn a_path_names_its_route() {
    let router = posts(TrailingSlash::Redirect);
    let params = |path: &str| -> Option<(String, Vec<(String, String)>)> {
        let found = router.match_path(path)?;
        let params = found.raw_params();
        let params = params.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Some((found.pattern().to_owned(), params.collect()))
    };
    for (path, expected) in [
        ("/api", Some(("/api", vec![]))),
        ("/api/posts/new", Some(("/api/posts/new", vec![]))),
        (
            "/api/posts/a%20b",
            Some(("/api/posts/[id]", vec![("id", "a%20b")])),
        ),
        (
            "/api/files/a/b%2Fc",
            Some(("/api/files/[...path]", vec![("path", "a/b%2Fc")])),
        ),
        ("/api/docs", Some(("/api/docs/[[...page]]", vec![]))),
        // Answered with 400 and by a redirect.
        (
            "/api/posts/%zz",
            Some(("/api/posts/[id]", vec![("id", "%zz")])),
        ),
        (
            "/api/posts/1/",
            Some(("/api/posts/[id]", vec![("id", "1")])),
        ),
        (
            "//api\\posts//1/",
            Some(("/api/posts/[id]", vec![("id", "1")])),
        ),
        ("/api/", Some(("/api", vec![]))),
        ("/api/posts", None),
        ("/api/posts/..", None),
        ("/api/users/", None),
        ("/apis/posts/1", None),
        ("/posts/1", None),
        ("//", None),
        ("*", None),
        ("", None),
    ] {
        let expected = expected.map(|(pattern, params)| {
            let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
            (pattern.to_owned(), params.into_iter().map(owned).collect())
        });
        assert_eq!(params(path), expected, "{path}");
    }
}

#[test]
fn the_route_of_a_path_is_data() {
    let router = posts(TrailingSlash::Redirect);
    let found = router.match_path("/api/posts/a%20b").unwrap();
    assert_eq!(
        found.methods(),
        [Method::GET, Method::HEAD, Method::OPTIONS]
    );
    assert_eq!(found.file(), None);
    assert_eq!(found.param("id").as_deref(), Some("a b"));
    assert_eq!(found.param("name"), None);
    assert_eq!(found.route().config(), &ApiConfig::new());
    assert_eq!(
        format!("{found:?}"),
        r#"PathMatch { pattern: "/api/posts/[id]", file: None, path: "/api/posts/a%20b", .. }"#
    );
    let malformed = router.match_path("/api/posts/%ff").unwrap();
    assert_eq!(malformed.param("id"), None);
    // What is of the router outlives the path.
    let pattern = {
        let path = String::from("/api/files/x");
        router.match_path(&path).unwrap().pattern()
    };
    assert_eq!(pattern, "/api/files/[...path]");
}

#[test]
fn a_path_names_its_route_as_the_policy_of_slashes_says() {
    for (policy, path, expected) in [
        (TrailingSlash::Strict, "/api/posts/1/", None),
        (TrailingSlash::Strict, "/api//posts/1", None),
        (
            TrailingSlash::Ignore,
            "/api/posts/1/",
            Some("/api/posts/[id]"),
        ),
        (TrailingSlash::Ignore, "/api//posts/1", None),
        (
            TrailingSlash::Redirect,
            "/api//posts/1",
            Some("/api/posts/[id]"),
        ),
    ] {
        let router = posts(policy);
        let found = router.match_path(path).map(|found| found.pattern());
        assert_eq!(found, expected, "{policy:?} {path}");
    }
}

#[test]
fn asking_for_the_route_of_a_path_takes_no_allocation() {
    let router = posts(TrailingSlash::Redirect);
    for path in [
        "/api",
        "/api/posts/new",
        "/api/posts/a%20b",
        "/api/posts/%C3%A9",
        "/api/posts/%zz",
        "/api/posts/1/",
        "/api/files/a/b/c/d/e/f",
        "/api/nothing",
        "/elsewhere//at/all",
    ] {
        let mut length = 0;
        let counted = allocation_counter::measure(|| {
            if let Some(found) = router.match_path(path) {
                length = found.pattern().len() + found.file().map_or(0, str::len);
                length += found.methods().len();
                length += found
                    .raw_params()
                    .map(|(name, value)| name.len() + value.len())
                    .sum::<usize>();
            }
        });
        assert_eq!(counted.count_total, 0, "{path}");
        assert_eq!(length > 0, router.match_path(path).is_some(), "{path}");
    }
    // The counter counts.
    let counted = allocation_counter::measure(|| drop(router.match_path("/api//posts/1")));
    assert!(counted.count_total > 0);
}

/// One way to each kind of answer that a route can give: request, status, pattern.
fn kinds() -> Vec<(Request<Body>, u16, &'static str)> {
    let with_body = |path: &str, body: Body| Request::post(path).body(body).unwrap();
    let json = |body: &'static str| {
        Request::post("/api/json")
            .header("content-type", "application/json")
            .body(Body::from(body))
            .unwrap()
    };
    let stalled = Body::new(
        http_body_util::StreamBody::new(futures_util::stream::pending::<
            Result<http_body::Frame<Bytes>, std::io::Error>,
        >())
        .map_err(BoxError::from),
    );
    let many = format!("/api/files/{}", vec!["x"; 200].join("/"));
    vec![
        (request("GET", "/api/posts/1"), 200, "/api/posts/[id]"),
        (request("HEAD", "/api/posts/1"), 200, "/api/posts/[id]"),
        (request("OPTIONS", "/api/posts/1"), 204, "/api/posts/[id]"),
        (request("DELETE", "/api/posts/1"), 405, "/api/posts/[id]"),
        (request("GET", "/api/posts/%zz"), 400, "/api/posts/[id]"),
        (request("GET", "/api/posts/1/"), 308, "/api/posts/[id]"),
        (request("GET", "/api//posts/1?a=b"), 308, "/api/posts/[id]"),
        (request("GET", &many), 414, "/api/files/[...path]"),
        (json("{"), 400, "/api/json"),
        (
            with_body("/api/small", Body::from("more than four bytes")),
            413,
            "/api/small",
        ),
        (with_body("/api/slow-body", stalled), 408, "/api/slow-body"),
        (request("GET", "/api/panic"), 500, "/api/panic"),
        (request("GET", "/api/error"), 418, "/api/error"),
        (request("GET", "/api/layered"), 202, "/api/layered"),
        (request("GET", "/api/timed-out"), 503, "/api/timed-out"),
        (request("GET", "/api/closed"), 401, "/api/closed"),
        (request("GET", "/api/broken"), 500, "/api/broken"),
    ]
}

/// A layer that answers in place of the route, with nothing of what the route has answered.
async fn replace(request: axum::extract::Request, next: Next) -> Response {
    drop(next.run(request).await);
    Response::builder().status(202).body(Body::empty()).unwrap()
}

async fn close(_: axum::extract::Request, _: Next) -> StatusCode {
    StatusCode::UNAUTHORIZED
}

fn all_kinds(options: RouterOptions) -> FsRouter {
    let text =
        async |req: ApiRequest| -> Result<String, ApiError> { Ok(req.text().await?.into_owned()) };
    let json = async |req: ApiRequest| -> Result<String, ApiError> {
        let value: serde_json::Value = req.json().await?;
        Ok(value.to_string())
    };
    #[expect(clippy::panic, reason = "what happens then is the question")]
    let panics = async || -> &'static str { panic!("on purpose") };
    let error = async || -> Result<&'static str, ApiError> {
        Err(ApiError::from_status(StatusCode::IM_A_TEAPOT))
    };
    let timeout =
        TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_millis(100));
    let broken = tower::service_fn(async |_: Request<Body>| {
        Err::<Response, _>(BoxError::from("the service is broken"))
    });
    built(
        options,
        vec![
            ("posts/[id]", get(hello)),
            ("files/[...path]", any(hello)),
            ("json", post(json)),
            ("small", post(text).config(ApiConfig::new().body_limit("4"))),
            (
                "slow-body",
                post(text).config(ApiConfig::new().body_idle_timeout(Duration::from_millis(100))),
            ),
            ("panic", get(panics)),
            ("error", get(error)),
            ("layered", get(hello).layer(from_fn(replace))),
            (
                "timed-out",
                get(std::future::pending::<&'static str>).layer(timeout),
            ),
            ("closed", get(hello).layer(from_fn(close))),
            ("broken", MethodRouter::new().service(broken)),
        ],
    )
}

async fn answers<S, B>(service: &S) -> Vec<(u16, Option<String>)>
where
    S: Service<Request<Body>, Response = http::Response<B>, Error: Debug> + Clone,
{
    let mut answers = Vec::new();
    for (request, ..) in kinds() {
        let response = service.clone().oneshot(request).await.unwrap();
        let route = response.extensions().get::<MatchedRoute>();
        let pattern = route.map(|route| route.pattern().to_owned());
        answers.push((response.status().as_u16(), pattern));
    }
    answers
}

fn expected(pattern: impl Fn(&'static str) -> Option<String>) -> Vec<(u16, Option<String>)> {
    let kinds = kinds().into_iter();
    kinds
        .map(|(_, status, route)| (status, pattern(route)))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn every_answer_of_a_route_carries_it_where_the_switch_is_on() {
    let on = all_kinds(RouterOptions::new().route_in_responses(true));
    assert_eq!(answers(&on).await, expected(|route| Some(route.to_owned())));
    // As an application has it: in front of other pages, in an axum router.
    let layer = tower::layer::layer_fn(move |inner| ApiRoutes::new(on.clone(), inner));
    let app = Router::new().route("/", page(hello)).layer(layer);
    assert_eq!(
        answers(&app).await,
        expected(|route| Some(route.to_owned()))
    );
    let other = app.oneshot(request("GET", "/")).await.unwrap();
    assert!(other.extensions().get::<MatchedRoute>().is_none());
}

#[tokio::test(start_paused = true)]
async fn no_answer_carries_its_route_by_default() {
    let off = all_kinds(RouterOptions::new());
    assert_eq!(answers(&off).await, expected(|_| None));
}

#[tokio::test]
async fn what_a_response_carries_has_the_parameters_of_the_clean_path() {
    let router = all_kinds(RouterOptions::new().route_in_responses(true));
    for (path, id) in [
        ("/api/posts/a%20b?x=y", Some("a b")),
        ("/api/posts/7/", Some("7")),
        ("//api//posts//7", Some("7")),
        ("/api/posts/%zz", None),
    ] {
        let response = router.clone().oneshot(request("GET", path)).await.unwrap();
        let route = response.extensions().get::<MatchedRoute>().unwrap();
        assert_eq!(route.param("id").as_deref(), id, "{path}");
    }
}

#[tokio::test]
async fn answers_without_a_route_carry_none() {
    let router = all_kinds(RouterOptions::new().route_in_responses(true));
    for (path, status) in [
        ("/api/nothing", 404),
        ("/api/nothing/", 308),
        ("/api/nothing/%zz", 400),
        ("/elsewhere", 404),
    ] {
        let response = router.clone().oneshot(request("GET", path)).await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        assert!(
            response.extensions().get::<MatchedRoute>().is_none(),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_error_hook_sees_the_route_of_a_malformed_path() {
    let hook = |error: &ApiError, context: &ErrorContext<'_>| {
        let route = context.route.map_or("none", MatchedRoute::pattern);
        (error.status(), route.to_owned())
    };
    let router = all_kinds(RouterOptions::new().on_error(hook));
    let many = format!("/api/files/{}", vec!["x"; 200].join("/"));
    support::expect(
        &router,
        &[
            ("/api/posts/%zz", 400, "/api/posts/[id]"),
            (&many, 414, "/api/files/[...path]"),
            ("/api/nothing/%zz", 400, "none"),
            ("/api/nothing", 404, "none"),
        ],
    )
    .await;
}

/// Each value that was recorded as `http.route`, with the name of its span.
#[derive(Clone, Default)]
struct Recorded(Arc<Mutex<Vec<String>>>);

impl Recorded {
    fn capture() -> (Self, DefaultGuard) {
        let recorded = Self::default();
        let guard = tracing_subscriber::registry()
            .with(recorded.clone())
            .set_default();
        (recorded, guard)
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Visit for Recorded {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "http.route" {
            self.0.lock().unwrap().push(format!("{value:?}"));
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }
}

impl<S: Subscriber> tracing_subscriber::Layer<S> for Recorded {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        attributes.record(&mut self.clone());
    }

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        values.record(&mut self.clone());
    }
}

fn span<B>(request: &Request<B>) -> tracing::Span {
    let method = request.method().as_str();
    tracing::span!(
        Level::INFO,
        "request",
        method,
        http.route = tracing::field::Empty
    )
}

#[tokio::test(start_paused = true)]
async fn the_span_around_a_request_gets_its_route() {
    let (recorded, _guard) = Recorded::capture();
    let service = TraceLayer::new_for_http()
        .make_span_with(span)
        .layer(all_kinds(RouterOptions::new()));
    for (request, _, pattern) in kinds() {
        let uri = request.uri().clone();
        drop(service.clone().oneshot(request).await.unwrap());
        assert_eq!(recorded.take(), [pattern], "{uri}");
    }
    for path in ["/api/nothing", "/api/nothing/", "/api/nothing/%zz"] {
        drop(service.clone().oneshot(request("GET", path)).await.unwrap());
        assert_eq!(recorded.take(), [""; 0], "{path}");
    }
}

#[tokio::test]
async fn the_span_gets_its_route_before_the_handler_runs_and_around_axum() {
    let (recorded, _guard) = Recorded::capture();
    let seen = recorded.clone();
    let handler = move || {
        let seen = seen.clone();
        async move { seen.0.lock().unwrap().join(",") }
    };
    let api = built(RouterOptions::new(), vec![("posts/[id]", get(handler))]);
    let app = Router::new()
        .route("/", page(hello))
        .layer(tower::layer::layer_fn(move |inner| {
            ApiRoutes::new(api.clone(), inner)
        }))
        .layer(TraceLayer::new_for_http().make_span_with(span));
    let answer = support::get(&app, "/api/posts/1").await;
    assert_eq!(answer.body, "/api/posts/[id]");
    recorded.take();
    assert_eq!(support::get(&app, "/").await.body, "hello");
    assert_eq!(recorded.take(), [""; 0]);
}

#[tokio::test]
async fn a_span_can_begin_with_its_route() {
    let (recorded, _guard) = Recorded::capture();
    let router = all_kinds(RouterOptions::new());
    let named = router.clone();
    let service = TraceLayer::new_for_http()
        .make_span_with(move |request: &Request<Body>| {
            let found = named.match_path(request.uri().path());
            let route = found.map(|found| found.pattern());
            tracing::info_span!("request", http.route = route)
        })
        .layer(router);
    drop(
        service
            .clone()
            .oneshot(request("GET", "/api/nothing"))
            .await
            .unwrap(),
    );
    assert_eq!(recorded.take(), [""; 0]);
    drop(
        service
            .oneshot(request("GET", "/api/posts/1"))
            .await
            .unwrap(),
    );
    assert_eq!(recorded.take().first().unwrap(), "/api/posts/[id]");
}

#[tokio::test]
async fn a_layer_of_a_route_knows_it_from_the_request() {
    let layer = from_fn(
        async |Extension(route): Extension<MatchedRoute>, request, next: Next| {
            let mut response = next.run(request).await;
            let value = route.pattern().parse().unwrap();
            response.headers_mut().insert("x-route", value);
            response
        },
    );
    let router = built(
        RouterOptions::new(),
        vec![("posts/[id]", get(hello).layer(layer))],
    );
    let answer = support::get(&router, "/api/posts/1").await;
    assert_eq!(answer.header("x-route"), Some("/api/posts/[id]"));
}
