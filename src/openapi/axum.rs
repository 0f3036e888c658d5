//! What axum's own extractors take and its responses answer.

use axum::{
    Extension, Form, Json,
    extract::{ConnectInfo, Query, RawForm, RawQuery, State},
    response::{Html, NoContent, Redirect, Sse},
};
use schemars::JsonSchema;
use serde_json::json;

use super::{
    describe::{OperationInput, OperationOutput, ResponsePart},
    extractors::{ANY_FIELDS, BAD_QUERY, OTHER_TYPE, describes_nothing},
    gap::GapKind,
    operation::Operation,
    reference::Way,
};

/// The content type of forms.
const FORM: &str = "application/x-www-form-urlencoded";
/// What axum refuses with 422, where this crate answers 400.
const UNFIT: &str = "The body is well-formed, and not what it should be.";

describes_nothing! {
    State<T> [T];
    Extension<T> [T];
    ConnectInfo<T> [T];
    RawQuery;
}

impl<T: JsonSchema> OperationInput for Query<T> {
    fn describe(operation: Operation) -> Operation {
        operation.query_parameters::<T>().may_fail(400, BAD_QUERY)
    }
}

impl<T: JsonSchema> OperationInput for Json<T> {
    fn describe(operation: Operation) -> Operation {
        let operation = operation.request_body::<T>("application/json");
        let operation = operation.says::<T>(Way::In, GapKind::Body).collects_body();
        operation.may_fail(415, OTHER_TYPE).may_fail(422, UNFIT)
    }
}

/// With GET and HEAD it reads the query.
impl<T: JsonSchema> OperationInput for Form<T> {
    fn describe(operation: Operation) -> Operation {
        if ["GET", "HEAD"].contains(&operation.method().as_str()) {
            return operation.query_parameters::<T>().may_fail(400, BAD_QUERY);
        }
        let operation = operation.request_body::<T>(FORM);
        let operation = operation.says::<T>(Way::In, GapKind::Body).collects_body();
        operation.may_fail(415, OTHER_TYPE).may_fail(422, UNFIT)
    }
}

impl OperationInput for RawForm {
    fn describe(operation: Operation) -> Operation {
        if ["GET", "HEAD"].contains(&operation.method().as_str()) {
            return operation;
        }
        let operation = operation.request_body_as(FORM, json!({ "type": "object" }));
        let operation = operation.collects_body().may_fail(415, OTHER_TYPE);
        operation.gap(GapKind::Body, ANY_FIELDS)
    }
}

#[cfg(feature = "multipart")]
impl OperationInput for axum::extract::Multipart {
    fn describe(operation: Operation) -> Operation {
        crate::body::Multipart::describe(operation)
    }
}

impl<T: JsonSchema> OperationOutput for Json<T> {
    fn describe(operation: Operation) -> Operation {
        let operation = operation.response::<T>(200, "application/json");
        operation.says::<T>(Way::Out, GapKind::Answer)
    }
}

impl<T: JsonSchema> OperationOutput for Form<T> {
    fn describe(operation: Operation) -> Operation {
        let operation = operation.response::<T>(200, FORM);
        operation.says::<T>(Way::Out, GapKind::Answer)
    }
}

impl<T> OperationOutput for Html<T> {
    fn describe(operation: Operation) -> Operation {
        operation.response_as(200, "text/html", json!({ "type": "string" }))
    }
}

impl OperationOutput for NoContent {
    fn describe(operation: Operation) -> Operation {
        operation.empty_response(204)
    }
}

/// Which of the redirects it is, the value says.
impl OperationOutput for Redirect {
    fn describe(operation: Operation) -> Operation {
        operation
            .empty_response("3XX")
            .response_header::<String>("3XX", "location")
    }
}

impl<S> OperationOutput for Sse<S> {
    fn describe(operation: Operation) -> Operation {
        operation.response_as(200, "text/event-stream", json!({ "type": "string" }))
    }
}

impl<T> ResponsePart for Extension<T> {}
