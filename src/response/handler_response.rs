//! [`HandlerResponse`]: what a handler gave, on its way to the client.
//!
//! Whatever a handler returns implements `IntoResponse`, whose result has a type-erased body: a box, and
//! dynamic calls for bytes that are all there. The types that this crate is made for need none of that.
//! [`HandlerResponse::from_handler`] therefore looks at the type of the result first:
//!
//! - an `ApiResponse<D>` is taken apart as it is, where `D` is that of the `res` which the handler was given;
//! - a `String` and a `&'static str` are the body, as `text/plain`;
//! - a `Json<T>` hands over its text ([`into_json`]);
//! - a `Result` of any of these with `ApiError` is the same, or the error;
//! - of anything else, `into_response` is called.
//!
//! All types are known when the handler is compiled, so that the compiler removes the comparison. (A trait
//! cannot tell them apart: all of them are `IntoResponse`, and no implementation may be more special than
//! another.)

use std::any::Any;

use axum_core::{body::Body, response::IntoResponse};
use bytes::Bytes;
use http::{HeaderValue, Response, header};

use super::{
    api_response::ApiResponse,
    body::ResponseBody,
    error::TEXT,
    rejection,
    tagged::{Conditional, Tagged},
    untagged::into_json,
};
use crate::{error::ApiError, json};

/// A response before it is finished, and whether its entity tag was made here.
#[derive(Debug)]
pub struct HandlerResponse {
    pub(crate) response: Box<Response<ResponseBody>>,
    pub(crate) conditional: Option<Conditional>,
    /// The body is JSON that has no entity tag yet; see [`Untagged`](super::untagged::Untagged).
    pub(crate) untagged: bool,
}

impl HandlerResponse {
    /// The result of a handler; the [module docs](self) say which types are taken apart.
    pub(crate) fn from_handler<R, D>(result: R) -> Self
    where
        R: IntoResponse + 'static,
        D: 'static,
    {
        let slot = &mut Some(result);
        if let Some(response) = take::<ApiResponse<D>, _>(slot) {
            return response.map_or_else(Self::from_error, Self::from_api_response);
        }
        if let Some(text) = take::<String, _>(slot) {
            return text.map_or_else(Self::from_error, Self::from_text);
        }
        if let Some(text) = take::<&'static str, _>(slot) {
            return text.map_or_else(Self::from_error, Self::from_text);
        }
        match slot.take().map(into_json) {
            Some(Ok(text)) => Self::from_json(text),
            Some(Err(response)) => Self::from_response(response),
            None => Self::nothing(),
        }
    }

    fn from_json(text: Bytes) -> Self {
        Self {
            untagged: true,
            ..Self::from_bytes(text, json::CONTENT_TYPE)
        }
    }

    /// What axum-core answers for a text.
    fn from_text(text: impl Into<Bytes>) -> Self {
        Self::from_bytes(text.into(), TEXT)
    }

    fn from_bytes(bytes: Bytes, content_type: HeaderValue) -> Self {
        let mut response = Box::new(Response::new(ResponseBody::from(bytes)));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, content_type);
        Self {
            response,
            conditional: None,
            untagged: false,
        }
    }

    fn from_error(error: ApiError) -> Self {
        Self::from_response(error.into_response())
    }

    /// A request that an extractor refused.
    pub(crate) fn from_rejection(rejection: impl IntoResponse) -> Self {
        Self::from_response(rejection::reported(rejection))
    }

    pub(crate) fn from_response<B: Into<ResponseBody>>(response: Response<B>) -> Self {
        Self {
            response: Box::new(response.map(Into::into)),
            conditional: None,
            untagged: false,
        }
    }

    /// 500 in place of a handler that panicked.
    pub(crate) fn from_panic(message: &str) -> Self {
        let error = format!("the handler panicked: {message}");
        Self::from_rejection(ApiError::internal(error))
    }

    fn from_api_response<T>(response: ApiResponse<T>) -> Self {
        let ApiResponse {
            response,
            conditional,
            failed,
            ..
        } = response;
        match failed {
            None => Self {
                response,
                conditional,
                untagged: false,
            },
            Some(error) => Self::from_error(error),
        }
    }

    fn nothing() -> Self {
        Self {
            response: Box::default(),
            conditional: None,
            untagged: false,
        }
    }
}

/// A result that is a `T`, or one that failed in place of it. (`Any` lends a value out but does not hand it over:
/// `Option::take` moves it out of the slot.)
fn take<T: 'static, R: 'static>(slot: &mut Option<R>) -> Option<Result<T, ApiError>> {
    let any: &mut dyn Any = slot;
    if let Some(value) = any.downcast_mut::<Option<T>>() {
        return value.take().map(Ok);
    }
    any.downcast_mut::<Option<Result<T, ApiError>>>()?.take()
}

impl<T> IntoResponse for ApiResponse<T> {
    fn into_response(self) -> axum_core::response::Response {
        let HandlerResponse {
            mut response,
            conditional,
            ..
        } = HandlerResponse::from_api_response(self);
        Tagged::note(&mut response, conditional);
        response.map(Body::from)
    }
}
