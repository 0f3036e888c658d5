//! [`ApiRequest`]: the `req` of a handler.
//!
//! ```
//! use serde::Deserialize;
//! use tower_api_routes::{ApiError, ApiRequest, ApiResponse};
//!
//! #[derive(Deserialize)]
//! struct NewPost {
//!     title: String,
//! }
//!
//! async fn handler(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
//!     let theme = req.cookies().get("theme").unwrap_or("light").to_owned();
//!     let post: NewPost = req.json().await?;
//!     Ok(res.status(201).json(&serde_json::json!({
//!         "id": req.query().get("id"),
//!         "title": post.title,
//!         "theme": theme,
//!     })))
//! }
//! ```
//!
//! Query, cookies and body are parsed when they are first asked for, and once.

use std::{borrow::Cow, fmt, sync::OnceLock};

use axum_core::{body::Body, extract::FromRequest};
use bytes::Bytes;
use http::{Extensions, HeaderMap, Method, Request, Uri, Version, request::Parts};
use serde::{Deserialize, de::DeserializeOwned};

use super::unread_body::UnreadBody;
#[cfg(feature = "preview")]
use crate::response::preview::WrongCookies;
use crate::{
    body::{self, ParsedBody},
    cookies::Cookies,
    error::ApiError,
    headers::latin1,
    multi_map::MultiMap,
    query,
    route::{MatchedRoute, hand_over, no_route, takes_route},
};

/// The request of a handler: what Next.js puts on `req`, parsed on demand.
///
/// It is also what carries a request through the crate, from the router to the handler: one box,
/// which is handed on several times.
pub struct ApiRequest {
    inner: Box<Inner>,
}

struct Inner {
    parts: Parts,
    body: UnreadBody,
    route: MatchedRoute,
    parsed: Parsed,
}

/// What a handler has asked for of its request so far.
#[derive(Default)]
struct Parsed {
    query: OnceLock<MultiMap>,
    cookies: OnceLock<Cookies>,
    body: OnceLock<ParsedBody>,
    #[cfg(feature = "preview")]
    preview: OnceLock<crate::preview::Preview>,
}

impl ApiRequest {
    /// A request that matched `route`.
    #[inline]
    pub(crate) fn new(parts: Parts, body: Body, route: MatchedRoute) -> Self {
        Self {
            inner: Box::new(Inner {
                body: UnreadBody::new(body, &parts),
                parts,
                route,
                parsed: Parsed::default(),
            }),
        }
    }

    /// Checks, before a handler sees the request, what its accessors cannot refuse: the number of
    /// query parameters and cookies.
    #[inline]
    pub(crate) fn checked(mut self) -> Result<Self, ApiError> {
        let Inner { parts, parsed, .. } = &mut *self.inner;
        query::check_limit(&parts.uri)?;
        if !Cookies::are_few(&parts.headers) {
            parsed.cookies = OnceLock::from(Cookies::from_parts(parts)?);
        }
        if let Some(body) = parts.extensions.get::<ParsedBody>() {
            parsed.body = OnceLock::from(body.clone());
        }
        Ok(self)
    }

    /// An ordinary request for the extractor `T`, with the body if nothing has read it. The route is handed over, or
    /// in the extensions since it was [shown](Self::show_route).
    pub(crate) fn into_request_for<T>(self) -> Request<Body> {
        let Inner {
            parts, body, route, ..
        } = *self.inner;
        if takes_route::<T>() {
            hand_over(route);
        }
        Request::from_parts(parts, body.take().unwrap_or_default())
    }

    /// Puts the route into the extensions, and keeps it.
    pub(crate) fn show_route(&mut self) {
        let Inner { parts, route, .. } = &mut *self.inner;
        parts.extensions.insert(route.clone());
    }

    /// The head of the request.
    pub(crate) fn parts_mut(&mut self) -> &mut Parts {
        &mut self.inner.parts
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.inner.parts.method
    }

