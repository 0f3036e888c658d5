//! The headers of cross-origin requests.

use std::{convert::Infallible, sync::LazyLock};

use axum::body::Body;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, header};
use tower::{Layer, ServiceExt, service_fn};
use tower_api_routes::CorsLayer;

use super::RUNTIME;

const LISTED: [&str; 2] = ["https://a.example", "https://b.example:8443"];

/// Layers, each with what it is: whether an origin may read the answers, and how.
struct Case {
    layer: CorsLayer,
    /// `None`: everybody, by `*`.
    accepts: Option<fn(&str) -> bool>,
    credentials: bool,
    /// Whether a preflight also reaches the handler.
    goes_on: bool,
    every_options: bool,
    /// Whether the names that a preflight asks for are sent back.
    mirrors: bool,
}

static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let list = CorsLayer::new()
        .origin(LISTED)
        .allow_credentials(true)
        .allow_headers(["X-Token"])
        .expose_headers(["X-Total"]);
    vec![
        Case {
            layer: CorsLayer::new(),
            accepts: None,
            credentials: false,
            goes_on: false,
            every_options: false,
            mirrors: true,
        },
        Case {
            layer: list.build().unwrap(),
            accepts: Some(|origin| LISTED.contains(&origin)),
            credentials: true,
            goes_on: false,
            every_options: false,
            mirrors: false,
        },
        Case {
            layer: CorsLayer::new()
                .origin_if(|origin| origin.ends_with(".example"))
                .preflight_continue(true)
                .every_options(true),
            accepts: Some(|origin| origin.len() <= 1024 && origin.ends_with(".example")),
            credentials: false,
            goes_on: true,
            every_options: true,
            mirrors: true,
        },
    ]
});

/// What a handler says that knows nothing of the layer around it.
fn handled() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    for (name, value) in [
        ("x-handler", "ran"),
        ("vary", "accept"),
        ("access-control-allow-origin", "https://evil.example"),
        ("access-control-allow-credentials", "true"),
    ] {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

/// The method, then lines of headers whose first byte says which it is: an answer is readable for the origins that
/// the layer was told and for no other, and only a preflight ends before the handler.
pub(crate) fn cors(lines: &[u8]) {
    let mut lines = lines.split(|byte| *byte == b'\n');
    let method = lines.next().unwrap_or_default();
    let Ok(method) = Method::from_bytes(method) else {
        return;
    };
    let mut headers = HeaderMap::new();
    for line in lines.take(16) {
        let name = match line.first() {
            Some(b'o') => header::ORIGIN,
            Some(b'm') => header::ACCESS_CONTROL_REQUEST_METHOD,
            Some(b'h') => header::ACCESS_CONTROL_REQUEST_HEADERS,
            _ => continue,
        };
        if let Ok(value) = HeaderValue::from_bytes(&line[1..]) {
            headers.append(name, value);
        }
    }
    for case in &*CASES {
        check(case, &method, &headers);
    }
}

fn check(case: &Case, method: &Method, asked: &HeaderMap) {
    let mut request = Request::new(Body::empty());
    *request.method_mut() = method.clone();
    *request.headers_mut() = asked.clone();
    let inner = service_fn(async |_| Ok::<_, Infallible>(handled()));
    let service = case.layer.layer(inner);
    let response = RUNTIME.block_on(service.oneshot(request)).unwrap();
    let context = || format!("{method} {asked:?} {response:?}");

    let text = |name: HeaderName| -> Vec<&str> {
        let values = response.headers().get_all(name).into_iter();
        values.map(|value| value.to_str().unwrap()).collect()
    };
    let origins: Vec<_> = asked.get_all(header::ORIGIN).iter().collect();
    let readable = match (case.accepts, &origins[..]) {
        (None, _) => vec!["*"],
        (Some(accepts), [origin]) => origin
            .to_str()
            .ok()
            .filter(|it| accepts(it))
            .into_iter()
            .collect(),
        (Some(_), _) => vec![],
    };
    let allowed = text(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    assert_eq!(allowed, readable, "{}", context());
    let credentials = text(header::ACCESS_CONTROL_ALLOW_CREDENTIALS);
    let with_credentials = case.credentials && !readable.is_empty();
    assert_eq!(credentials.len(), usize::from(with_credentials));
    let varies = text(header::VARY).join(",");
    let varies = varies.split(',').any(|it| it.trim() == "Origin");
    assert_eq!(varies, case.accepts.is_some(), "{}", context());

    let asks = |name| asked.contains_key(name);
    let is_preflight = method == Method::OPTIONS
        && (case.every_options
            || asks(header::ORIGIN) && asks(header::ACCESS_CONTROL_REQUEST_METHOD));
    let ran = response.headers().contains_key("x-handler");
    assert_eq!(ran, !is_preflight || case.goes_on, "{}", context());
    let methods = text(header::ACCESS_CONTROL_ALLOW_METHODS);
    assert_eq!(methods.len(), usize::from(is_preflight), "{}", context());
    let names = text(header::ACCESS_CONTROL_ALLOW_HEADERS);
    match (&names[..], case.mirrors && is_preflight) {
        ([names], true) => {
            assert_eq!(asked[header::ACCESS_CONTROL_REQUEST_HEADERS], *names);
            let is_name = |name: &str| HeaderName::try_from(name.trim()).is_ok();
            assert!(names.split(',').all(is_name), "{}", context());
        }
        ([], true) => {}
        (names, false) if is_preflight => assert_eq!(names, ["X-Token"]),
        (names, _) => assert_eq!(names, [""; 0], "{}", context()),
    }
}
