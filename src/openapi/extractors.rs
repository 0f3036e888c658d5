//! What the extractors of this crate and of axum-core take.

use std::any::type_name;

use axum_core::{body::Body, extract::Request};
use bytes::{Bytes, BytesMut};
use http::{Extensions, HeaderMap, Method, Uri, Version, request::Parts};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::json;

#[cfg(feature = "multipart")]
use crate::body::Multipart;
#[cfg(feature = "private-cookies")]
use crate::cookies::PrivateCookies;
#[cfg(feature = "signed-cookies")]
use crate::cookies::SignedCookies;
use crate::{
    body::{Form, Json, ParsedBody},
    cookies::Cookies,
    handler::State,
    multi_map::MultiMap,
    query::Query,
    request::ApiRequest,
    response::ApiResponse,
    route::{MatchedRoute, Params},
    url::RouteUrl,
};

use super::{describe::OperationInput, gap::GapKind, operation::Operation, reference::Way};

pub(super) const BAD_QUERY: &str = "The query is not what it should be.";
pub(super) const BAD_PATH: &str = "A parameter of the path is not what it should be.";
pub(super) const OTHER_TYPE: &str = "The body is of another content type.";
#[cfg(any(feature = "multipart", feature = "openapi-axum"))]
pub(super) const ANY_FIELDS: &str = "a form of any fields";
const MANY_COOKIES: &str = "There are too many cookies.";

macro_rules! describes_nothing {
    ($($ty:ty $([$generic:ident])?;)+) => {$(
        impl$(<$generic>)? OperationInput for $ty {
            fn describe(operation: Operation) -> Operation {
                operation
            }
        }
    )+};
}

#[cfg(feature = "openapi-axum")]
pub(super) use describes_nothing;

describes_nothing! {
    ();
    State<T> [T];
    ApiResponse<T> [T];
    MatchedRoute;
    Method;
    Uri;
    Version;
    HeaderMap;
    Extensions;
    Parts;
}

impl<T: JsonSchema> OperationInput for Query<T> {
    fn describe(operation: Operation) -> Operation {
        operation.query_parameters::<T>().may_fail(400, BAD_QUERY)
    }
}

impl<T: JsonSchema> OperationInput for Params<T> {
    fn describe(operation: Operation) -> Operation {
        operation.path_parameters::<T>().may_fail(400, BAD_PATH)
    }
}

impl<T: JsonSchema> OperationInput for Json<T> {
    fn describe(operation: Operation) -> Operation {
        let operation = operation.request_body::<T>("application/json");
        let operation = operation.says::<T>(Way::In, GapKind::Body);
        operation.collects_body().may_fail(415, OTHER_TYPE)
    }
}

impl<T: JsonSchema> OperationInput for Form<T> {
    fn describe(operation: Operation) -> Operation {
        let operation = operation.request_body::<T>("application/x-www-form-urlencoded");
        let operation = operation.says::<T>(Way::In, GapKind::Body);
        operation.collects_body().may_fail(415, OTHER_TYPE)
    }
}

/// Whatever the client sends.
impl OperationInput for ParsedBody {
    fn describe(operation: Operation) -> Operation {
        let operation = operation.request_body_as("*/*", json!({}));
        let reason = "`ParsedBody` takes a body of any type";
        operation.collects_body().gap(GapKind::Body, reason)
    }
}

/// Fields of any name, as the type has none.
#[cfg(feature = "multipart")]
impl OperationInput for Multipart {
    fn describe(operation: Operation) -> Operation {
        let operation =
            operation.request_body_as("multipart/form-data", json!({ "type": "object" }));
        let operation = operation.reads_body().may_fail(415, OTHER_TYPE);
        operation.gap(GapKind::Body, ANY_FIELDS)
    }
}

impl OperationInput for String {
    fn describe(operation: Operation) -> Operation {
        operation.request_body::<Self>("text/plain").collects_body()
    }
}

impl OperationInput for Bytes {
    fn describe(operation: Operation) -> Operation {
        operation
            .request_body_as("application/octet-stream", json!({}))
            .collects_body()
    }
}

