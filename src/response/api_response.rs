//! [`ApiResponse`]: the `res` of a handler.
//!
//! It is built by value and returned from the handler. What Next.js lets a handler do wrong at run
//! time (send twice, set a header after sending, answer nothing) cannot be written.
//!
//! ```
//! use tower_api_routes::{ApiRequest, ApiResponse};
//!
//! async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
//!     res.status(201)
//!         .header("location", "/api/posts/1")
//!         .json(&serde_json::json!({ "id": 1 }))
//! }
//! ```
//!
//! A wrong value (a header with a line break, a status of 99, a value that does not serialize)
//! makes the whole answer a 500 "Internal Server Error"; the reason is logged, and nothing of what
//! was set before is sent.

use std::marker::PhantomData;

use axum_core::extract::FromRequestParts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts};
use serde::Serialize;

use super::{body::ResponseBody, status::has_no_body, tagged::Conditional};
use crate::{
    error::{ApiError, BoxError},
    etag::EtagAlgorithm,
    json,
    route::MatchedRoute,
};

/// The data of a response whose type is not fixed.
#[derive(Debug, Clone, Copy)]
pub enum Untyped {}

/// The response of a handler, with the helpers of Next.js.
///
/// `T` fixes the type of the data, so that a wrong body does not compile; the default takes
/// anything.
///
/// ```
/// use serde::Serialize;
/// use tower_api_routes::{ApiRequest, ApiResponse};
///
/// #[derive(Serialize)]
/// struct User {
///     name: &'static str,
/// }
///
/// async fn handler(_req: ApiRequest, res: ApiResponse<User>) -> ApiResponse<User> {
///     res.json(&User { name: "John Doe" })
/// }
/// ```
///
/// ```compile_fail
/// # use tower_api_routes::ApiResponse;
/// # #[derive(serde::Serialize)] struct User;
/// fn wrong(res: ApiResponse<User>) -> ApiResponse<User> {
///     res.json(&"not a user")
/// }
/// ```
#[must_use = "a response does nothing until the handler returns it"]
#[derive(Debug)]
pub struct ApiResponse<T = Untyped> {
    /// In a box: a response is large, and handed on by value with every call.
    pub(super) response: Box<http::Response<ResponseBody>>,
    pub(super) etag: EtagAlgorithm,
    pub(super) conditional: Option<Conditional>,
    pub(super) failed: Option<ApiError>,
    /// Texts of our own go out as `text/plain`.
    pub(super) marks_text: bool,
    #[cfg(feature = "preview")]
    pub(super) preview: Option<std::sync::Arc<crate::preview::PreviewKeys>>,
    #[cfg(feature = "preview")]
    pub(super) preview_cleared: bool,
    data: PhantomData<fn(T)>,
}

impl ApiResponse {
    /// A response of 200 without a body, for handlers that are not given one.
    pub fn new() -> Self {
        Self::with_etag_algorithm(EtagAlgorithm::default())
    }

    /// Answers with `value` as JSON, whatever its type.
    ///
    /// The content type becomes `application/json; charset=utf-8`, also where another was set, and
    /// numbers are written as `JSON.stringify` writes them (`1.0` as `1`). An entity tag is added.
    pub fn json<U: Serialize + ?Sized>(self, value: &U) -> Self {
        self.write_json(value, Conditional::KeepType)
    }
}

impl<T: Serialize> ApiResponse<T> {
    /// Answers with `value` as JSON; see [`ApiResponse::json`](ApiResponse#method.json).
    pub fn json(self, value: &T) -> Self {
        self.write_json(value, Conditional::KeepType)
    }
}

impl<T> ApiResponse<T> {
    #[inline]
    pub(super) fn with_etag_algorithm(etag: EtagAlgorithm) -> Self {
        Self {
            response: Box::new(http::Response::new(ResponseBody::empty())),
            etag,
            conditional: None,
            failed: None,
            marks_text: true,
            #[cfg(feature = "preview")]
            preview: None,
            #[cfg(feature = "preview")]
            preview_cleared: false,
            data: PhantomData,
        }
    }

    #[inline]
    pub(crate) fn for_route(route: &MatchedRoute) -> Self {
        let settings = route.settings();
        Self {
            marks_text: settings.error_format.marks_text(),
            #[cfg(feature = "preview")]
            preview: settings.preview.clone(),
            ..Self::with_etag_algorithm(settings.etag)
        }
    }

    /// Sets the status; the last call wins.
    ///
    /// Any status from 200 to 999 can be answered. 204, 205 and 304 carry no body, whatever is sent.
    pub fn status<C>(mut self, status: C) -> Self
    where
        C: TryInto<StatusCode, Error: Into<BoxError>>,
    {
        match status.try_into() {
            Ok(status) if status.is_informational() => {
                self.fail(format!("{status} is no final status of a response"))
            }
            Ok(status) => {
                *self.response.status_mut() = status;
                self
            }
            Err(error) => self.fail(error),
        }
    }

