//! File uploads: `multipart/form-data` as a stream of fields (feature `multipart`).

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use axum_core::{
    body::Body,
    extract::{FromRequest, Request},
};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, Version, header};
use http_body::{Body as _, Frame};

use super::{
    content_type::ContentType,
    discard::{discard, discard_rest},
    extract::guarded,
    fault::{read_error, too_large},
    read::refuse_encoded,
};
use crate::{
    config::ApiConfig,
    error::{ApiError, BoxError},
};

/// How much may arrive without a field or a chunk coming of it: headers of a field, or text before
/// the first one.
const MAX_HEAD: usize = 64 * 1024;

/// The fields of a `multipart/form-data` body, one after the other, as they arrive.
///
/// Give the route an [`ApiConfig`] with the parser off, and a limit of its own; otherwise the
/// upload as a whole is held to `1mb`. Memory holds one piece of the body at a time.
///
/// ```
/// use tower_api_routes::{ApiConfig, ApiError, body::Multipart};
///
/// pub const CONFIG: ApiConfig = ApiConfig::new().body_parser(false).body_limit("50mb");
///
/// pub async fn post(mut upload: Multipart) -> Result<String, ApiError> {
///     let mut bytes = 0;
///     while let Some(mut field) = upload.next_field().await? {
///         while let Some(chunk) = field.chunk().await? {
///             bytes += chunk.len();
///         }
///     }
///     Ok(format!("{bytes} bytes"))
/// }
/// ```
///
/// # Errors
///
/// 415 for another type than `multipart/form-data`; 400 without a boundary, and for a malformed or
/// truncated body; 413 over the limit or with more fields than
/// [`max_form_fields`](ApiConfig::max_form_fields); 408 for a client that is too slow.
#[derive(Debug)]
pub struct Multipart {
    inner: multer::Multipart<'static>,
    current: Option<multer::Field<'static>>,
    config: ApiConfig,
    fields: usize,
    unused: Arc<AtomicUsize>,
}

/// One field of a [`Multipart`] body.
#[derive(Debug)]
pub struct Field<'a> {
    field: &'a mut multer::Field<'static>,
    config: &'a ApiConfig,
    unused: &'a AtomicUsize,
}

impl<S: Send + Sync> FromRequest<S> for Multipart {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let boundary = match refuse_encoded(&parts.headers).and_then(|()| boundary(&parts.headers))
        {
            Ok(boundary) => boundary,
            Err(error) => {
                discard(&parts, body);
                return Err(error);
            }
        };
        let (body, config) = guarded(&parts, body)?;
        let unused = Arc::new(AtomicUsize::new(0));
        let paced = Paced {
            body,
            version: parts.version,
            unused: unused.clone(),
            pause: false,
        };
        Ok(Self {
            inner: multer::Multipart::new(Body::new(paced).into_data_stream(), boundary),
            current: None,
            config,
            fields: 0,
            unused,
        })
    }
}

/// The boundary that the `Content-Type` names.
fn boundary(headers: &HeaderMap) -> Result<String, ApiError> {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| ContentType::parse(value.as_bytes()))
        .filter(|parsed| parsed.is("multipart/form-data"))
        .ok_or_else(|| {
            ApiError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported content-type, expected multipart/form-data",
            )
        })?;
    // RFC 2046, section 5.1.1: one to seventy characters.
    content_type
        .parameter("boundary")
        .filter(|boundary| (1..=70).contains(&boundary.len()))
        .map(Into::into)
        .ok_or_else(|| ApiError::bad_request("content-type without a multipart boundary"))
}

impl Multipart {
    /// The next field; what is left of the one before is skipped. `None` after the last.
    ///
    /// # Errors
    ///
    /// As for the [extractor](Self).
    pub async fn next_field(&mut self) -> Result<Option<Field<'_>>, ApiError> {
        if let Some(last) = &mut self.current {
            let mut last = Field {
                field: last,
                config: &self.config,
                unused: &self.unused,
            };
            while last.chunk().await?.is_some() {}
        }
        self.current = None;
        let next = self.inner.next_field().await;
        self.unused.store(0, Ordering::Relaxed);
        self.current = next.map_err(|error| read_error(error, self.config.max_body()))?;
        let Some(field) = &mut self.current else {
            return Ok(None);
        };
        self.fields += 1;
        if self.fields > self.config.max_form_fields {
            return Err(ApiError::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "Body has too many fields",
            ));
        }
        Ok(Some(Field {
            field,
            config: &self.config,
            unused: &self.unused,
        }))
    }
}

impl Field<'_> {
    /// The name of the field.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.field.name()
    }

    /// The name of the file as the client calls it: any text at all, and no path to write to.
    #[must_use]
    pub fn file_name(&self) -> Option<&str> {
        self.field.file_name()
    }

    /// The type of the content as the client calls it.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.headers().get(header::CONTENT_TYPE)?.to_str().ok()
    }

    /// All headers of the field.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.field.headers()
    }

    /// The next piece of the content; `None` at its end.
    ///
    /// # Errors
    ///
    /// As for [`Multipart`].
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, ApiError> {
        let chunk = self.field.chunk().await;
        self.unused.store(0, Ordering::Relaxed);
        chunk.map_err(|error| read_error(error, self.config.max_body()))
    }

    /// The whole rest of the content, in memory.
    ///
    /// # Errors
    ///
    /// As for [`Multipart`]; 413 also for a field above the body limit, or above `1mb` if the
    /// [`ApiConfig`] names none.
    pub async fn bytes(mut self) -> Result<Bytes, ApiError> {
        let limit = self.config.max_buffered();
        let mut all = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            let length = (all.len() + chunk.len()) as u64;
            if limit.is_some_and(|limit| length > limit.as_bytes()) {
                return Err(too_large(limit));
            }
            all.extend_from_slice(&chunk);
        }
        Ok(all.into())
    }

    /// The whole rest of the content as UTF-8 text, malformed bytes replaced by U+FFFD.
    ///
    /// # Errors
    ///
    /// As for [`bytes`](Self::bytes).
    pub async fn text(self) -> Result<String, ApiError> {
        let bytes = self.bytes().await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// A body that gives one frame per poll, since multer takes all it can get, and no more of them
/// than lead to something.
struct Paced {
    body: Body,
    version: Version,
    unused: Arc<AtomicUsize>,
    pause: bool,
}

/// What a handler leaves of an upload is thrown away like any other unread body.
impl Drop for Paced {
    fn drop(&mut self) {
        if !self.body.is_end_stream() {
            discard_rest(self.version, std::mem::take(&mut self.body));
        }
    }
}

impl http_body::Body for Paced {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if std::mem::take(&mut self.pause) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.unused.load(Ordering::Relaxed) > MAX_HEAD {
            return Poll::Ready(Some(Err("the headers of a field are too large".into())));
        }
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &frame {
            let length = frame.data_ref().map_or(0, Bytes::len);
            self.unused.fetch_add(length, Ordering::Relaxed);
            self.pause = true;
        }
        frame.map_err(Into::into)
    }
}
