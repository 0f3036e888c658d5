//! The parameters of an operation, by their types.

use schemars::JsonSchema;
use serde_json::{Value, json};

use super::{
    gap::GapKind,
    operation::Operation,
    parameter::{Parameter, REST_OF_QUERY},
    properties::{Properties, properties, without_null},
    reference::Way,
};

impl Operation {
    /// Has the properties of a `T` as parameters of the query.
    pub fn query_parameters<T: JsonSchema>(mut self) -> Self {
        let schema = self.schemas.whole::<T>(Way::In);
        let resolve = |reference: &str| self.schemas.resolve(reference);
        let found = match schema.get("type").and_then(Value::as_str) {
            // `()` takes none, and a list takes every pair, in order.
            Some("null") => return self,
            Some("array") => Some(Properties::of_any_names(json!({ "type": "string" }))),
            _ => properties(&schema, &resolve),
        };
        let Some(found) = found else {
            let reason = format!(
                "`{}` is no object, whose properties could be parameters",
                T::schema_name()
            );
            return self.gap(GapKind::Parameters, reason);
        };
        for (name, (schema, is_required)) in found.named {
            self = self.parameter("query", &name, is_required, schema);
        }
        // The rest of the query, under whatever names: OpenAPI has it as an object in the form style.
        match found.others {
            Some(others) => {
                let schema = json!({ "type": "object", "additionalProperties": others });
                self.parameter("query", REST_OF_QUERY, false, schema)
            }
            None => self,
        }
    }

    /// Has the types of a `T` for the parameters of the path: by their names if it is an object, in their
    /// order if it is a tuple, for the one that there is if it is a single value.
    pub fn path_parameters<T: JsonSchema>(mut self) -> Self {
        let schema = self.schemas.whole::<T>(Way::In);
        let resolve = |reference: &str| self.schemas.resolve(reference);
        let found = properties(&schema, &resolve);
        let by_place = schema.get("prefixItems").and_then(Value::as_array);
        let each = schema.get("items").filter(|it| it.is_object());
        let count = self
            .parameters
            .iter()
            .filter(|it| it.place == "path")
            .count();
        let path = self.parameters.iter_mut().filter(|it| it.place == "path");
        for (at, parameter) in path.enumerate() {
            let schema = match (&found, by_place, each) {
                (Some(found), ..) => match found.named.get(&parameter.name) {
                    Some((schema, _)) => Some(schema),
                    None => found.others.as_ref().filter(|it| it.is_object()),
                },
                (None, Some(items), _) => items.get(at),
                (None, None, Some(each)) => Some(each),
                (None, None, None) if count == 1 => Some(&schema),
                (None, None, None) => None,
            };
            // The rest of a path is one text to a client, however it is taken apart here.
            if let Some(schema) = schema.filter(|_| !parameter.is_catch_all) {
                parameter.schema = without_null(schema.clone());
            }
        }
        self
    }

    /// Has a `T` in the query, under this name.
    pub fn query_parameter<T: JsonSchema>(self, name: &str, is_required: bool) -> Self {
        self.typed_parameter::<T>("query", name, is_required)
    }

    /// Has a `T` in a header of the request.
    pub fn header_parameter<T: JsonSchema>(self, name: &str, is_required: bool) -> Self {
        self.typed_parameter::<T>("header", name, is_required)
    }

    /// Has a `T` in a cookie.
    pub fn cookie_parameter<T: JsonSchema>(self, name: &str, is_required: bool) -> Self {
        self.typed_parameter::<T>("cookie", name, is_required)
    }

    fn typed_parameter<T: JsonSchema>(
        mut self,
        place: &'static str,
        name: &str,
        is_required: bool,
    ) -> Self {
        let schema = self.schemas.of::<T>(Way::In);
        self.parameter(place, name, is_required, schema)
    }

    /// Adds a parameter, in place of one that has its name and its place.
    fn parameter(
        mut self,
        place: &'static str,
        name: &str,
        is_required: bool,
        schema: Value,
    ) -> Self {
        self.parameters
            .retain(|it| (it.place, it.name.as_str()) != (place, name));
        self.parameters.push(Parameter {
            name: name.to_owned(),
            place,
            is_required: is_required && !self.is_optional,
            schema: without_null(schema),
            is_catch_all: false,
        });
        self
    }
}
