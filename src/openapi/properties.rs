//! The schema of a struct, taken apart into parameters.
//!
//! `{"type": "object", "properties": {"page": {"type": ["integer", "null"]}}, "required": []}` is the
//! parameter `page`, a whole number that need not be there. A flattened enum has its fields in one of
//! several schemas: each of them is a parameter that need not be there, unless every one has it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::schemas::either;

/// What a schema says of the parameters that it takes.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Properties {
    /// Each name with its schema and whether it must be there.
    pub(super) named: BTreeMap<String, (Value, bool)>,
    /// The schema of all other names, where there may be others.
    pub(super) others: Option<Value>,
}

/// The properties of an object; `None` for a schema of anything else. `resolve` finds what a `$ref`
/// stands for.
pub(super) fn properties(
    schema: &Value,
    resolve: &dyn Fn(&str) -> Option<Value>,
) -> Option<Properties> {
    of_schema(schema, resolve, 0)
}

/// How deep schemas may refer to schemas: those of a recursive type never end.
const MAX_DEPTH: usize = 16;

fn of_schema(
    schema: &Value,
    resolve: &dyn Fn(&str) -> Option<Value>,
    depth: usize,
) -> Option<Properties> {
    let object = schema.as_object().filter(|_| depth < MAX_DEPTH)?;
    let mut found = own(object);
    if let Some(Value::String(reference)) = object.get("$ref") {
        let target = of_schema(&resolve(reference)?, resolve, depth + 1)?;
        found = Some(found.unwrap_or_default().and(target));
    }
    for part in list(object, "allOf") {
        let part = of_schema(part, resolve, depth + 1)?;
        found = Some(found.unwrap_or_default().and(part));
    }
    for key in ["oneOf", "anyOf"] {
        let branches: Vec<_> = list(object, key).filter(|it| !is_null(it)).collect();
        let mut alternatives: Option<Properties> = None;
        for branch in branches {
            // `{}` is what an optional part that is flattened may be: nothing.
            let branch = match branch.as_object().is_some_and(Map::is_empty) {
                true => Properties::default(),
                false => of_schema(branch, resolve, depth + 1)?,
            };
            alternatives = Some(match alternatives {
                Some(before) => before.or(branch),
                None => branch,
            });
        }
        if let Some(alternatives) = alternatives {
            found = Some(found.unwrap_or_default().and(alternatives));
        }
    }
    found
}

/// What a schema says itself.
fn own(object: &Map<String, Value>) -> Option<Properties> {
    let is_object = match object.get("type") {
        Some(Value::String(ty)) => ty == "object",
        Some(Value::Array(types)) => types.iter().any(|it| it == "object"),
        _ => object.contains_key("properties"),
    };
    if !is_object {
        return None;
    }
    let required: Vec<_> = list(object, "required").filter_map(Value::as_str).collect();
    let properties = object.get("properties").and_then(Value::as_object);
    let named = properties.into_iter().flatten().map(|(name, schema)| {
        let is_required = required.contains(&name.as_str());
        (name.clone(), (schema.clone(), is_required))
    });
    let others = object.get("additionalProperties");
    Some(Properties {
        named: named.collect(),
        others: others.filter(|it| **it != Value::Bool(false)).cloned(),
    })
}

impl Properties {
    /// Whatever the names are, a value of this schema each.
    pub(super) fn of_any_names(schema: Value) -> Self {
        Self {
            named: BTreeMap::new(),
            others: Some(schema),
        }
    }

    /// The properties of a schema that must fit as well.
    fn and(mut self, other: Self) -> Self {
        for (name, (schema, is_required)) in other.named {
            let known = self.named.entry(name).or_insert((schema, false));
            known.1 |= is_required;
        }
        self.others = self.others.or(other.others);
        self
    }

    /// The properties of this schema or of another.
    fn or(mut self, other: Self) -> Self {
        for (name, (_, is_required)) in &mut self.named {
            *is_required &= other.named.contains_key(name);
        }
        for (name, (schema, is_required)) in other.named {
            let known = match self.named.remove(&name) {
                Some((before, was_required)) => {
                    (either(before, schema), was_required && is_required)
                }
                None => (schema, false),
            };
            self.named.insert(name, known);
        }
        self.others = self.others.or(other.others);
        self
    }
}

