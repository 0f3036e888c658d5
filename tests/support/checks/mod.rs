//! What must hold for any bytes at all: for the fuzz targets, for the property tests, and for the inputs in `fuzz/seeds`.

mod conditional;
mod cors;
#[allow(dead_code, reason = "most of what is read is only read")]
mod deserialize;
#[cfg(feature = "multipart")]
mod multipart;
#[cfg(feature = "preview")]
mod preview;
#[cfg(all(feature = "multipart", feature = "preview"))]
mod request;
#[cfg(feature = "build")]
mod tree;

use std::{
    collections::BTreeMap,
    convert::Infallible,
    future::{Ready, ready},
    sync::LazyLock,
};

use axum::{
    body::{Body, HttpBody},
    http::header,
};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri};
use http_body_util::BodyExt;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use tower::{Service, ServiceExt, service_fn, util::ServiceFn};
use tower_api_routes::{
    ApiError, ApiRequest, ApiResponse, ApiRoutes, Cookies, FsRouter, MatchedRoute, MultiMap,
    Params, Query, RouterOptions,
    cookies::{Cookie, set_cookie_value},
    response::Event,
    router::{FsRouterBuilder, PathMatch, TrailingSlash, any},
};

#[cfg(feature = "multipart")]
pub(crate) use self::multipart::multipart;
#[cfg(feature = "preview")]
pub(crate) use self::preview::preview;
#[cfg(all(feature = "multipart", feature = "preview"))]
pub(crate) use self::request::{connection, request};
#[cfg(feature = "build")]
pub(crate) use self::tree::tree;
pub(crate) use self::{conditional::if_none_match, cors::cors, deserialize::deserialize};

/// A check: it panics where something does not hold.
pub(crate) type Check = fn(&[u8]);

/// All checks, by the names of the fuzz targets.
pub(crate) const CHECKS: &[(&str, Check)] = &[
    ("body", body),
    ("content_type", content_type),
    ("cookies", cookies),
    ("cors", cors),
    ("deserialize", deserialize),
    ("if_none_match", if_none_match),
    ("query", query),
    ("response", response),
    ("target", target),
    #[cfg(feature = "multipart")]
    ("multipart", multipart),
    #[cfg(feature = "preview")]
    ("preview", preview),
    #[cfg(all(feature = "multipart", feature = "preview"))]
    ("connection", connection),
    #[cfg(all(feature = "multipart", feature = "preview"))]
    ("request", request),
    #[cfg(feature = "build")]
    ("tree", tree),
];

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().enable_all().build().unwrap());

/// The status, the headers and the body of an answer.
fn answer<S, B>(service: &S, request: Request<Body>) -> Response<Vec<u8>>
where
    S: Service<Request<Body>, Response = Response<B>, Error = Infallible> + Clone,
    B: HttpBody<Error: std::fmt::Debug>,
{
    RUNTIME.block_on(async {
        let response = service.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Response::from_parts(parts, body.to_vec())
    })
}

fn assert_status(response: &Response<Vec<u8>>, expected: &[u16]) {
    let status = response.status().as_u16();
    assert!(expected.contains(&status), "{response:?}");
}

#[derive(Deserialize)]
struct Captured {
    id: Option<String>,
    slug: Option<Vec<String>>,
}

async fn captured(Params(captured): Params<Captured>) {
    let segments = captured
        .id
        .into_iter()
        .chain(captured.slug.into_iter().flatten());
    for segment in segments {
        assert!(
            !["", ".", ".."].contains(&&*segment),
            "captured {segment:?}"
        );
    }
}

/// A router, and one with the same routes that has to leave some of them, in front of who answers those.
struct Pair {
    router: FsRouter,
    in_front: ApiRoutes<ServiceFn<Inner>>,
}

/// Answers with the target of the request.
type Inner = fn(Request<Body>) -> Ready<Result<Response<Body>, Infallible>>;

/// The routes that the second router of a [`Pair`] leaves, below the mount.
const LEFT: [&str; 3] = ["", "users", "all/[...slug]"];

static ROUTERS: LazyLock<Vec<Pair>> = LazyLock::new(|| {
    let policies = [
        TrailingSlash::Redirect,
        TrailingSlash::Require,
        TrailingSlash::Strict,
        TrailingSlash::Ignore,
    ];
    let mounts = ["/", "/api", "/caf%C3%A9"];
    let each = mounts
        .iter()
        .flat_map(|mount| policies.map(|policy| (mount, policy)));
    each.map(|(mount, policy)| {
        let options = RouterOptions::new()
            .trailing_slash(policy)
            .route_in_responses(true);
        pair(|| {
            FsRouter::builder()
                .mount(*mount)
                .options(options.clone())
                .route("[id]", any(captured))
                .route("users/[id]/settings", any(captured))
                .route("opt/[[...slug]]", any(captured))
        })
    })
    .collect()
});

