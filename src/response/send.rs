//! What `send` takes.

use std::borrow::Cow;

use axum_core::body::Body;

use bytes::Bytes;
use http::HeaderValue;
use serde::Serialize;

use super::{api_response::ApiResponse, body::ResponseBody, tagged::Conditional};
use crate::error::BoxError;

pub(crate) const OCTET_STREAM: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// A value that [`ApiResponse::send`] takes.
pub trait SendBody {
    /// Makes the value the body of `response`.
    fn send(self, response: ApiResponse) -> ApiResponse;
}

fn send_text(mut response: ApiResponse, text: Bytes) -> ApiResponse {
    let tag = response.etag.of_text(&text);
    response.tag(tag, Conditional::KeepType);
    *response.response.body_mut() = ResponseBody::from(text);
    response
}

fn send_bytes(mut response: ApiResponse, bytes: Bytes) -> ApiResponse {
    let tag = response.etag.of_bytes(&bytes);
    let added = response.set_default_type(OCTET_STREAM);
    let conditional = if added {
        Conditional::DropType
    } else {
        Conditional::KeepType
    };
    response.tag(tag, conditional);
    *response.response.body_mut() = ResponseBody::from(bytes);
    response
}

macro_rules! send_as {
    ($write:ident: $($ty:ty),*) => {$(
        impl SendBody for $ty {
            fn send(self, response: ApiResponse) -> ApiResponse {
                $write(response, Bytes::from(self))
            }
        }
    )*};
}

send_as!(send_text: String, &'static str);
send_as!(send_bytes: Bytes, Vec<u8>, &'static [u8]);

impl SendBody for Cow<'static, str> {
    fn send(self, response: ApiResponse) -> ApiResponse {
        match self {
            Cow::Borrowed(text) => text.send(response),
            Cow::Owned(text) => text.send(response),
        }
    }
}

impl SendBody for &String {
    fn send(self, response: ApiResponse) -> ApiResponse {
        self.clone().send(response)
    }
}

impl<const N: usize> SendBody for &'static [u8; N] {
    fn send(self, response: ApiResponse) -> ApiResponse {
        self.as_slice().send(response)
    }
}

macro_rules! send_as_json {
    ($($ty:ty)*) => {$(
        impl SendBody for $ty {
            fn send(self, response: ApiResponse) -> ApiResponse {
                response.send_json(&self)
            }
        }
    )*};
}

send_as_json! { bool u8 u16 u32 u64 i8 i16 i32 i64 f32 f64 serde_json::Value }

impl SendBody for &serde_json::Value {
    fn send(self, response: ApiResponse) -> ApiResponse {
        response.send_json(self)
    }
}

impl<T> ApiResponse<T> {
    /// Answers with the bytes of `stream` as they come. The content type is
    /// `application/octet-stream` unless one was set; there is no entity tag.
    pub fn stream<S>(mut self, stream: S) -> Self
    where
        S: futures_core::TryStream<Ok: Into<bytes::Bytes>, Error: Into<BoxError>> + Send + 'static,
    {
        self.set_default_type(OCTET_STREAM);
        self.body(Body::from_stream(stream))
    }
}

impl ApiResponse {
    /// Answers with a text, bytes, a [`Json`](crate::Json) value or nothing, as `res.send` does.
    ///
    /// | value | content type |
    /// | --- | --- |
    /// | text | as it was set; none is added |
    /// | bytes | `application/octet-stream`, unless one was set |
    /// | `Json(value)`, a [`serde_json::Value`], a number, a `bool` | `application/json; charset=utf-8` |
    /// | `()`, `None` | as it was set |
    ///
    /// All but the last get an entity tag.
    pub fn send(self, value: impl SendBody) -> Self {
        value.send(self)
    }

    /// Answers with JSON whose content type goes with the body where that is not sent (304).
    pub(crate) fn send_json<T: Serialize + ?Sized>(self, value: &T) -> Self {
        self.write_json(value, Conditional::DropType)
    }
}

/// Nothing: the answer ends without a body.
impl SendBody for () {
    fn send(self, response: ApiResponse) -> ApiResponse {
        response.end()
    }
}

impl<B: SendBody> SendBody for Option<B> {
    fn send(self, response: ApiResponse) -> ApiResponse {
        match self {
            Some(value) => value.send(response),
            None => response.end(),
        }
    }
}
