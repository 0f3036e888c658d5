//! A parameter of the path, the query, a header or a cookie.

use std::iter;

use serde_json::{Map, Value, json};

use crate::routing::Segment;

/// A [Parameter Object](https://spec.openapis.org/oas/v3.1.0#parameter-object).
#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) place: &'static str,
    pub(super) is_required: bool,
    pub(super) schema: Value,
    /// It takes the rest of the path, slashes included.
    pub(super) is_catch_all: bool,
}

/// The name of the parameter that stands for the rest of a query until [`name_rest_of_query`] gives it one.
pub(super) const REST_OF_QUERY: &str = "";

/// Names the rest of a query. The name is not sent, and is none of those that are.
pub(super) fn name_rest_of_query(parameters: &mut [Parameter]) {
    let is_query = |it: &&Parameter| it.place == "query";
    let taken: Vec<_> = parameters
        .iter()
        .filter(is_query)
        .map(|it| it.name.clone())
        .collect();
    let free = iter::once("query".to_owned())
        .chain((2..).map(|number| format!("query{number}")))
        .find(|name| !taken.contains(name));
    let unnamed = |it: &&mut Parameter| it.place == "query" && it.name == REST_OF_QUERY;
    if let (Some(rest), Some(free)) = (parameters.iter_mut().find(unnamed), free) {
        rest.name = free;
    }
}

impl Parameter {
    /// The parameter of a segment, as text; `None` for a segment that is none.
    pub(super) fn of_segment(segment: &Segment) -> Option<Self> {
        Some(Self {
            name: segment.name()?.to_owned(),
            place: "path",
            is_required: true,
            schema: json!({ "type": "string" }),
            is_catch_all: segment.is_catch_all(),
        })
    }

    pub(super) fn into_value(self) -> Value {
        let mut schema = self.schema;
        let mut object = Map::new();
        let mut put = |name: &str, value: Value| {
            object.insert(name.to_owned(), value);
        };
        // Readers look for the words at the parameter.
        let description = schema
            .as_object_mut()
            .and_then(|it| it.remove("description"));
        if let Some(description) = description {
            put("description", description);
        } else if self.is_catch_all {
            let text = "The rest of the path: segments with slashes between them.";
            put("description", text.into());
        }
        if self.place == "query" && takes_several(&schema) {
            put("style", "form".into());
            put("explode", true.into());
        }
        if self.is_catch_all {
            put("x-catch-all", true.into());
        }
        put("name", self.name.into());
        put("in", self.place.into());
        put("required", self.is_required.into());
        put("schema", schema);
        Value::Object(object)
    }
}

/// Whether values of the schema are lists or maps, which are written as several pairs of a query.
fn takes_several(schema: &Value) -> bool {
    let is_several = |ty: &Value| ty == "array" || ty == "object";
    match schema.get("type") {
        Some(Value::Array(types)) => types.iter().any(is_several),
        Some(ty) => is_several(ty),
        None => false,
    }
}
