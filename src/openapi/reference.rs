//! References to schemas while a document is being made, when they have no names yet.

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// Which way a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// From the client: what the type takes.
    In,
    /// To the client: what the type gives.
    Out,
}

impl Way {
    /// The collection of what the type of this number refers to, as a JSON pointer.
    pub(super) fn collection(self, root: usize) -> String {
        match self {
            Self::In => format!("/in/{root}"),
            Self::Out => format!("/out/{root}"),
        }
    }
}

/// What a reference says: `#/in/3/Post`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    /// The name that the schema has in its collection.
    pub(super) name: String,
    pub(super) way: Way,
    /// The number of the type whose collection it is.
    pub(super) root: usize,
}

impl Key {
    pub(super) fn parse(reference: &str) -> Option<Self> {
        let (way, rest) = match reference.strip_prefix("#/in/") {
            Some(rest) => (Way::In, rest),
            None => (Way::Out, reference.strip_prefix("#/out/")?),
        };
        let (root, name) = rest.split_once('/')?;
        // A JSON pointer in the fragment of a URL: RFC 6901, sections 3 and 6.
        let name = percent_decode_str(name).decode_utf8_lossy();
        Some(Self {
            name: name.replace("~1", "/").replace("~0", "~"),
            way,
            root: root.parse().ok()?,
        })
    }

    /// What a schema refers to, if it is a reference and nothing else.
    pub(super) fn of_schema(schema: &Value) -> Option<Self> {
        Self::parse(schema.get("$ref")?.as_str()?)
    }
}

/// Calls `change` for every reference in a value.
pub(super) fn references(value: &mut Value, change: &mut dyn FnMut(&mut String)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|it| references(it, change)),
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(reference) if key == "$ref" => change(reference),
                    value => references(value, change),
                }
            }
        }
        _ => {}
    }
}

/// The schemas that a value refers to, in the order of the references.
pub(super) fn targets(value: &Value) -> Vec<Key> {
    let mut found = Vec::new();
    references(&mut value.clone(), &mut |it| found.extend(Key::parse(it)));
    found
}
