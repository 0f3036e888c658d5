//! Cookies through the layer, the extractor, and back out.

#![cfg(feature = "runtime")]

use std::convert::Infallible;

use axum::{Router, body::Body, response::IntoResponse, routing::get};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use proptest::prelude::*;
use serde::Deserialize;
use tower::{ServiceBuilder, ServiceExt, service_fn};
use tower_api_routes::{
    ApiError, Cookies, CookiesLayer,
    cookies::{Cookie, MAX_BYTES, MAX_COOKIES, ParsedCookies, set_cookie_value},
};

fn app() -> Router {
    Router::new()
        .route("/all", get(async |cookies: Cookies| json(&cookies)))
        .route("/set", get(async || set("a", "1")))
        .route("/inject", get(async || set("a;b", "v; Domain=evil")))
}

fn set(name: &'static str, value: &'static str) -> Result<impl IntoResponse, ApiError> {
    let cookie = set_cookie_value(&Cookie::new(name, value))?;
    Ok(([(header::SET_COOKIE, cookie)], "set"))
}

fn json(cookies: &Cookies) -> String {
    serde_json::to_string(cookies).unwrap()
}

fn headers<V: AsRef<[u8]>>(values: &[V]) -> HeaderMap {
    values
        .iter()
        .map(|value| {
            let value = HeaderValue::from_bytes(value.as_ref()).unwrap();
            (header::COOKIE, value)
        })
        .collect()
}

async fn send<V: AsRef<[u8]>>(app: Router, uri: &str, values: &[V]) -> Response<String> {
    let mut request = Request::get(uri).body(Body::empty()).unwrap();
    *request.headers_mut() = headers(values);
    let (parts, body) = app.oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Response::from_parts(parts, String::from_utf8(body.into()).unwrap())
}