    /// Sets a header, in place of any value that it has.
    pub fn header<N, V>(self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName, Error: Into<BoxError>>,
        V: TryInto<HeaderValue, Error: Into<BoxError>>,
    {
        self.with_header(name, value, |headers, name, value| {
            headers.insert(name, value);
        })
    }

    /// Adds a header line, keeping those that are there.
    pub fn append_header<N, V>(self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName, Error: Into<BoxError>>,
        V: TryInto<HeaderValue, Error: Into<BoxError>>,
    {
        self.with_header(name, value, |headers, name, value| {
            headers.append(name, value);
        })
    }

    /// Removes a header.
    pub fn remove_header(mut self, name: impl header::AsHeaderName) -> Self {
        self.response.headers_mut().remove(name);
        self
    }

    /// Answers without a body, with the headers as they are.
    pub fn end(self) -> Self {
        self.body(ResponseBody::empty())
    }

    /// Answers with `body` and the headers as they are: no content type, no entity tag.
    ///
    /// Bytes are sent with a length, any other body as a stream.
    pub fn body(mut self, body: impl Into<ResponseBody>) -> Self {
        *self.response.body_mut() = body.into();
        self.untag();
        self
    }

    /// The status set so far; 200 where none was set.
    #[must_use]
    pub fn status_code(&self) -> StatusCode {
        self.response.status()
    }

    /// The headers set so far.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The headers set so far, to be changed.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        self.response.headers_mut()
    }

    /// The extensions of the response.
    pub fn extensions_mut(&mut self) -> &mut http::Extensions {
        self.response.extensions_mut()
    }

    /// Chooses how the entity tag of the body is made, for this response. Comes before `json` and
    /// `send`.
    pub fn etag(mut self, algorithm: EtagAlgorithm) -> Self {
        self.etag = algorithm;
        self
    }

    pub(super) fn with_header<N, V>(
        mut self,
        name: N,
        value: V,
        put: impl FnOnce(&mut HeaderMap, HeaderName, HeaderValue),
    ) -> Self
    where
        N: TryInto<HeaderName, Error: Into<BoxError>>,
        V: TryInto<HeaderValue, Error: Into<BoxError>>,
    {
        match (name.try_into(), value.try_into()) {
            (Ok(name), Ok(value)) => {
                put(self.response.headers_mut(), name, value);
                self
            }
            (Err(error), _) => self.fail(error),
            (_, Err(error)) => self.fail(error),
        }
    }

    pub(super) fn write_json<U: Serialize + ?Sized>(
        mut self,
        value: &U,
        conditional: Conditional,
    ) -> Self {
        match json::to_bytes(value) {
            Ok(text) => {
                self.response
                    .headers_mut()
                    .insert(header::CONTENT_TYPE, json::CONTENT_TYPE);
                self.tag(self.etag.of_text(&text), conditional);
                *self.response.body_mut() = ResponseBody::from(text);
                self
            }
            Err(error) => self.fail(error),
        }
    }

    /// Adds the entity tag of the body, unless the body is not going to be sent.
    #[inline]
    pub(super) fn tag(&mut self, tag: Option<HeaderValue>, conditional: Conditional) {
        self.untag();
        if has_no_body(self.response.status()) {
            return;
        }
        if let Some(tag) = tag {
            self.response.headers_mut().insert(header::ETAG, tag);
            self.conditional = Some(conditional);
        }
    }

    /// The tag goes with the body that it was made for.
    #[inline]
    pub(super) fn untag(&mut self) {
        if self.conditional.take().is_some() {
            self.response.headers_mut().remove(header::ETAG);
        }
    }

    pub(super) fn set_default_type(&mut self, value: HeaderValue) -> bool {
        let headers = self.response.headers_mut();
        let missing = !headers.contains_key(header::CONTENT_TYPE);
        if missing {
            headers.insert(header::CONTENT_TYPE, value);
        }
        missing
    }

    /// Remembers the first thing that went wrong; the answer is a 500.
    pub(crate) fn fail(self, error: impl Into<BoxError>) -> Self {
        self.fail_as(ApiError::internal(error))
    }

    /// The same, with the error that is the answer.
    pub(super) fn fail_as(mut self, error: ApiError) -> Self {
        self.failed.get_or_insert(error);
        self
    }
}

/// A response that something else has built, to go on with: status, headers, extensions and body stay as
/// they are.
///
/// ```
/// use tower_api_routes::ApiResponse;
///
/// let built = http::Response::builder().status(202).body("taken").unwrap();
/// let res = ApiResponse::from(built).header("x-queue", "1");
/// assert_eq!(res.status_code(), 202);
/// ```
impl<B: Into<ResponseBody>> From<http::Response<B>> for ApiResponse {
    fn from(response: http::Response<B>) -> Self {
        Self {
            response: Box::new(response.map(Into::into)),
            ..Self::new()
        }
    }
}

impl Default for ApiResponse {
    fn default() -> Self {
        Self::new()
    }
}

/// Extracts a fresh response that knows the settings of the route.
impl<S: Sync, T: 'static> FromRequestParts<S> for ApiResponse<T> {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<MatchedRoute>().map_or_else(
            || Self::with_etag_algorithm(EtagAlgorithm::default()),
            Self::for_route,
        ))
    }
}
