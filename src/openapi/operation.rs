//! [`Operation`]: one method of one path, as it is being described.

use std::collections::BTreeMap;

use http::Method;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::{
    gap::{Gap, GapKind},
    parameter::{Parameter, name_rest_of_query},
    reference::Way,
    response::{Responses, content},
    schemas::Schemas,
};
use crate::byte_size::ByteSize;

/// One method of one path: what a document says of it.
///
/// Extractors and responses say what they know of it
/// ([`OperationInput`](super::OperationInput), [`OperationOutput`](super::OperationOutput)). After them, the function
/// `openapi` of a `_middleware.rs` and of the route file may change everything:
///
/// ```
/// use tower_api_routes::openapi::Operation;
///
/// // In a route file, beside its handlers.
/// pub fn openapi(operation: Operation) -> Operation {
///     match operation.method().as_str() {
///         "POST" => operation.status(201).error(409, "the name is taken"),
///         _ => operation.security("bearer", []),
///     }
/// }
/// ```
///
/// Statuses are numbers or [`StatusCode`](http::StatusCode)s, or `"2XX"` for a class of them, or
/// `"default"` for all that nothing else describes. Any other text is a gap.
#[derive(Debug)]
#[must_use = "an operation is described by what is returned"]
pub struct Operation {
    pub(super) place: Place,
    pub(super) rules: Rules,
    pub(super) parameters: Vec<Parameter>,
    body: Option<Body>,
    /// The most that the body may have, once something reads it.
    pub(super) body_limit: Option<ByteSize>,
    pub(super) responses: Responses,
    pub(super) gaps: Vec<Gap>,
    pub(super) schemas: Schemas,
    pub(super) security_schemes: Map<String, Value>,
    /// What is described now need not be there.
    pub(super) is_optional: bool,
    pub(super) is_hidden: bool,
    tags: Vec<String>,
    pub(super) default_tag: Option<String>,
    pub(super) default_id: String,
    /// All other fields of the Operation Object.
    fields: Map<String, Value>,
}

/// Which operation it is.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) method: Method,
    /// `/api/posts/{id}`
    pub(super) path: String,
    pub(super) file: Option<&'static str>,
}

impl Place {
    pub(super) fn gap(&self, kind: GapKind, reason: impl Into<String>) -> Gap {
        Gap {
            method: Some(self.method.clone()),
            path: self.path.clone(),
            file: self.file,
            kind,
            reason: reason.into(),
        }
    }
}

/// What the router does with the requests and answers of an operation.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    /// The content type and the schema of errors; `None` where the application writes them itself and has not
    /// said how.
    pub(super) errors: Option<(String, Value)>,
    /// For a body that is a stream to the handler.
    pub(super) body_limit: Option<ByteSize>,
    /// For one that is read into memory.
    pub(super) buffered_limit: Option<ByteSize>,
    pub(super) has_deadline: bool,
}

/// The body of a request.
#[derive(Debug)]
struct Body {
    is_required: bool,
    content: BTreeMap<String, Value>,
}

impl Operation {
    pub(super) fn new(place: Place, rules: Rules, schemas: Schemas) -> Self {
        Self {
            place,
            rules,
            parameters: Vec::new(),
            body: None,
            body_limit: None,
            responses: Responses::default(),
            gaps: Vec::new(),
            schemas,
            security_schemes: Map::new(),
            is_optional: false,
            is_hidden: false,
            tags: Vec::new(),
            default_tag: None,
            default_id: String::new(),
            fields: Map::new(),
        }
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.place.method
    }