impl OperationInput for BytesMut {
    fn describe(operation: Operation) -> Operation {
        Bytes::describe(operation)
    }
}

impl OperationInput for Body {
    fn describe(operation: Operation) -> Operation {
        operation.unseen_body("the handler reads the body itself")
    }
}

impl OperationInput for Request {
    fn describe(operation: Operation) -> Operation {
        operation.unseen_body("the handler takes the whole request, and reads its body itself")
    }
}

impl OperationInput for ApiRequest {
    fn describe(operation: Operation) -> Operation {
        let operation = operation.may_fail(400, "There are too many query parameters.");
        let operation = operation.may_fail(431, MANY_COOKIES);
        operation.unseen_body("`req` reads the body, and the signature does not say as what")
    }
}

impl OperationInput for Cookies {
    fn describe(operation: Operation) -> Operation {
        operation.may_fail(431, MANY_COOKIES)
    }
}

#[cfg(feature = "signed-cookies")]
impl OperationInput for SignedCookies {
    fn describe(operation: Operation) -> Operation {
        Cookies::describe(operation)
    }
}

#[cfg(feature = "private-cookies")]
impl OperationInput for PrivateCookies {
    fn describe(operation: Operation) -> Operation {
        Cookies::describe(operation)
    }
}

impl<T: OperationInput> OperationInput for Option<T> {
    fn describe(operation: Operation) -> Operation {
        operation.optional(T::describe)
    }
}

/// The handler sees what was wrong.
impl<T: OperationInput, E> OperationInput for Result<T, E> {
    fn describe(operation: Operation) -> Operation {
        operation.without_errors(|it| it.optional(T::describe))
    }
}

macro_rules! tuples {
    ($($ty:ident)+) => {
        impl<$($ty: OperationInput),+> OperationInput for ($($ty,)+) {
            fn describe(operation: Operation) -> Operation {
                $(let operation = $ty::describe(operation);)+
                operation
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);

impl Operation {
    /// Reads the body as a stream: adds 400, 408 and 413, where they can happen, and `x-body-limit`, which is the
    /// [`body_limit`](crate::ApiConfig::body_limit) of the route. For extractors of your own.
    pub fn reads_body(self) -> Self {
        let limit = self.rules.body_limit;
        self.body_errors(limit)
    }

    /// Reads the body into memory before the handler runs: as [`reads_body`](Self::reads_body), with the limit
    /// that this crate's and axum's extractors have, which is 1 MiB where only streams may be larger.
    ///
    /// ```
    /// use tower_api_routes::openapi::{Operation, OperationInput};
    ///
    /// struct Csv(Vec<Vec<String>>);
    ///
    /// impl OperationInput for Csv {
    ///     fn describe(operation: Operation) -> Operation {
    ///         operation.request_body::<String>("text/csv").collects_body()
    ///     }
    /// }
    /// ```
    pub fn collects_body(self) -> Self {
        let limit = self.rules.buffered_limit;
        self.body_errors(limit)
    }

    /// Lists a gap where the schema of a `T` says nothing: it is any JSON to a client.
    pub(super) fn says<T: JsonSchema>(mut self, way: Way, kind: GapKind) -> Self {
        let schema = self.schemas.of::<T>(way);
        match self.schemas.is_silent(&schema) {
            true => self.gap(kind, format!("`{}` may be any JSON", type_name::<T>())),
            false => self,
        }
    }

    /// A body of which the signature says nothing. Requests of some methods have none most often.
    pub(super) fn unseen_body(self, reason: &str) -> Self {
        match ["POST", "PUT", "PATCH"].contains(&self.method().as_str()) {
            true => self.reads_body().gap(GapKind::Body, reason),
            false => self,
        }
    }
}

/// A link in a JSON body.
impl JsonSchema for RouteUrl {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RouteUrl".into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        concat!(module_path!(), "::RouteUrl").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "uri-reference" })
    }
}

/// Any names, each with one value or several.
impl JsonSchema for MultiMap {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "MultiMap".into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        concat!(module_path!(), "::MultiMap").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "additionalProperties": {
                "anyOf": [
                    { "type": "string" },
                    { "type": "array", "items": { "type": "string" } },
                ],
            },
        })
    }
}