#[tokio::test]
async fn the_same_with_and_without_the_layer() {
    let cases: &[(&[&[u8]], &str)] = &[
        (&[], "{}"),
        (&[b""], "{}"),
        (&[b"nextjs=cool;"], r#"{"nextjs":"cool"}"#),
        (&[b"b=1; 2=x; 1=y"], r#"{"1":"y","2":"x","b":"1"}"#),
        (&[b"a=1", b"a=2; c=3"], r#"{"a":"1","c":"3"}"#),
        (&[b"a=; a=2"], r#"{"a":""}"#),
        (&[b"a=\xe9; b=%C3%A9"], r#"{"a":"é","b":"é"}"#),
        (
            &[b"$Version=1; a=1; $Path=/"],
            r#"{"$Version":"1","a":"1","$Path":"/"}"#,
        ),
        (&[b"constructor=1; a=2"], r#"{"constructor":"1","a":"2"}"#),
    ];
    for app in [app(), app().layer(CookiesLayer::new())] {
        for (values, expected) in cases {
            let response = send(app.clone(), "/all", values).await;
            assert_eq!(response.status(), StatusCode::OK);
            assert_eq!(response.body(), expected);
        }
    }
}

#[tokio::test]
async fn h46_too_many_cookies_are_431() {
    let big = format!("a={}", "x".repeat(MAX_BYTES));
    let many = "a=1;".repeat(MAX_COOKIES + 1);
    let huge = "a=1;".repeat(100_000);
    for app in [app(), app().layer(CookiesLayer::new())] {
        for value in [&big, &many, &huge] {
            let response = send(app.clone(), "/all", &[value]).await;
            assert_eq!(
                response.status(),
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
            );
            assert_eq!(response.body(), "Request Header Fields Too Large");
        }
        let many = "a=1;".repeat(MAX_COOKIES);
        assert_eq!(send(app, "/all", &[many]).await.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn h47_a_cookie_that_cannot_be_set_is_500_and_sends_nothing() {
    let response = send::<&str>(app(), "/set", &[]).await;
    assert_eq!(response.headers()[header::SET_COOKIE], "a=1");

    let response = send::<&str>(app(), "/inject", &[]).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(response.body(), "Internal Server Error");
    assert!(!response.headers().contains_key(header::SET_COOKIE));
}

#[tokio::test]
async fn the_layer_parses_once_and_keeps_body_and_error_types() {
    struct NotABody;

    let service = ServiceBuilder::new()
        .layer(CookiesLayer::new())
        .service(service_fn(async |request: Request<NotABody>| {
            let cookies = request.extensions().get::<ParsedCookies>().unwrap();
            let (first, second) = (cookies.get().unwrap(), cookies.clone());
            assert!(std::ptr::eq(first, second.get().unwrap()));
            Ok::<_, Infallible>(Response::new(first.get("a").map(str::to_owned)))
        }));
    let mut request = Request::new(NotABody);
    *request.headers_mut() = headers(&["a=1"]);
    let Ok(response) = service.oneshot(request).await;
    assert_eq!(response.into_body().as_deref(), Some("1"));
}

#[tokio::test]
async fn cookies_changed_behind_the_layer_are_read_again() {
    let changed = app().layer(
        ServiceBuilder::new()
            .layer(CookiesLayer::new())
            .map_request(|mut request: Request<Body>| {
                *request.headers_mut() = headers(&["a=new"]);
                request
            }),
    );
    let response = send(changed, "/all", &["a=old"]).await;
    assert_eq!(response.body(), r#"{"a":"new"}"#);
}

#[test]
fn look_ups() {
    let cookies = Cookies::from_headers(&headers(&["a=1; b=2; a=3"])).unwrap();
    assert_eq!(cookies.get("a"), Some("1"));
    assert_eq!(cookies.get("A"), None);
    assert!(cookies.get_all("a").eq(["1", "3"]));
    assert!(cookies.iter().eq([("a", "1"), ("b", "2")]));
    assert!(cookies.contains("b"));
    assert_eq!(cookies.len(), 2);
    assert!(!cookies.is_empty());
    assert!(Cookies::default().is_empty());
    assert_eq!(format!("{cookies:?}"), r#"{"a", "b"}"#);
}

#[test]
fn typed_cookies_take_the_first_of_a_name() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Session {
        id: u64,
        theme: Option<String>,
    }
    let read = |text: &str| {
        let cookies = Cookies::from_headers(&headers(&[text])).unwrap();
        cookies
            .deserialize::<Session>()
            .map_err(|error| error.to_string())
    };
    assert_eq!(
        read("id=7; id=x; other=1"),
        Ok(Session { id: 7, theme: None })
    );
    assert_eq!(
        read("id=secret"),
        Err("id: expected a whole number from 0 to 18446744073709551615".to_owned())
    );
    assert_eq!(read("theme=dark"), Err("id: missing".to_owned()));
}

proptest! {
    #[test]
    fn what_was_set_is_read_back(name in "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}", value: String) {
        let header = set_cookie_value(&Cookie::new(name.clone(), value.clone()));
        prop_assume!(header.is_ok());
        let text = header.unwrap();
        let cookies = Cookies::from_headers(&headers(&[b"other=1; ".as_slice(), text.as_bytes()])).unwrap();
        prop_assert_eq!(cookies.get(&name), Some(value.as_str()));
        prop_assert_eq!(cookies.len(), 2);
    }

    #[test]
    fn a_set_cookie_has_only_the_parts_it_was_given(
        name in "[a-z=;\r\n \u{e9}]{1,3}",
        value: String,
        path in "/[a-z;=\r\n \u{e9}]{0,3}",
        domain in "[a-z.;\r\n-]{1,4}",
    ) {
        let cookie = Cookie::build((name, value)).path(path).domain(domain);
        if let Ok(header) = set_cookie_value(&cookie.build()) {
            prop_assert_eq!(header.as_bytes().split(|byte| *byte == b';').count(), 3);
            prop_assert!(header.to_str().is_ok());
        }
    }

    #[test]
    fn any_header_is_read(values: Vec<Vec<u8>>) {
        let values: Vec<_> = values
            .iter()
            .filter(|value| HeaderValue::from_bytes(value).is_ok())
            .collect();
        if let Ok(cookies) = Cookies::from_headers(&headers(&values)) {
            let text = json(&cookies);
            let count = serde_json::from_str::<serde_json::Map<_, _>>(&text).unwrap().len();
            prop_assert_eq!(count, cookies.len());
        }
    }

    #[test]
    fn any_text_around_separators_is_read(value in "[ab=;\"%0-9 \t]{0,40}") {
        let cookies = Cookies::from_headers(&headers(&[&value])).unwrap();
        let all: usize = cookies.iter().map(|(name, _)| cookies.get_all(name).len()).sum();
        prop_assert_eq!(all, value.split(';').filter(|pair| pair.contains('=')).count());
    }
}