    /// The path with its mount, as the document has it: `/api/posts/{id}`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.place.path
    }

    /// The route file, if the route comes from one.
    #[must_use]
    pub fn file(&self) -> Option<&'static str> {
        self.place.file
    }

    /// Sets the summary: a few words. Default: the first paragraph of the handler's comment.
    pub fn summary(self, text: impl Into<String>) -> Self {
        self.field("summary", text.into())
    }

    /// Sets the description, in Markdown. Default: what follows the first paragraph of the handler's comment.
    pub fn description(self, text: impl Into<String>) -> Self {
        self.field("description", text.into())
    }

    /// Sets the id, which no other operation may have: one that has been set for another is a gap. Default: the method
    /// and the words of the path below the mount, `getPostsById`, with a number behind it if that is the id
    /// of another operation, which is a gap, too.
    pub fn operation_id(self, id: impl Into<String>) -> Self {
        self.field("operationId", id.into())
    }

    /// Whether clients should stop using it. Default: whether the handler is `#[deprecated]`.
    pub fn deprecated(mut self, is_deprecated: bool) -> Self {
        self.fields.remove("deprecated");
        match is_deprecated {
            true => self.field("deprecated", true),
            false => self,
        }
    }

    /// Adds a tag. The first one takes the place of the default: the first segment of the path below the
    /// mount, if it is no parameter.
    pub fn tag(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        if !self.tags.contains(&name) {
            self.tags.push(name);
        }
        self
    }

    /// Leaves the operation out of the document, with its gaps.
    pub fn hide(mut self) -> Self {
        self.is_hidden = true;
        self
    }

    /// Asks for what the security scheme of this name asks for, with these scopes. Called again with
    /// another name, a request has to meet one of them. The schemes are
    /// declared by [`security_scheme`](Self::security_scheme) or
    /// [`OpenApi::security_scheme`](super::OpenApi::security_scheme).
    pub fn security<'s>(mut self, scheme: &str, scopes: impl IntoIterator<Item = &'s str>) -> Self {
        let scopes: Vec<_> = scopes.into_iter().collect();
        let requirement = json!({ scheme: scopes });
        let all = self.fields.entry("security").or_insert_with(|| json!([]));
        if let Some(all) = all.as_array_mut().filter(|it| !it.contains(&requirement)) {
            all.push(requirement);
        }
        self
    }

    /// Asks for nothing, whatever a directory or the document asks for.
    pub fn no_security(self) -> Self {
        self.field("security", json!([]))
    }

    /// Declares a security scheme for the whole document: a
    /// [Security Scheme Object](https://spec.openapis.org/oas/v3.1.0#security-scheme-object).
    pub fn security_scheme(mut self, name: impl Into<String>, scheme: Value) -> Self {
        self.security_schemes.insert(name.into(), scheme);
        self
    }

    /// Sets any other field of the
    /// [Operation Object](https://spec.openapis.org/oas/v3.1.0#operation-object): `externalDocs`, `x-..`.
    pub fn field(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.fields.insert(name.into(), value.into());
        self
    }

    /// The schema of what a `T` takes, for the methods that are given one.
    pub fn request_schema<T: JsonSchema>(&mut self) -> Value {
        self.schemas.of::<T>(Way::In)
    }

    /// The schema of what a `T` gives.
    pub fn response_schema<T: JsonSchema>(&mut self) -> Value {
        self.schemas.of::<T>(Way::Out)
    }

    /// Has a `T` in the body of the request, in this content type. Of several content types the
    /// client chooses.
    pub fn request_body<T: JsonSchema>(mut self, content_type: &str) -> Self {
        let schema = self.request_schema::<T>();
        self.request_body_as(content_type, schema)
    }

    /// Has a body of this schema.
    pub fn request_body_as(mut self, content_type: &str, schema: Value) -> Self {
        let is_required = !self.is_optional;
        let body = self.body.get_or_insert_with(|| Body {
            is_required,
            content: BTreeMap::new(),
        });
        body.content.insert(content_type.to_owned(), schema);
        self.covers(GapKind::Body)
    }

    /// Describes something that need not be there: the bodies and parameters that `describe` adds.
    pub fn optional(mut self, describe: impl FnOnce(Self) -> Self) -> Self {
        let before = std::mem::replace(&mut self.is_optional, true);
        let mut described = describe(self);
        described.is_optional = before;
        described
    }

    /// Says that something is missing in the description, which [`OpenApi::gaps`](super::OpenApi::gaps) lists.
    pub fn gap(mut self, kind: GapKind, reason: impl Into<String>) -> Self {
        self.gaps.push(self.place.gap(kind, reason));
        self
    }

    /// Says that nothing of this kind is missing any more.
    pub fn covers(mut self, kind: GapKind) -> Self {
        self.gaps.retain(|it| it.kind != kind);
        self
    }

    /// The Operation Object.
    pub(super) fn into_object(mut self) -> (Map<String, Value>, Rest) {
        for key in self.responses.take_unfit() {
            let reason = format!(
                "`{key}` is no status, no class of statuses such as `2XX`, and not `default`"
            );
            self = self.gap(GapKind::Answer, reason);
        }
        let mut fields = self.fields;
        let tags = match self.tags.is_empty() {
            true => self.default_tag.into_iter().collect(),
            false => self.tags,
        };
        let mut put = |name: &str, value: Value| {
            fields.entry(name).or_insert(value);
        };
        if !tags.is_empty() {
            put("tags", tags.into());
        }
        if !self.parameters.is_empty() {
            name_rest_of_query(&mut self.parameters);
            let parameters = self.parameters.into_iter().map(Parameter::into_value);
            put("parameters", parameters.collect());
        }
        if let Some(body) = self.body {
            let mut object = Map::new();
            object.insert("required".into(), body.is_required.into());
            object.insert("content".into(), content(body.content));
            if let Some(limit) = self.body_limit {
                object.insert("x-body-limit".into(), limit.as_bytes().into());
            }
            put("requestBody", object.into());
        }
        put("responses", self.responses.into_value());
        let rest = Rest {
            schemas: self.schemas,
            gaps: self.gaps,
            default_id: self.default_id,
            security_schemes: self.security_schemes,
            is_hidden: self.is_hidden,
        };
        (fields, rest)
    }
}

/// What the document keeps of an operation besides its object.
pub(super) struct Rest {
    pub(super) schemas: Schemas,
    pub(super) gaps: Vec<Gap>,
    pub(super) default_id: String,
    pub(super) security_schemes: Map<String, Value>,
    pub(super) is_hidden: bool,
}