/// The schema without `null`, which no text of a URL or a header is.
pub(super) fn without_null(mut schema: Value) -> Value {
    let Some(object) = schema.as_object_mut() else {
        return schema;
    };
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|it| it != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(values)) = object.get_mut("enum") {
        values.retain(|it| !it.is_null());
    }
    if object.get("default").is_some_and(Value::is_null) {
        object.remove("default");
    }
    if let Some(Value::Array(branches)) = object.get_mut("anyOf") {
        branches.retain(|it| !is_null(it));
        if let [only] = branches.as_slice() {
            let only = only.clone();
            object.remove("anyOf");
            if object.is_empty() {
                return only;
            }
            // Beside a `$ref` other keywords may stand, in JSON Schema 2020-12.
            for (key, value) in only.as_object().into_iter().flatten() {
                object.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
    }
    schema
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|it| it == "null")
}

fn list<'v>(
    object: &'v Map<String, Value>,
    key: &str,
) -> impl Iterator<Item = &'v Value> + use<'v> {
    let items = object.get(key).and_then(Value::as_array);
    items.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The names in their order, those that must be there with a `!`, and `*` for all others.
    fn names(schema: &Value) -> Option<String> {
        let resolve = |reference: &str| {
            Some(match reference {
                "#/in/Known" => {
                    json!({"type": "object", "properties": {"k": true}, "required": ["k"]})
                }
                "#/in/Loop" => json!({"$ref": "#/in/Loop"}),
                _ => return None,
            })
        };
        let found = properties(schema, &resolve)?;
        let mut names: Vec<_> = found
            .named
            .iter()
            .map(|(name, (_, is_required))| {
                format!("{name}{}", if *is_required { "!" } else { "" })
            })
            .collect();
        names.extend(found.others.map(|_| "*".to_owned()));
        Some(names.join(" "))
    }

    #[test]
    fn objects_have_names_however_they_are_put_together() {
        for (schema, expected) in [
            (json!({"type": "object"}), Some("")),
            (
                json!({"type": "object", "properties": {"a": {}, "b": {}}, "required": ["b"]}),
                Some("a b!"),
            ),
            (
                json!({"type": ["object", "null"], "properties": {"a": {}}}),
                Some("a"),
            ),
            (
                json!({"type": "object", "additionalProperties": {"type": "string"}}),
                Some("*"),
            ),
            (
                json!({"type": "object", "additionalProperties": false}),
                Some(""),
            ),
            (json!({"$ref": "#/in/Known"}), Some("k!")),
            (
                json!({"properties": {"a": {}}, "allOf": [{"$ref": "#/in/Known"}]}),
                Some("a k!"),
            ),
            (
                json!({"type": "object", "properties": {"a": {}}, "required": ["a"], "oneOf": [
                    {"type": "object", "properties": {"t": {"const": "x"}, "b": {}}, "required": ["t", "b"]},
                    {"type": "object", "properties": {"t": {"const": "y"}}, "required": ["t"]},
                ]}),
                Some("a! b t!"),
            ),
            (json!({"anyOf": [{"$ref": "#/in/Known"}, {}]}), Some("k")),
            (
                json!({"anyOf": [{"$ref": "#/in/Known"}, {"type": "null"}]}),
                Some("k!"),
            ),
            (json!({"type": "string"}), None),
            (json!(true), None),
            (json!({"$ref": "#/in/Unknown"}), None),
            (json!({"$ref": "#/in/Loop"}), None),
            (
                json!({"oneOf": [{"type": "string"}, {"type": "object"}]}),
                None,
            ),
        ] {
            assert_eq!(names(&schema).as_deref(), expected, "{schema}");
        }
    }

    #[test]
    fn one_name_with_two_schemas_is_one_or_the_other() {
        let schema = json!({"oneOf": [
            {"type": "object", "properties": {"t": {"const": "x"}}},
            {"type": "object", "properties": {"t": {"const": "y"}}},
        ]});
        let found = properties(&schema, &|_| None).unwrap();
        let (schema, _) = &found.named["t"];
        assert_eq!(*schema, json!({"anyOf": [{"const": "x"}, {"const": "y"}]}));
    }

    #[test]
    fn nothing_is_null_in_a_url() {
        for (schema, expected) in [
            (
                json!({"type": ["integer", "null"], "format": "x"}),
                json!({"type": "integer", "format": "x"}),
            ),
            (
                json!({"type": ["integer", "string", "null"]}),
                json!({"type": ["integer", "string"]}),
            ),
            (
                json!({"anyOf": [{"$ref": "#/in/A"}, {"type": "null"}]}),
                json!({"$ref": "#/in/A"}),
            ),
            (
                json!({"description": "d", "default": null, "anyOf": [{"$ref": "#/in/A"}, {"type": "null"}]}),
                json!({"description": "d", "$ref": "#/in/A"}),
            ),
            (json!({"enum": ["a", null]}), json!({"enum": ["a"]})),
            (json!(true), json!(true)),
        ] {
            assert_eq!(without_null(schema.clone()), expected, "{schema}");
        }
    }
}