fn pair(builder: impl Fn() -> FsRouterBuilder) -> Pair {
    let all = LEFT
        .into_iter()
        .fold(builder(), |it, pattern| it.route(pattern, any(captured)));
    let some = LEFT.into_iter().fold(
        builder(),
        tower_api_routes::router::FsRouterBuilder::foreign,
    );
    let inner: Inner = |request| {
        let mut response = Response::new(Body::from(request.uri().to_string()));
        *response.status_mut() = StatusCode::IM_A_TEAPOT;
        ready(Ok(response))
    };
    Pair {
        router: all.build().unwrap(),
        in_front: ApiRoutes::new(some.build().unwrap(), service_fn(inner)),
    }
}

/// A request target: it meets a route that captures no empty and no dot segment, or it is refused,
/// or it is redirected to a path of the same host. The path alone names the same route as the answer. What
/// belongs to a route of another service reaches that service, and so does what belongs to none.
pub(crate) fn target(target: &[u8]) {
    let Ok(uri) = Uri::try_from(target) else {
        return;
    };
    for Pair { router, in_front } in &*ROUTERS {
        let response = answer(router, request_for(&uri));
        assert_status(&response, &[200, 308, 400, 404, 414]);
        let carried = response.extensions().get::<MatchedRoute>();
        let found = router.match_path(uri.path());
        assert_eq!(
            carried.map(MatchedRoute::pattern),
            found.as_ref().map(PathMatch::pattern),
            "{uri}"
        );
        if let (Some(carried), Some(found)) = (carried, found) {
            for (name, _) in found.raw_params() {
                assert_eq!(carried.param(name), found.param(name), "{uri}");
            }
        }
        if response.status() == StatusCode::PERMANENT_REDIRECT {
            let location = response.headers()[header::LOCATION].as_bytes();
            assert!(stays_here(location), "{response:?}");
        }
        let owner = router.match_path(uri.path()).map(|it| it.pattern());
        let below = owner.map(|it| it.strip_prefix(router.mount()).unwrap_or(it));
        let is_left = below.is_none_or(|it| LEFT.contains(&it.trim_start_matches('/')));
        let response = answer(in_front, request_for(&uri));
        assert_eq!(
            response.status() == StatusCode::IM_A_TEAPOT,
            is_left,
            "{uri}"
        );
        if is_left {
            assert_eq!(*response.body(), uri.to_string().into_bytes());
        }
    }
}

fn request_for(uri: &Uri) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = uri.clone();
    request
}

/// One slash, then neither a slash nor a backslash.
fn stays_here(location: &[u8]) -> bool {
    !matches!(location, [b'/', b'/' | b'\\', ..]) && location.starts_with(b"/")
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only read by serde")]
struct Typed {
    a: Option<u8>,
    b: Option<bool>,
    #[serde(default)]
    c: Vec<char>,
    d: Option<f32>,
}

async fn typed_query(_: Query<Typed>) {}

static QUERY: LazyLock<FsRouter> = LazyLock::new(|| {
    FsRouter::builder()
        .route("typed", any(typed_query))
        .route(
            "untyped",
            any(async |req: ApiRequest, res: ApiResponse| res.json(req.query())),
        )
        .build()
        .unwrap()
});

/// A query string, or a form: parsed whole, or refused.
pub(crate) fn query(text: &[u8]) {
    let Ok(map) = MultiMap::parse(text, 1000) else {
        let pairs = text
            .split(|byte| *byte == b'&')
            .filter(|pair| !pair.is_empty());
        assert!(pairs.count() > 1000);
        return;
    };
    let json = serde_json::to_string(&map).unwrap();
    serde_json::from_str::<IgnoredAny>(&json).unwrap();
    for (name, values) in map.iter() {
        assert!(map.contains(name));
        assert_eq!(map.get(name), values.clone().next());
        assert!(values.eq(map.get_all(name)));
    }
    let lists: BTreeMap<String, Vec<String>> = map.deserialize().unwrap();
    assert_eq!(lists.len(), map.len());
    let _ = map.deserialize::<Typed>();
    let Ok(query) = std::str::from_utf8(text) else {
        return;
    };
    for (path, expected) in [("typed", &[200, 400][..]), ("untyped", &[200])] {
        if let Ok(uri) = Uri::try_from(format!("/{path}?{query}")) {
            let request = Request::get(uri).body(Body::empty()).unwrap();
            assert_status(&answer(&*QUERY, request), expected);
        }
    }
}

/// A `Cookie` header: every name in it as it was sent, the first of each name in front. The same
/// bytes as a cookie to be set: one cookie with its own attributes and no others, or none.
pub(crate) fn cookies(field: &[u8]) {
    if let Ok(value) = HeaderValue::from_bytes(field) {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, value.clone());
        headers.append(header::COOKIE, value);
        if let Ok(cookies) = Cookies::from_headers(&headers) {
            for (name, _) in cookies.iter() {
                let first = cookies.get_all(name).next();
                assert!(first.is_some() && cookies.get(name) == first);
                assert!(!name.contains(['=', ';']) && !name.starts_with([' ', '\t']));
            }
            let _ = cookies.deserialize::<Typed>();
        }
    }
    let text = String::from_utf8_lossy(field);
    let mut parts = text.split('|');
    let mut next = || parts.next().unwrap_or_default().to_owned();
    let cookie = Cookie::build((next(), next())).path(next()).domain(next());
    if let Ok(line) = set_cookie_value(&cookie.build()) {
        let line = line.to_str().unwrap();
        let names = line
            .split("; ")
            .skip(1)
            .map(|attribute| attribute.split('=').next());
        let names: Vec<_> = names.flatten().collect();
        assert!(
            names.iter().all(|name| ["Path", "Domain"].contains(name)),
            "{line}"
        );
        assert_eq!(line.matches(';').count(), names.len(), "{line}");
    }
}

