//! The order of keys in JavaScript objects.

use serde_json::{Map, Value};

/// `value` with the keys of its objects in JavaScript's order: array indexes first and ascending,
/// then all others as they were inserted.
pub(super) fn as_in_javascript(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(as_in_javascript).collect(),
        Value::Object(members) => Value::Object(sort(members)),
        scalar => scalar,
    }
}

fn sort(members: Map<String, Value>) -> Map<String, Value> {
    let mut members: Vec<_> = members
        .into_iter()
        .map(|(key, value)| (key, as_in_javascript(value)))
        .collect();
    // The sort is stable: what is no index keeps its place.
    members.sort_by_key(|(key, _)| array_index(key).unwrap_or(u32::MAX));
    members.into_iter().collect()
}

/// The number that `key` is as an array index: canonical decimal below 2³² − 1.
fn array_index(key: &str) -> Option<u32> {
    let canonical = key == "0"
        || key
            .bytes()
            .next()
            .is_some_and(|digit| matches!(digit, b'1'..=b'9'));
    let index = key.parse().ok().filter(|index| *index != u32::MAX)?;
    canonical.then_some(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn array_indexes_come_first() {
        let table = [
            (
                r#"{"b":1,"2":2,"a":3,"1":4}"#,
                r#"{"1":4,"2":2,"b":1,"a":3}"#,
            ),
            (
                r#"{"b":{"9":0,"10":0,"01":0,"0":0}}"#,
                r#"{"b":{"0":0,"9":0,"10":0,"01":0}}"#,
            ),
            (
                r#"[{"x":0,"4294967295":0,"4294967294":0}]"#,
                r#"[{"4294967294":0,"x":0,"4294967295":0}]"#,
            ),
            (
                r#"{"a":0,"-1":0,"+1":0,"1.0":0,"":0}"#,
                r#"{"a":0,"-1":0,"+1":0,"1.0":0,"":0}"#,
            ),
            (r#"{"b":1,"a":2,"b":3}"#, r#"{"b":3,"a":2}"#),
        ];
        for (text, expected) in table {
            let value = serde_json::from_str(text).unwrap();
            assert_eq!(as_in_javascript(value).to_string(), expected);
        }
    }
}
