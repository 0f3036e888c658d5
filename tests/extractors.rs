//! What handlers take: extractors that may be absent, those of other crates, and what becomes of a
//! request that one of them refuses.

mod support;

use std::collections::{BTreeMap, HashMap};

use axum::{
    extract::{Extension, FromRequest, FromRequestParts},
    response::{IntoResponse, Response},
};
use http::{HeaderName, StatusCode, header, request::Parts};
use serde::{Deserialize, de::DeserializeOwned};
use support::{Answer, get as fetch, logs::Logs, send};
use tower_api_routes::{
    ApiRequest, ApiResponse, Body, BodyParserLayer, Cookies, ErrorContext, ErrorFormat, Form,
    FsRouter, Json, MatchedRoute, Params, Query, Request, RouterOptions, State,
    router::{MethodRouter, any, get, post},
};
use tracing::Level;

#[derive(Debug, Clone, Deserialize)]
struct Post {
    title: String,
    #[serde(default)]
    stars: u8,
}

fn seen<T: std::fmt::Debug>(value: Option<T>) -> String {
    match value {
        Some(value) => format!("{value:?}"),
        None => "none".to_owned(),
    }
}

async fn json(post: Option<Json<Post>>) -> String {
    seen(post.map(|Json(post)| (post.title, post.stars)))
}

async fn form(post: Option<Form<Post>>) -> String {
    seen(post.map(|Form(post)| (post.title, post.stars)))
}

fn one(route: MethodRouter) -> FsRouter {
    FsRouter::builder().route("x", route).build().unwrap()
}

