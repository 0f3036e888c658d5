//! Extractors for handlers: [`Json`], [`Form`] and [`ParsedBody`].
//!
//! `Option<Json<T>>` and `Option<Form<T>>` have the meaning of axum's: `None` where there is no body, and
//! an error where there is one that does not fit.

use axum_core::{
    body::Body,
    extract::{FromRequest, OptionalFromRequest, Request},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::header;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    content_type::Media, discard::discard, form, guard::guard, json, parsed::ParsedBody,
    read::read_bytes,
};
use crate::{
    config::ApiConfig,
    error::ApiError,
    json as write,
    response::{ApiResponse, SendBody, untagged::Untagged},
    route::MatchedRoute,
};

/// A JSON body as a `T`, and a `T` as a JSON response: that of [`res.json`](ApiResponse#method.json), to
/// the byte. In a route it gets the same entity tag, is answered with 304 alike, and both by
/// [`RouterOptions::etag`](crate::RouterOptions::etag); the answer of any other service stays without a tag.
///
/// ```
/// # use serde::{Deserialize, Serialize};
/// use tower_api_routes::Json;
///
/// #[derive(Deserialize, Serialize)]
/// struct Post {
///     title: String,
/// }
///
/// async fn post(Json(post): Json<Post>) -> Json<Post> {
///     Json(post)
/// }
/// # async fn check() { post(Json(Post { title: String::new() })).await; }
/// ```
///
/// It reads straight from the bytes of the body. An empty body is `{}`, as in Next.js. A struct also
/// takes a JSON array of its fields in order, as serde does.
///
/// `Option<Json<T>>` is `None` for a request without a body and without a `Content-Type`. With one of
/// them it takes and refuses what `Json<T>` does: a body of another type is an error, and so is one
/// that names none. (axum's own looks at the type alone, and overlooks a body without one.)
///
/// # Errors
///
/// 415 for another type than JSON or another charset than UTF-8; 400 `Invalid JSON`; 400 naming
/// the field if the JSON is not a `T`; 413 and 408 as the
/// [`ApiConfig`] of the route says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

/// A form body as a `T`, whose fields take their values by the table in [`query`](crate::query).
///
/// Without a `T` of your own, take a [`ParsedBody`].
///
/// `Option<Form<T>>` is `None` for a request without a body and without a `Content-Type`, as for
/// [`Json`].
///
/// # Errors
///
/// 415 for another type than a form; 400 naming the field if the form is not a `T`; 413 for too
/// many fields; 413 and 408 as the [`ApiConfig`] of the route says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Form<T>(pub T);

/// What limits the body of a request already. In its extensions, so that it is not limited again.
#[derive(Debug, Clone)]
pub(crate) struct BodyLimits(pub(crate) ApiConfig);

/// A body that a layer has parsed, or one that was read just now.
#[allow(clippy::large_enum_variant, reason = "it is taken apart at once")]
enum Received {
    Parsed(ParsedBody),
    Read(Bytes, Media, ApiConfig),
}

impl Received {
    /// Reads the body of `request` after `expect` has agreed to its type.
    async fn of(
        request: Request,
        expect: impl Fn(Media) -> Result<(), ApiError>,
    ) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let media = Media::of(&parts.headers);
        if let Err(error) = expect(media) {
            discard(&parts, body);
            return Err(error);
        }
        if let Some(parsed) = parts.extensions.get::<ParsedBody>() {
            return Ok(Self::Parsed(parsed.clone()));
        }
        let (body, config) = guarded(&parts, body)?;
        let raw = read_bytes(body, &parts, &config).await?;
        Ok(Self::Read(raw, media, config))
    }

    /// The same, or `None` where there is neither a body nor a type of one. A body without a type is
    /// refused for the type that it does not have, which is known when its first byte has come.
    async fn unless_absent(
        request: Request,
        expect: impl Fn(Media) -> Result<(), ApiError>,
    ) -> Result<Option<Self>, ApiError> {
        if request.headers().contains_key(header::CONTENT_TYPE) {
            return Self::of(request, expect).await.map(Some);
        }
        let media = Media::of(request.headers());
        let received = Self::of(request, |_| Ok(())).await?;
        let raw = match &received {
            Self::Parsed(parsed) => parsed.raw(),
            Self::Read(raw, ..) => raw,
        };
        if raw.is_empty() {
            return Ok(None);
        }
        expect(media).map(|()| Some(received))
    }

    fn json<T: DeserializeOwned>(self) -> Result<Json<T>, ApiError> {
        match self {
            Self::Parsed(parsed) => parsed.json(),
            Self::Read(raw, _, config) => json::typed(&raw, config.json_memory()),
        }
        .map(Json)
    }

    fn form<T: DeserializeOwned>(self) -> Result<Form<T>, ApiError> {
        self.parsed().form().map(Form)
    }

    fn parsed(self) -> ParsedBody {
        match self {
            Self::Parsed(parsed) => parsed,
            Self::Read(raw, media, config) => ParsedBody::from_media(media, raw, &config),
        }
    }
}

/// The body under its guard, and the configuration of the guard.
pub(super) fn guarded(
    parts: &http::request::Parts,
    body: Body,
) -> Result<(Body, ApiConfig), ApiError> {
    let extensions = &parts.extensions;
    let config = match extensions.get::<BodyLimits>() {
        Some(BodyLimits(config)) => Some(config),
        None => extensions
            .get::<MatchedRoute>()
            .map(MatchedRoute::config)
            .or_else(|| extensions.get::<ParsedBody>().map(ParsedBody::config)),
    };
    match config {
        Some(config) => Ok((body, config.clone())),
        None => {
            let config = ApiConfig::new();
            Ok((guard(parts, body, &config)?, config))
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for ParsedBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        Received::of(request, |_| Ok(()))
            .await
            .map(Received::parsed)
    }
}

/// The extractor of a body of one type, which must be there, and the one of a body that may be there.
macro_rules! typed_body {
    ($name:ident, $expect:path, $read:ident) => {
        impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for $name<T> {
            type Rejection = ApiError;

            async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
                Received::of(request, $expect).await?.$read()
            }
        }

        impl<S: Send + Sync, T: DeserializeOwned> OptionalFromRequest<S> for $name<T> {
            type Rejection = ApiError;

            async fn from_request(request: Request, _: &S) -> Result<Option<Self>, ApiError> {
                let received = Received::unless_absent(request, $expect).await?;
                received.map(Received::$read).transpose()
            }
        }
    };
}

typed_body!(Json, json::expect, json);
typed_body!(Form, form::expect, form);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match write::to_bytes(&self.0) {
            Ok(text) => {
                let mut response = Response::new(Body::from(text));
                let headers = response.headers_mut();
                headers.insert(header::CONTENT_TYPE, write::CONTENT_TYPE);
                response.extensions_mut().insert(Untagged);
                response
            }
            Err(error) => ApiError::internal(error).into_response(),
        }
    }
}

impl<T: Serialize> SendBody for Json<T> {
    fn send(self, response: ApiResponse) -> ApiResponse {
        response.send_json(&self.0)
    }
}