async fn read(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let body = req.body().await?;
    // Each reading of the body may refuse it, for itself.
    let text = body.text().map(|text| text.len());
    let _ = req.json::<Typed>().await;
    let _ = req.json::<Value>().await;
    let _ = req.form::<Typed>().await;
    let value = body.value()?;
    text?;
    Ok(res.json(value))
}

static BODY: LazyLock<FsRouter> =
    LazyLock::new(|| FsRouter::builder().route("", any(read)).build().unwrap());

fn send_body(content_type: &[u8], body: &[u8]) {
    let Ok(content_type) = HeaderValue::from_bytes(content_type) else {
        return;
    };
    let request = Request::post("/")
        .header(header::CONTENT_TYPE, content_type)
        .body(Body::from(body.to_vec()));
    let response = answer(&*BODY, request.unwrap());
    assert_status(&response, &[200, 400, 413, 415]);
    if response.status() == StatusCode::OK {
        serde_json::from_slice::<IgnoredAny>(response.body()).unwrap();
    }
}

/// A content type.
pub(crate) fn content_type(field: &[u8]) {
    for body in [&b"[1]"[..], b"a=1&a=\xff", b"\xff\xfe[\0"] {
        send_body(field, body);
    }
}

/// A body under each kind of content type.
pub(crate) fn body(body: &[u8]) {
    for content_type in [
        "application/json",
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/json; charset=utf-16",
        "text/plain; charset=shift_jis",
        "application/x-www-form-urlencoded; charset=latin1",
    ] {
        send_body(content_type.as_bytes(), body);
    }
}

async fn write(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let text = &*req.param("text").unwrap_or_default();
    match req.query().get("as") {
        Some("redirect") => res.redirect(text),
        Some("local") => res.redirect_local(text),
        Some("header") => res.header("x-value", text).end(),
        Some("name") => res.header(text, "value").end(),
        Some("cookie") => res.set_cookie(("value", text)).end(),
        Some("attachment") => res.attachment(text).end(),
        _ => res.send(Event::new(text).name(text).id(text).to_string()),
    }
}

static WRITE: LazyLock<FsRouter> = LazyLock::new(|| {
    FsRouter::builder()
        .route("[text]", any(write))
        .build()
        .unwrap()
});

/// A text on its way into an answer: into one header line, or into none.
pub(crate) fn response(text: &[u8]) {
    use percent_encoding::{NON_ALPHANUMERIC, percent_encode};

    let text = percent_encode(text, NON_ALPHANUMERIC);
    for (kind, lines) in [
        ("redirect", 3),
        ("local", 3),
        ("header", 1),
        ("name", 1),
        ("cookie", 1),
        ("attachment", 1),
        ("event", 1),
    ] {
        let Ok(uri) = Uri::try_from(format!("/{text}?as={kind}")) else {
            return;
        };
        let request = Request::get(uri).body(Body::empty()).unwrap();
        let response = answer(&*WRITE, request);
        assert_status(&response, &[200, 307, 400, 404, 500]);
        let headers = response.headers();
        match response.status().as_u16() {
            200 | 307 => assert_eq!(headers.len(), lines, "{response:?}"),
            _ => assert!(headers.len() == 2 && headers.contains_key(header::CONTENT_TYPE)),
        }
        if kind == "local" && response.status() == StatusCode::TEMPORARY_REDIRECT {
            assert!(
                stays_here(headers[header::LOCATION].as_bytes()),
                "{response:?}"
            );
        }
        if kind == "event" && response.status() == StatusCode::OK {
            let body = String::from_utf8_lossy(response.body());
            let fields = ["event: ", "id: ", "data: "];
            let is_field = |line: &str| fields.iter().any(|field| line.starts_with(field));
            let event = body.strip_suffix("\n\n").unwrap();
            assert!(event.split(['\r', '\n']).all(is_field), "{body:?}");
        }
    }
}