    /// The URI, as it was sent.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.inner.parts.uri
    }

    /// The path and query, as they were sent: `req.url`.
    #[must_use]
    pub fn url(&self) -> &str {
        self.inner
            .parts
            .uri
            .path_and_query()
            .map_or("", |url| url.as_str())
    }

    /// The version of HTTP.
    #[must_use]
    pub fn version(&self) -> Version {
        self.inner.parts.version
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.inner.parts.headers
    }

    /// The value of a header as text; `None` where there is none or it is not ASCII. Of repeated
    /// headers, the first.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.inner.parts.headers.get(name)?.to_str().ok()
    }

    /// The value of a header as Node.js reads it: every byte is a character (Latin-1, so that the UTF-8 bytes
    /// of `é` are `Ã©`). `None` where there is none. Of repeated headers, the first.
    ///
    /// [`header`](Self::header) has only what is ASCII, and
    /// [`headers`](Self::headers) has the bytes.
    #[must_use]
    pub fn header_latin1(&self, name: &str) -> Option<Cow<'_, str>> {
        let value = self.inner.parts.headers.get(name)?;
        Some(latin1(value.as_bytes()))
    }

    /// What layers have put into the request. The route is not always there: [`route`](Self::route) has it.
    #[must_use]
    pub fn extensions(&self) -> &Extensions {
        &self.inner.parts.extensions
    }

    /// What layers have put into the request, to be changed.
    pub fn extensions_mut(&mut self) -> &mut Extensions {
        &mut self.inner.parts.extensions
    }

    /// The route that the request matched.
    #[must_use]
    pub fn route(&self) -> &MatchedRoute {
        &self.inner.route
    }

    /// A route parameter, percent-decoded once; the segments of a catch-all are joined with `/`.
    ///
    /// Route parameters only: the query string cannot reach in here.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<Cow<'_, str>> {
        self.inner.route.param(name)
    }

    /// The route parameters as a `T`; see [`Params`](crate::Params).
    ///
    /// # Errors
    ///
    /// 400 where a parameter is no `T`, naming it.
    pub fn params<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        self.inner.route.deserialize_params()
    }

    /// The query string with the route parameters laid over it, as `req.query` of Next.js: a
    /// parameter replaces a value of the same name and keeps its place.
    #[must_use]
    pub fn query(&self) -> &MultiMap {
        self.inner.parsed.query.get_or_init(|| {
            // The limit was checked when the request came in.
            let mut query = query::parse(&self.inner.parts.uri).unwrap_or_default();
            self.inner.route.lay_over(&mut query);
            query
        })
    }

    /// [`query`](Self::query) as a `T`.
    ///
    /// # Errors
    ///
    /// 400 where it is no `T`, naming the field.
    pub fn query_as<'a, T: Deserialize<'a>>(&'a self) -> Result<T, ApiError> {
        let Inner {
            parts,
            route,
            parsed,
            ..
        } = &*self.inner;
        if parsed.query.get().is_none()
            && route.has_no_params()
            && let Some(query) = query::deserialize_plain(&parts.uri)
        {
            return query;
        }
        query::deserialize(self.query())
    }

    /// The query string as it was sent, without the `?`.
    #[must_use]
    pub fn query_string(&self) -> Option<&str> {
        self.inner.parts.uri.query()
    }

    /// The cookies that the client sent.
    #[must_use]
    pub fn cookies(&self) -> &Cookies {
        // The limits were checked when the request came in.
        self.inner
            .parsed
            .cookies
            .get_or_init(|| Cookies::from_parts(&self.inner.parts).unwrap_or_default())
    }

    /// What the preview cookies of the request say. Where they are wrong, the answer clears them.
    ///
    /// [`Preview::None`](crate::preview::Preview::None) where the router has no keys.
    #[cfg(feature = "preview")]
    #[must_use]
    pub fn preview(&self) -> &crate::preview::Preview {
        use crate::preview::{BYPASS_COOKIE, DATA_COOKIE, Preview};

        self.inner.parsed.preview.get_or_init(|| {
            let Some(keys) = &self.inner.route.settings().preview else {
                return Preview::None;
            };
            let cookies = self.cookies();
            let preview = keys.read(cookies.get(BYPASS_COOKIE), cookies.get(DATA_COOKIE));
            if let Preview::Invalid = preview
                && let Some(wrong) = self.inner.parts.extensions.get::<WrongCookies>()
            {
                wrong.note();
            }
            preview
        })
    }

    /// The data that was set with the preview cookies, if preview mode is on and they hold a `T`.
    #[cfg(feature = "preview")]
    #[must_use]
    pub fn preview_data<'a, T: Deserialize<'a>>(&'a self) -> Option<T> {
        match self.preview() {
            crate::preview::Preview::Data(data) => data.parse().ok(),
            _ => None,
        }
    }

    /// Whether draft mode (or preview mode) is on.
    #[cfg(feature = "preview")]
    #[must_use]
    pub fn draft_mode(&self) -> bool {
        self.preview().is_on()
    }

    /// The body, parsed by its content type: `req.body`.
    ///
    /// # Errors
    ///
    /// 400 "Invalid JSON" or "Invalid body", 408, 413 or 415 where the body cannot be read; 500 when
    /// it was taken as a stream before.
    pub async fn body(&self) -> Result<&ParsedBody, ApiError> {
        let headers = &self.inner.parts.headers;
        if self.inner.parsed.body.get().is_some() {
            body::refuse_encoded(headers)?;
        }
        self.read(true).await
    }

    /// The body, read if nothing has read it; `plain`: one that is compressed is refused, and left unread.
    async fn read(&self, plain: bool) -> Result<&ParsedBody, ApiError> {
        if let Some(parsed) = self.inner.parsed.body.get() {
            return Ok(parsed);
        }
        let unread = self
            .inner
            .body
            .take()
            .ok_or_else(|| ApiError::internal(BODY_TAKEN))?;
        let (parts, config) = (&self.inner.parts, self.inner.route.config());
        let raw = if plain {
            body::read_bytes(unread, parts, config).await?
        } else {
            body::read_any_bytes(unread, parts, config).await?
        };
        let parsed = ParsedBody::new(&parts.headers, raw, config);
        Ok(self.inner.parsed.body.get_or_init(|| parsed))
    }

    /// The body as a `T`, from JSON; an empty one counts as `{}`.
    ///
    /// # Errors
    ///
    /// Those of [`body`](Self::body), 415 for a content type that is not JSON, and 400 where the
    /// value is no `T`, naming the field.
    pub async fn json<'a, T: Deserialize<'a>>(&'a self) -> Result<T, ApiError> {
        self.body().await?.json()
    }

    /// The fields of a form (`application/x-www-form-urlencoded`) as a `T`.
    ///
    /// # Errors
    ///
    /// Those of [`body`](Self::body), 415 for another content type, and 400 where the fields are no
    /// `T`, naming the field.
    pub async fn form<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        self.body().await?.form()
    }

    /// The body as text, decoded by its charset.
    ///
    /// # Errors
    ///
    /// Those of [`body`](Self::body).
    pub async fn text(&self) -> Result<Cow<'_, str>, ApiError> {
        self.body().await?.text()
    }

    /// The bytes of the body as they were received; nothing is parsed.
    ///
    /// With `body_parser(false)` they may have any `Content-Encoding`, and are left in it. The limit is that of
    /// [`ApiConfig::body_limit`](crate::ApiConfig::body_limit), with the parser off too: 1 MiB where `CONFIG`
    /// names none.
    ///
    /// # Errors
    ///
    /// 400, 408 or 413 where the body cannot be read; 415 where it is compressed and the parser is on; 500 when
    /// it was taken as a stream before.
    pub async fn bytes(&self) -> Result<&Bytes, ApiError> {
        let parses = self.inner.route.config().body_parser;
        Ok(self.read(parses).await?.raw())
    }

    /// The bytes of the body, once something has read it.
    #[must_use]
    pub fn raw(&self) -> Option<&Bytes> {
        self.inner.parsed.body.get().map(ParsedBody::raw)
    }

    /// The next piece of the body, as it arrives and unparsed; `None` at its end. With
    /// `body_parser(false)` this is the way to read a body of any size in constant memory:
    ///
    /// ```
    /// use tower_api_routes::{ApiConfig, ApiError, ApiRequest};
    ///
    /// pub const CONFIG: ApiConfig = ApiConfig::new().body_parser(false).body_limit("1gb");
    ///
    /// pub async fn post(mut req: ApiRequest) -> Result<String, ApiError> {
    ///     let mut bytes = 0;
    ///     while let Some(chunk) = req.chunk().await? {
    ///         bytes += chunk.len();
    ///     }
    ///     Ok(format!("{bytes} bytes"))
    /// }
    /// ```
    ///
    /// A body in any `Content-Encoding` comes as it was sent. The limit and the deadlines are those of `CONFIG`:
    /// with the parser off there is no limit and no total deadline but one that it names
    /// ([`body_total_timeout`](crate::ApiConfig::body_total_timeout)); a pause of 10 seconds ends the body in any
    /// case, or as [`body_idle_timeout`](crate::ApiConfig::body_idle_timeout) says. Only the time that is spent
    /// waiting for the client counts.
    ///
    /// # Errors
    ///
    /// 413, 408 or 400 where the body is too large, too slow or breaks off; 500 after an error, and
    /// when the body was read or taken before.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, ApiError> {
        let config = self.inner.route.config().clone();
        let version = self.inner.parts.version;
        body::next_chunk(version, self.inner.body.begin(), &config)
            .await
            .unwrap_or_else(|| Err(ApiError::internal(BODY_TAKEN)))
    }

    /// Takes the body as a stream, unparsed, to hand it on. Its errors are those of the connection;
    /// [`chunk`](Self::chunk) makes answers of them. `None` once something has read or taken it.
    pub fn take_body(&self) -> Option<Body> {
        self.inner.body.take()
    }

    /// The request as an ordinary one, with the body if nothing has read it, and the
    /// [`MatchedRoute`] in its extensions.
    #[must_use]
    pub fn into_request(self) -> Request<Body> {
        let Inner {
            mut parts,
            body,
            route,
            parsed,
        } = *self.inner;
        parts.extensions.insert(route);
        let body = body
            .take()
            .or_else(|| Some(Body::from(parsed.body.get()?.raw().clone())))
            .unwrap_or_default();
        Request::from_parts(parts, body)
    }
}

impl fmt::Debug for ApiRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiRequest")
            .field("method", &self.inner.parts.method)
            .field("uri", &self.inner.parts.uri)
            .field("route", &self.inner.route.pattern())
            .finish_non_exhaustive()
    }
}

/// The last argument of a handler may be an `ApiRequest`.
impl<S: Sync> FromRequest<S> for ApiRequest {
    type Rejection = ApiError;

    async fn from_request(mut request: Request<Body>, _state: &S) -> Result<Self, ApiError> {
        let route = request
            .extensions_mut()
            .remove::<MatchedRoute>()
            .ok_or_else(|| no_route("ApiRequest"))?;
        let (parts, body) = request.into_parts();
        Self::new(parts, body, route).checked()
    }
}

const BODY_TAKEN: &str =
    "the body of the request was taken as a stream, or is being read elsewhere";
