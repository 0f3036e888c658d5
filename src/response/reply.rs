//! What a handler gave.

use std::{any::Any, fmt};

use axum_core::response::IntoResponse;
use http::Response;

use super::{ApiResponse, ResponseBody};
use crate::{error::ApiError, panics::Panicked};

/// What a handler gave, on its way to a response.
#[derive(Debug)]
pub struct Reply {
    pub(crate) response: Box<Response<ResponseBody>>,
    pub(crate) conditional: Option<Conditional>,
}

/// The entity tag of a response is one of ours, so `If-None-Match` applies. In [`Tagged`] where an
/// [`ApiResponse`] had to become an ordinary response first.
///
/// [`Tagged`]: super::tagged::Tagged
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conditional {
    /// A 304 keeps the content type: the handler chose it, or called `json`.
    KeepType,
    /// The content type came from `send`, and goes with the body.
    DropType,
}

impl Reply {
    /// The result of a handler. The response types of this crate take no detour through a boxed
    /// body.
    pub(crate) fn from_handler<R: IntoResponse + 'static>(result: R) -> Self {
        let mut slot = Some(result);
        let any: &mut dyn Any = &mut slot;
        if let Some(response) = any.downcast_mut::<Option<ApiResponse>>() {
            return response
                .take()
                .map_or_else(Self::nothing, ApiResponse::into_reply);
        }
        if let Some(result) = any.downcast_mut::<Option<Result<ApiResponse, ApiError>>>() {
            return match result.take() {
                Some(Ok(response)) => response.into_reply(),
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
        Self::from_response(rejection.into_response())
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

    fn nothing() -> Self {
        Self {
            response: Box::default(),
            conditional: None,
        }
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
