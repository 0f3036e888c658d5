//! What an operation answers: bodies by status, and errors as the router writes them.

use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::{gap::GapKind, operation::Operation, reference::Way, response::ResponseKey};
use crate::{byte_size::ByteSize, error::ErrorFormat};

impl Operation {
    /// Answers with a `T`, in this content type. Called again for one status, the answer is the one
    /// or the other.
    pub fn response<T: JsonSchema>(
        mut self,
        status: impl Into<ResponseKey>,
        content_type: &str,
    ) -> Self {
        let schema = self.response_schema::<T>();
        self.response_as(status, content_type, schema)
    }

    /// Answers with a body of this schema.
    pub fn response_as(
        mut self,
        status: impl Into<ResponseKey>,
        content_type: &str,
        schema: Value,
    ) -> Self {
        let key = status.into();
        let is_failure = key.is_failure();
        self.responses.content(key, content_type, schema);
        match is_failure {
            true => self,
            false => self.covers(GapKind::Answer),
        }
    }

    /// Answers without a body: what was described as the body of this status is so no more.
    pub fn empty_response(mut self, status: impl Into<ResponseKey>) -> Self {
        let key = status.into();
        let is_failure = key.is_failure();
        self.responses.empty(key);
        match is_failure {
            true => self,
            false => self.covers(GapKind::Answer),
        }
    }

    /// Says what the answer of this status means, in Markdown. Default: the reason phrase.
    pub fn response_description(
        mut self,
        status: impl Into<ResponseKey>,
        text: impl Into<String>,
    ) -> Self {
        self.responses.describe(status.into(), text.into());
        self
    }

    /// Has a `T` in a header of the answers of this status.
    pub fn response_header<T: JsonSchema>(
        mut self,
        status: impl Into<ResponseKey>,
        name: impl Into<String>,
    ) -> Self {
        let schema = self.schemas.of::<T>(Way::Out);
        self.responses.header(status.into(), name.into(), &schema);
        self
    }

    /// Never answers with this status.
    pub fn remove_response(mut self, status: impl Into<ResponseKey>) -> Self {
        self.responses.remove(&status.into());
        self
    }

    /// Answers a success with this status: what is described for `"2XX"`, or for 200, or for the one status of
    /// success that there is, moves there. What is said of the status already stays, and where nothing
    /// can be moved the status is an answer without a body, unless something is said of it.
    pub fn status(mut self, status: impl Into<ResponseKey>) -> Self {
        self.responses.move_success(status.into());
        self
    }

    /// May fail with this status, as an [`ApiError`](crate::ApiError) does: the body is in the
    /// [`ErrorFormat`] of the router, or as [`error_body`](Self::error_body) says.
    pub fn error(mut self, status: impl Into<ResponseKey>, description: impl Into<String>) -> Self {
        let key = status.into();
        self.responses.describe(key.clone(), description.into());
        if let Some((content_type, schema)) = &self.rules.errors
            && !self.responses.has_content(&key)
        {
            self.responses.content(key, content_type, schema.clone());
        }
        self
    }

    /// Has a `T` in the body of every error, in this content type: where the application writes errors itself
    /// ([`on_error`](crate::RouterOptions::on_error)), which no type tells.
    pub fn error_body<T: JsonSchema>(mut self, content_type: &str) -> Self {
        let schema = self.response_schema::<T>();
        let before = self.rules.errors.take();
        self.responses
            .replace_errors(before.as_ref(), content_type, &schema);
        self.rules.errors = Some((content_type.to_owned(), schema));
        self.covers(GapKind::Errors)
    }

    /// As [`error`](Self::error), for one of several reasons that one status may have.
    pub(super) fn may_fail(self, status: u16, reason: &str) -> Self {
        let description = match self.responses.description(&status.into()) {
            Some(before) if before.contains(reason) => return self,
            Some(before) => format!("{before} {reason}"),
            None => reason.to_owned(),
        };
        self.error(status, description)
    }

    /// Describes answers of which the type does not say the status, and that are errors where they stand: what
    /// is missing of the success stays so.
    pub(super) fn with_errors(mut self, describe: impl FnOnce(Self) -> Self) -> Self {
        let before = std::mem::take(&mut self.responses);
        let gaps = std::mem::take(&mut self.gaps);
        let (mut answer, others): (Vec<_>, _) =
            gaps.into_iter().partition(|it| it.kind == GapKind::Answer);
        self.gaps = others;
        let mut described = describe(self);
        answer.append(&mut described.gaps);
        described.gaps = answer;
        let errors = std::mem::replace(&mut described.responses, before);
        described.responses.extend_with(errors.unknown_as_default());
        described
    }

    /// The errors of reading a body, which may have this length.
    pub(super) fn body_errors(mut self, limit: Option<ByteSize>) -> Self {
        self.body_limit = limit;
        let mut operation = self.may_fail(400, "The body is not what it should be.");
        if operation.rules.has_deadline {
            operation = operation.may_fail(408, "The body did not arrive in time.");
        }
        operation.may_be_too_large()
    }

    fn may_be_too_large(self) -> Self {
        match self.body_limit {
            Some(limit) => self.may_fail(413, &format!("The body is larger than {limit}.")),
            None => self,
        }
    }

    /// Describes something of which the handler sees what was wrong: it refuses nothing. A body that is
    /// announced too large does not get as far as the handler.
    pub(super) fn without_errors(mut self, describe: impl FnOnce(Self) -> Self) -> Self {
        let before = self.responses.clone();
        let limit = self.body_limit.take();
        let mut described = describe(self);
        described.responses = before;
        if described.body_limit.is_none() {
            described.body_limit = limit;
            return described;
        }
        described.may_be_too_large()
    }
}

/// The content type and the schema of errors.
pub(super) fn error_body(format: ErrorFormat) -> (String, Value) {
    let (content_type, schema) = match format {
        ErrorFormat::Text => ("text/plain", json!({ "type": "string" })),
        // Without a content type.
        ErrorFormat::NextJs => ("*/*", json!({ "type": "string" })),
        ErrorFormat::Json => ("application/json", reference("ApiError")),
        ErrorFormat::Problem => ("application/problem+json", reference("ProblemDetails")),
    };
    (content_type.to_owned(), schema)
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// The components that errors of this format refer to.
pub(super) fn error_schemas(format: ErrorFormat) -> Map<String, Value> {
    let status = json!({ "type": "integer", "minimum": 100, "maximum": 999 });
    let (name, schema) = match format {
        ErrorFormat::Text | ErrorFormat::NextJs => return Map::new(),
        ErrorFormat::Json => (
            "ApiError",
            json!({
                "type": "object",
                "required": ["error"],
                "properties": { "error": {
                    "type": "object",
                    "required": ["status", "message"],
                    "properties": { "status": status, "message": { "type": "string" } },
                } },
            }),
        ),
        ErrorFormat::Problem => (
            "ProblemDetails",
            json!({
                "description": "Problem details, RFC 9457.",
                "type": "object",
                "required": ["type", "title", "status"],
                "properties": {
                    "type": { "type": "string", "format": "uri-reference" },
                    "title": { "type": "string" },
                    "status": status,
                    "detail": { "type": "string" },
                },
            }),
        ),
    };
    Map::from_iter([(name.to_owned(), schema)])
}
