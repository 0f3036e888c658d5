//! What `send` takes.

use std::borrow::Cow;

use bytes::Bytes;
use http::HeaderValue;
use serde::Serialize;

use super::{ApiResponse, ResponseBody, reply::Conditional};
use crate::body::Json;

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
    ($($ty:ty),*) => {$(
        impl SendBody for $ty {
            fn send(self, response: ApiResponse) -> ApiResponse {
                response.write_json(&self, Conditional::DropType)
            }
        }
    )*};
}

send_as_json!(
    bool,
    u8,
    u16,
    u32,
    u64,
    i8,
    i16,
    i32,
    i64,
    f32,
    f64,
    serde_json::Value
);

impl SendBody for &serde_json::Value {
    fn send(self, response: ApiResponse) -> ApiResponse {
        response.write_json(self, Conditional::DropType)
    }
}

impl<T: Serialize> SendBody for Json<T> {
    fn send(self, response: ApiResponse) -> ApiResponse {
        response.write_json(&self.0, Conditional::DropType)
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
