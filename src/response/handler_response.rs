//! What a handler gave.

use std::{any::Any, fmt};

use axum_core::{body::Body, response::IntoResponse};
use http::Response;

use super::{
    api_response::ApiResponse,
    body::ResponseBody,
    rejection,
    tagged::{Conditional, Tagged},
};
use crate::{error::ApiError, panics::Panicked};

/// What a handler gave, on its way to a response.
#[derive(Debug)]
pub struct HandlerResponse {
    pub(crate) response: Box<Response<ResponseBody>>,
    pub(crate) conditional: Option<Conditional>,
}

impl HandlerResponse {
    /// The result of a handler. The response types of this crate take no detour through a boxed
    /// body.
    pub(crate) fn from_handler<R: IntoResponse + 'static>(result: R) -> Self {
        let mut slot = Some(result);
        let any: &mut dyn Any = &mut slot;
        if let Some(response) = any.downcast_mut::<Option<ApiResponse>>() {
            return response
                .take()
                .map_or_else(Self::nothing, Self::from_api_response);
        }
        if let Some(result) = any.downcast_mut::<Option<Result<ApiResponse, ApiError>>>() {
            return match result.take() {
                Some(Ok(response)) => Self::from_api_response(response),
                Some(Err(error)) => Self::from_response(error.into_response()),
                None => Self::nothing(),
            };
        }
        slot.map_or_else(Self::nothing, |result| {
            Self::from_response(result.into_response())
        })
    }

    /// A request that an extractor refused.
    pub(crate) fn from_rejection(rejection: impl IntoResponse) -> Self {
        Self::from_response(rejection::reported(rejection))
    }

    pub(crate) fn from_response<B: Into<ResponseBody>>(response: Response<B>) -> Self {
        Self {
            response: Box::new(response.map(Into::into)),
            conditional: None,
        }
    }

    /// 500 in place of a handler that panicked.
    pub(crate) fn from_panic(panic: Panicked) -> Self {
        Self::from_rejection(ApiError::internal(HandlerPanicked(panic)))
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
            },
            Some(error) => Self::from_response(error.into_response()),
        }
    }

    fn nothing() -> Self {
        Self {
            response: Box::default(),
            conditional: None,
        }
    }
}

impl<T> IntoResponse for ApiResponse<T> {
    fn into_response(self) -> axum_core::response::Response {
        let HandlerResponse {
            mut response,
            conditional,
        } = HandlerResponse::from_api_response(self);
        Tagged::note(&mut response, conditional);
        response.map(Body::from)
    }
}

#[derive(Debug)]
struct HandlerPanicked(Panicked);

impl fmt::Display for HandlerPanicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the handler panicked: {}", self.0)
    }
}

impl std::error::Error for HandlerPanicked {}