async fn ask(router: &FsRouter, content_type: &str, body: Body) -> (u16, String) {
    let mut request = Request::post("/x").body(body).unwrap();
    if !content_type.is_empty() {
        let value = content_type.parse().unwrap();
        request.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    let answer = send(router, request).await;
    (answer.status.as_u16(), answer.body)
}

/// A body whose length is not known before it has come.
fn streamed(text: &'static str) -> Body {
    let chunk = futures_util::stream::iter([Ok::<_, std::convert::Infallible>(text)]);
    Body::from_stream(chunk)
}

#[tokio::test]
async fn an_optional_body_is_none_only_where_there_is_none() {
    const FORM: &str = "application/x-www-form-urlencoded";
    const JSON: &str = "application/json";
    let unsupported = |expected: &str| format!("unsupported content-type, expected {expected}");
    for layered in [false, true] {
        let router = |route: MethodRouter| match layered {
            true => one(route.layer(BodyParserLayer::new())),
            false => one(route),
        };
        let cases = [
            ("", "", 200, "none"),
            (JSON, r#"{"title":"a"}"#, 200, r#"("a", 0)"#),
            (JSON, r#"{"title":"#, 400, "Invalid JSON"),
            (
                JSON,
                r#"{"title":"a","stars":"b"}"#,
                400,
                "stars: expected a whole number from 0 to 255",
            ),
            // With a type there is a body: the empty one is `{}`, as for `Json<T>`.
            (JSON, "", 400, "title: missing"),
            ("text/plain", r#"{"title":"a"}"#, 415, &unsupported(JSON)),
            ("text/plain", "", 415, &unsupported(JSON)),
            ("", r#"{"title":"a"}"#, 415, &unsupported(JSON)),
        ];
        for (media, text, status, body) in cases {
            for make in [Body::from, streamed] {
                let answer = ask(&router(post(json)), media, make(text)).await;
                assert!(
                    answer.0 == status && answer.1.ends_with(body),
                    "{media:?} {text:?} {answer:?}"
                );
            }
        }
        let cases = [
            ("", "", 200, "none"),
            (FORM, "title=a&stars=2", 200, r#"("a", 2)"#),
            (FORM, "stars=2", 400, "title: missing"),
            (FORM, "", 400, "title: missing"),
            (JSON, "{}", 415, &unsupported(FORM)),
            ("", "title=a", 415, &unsupported(FORM)),
        ];
        for (media, text, status, body) in cases {
            for make in [Body::from, streamed] {
                let answer = ask(&router(post(form)), media, make(text)).await;
                assert!(
                    answer.0 == status && answer.1.ends_with(body),
                    "{media:?} {text:?} {answer:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn an_optional_query_is_none_without_a_question_mark() {
    async fn show(query: Option<Query<Post>>) -> String {
        seen(query.map(|Query(post)| (post.title, post.stars)))
    }
    support::expect(
        &one(get(show)),
        &[
            ("/x", 200, "none"),
            ("/x?title=a", 200, r#"("a", 0)"#),
            (
                "/x?title=a&stars=b",
                400,
                "invalid query: stars: expected a whole number from 0 to 255",
            ),
            ("/x?", 400, "invalid query: title: missing"),
        ],
    )
    .await;
}

#[tokio::test]
async fn optional_params_are_none_where_nothing_was_captured() {
    async fn list(params: Option<Params<Vec<u8>>>) -> String {
        seen(params.map(|Params(params)| params))
    }
    let router = FsRouter::builder()
        .route("none", get(list))
        .route("all/[[...numbers]]", get(list))
        .route("some/[a]/[[...numbers]]", get(list))
        .build()
        .unwrap();
    support::expect(
        &router,
        &[
            ("/none", 200, "none"),
            ("/all", 200, "none"),
            ("/all/1/2", 200, "[1, 2]"),
            (
                "/all/1/x",
                400,
                "invalid route parameter: numbers: expected a whole number from 0 to 255",
            ),
            ("/some/1", 200, "[1]"),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_route_is_an_extractor() {
    async fn show(route: MatchedRoute) -> String {
        format!("{} {:?}", route.pattern(), route.param("id"))
    }
    async fn next(route: MatchedRoute, req: ApiRequest, res: ApiResponse) -> ApiResponse {
        assert_eq!(route.pattern(), req.route().pattern());
        res.send(route.pattern().to_owned())
    }
    async fn maybe(route: Option<MatchedRoute>) -> String {
        seen(route.map(|route| route.pattern().to_owned()))
    }
    let router = FsRouter::builder()
        .mount("/api")
        .route("posts/[id]", get(show))
        .route("next/[id]", any(next))
        .route("maybe", get(maybe))
        .build()
        .unwrap();
    support::expect(
        &router,
        &[
            ("/api/posts/a%20b", 200, r#"/api/posts/[id] Some("a b")"#),
            ("/api/next/1", 200, "/api/next/[id]"),
            ("/api/maybe", 200, r#""/api/maybe""#),
        ],
    )
    .await;
    // Outside of a route there is none.
    let app: axum::Router = axum::Router::new()
        .route("/show", axum::routing::get(show))
        .route("/maybe", axum::routing::get(maybe));
    let answer = fetch(&app, "/show").await;
    assert_eq!(
        (answer.status.as_u16(), &*answer.body),
        (500, "Internal Server Error")
    );
    assert_eq!(fetch(&app, "/maybe").await.body, "none");
}

#[tokio::test]
async fn a_query_is_a_list_of_pairs_or_a_map() {
    async fn show<T: DeserializeOwned + std::fmt::Debug>(Query(query): Query<T>) -> String {
        format!("{query:?}")
    }
    type Pairs = Vec<(String, String)>;
    let many: String = (0..50).map(|at| format!("&n{}={at}", at % 40)).collect();
    let many_seen: Pairs = (0..50)
        .map(|at| (format!("n{}", at % 40), at.to_string()))
        .collect();
    for (query, pairs) in [
        ("", "[]"),
        ("?", "[]"),
        ("?a=1&b=2&a=3", r#"[("a", "1"), ("b", "2"), ("a", "3")]"#),
        (
            "?b&a=&b=%20&a=x+y",
            r#"[("b", ""), ("a", ""), ("b", " "), ("a", "x y")]"#,
        ),
        (
            "?=&a&=&&a=1",
            r#"[("", ""), ("a", ""), ("", ""), ("a", "1")]"#,
        ),
        (&format!("?{many}"), &format!("{many_seen:?}")),
    ] {
        let answer = fetch(&one(get(show::<Pairs>)), &format!("/x{query}")).await;
        assert_eq!(
            (answer.status.as_u16(), &*answer.body),
            (200, pairs),
            "{query}"
        );
    }
    type Lists = BTreeMap<String, Vec<String>>;
    let answer = fetch(&one(get(show::<Lists>)), "/x?b=1&a=2&b=3").await;
    assert_eq!(answer.body, r#"{"a": ["2"], "b": ["1", "3"]}"#);
    let answer = fetch(&one(get(show::<HashMap<String, u8>>)), "/x?b=1").await;
    assert_eq!(answer.body, r#"{"b": 1}"#);
    let answer = fetch(&one(get(show::<Vec<(String, u8)>>)), "/x?b=1&c=x").await;
    assert_eq!(
        answer.body,
        "invalid query: c: expected a whole number from 0 to 255"
    );
    // A list of anything else is no query.
    let answer = fetch(&one(get(show::<Vec<String>>)), "/x?b=1").await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn a_service_names_its_request_and_body_from_here() {
    let service = tower::service_fn(async |request: Request<Body>| {
        Ok::<_, std::convert::Infallible>(request.uri().path().to_owned())
    });
    let router = one(MethodRouter::new().service(service));
    support::expect(&router, &[("/x", 200, "/x")]).await;
}

/// An extractor of the application, which refuses every request in the words it was given.
struct Refuses<const KIND: u8>;

enum Refusal {
    Text,
    Long,
    Empty,
    Json,
    Server,
    Redirect,
    Stream,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let retry = [(HeaderName::from_static("www-authenticate"), "Bearer")];
        match self {
            Self::Text => (StatusCode::UNAUTHORIZED, retry, "no token").into_response(),
            Self::Long => (StatusCode::BAD_REQUEST, "long ".repeat(500)).into_response(),
            Self::Empty => StatusCode::FORBIDDEN.into_response(),
            Self::Json => (StatusCode::UNAUTHORIZED, axum::Json("no token")).into_response(),
            Self::Server => (StatusCode::BAD_GATEWAY, "secret").into_response(),
            Self::Redirect => axum::response::Redirect::to("/login").into_response(),
            Self::Stream => (StatusCode::BAD_REQUEST, streamed("streamed")).into_response(),
        }
    }
}

impl<S: Sync, const KIND: u8> FromRequestParts<S> for Refuses<KIND> {
    type Rejection = Refusal;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Err(match KIND {
            0 => Refusal::Text,
            1 => Refusal::Long,
            2 => Refusal::Empty,
            3 => Refusal::Json,
            4 => Refusal::Server,
            5 => Refusal::Redirect,
            _ => Refusal::Stream,
        })
    }
}

/// Refuses every request with a response in a box.
struct RefusesInABox;

impl<S: Sync> FromRequestParts<S> for RefusesInABox {
    type Rejection = Response;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Err(Refusal::Text.into_response())
    }
}

fn refusing(options: RouterOptions) -> FsRouter {
    async fn next(_: Refuses<0>, _req: ApiRequest, res: ApiResponse) -> ApiResponse {
        res
    }
    async fn handled(refused: Result<Refuses<0>, Refusal>) -> Response {
        refused.map_or_else(IntoResponse::into_response, |_| ().into_response())
    }
    FsRouter::builder()
        .options(options)
        .route("text", get(async |_: Refuses<0>| ""))
        .route("next", any(next))
        .route("long", get(async |_: Refuses<1>| ""))
        .route("empty", get(async |_: Refuses<2>| ""))
        .route("json", get(async |_: Refuses<3>| ""))
        .route("server", get(async |_: Refuses<4>| ""))
        .route("redirect", get(async |_: Refuses<5>| ""))
        .route("stream", get(async |_: Refuses<6>| ""))
        .route("box", get(async |_: RefusesInABox| ""))
        .route("first", get(async |_: Refuses<0>, _: Refuses<4>| ""))
        .route("extension", get(async |_: Extension<Post>| ""))
        .route("axum", post(async |_: axum::Json<Post>| ""))
        .route("axum/form", post(async |_: axum::Form<Post>| ""))
        .route("axum/query", get(async |_: axum::extract::Query<Post>| ""))
        // What handlers answer themselves is theirs.
        .route("handled", get(handled))
        .route("answered", get(async || (StatusCode::CONFLICT, "as it is")))
        .build()
        .unwrap()
}

fn problem(answer: &Answer) -> (u16, &str, &str) {
    let media = answer.header("content-type").unwrap_or_default();
    (answer.status.as_u16(), media, &answer.body)
}

#[tokio::test]
async fn a_rejection_of_another_extractor_is_an_error_like_every_other() {
    let router = refusing(RouterOptions::new().error_format(ErrorFormat::Problem));
    const PROBLEM: &str = "application/problem+json";
    for (path, status, title, detail) in [
        ("text", 401, "Unauthorized", r#","detail":"no token""#),
        ("next", 401, "Unauthorized", r#","detail":"no token""#),
        ("first", 401, "Unauthorized", r#","detail":"no token""#),
        ("box", 401, "Unauthorized", r#","detail":"no token""#),
        // What is long is no message, and what is empty is none.
        ("long", 400, "Bad Request", ""),
        ("empty", 403, "Forbidden", ""),
        ("stream", 400, "Bad Request", ""),
        // What went wrong within the server is for the log.
        ("server", 502, "Bad Gateway", ""),
        ("extension", 500, "Internal Server Error", ""),
    ] {
        let answer = fetch(&router, &format!("/{path}")).await;
        let body =
            format!(r#"{{"type":"about:blank","title":"{title}","status":{status}{detail}}}"#);
        assert_eq!(problem(&answer), (status, PROBLEM, &*body), "{path}");
    }
    // Headers that do not describe the body stay.
    let answer = fetch(&router, "/text").await;
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    let length = answer.body.len().to_string();
    assert!(
        answer
            .header("content-length")
            .is_none_or(|it| it == length)
    );
}

#[tokio::test]
async fn a_rejection_as_text_keeps_its_status_and_its_message() {
    let router = refusing(RouterOptions::new());
    for (path, status, body) in [
        ("text", 401, "no token"),
        ("long", 400, "Bad Request"),
        ("empty", 403, "Forbidden"),
        ("server", 502, "Bad Gateway"),
        ("handled", 401, "no token"),
        ("answered", 409, "as it is"),
    ] {
        let answer = fetch(&router, &format!("/{path}")).await;
        let expected = (status, "text/plain; charset=utf-8", body);
        assert_eq!(problem(&answer), expected, "{path}");
    }
    let answer = fetch(&router, "/text").await;
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn a_rejection_that_is_no_text_and_no_error_stays_as_it_is() {
    let options = RouterOptions::new()
        .error_format(ErrorFormat::Problem)
        .on_error(|_, _| "the hook");
    let router = refusing(options);
    let answer = fetch(&router, "/json").await;
    assert_eq!(problem(&answer), (401, "application/json", "\"no token\""));
    let answer = fetch(&router, "/redirect").await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("location"), Some("/login"));
    for path in ["handled", "answered"] {
        assert_ne!(
            fetch(&router, &format!("/{path}")).await.body,
            "the hook",
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_hook_for_errors_sees_rejections() {
    let options = RouterOptions::new().on_error(|error, context: &ErrorContext<'_>| {
        let route = context.route.map_or("", MatchedRoute::pattern).to_owned();
        (error.status(), format!("{} at {route}", error.message()))
    });
    let router = refusing(options);
    for (path, status, body) in [
        ("text", 401, "no token at /text"),
        ("next", 401, "no token at /next"),
        ("server", 502, "Bad Gateway at /server"),
    ] {
        let answer = fetch(&router, &format!("/{path}")).await;
        assert_eq!(
            (answer.status.as_u16(), &*answer.body),
            (status, body),
            "{path}"
        );
    }
}

#[tokio::test]
async fn h73_what_axum_says_of_a_body_names_no_type() {
    let router = refusing(RouterOptions::new().error_format(ErrorFormat::Json));
    let wrong = |uri: &str, media: &str, body: &'static str| {
        let request = Request::post(uri).header("content-type", media);
        request.body(Body::from(body)).unwrap()
    };
    let form = "application/x-www-form-urlencoded";
    for (request, status, message, cause) in [
        (
            wrong("/axum", "application/json", "[[]]"),
            422,
            "Unprocessable Entity",
            "expected a string",
        ),
        (
            wrong("/axum", "application/json", "{"),
            400,
            "Bad Request",
            "EOF",
        ),
        (
            wrong("/axum", "application/json", "7"),
            422,
            "Unprocessable Entity",
            "expected struct Post",
        ),
        (
            wrong("/axum", "text/plain", "7"),
            415,
            "Unsupported Media Type",
            "Content-Type",
        ),
        (
            wrong("/axum/form", form, "stars=x"),
            422,
            "Unprocessable Entity",
            "form",
        ),
        (
            support::request("GET", "/axum/query?stars=300"),
            400,
            "Bad Request",
            "query",
        ),
        (
            support::request("GET", "/extension"),
            500,
            "Internal Server Error",
            "extractors::Post",
        ),
    ] {
        let uri = request.uri().clone();
        let (logs, _guard) = Logs::capture();
        let answer = send(&router, request).await;
        let body = format!(r#"{{"error":{{"status":{status},"message":"{message}"}}}}"#);
        let media = "application/json; charset=utf-8";
        assert_eq!(problem(&answer), (status, media, &*body), "{uri}");
        // The whole of it is in the log.
        let level = if status < 500 {
            Level::DEBUG
        } else {
            Level::ERROR
        };
        let lines = logs.of(level);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].contains(cause), "{uri} {lines:?}");
    }
}

/// Rejects as `Json` does, with a plain response.
#[derive(FromRequest, Deserialize)]
#[from_request(via(axum::Json))]
struct Derived {
    #[allow(dead_code)]
    name: String,
}

#[tokio::test]
async fn h73_what_a_derived_extractor_says_names_no_type() {
    let router = FsRouter::builder()
        .route("x", post(async |_: Derived| ""))
        .build()
        .unwrap();
    let request = Request::post("/x").header("content-type", "application/json");
    let request = request.body(Body::from("7")).unwrap();
    let answer = send(&router, request).await;
    assert_eq!(
        (answer.status.as_u16(), &*answer.body),
        (422, "Unprocessable Entity")
    );
}

/// An extractor of somebody else: what the extensions say of the route.
struct Elsewhere(String);

impl<S: Sync> FromRequestParts<S> for Elsewhere {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let route = parts.extensions.get::<MatchedRoute>();
        let route = route.ok_or(StatusCode::IM_A_TEAPOT)?;
        Ok(Self(route.pattern().to_owned()))
    }
}

/// The same, with an extractor of this crate inside.
struct Around(u8);

impl<S: Send + Sync> FromRequestParts<S> for Around {
    type Rejection = tower_api_routes::ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        tokio::task::yield_now().await;
        let Params(id) = Params::from_request_parts(parts, state).await?;
        Ok(Self(id))
    }
}

#[tokio::test]
async fn extractors_of_any_crate_find_the_route() {
    type Id = Params<u8>;
    let router = |route| FsRouter::builder().route("p/[id]", route).build().unwrap();
    let cases = [
        ("1", get(async |Params(id): Id| id.to_string())),
        (
            "1 1 1",
            get(async |Params(a): Id, Params(b): Id, Params(c): Id| format!("{a} {b} {c}")),
        ),
        (
            "1 /p/[id]",
            get(
                async |Params(id): Id, _: Query, _: Cookies, _: State<()>, route: MatchedRoute| {
                    format!("{id} {}", route.pattern())
                },
            ),
        ),
        (
            "1 /p/[id]",
            get(
                async |route: MatchedRoute, id: Option<Id>, _: Option<Query>| {
                    format!("{} {}", id.unwrap().0, route.pattern())
                },
            ),
        ),
        (
            "1 /p/[id]",
            get(async |Params(id): Id, Elsewhere(route): Elsewhere| format!("{id} {route}")),
        ),
        (
            "1 /p/[id]",
            get(async |Elsewhere(route): Elsewhere, Params(id): Id| format!("{id} {route}")),
        ),
        (
            "1 2",
            get(async |Around(a): Around, Params(b): Id| format!("{a} {}", b + 1)),
        ),
        (
            "1 /p/[id]",
            get(async |Params(id): Id, request: Request| {
                let route = request.extensions().get::<MatchedRoute>().unwrap();
                format!("{id} {}", route.pattern())
            }),
        ),
        (
            "1 /p/[id]",
            get(async |Params(id): Id, req: ApiRequest| format!("{id} {}", req.route().pattern())),
        ),
        (
            "1 /p/[id]",
            get(async |Params(id): Id, req: ApiRequest, res: ApiResponse| {
                let pattern = req
                    .into_request()
                    .extensions()
                    .get::<MatchedRoute>()
                    .map(MatchedRoute::pattern)
                    .map(str::to_owned);
                res.send(format!("{id} {}", pattern.unwrap_or_default()))
            }),
        ),
    ];
    for (expected, route) in cases {
        let answer = fetch(&router(route), "/p/1").await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (StatusCode::OK, expected)
        );
    }
}

/// A parameter whose type refuses, or panics.
#[derive(Debug)]
struct Moody;

impl<'de> Deserialize<'de> for Moody {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "panic" => panic!("moody"),
            _ => Err(serde::de::Error::custom("moody")),
        }
    }
}

#[tokio::test]
async fn a_route_is_left_to_no_other_request() {
    let router = FsRouter::builder()
        .route("p/[id]", get(async |_: Params<Moody>, _: Params<u8>| ""))
        .route("q/[id]", get(async |_: Params<u8>, _: Query<Post>| ""))
        .route("r/[id]", get(async |_: Params<u8>| ""))
        .build()
        .unwrap();
    // Not in a route.
    let plain = axum::Router::new().route(
        "/{id}",
        axum::routing::get(async |id: Result<Params<u8>, tower_api_routes::ApiError>| {
            id.unwrap_err().status().as_u16().to_string()
        }),
    );
    for (path, status) in [
        ("/p/panic", 500),
        ("/p/refuse", 400),
        ("/q/x", 400),
        ("/q/1", 400),
        ("/r/1", 200),
    ] {
        assert_eq!(fetch(&router, path).await.status, status, "{path}");
        assert_eq!(fetch(&plain, "/1").await.body, "500", "{path}");
    }
}
