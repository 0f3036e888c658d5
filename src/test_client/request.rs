//! [`TestRequest`]: a request, put together by value.

use axum_core::body::Body;
use bytes::Bytes;
use cookie::Cookie;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, header, request::Parts};
use serde::Serialize;

use super::multipart::MultipartForm;
use crate::{cookies::set_cookie_value, error::BoxError};

/// A request of a test.
///
/// One that a [`TestClient`](super::TestClient) has made is sent with
/// [`send`](TestRequest#method.send) or [`stream`](TestRequest#method.stream). One of its own becomes
/// the `req` of a handler with [`into_api_request`](TestRequest#method.into_api_request), or a request
/// for any service with [`into_request`](TestRequest#method.into_request).
///
/// # Panics
///
/// Whatever cannot stand in a request (a header with a line break, a path with a space, a value that
/// does not serialize) panics where it is set.
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct TestRequest<C = ()> {
    client: C,
    head: Parts,
    body: Bytes,
    pub(super) redirects: usize,
}

impl TestRequest {
    /// A request of this method to a path, which begins with `/` and may have a query.
    #[track_caller]
    pub fn with_method(method: Method, path: &str) -> Self {
        Self::new((), method, path)
    }

    /// `GET`.
    #[track_caller]
    pub fn get(path: &str) -> Self {
        Self::with_method(Method::GET, path)
    }

    /// `POST`.
    #[track_caller]
    pub fn post(path: &str) -> Self {
        Self::with_method(Method::POST, path)
    }

    /// The request for a service that is called by other means.
    #[must_use]
    pub fn into_request(self) -> Request<Body> {
        let ((), head, body) = self.into_parts();
        Request::from_parts(head, Body::from(body))
    }
}

impl<C> TestRequest<C> {
    #[track_caller]
    pub(super) fn new(client: C, method: Method, path: &str) -> Self {
        let (mut head, ()) = Request::new(()).into_parts();
        head.method = method;
        head.uri = target(path);
        Self {
            client,
            head,
            body: Bytes::new(),
            redirects: 0,
        }
    }

    /// Sets a header, in place of any value that it has.
    #[track_caller]
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName, Error: Into<BoxError>>,
        V: TryInto<HeaderValue, Error: Into<BoxError>>,
    {
        let (name, value) = header_pair(name, value);
        self.head.headers.insert(name, value);
        self
    }

    /// Sends a cookie with this request, percent-encoded as JavaScript writes it; it goes before a
    /// kept cookie of the same name.
    #[track_caller]
    pub fn cookie(mut self, name: &str, value: &str) -> Self {
        add_cookies(&mut self.head.headers, cookie_pair(name, value).as_bytes());
        self
    }

    /// Adds parameters to the query: a struct, a map, or pairs such as `&[("page", 2)]`.
    #[track_caller]
    pub fn query<T: Serialize + ?Sized>(mut self, query: &T) -> Self {
        let (uri, more) = (&self.head.uri, urlencoded(query));
        let separator = if uri.query().is_some() { "&" } else { "?" };
        self.head.uri = target(&format!("{uri}{separator}{more}"));
        self
    }

    /// Puts a value into the extensions of the request, as a server or a layer further out would: the
    /// address of the client, say.
    pub fn extension<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.head.extensions.insert(value);
        self
    }

    /// Sends `value` as JSON, as `application/json` unless another type is set.
    #[track_caller]
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Self {
        match serde_json::to_vec(value) {
            Ok(text) => self.typed("application/json", text),
            Err(error) => panic!("the body is no JSON: {error}"),
        }
    }

    /// Sends a form, as `application/x-www-form-urlencoded` unless another type is set: a struct, a
    /// map, or pairs such as `&[("name", "Ada")]`.
    #[track_caller]
    pub fn form<T: Serialize + ?Sized>(self, form: &T) -> Self {
        let text = urlencoded(form);
        self.typed("application/x-www-form-urlencoded", text)
    }

    /// Sends a form with files, as `multipart/form-data`.
    #[track_caller]
    pub fn multipart(mut self, form: &MultipartForm) -> Self {
        let (content_type, bytes) = form.encode();
        self.head.headers.remove(header::CONTENT_TYPE);
        self.typed(&content_type, bytes)
    }

    /// Sends a text, as `text/plain; charset=utf-8` unless another type is set.
    #[track_caller]
    pub fn text(self, text: impl Into<String>) -> Self {
        self.typed("text/plain; charset=utf-8", text.into())
    }

    /// Sends these bytes; no content type is added.
    pub fn body(mut self, bytes: impl Into<Bytes>) -> Self {
        self.body = bytes.into();
        self
    }

    #[track_caller]
    fn typed(mut self, content_type: &str, bytes: impl Into<Bytes>) -> Self {
        if !self.head.headers.contains_key(header::CONTENT_TYPE) {
            self = self.header(header::CONTENT_TYPE, content_type);
        }
        self.body(bytes)
    }

    pub(super) fn into_parts(mut self) -> (C, Parts, Bytes) {
        if !self.body.is_empty() {
            // As every client sends it: limits are checked against it before the body is read.
            let length = self.head.headers.entry(header::CONTENT_LENGTH);
            length.or_insert(HeaderValue::from(self.body.len()));
        }
        (self.client, self.head, self.body)
    }
}

#[track_caller]
fn target(path: &str) -> Uri {
    assert!(
        path.starts_with('/'),
        "the path {path:?} must begin with `/`"
    );
    match path.parse() {
        Ok(uri) => uri,
        Err(error) => panic!("the path {path:?} must be percent-encoded: {error}"),
    }
}

#[track_caller]
fn urlencoded<T: Serialize + ?Sized>(value: &T) -> String {
    match serde_urlencoded::to_string(value) {
        Ok(text) => text,
        Err(error) => panic!("the value is no list of pairs: {error}"),
    }
}

#[track_caller]
pub(super) fn header_pair<N, V>(name: N, value: V) -> (HeaderName, HeaderValue)
where
    N: TryInto<HeaderName, Error: Into<BoxError>>,
    V: TryInto<HeaderValue, Error: Into<BoxError>>,
{
    match (name.try_into(), value.try_into()) {
        (Ok(name), Ok(value)) => (name, value),
        (Err(error), _) => panic!("no name of a header: {}", error.into()),
        (_, Err(error)) => panic!("no value of a header: {}", error.into()),
    }
}

/// `name=value`, checked and encoded.
#[track_caller]
pub(super) fn cookie_pair(name: &str, value: &str) -> HeaderValue {
    // The attributes that names such as `__Host-session` ask for.
    let cookie = Cookie::build((name, value)).path("/").secure(true).build();
    let line = match set_cookie_value(&cookie) {
        Ok(line) => line,
        Err(error) => panic!("{error}"),
    };
    let pair = line.as_bytes().split(|byte| *byte == b';').next();
    pair.and_then(|pair| HeaderValue::from_bytes(pair).ok())
        .unwrap_or(line)
}

/// Adds `a=1; b=2` to the one `Cookie` header that a client sends (RFC 6265, section 5.4).
pub(super) fn add_cookies(headers: &mut HeaderMap, pairs: &[u8]) {
    let value = match headers.get(header::COOKIE) {
        Some(before) => [before.as_bytes(), b"; ", pairs].concat(),
        None => pairs.to_vec(),
    };
    // Both were header values before.
    if let Ok(value) = HeaderValue::from_bytes(&value) {
        headers.insert(header::COOKIE, value);
    }
}
