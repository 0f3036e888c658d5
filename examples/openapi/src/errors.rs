//! What can be wrong with a request, what it means to a client, and how the document says so.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use tower_api_routes::{
    ApiError, RouteUrlError,
    openapi::{Operation, OperationOutput},
};

/// There is nothing with this id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Missing;

/// Why something is not added or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    Missing,
    /// It does not go together with what is there.
    Conflict(&'static str),
    /// A field has the right type and is wrong all the same.
    Invalid(&'static str),
    Url(RouteUrlError),
}

/// A number in the query string is not from 1 to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OutOfRange {
    pub(crate) name: &'static str,
    pub(crate) max: u32,
}

impl From<Missing> for ApiError {
    fn from(_: Missing) -> Self {
        Self::not_found("there is nothing with this id")
    }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Missing => Missing.into(),
            Refused::Conflict(message) => Self::new(StatusCode::CONFLICT, message),
            Refused::Invalid(message) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, message),
            Refused::Url(error) => Self::internal(error),
        }
    }
}

impl From<OutOfRange> for ApiError {
    fn from(OutOfRange { name, max }: OutOfRange) -> Self {
        let message = format!("invalid query: {name}: expected a number from 1 to {max}");
        Self::bad_request(message)
    }
}

impl From<RouteUrlError> for Refused {
    fn from(error: RouteUrlError) -> Self {
        Self::Url(error)
    }
}

impl IntoResponse for Missing {
    fn into_response(self) -> Response {
        ApiError::from(self).into_response()
    }
}

impl IntoResponse for OutOfRange {
    fn into_response(self) -> Response {
        ApiError::from(self).into_response()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        ApiError::from(self).into_response()
    }
}

impl OperationOutput for Missing {
    fn describe(operation: Operation) -> Operation {
        operation.error(404, "There is nothing with this id.")
    }
}

/// The 400 is that of every query string.
impl OperationOutput for OutOfRange {
    fn describe(operation: Operation) -> Operation {
        operation
    }
}

impl OperationOutput for Refused {
    fn describe(operation: Operation) -> Operation {
        Missing::describe(operation)
            .error(409, "It does not go together with what is there.")
            .error(422, "A field has the right type and is wrong all the same.")
    }
}
