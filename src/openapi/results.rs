//! What the results of handlers answer, those of this crate and of axum-core.

use std::{borrow::Cow, convert::Infallible};

use bytes::{Bytes, BytesMut};
use http::{Extensions, HeaderMap, StatusCode};
use schemars::JsonSchema;
use serde_json::json;

use super::{
    describe::{OperationOutput, ResponsePart},
    gap::GapKind,
    operation::Operation,
    reference::Way,
};
use crate::{
    body::Json,
    error::ApiError,
    response::{ApiResponse, Untyped},
};

impl<T: JsonSchema> OperationOutput for Json<T> {
    fn describe(operation: Operation) -> Operation {
        let operation = operation.response::<T>(200, "application/json");
        operation.says::<T>(Way::Out, GapKind::Answer)
    }
}

/// The handler chooses the status.
impl<T: JsonSchema> OperationOutput for ApiResponse<T> {
    fn describe(operation: Operation) -> Operation {
        let operation = operation.response::<T>("2XX", "application/json");
        operation.says::<T>(Way::Out, GapKind::Answer)
    }
}

impl OperationOutput for ApiResponse<Untyped> {
    fn describe(operation: Operation) -> Operation {
        let reason = "`ApiResponse` says nothing of its data: write `ApiResponse<T>`";
        operation.gap(GapKind::Answer, reason)
    }
}

impl OperationOutput for ApiError {
    fn describe(operation: Operation) -> Operation {
        operation.error("default", "An error.")
    }
}

impl<T: OperationOutput, E: OperationOutput> OperationOutput for Result<T, E> {
    fn describe(operation: Operation) -> Operation {
        T::describe(operation).with_errors(E::describe)
    }
}

impl OperationOutput for Infallible {
    fn describe(operation: Operation) -> Operation {
        operation
    }
}

impl OperationOutput for () {
    fn describe(operation: Operation) -> Operation {
        operation.empty_response(200)
    }
}

/// The handler chooses the status.
impl OperationOutput for StatusCode {
    fn describe(operation: Operation) -> Operation {
        operation.empty_response("2XX")
    }
}

macro_rules! bodies {
    ($content_type:literal, $schema:tt: $($ty:ty),+) => {$(
        impl OperationOutput for $ty {
            fn describe(operation: Operation) -> Operation {
                operation.response_as(200, $content_type, json!($schema))
            }
        }
    )+};
}

bodies!("text/plain", { "type": "string" }: String, &'static str, Cow<'static, str>, Box<str>);
bodies!("application/octet-stream", {}: Vec<u8>, Bytes, BytesMut, &'static [u8], Cow<'static, [u8]>);

/// The handler chooses the status.
impl ResponsePart for StatusCode {
    fn describe(operation: Operation) -> Operation {
        operation.forget_status()
    }
}

impl ResponsePart for () {}
impl ResponsePart for HeaderMap {}
impl ResponsePart for Extensions {}
impl<K, V, const N: usize> ResponsePart for [(K, V); N] {}
impl<T: ResponsePart> ResponsePart for Option<T> {}

impl Operation {
    /// Says of the success that is described as 200 that its status is another one.
    fn forget_status(mut self) -> Self {
        if self.responses.has(&200.into()) {
            self.responses.move_success("2XX".into());
        }
        self
    }
}

macro_rules! tuples {
    ($($part:ident)*) => {
        impl<$($part: ResponsePart,)* R: OperationOutput> OperationOutput for ($($part,)* R,) {
            fn describe(operation: Operation) -> Operation {
                let operation = R::describe(operation);
                $(let operation = <$part as ResponsePart>::describe(operation);)*
                operation
            }
        }
    };
}

tuples!();
tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
