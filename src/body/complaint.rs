//! What is wrong with a JSON body of the right syntax, in words that are safe to send.
//!
//! serde's own messages name Rust types and quote the client's values. Only what the API shows anyway is
//! taken from them: the names of fields and variants, and the kind of value expected. Of
//!
//! ```text
//! invalid value: integer `300`, expected u8 at line 1 column 19
//! ```
//!
//! at the path `user.age`, the client is told
//!
//! ```text
//! invalid body: user.age: expected a whole number from 0 to 255
//! ```
//!
//! There is nothing but the text to take it from: serde_json makes the message when the error is made.

use std::borrow::Cow;

use serde_path_to_error::{Path, Segment};

use crate::de::in_words;

/// The longest path that a message has, in bytes; longer ones are cut. The keys of maps are the client's,
/// and the message becomes the reason phrase of the status line.
const MAX_PATH: usize = 100;

/// The message for an error of serde at this path:
/// `invalid body: user.age: expected a whole number from 0 to 255`.
pub(super) fn message(path: &Path, serde: &str) -> String {
    let mut place = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => place.push_str(&format!("[{index}]")),
            Segment::Map { key } => push(&mut place, key),
            Segment::Enum { variant } => push(&mut place, variant),
            Segment::Unknown => push(&mut place, ""),
        }
    }
    let (field, what) = read(serde);
    if let Some(field) = field {
        push(&mut place, field);
    }
    place.truncate(MAX_PATH);
    match place.as_str() {
        "" => format!("invalid body: {what}"),
        place => format!("invalid body: {place}: {what}"),
    }
}

/// Adds a name to the path; one that is more than letters, digits, `_`, `-` and `$` becomes `?`.
fn push(place: &mut String, name: &str) {
    let is_plain = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-$".contains(&byte));
    if !place.is_empty() {
        place.push('.');
    }
    place.push_str(if is_plain { name } else { "?" });
}

/// The field that serde's message names, if it does, and what is wrong.
fn read(serde: &str) -> (Option<&str>, Cow<'static, str>) {
    let named = |prefix| serde.strip_prefix(prefix)?.split('`').next();
    if let Some(field) = named("missing field `") {
        return (Some(field), "missing".into());
    }
    if let Some(field) = named("duplicate field `") {
        return (Some(field), "given twice".into());
    }
    if serde.starts_with("unknown field `") {
        return (None, "unknown field".into());
    }
    // The client's value comes before this and cannot stand in for it.
    let expected = serde.rsplit_once("expected ").map_or("", |(_, expected)| {
        expected
            .rsplit_once(" at line ")
            .map_or(expected, |(expected, _)| expected)
    });
    if serde.starts_with("unknown variant `") {
        return (
            None,
            format!("expected {}", expected.replace('`', "")).into(),
        );
    }
    match in_words(expected) {
        Some(kind) => (None, format!("expected {kind}").into()),
        None => (None, "not accepted".into()),
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashMap, num::NonZeroU8};

    use serde::Deserialize;

    use crate::body::json::typed;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only read by serde")]
    struct Request {
        user: Option<User>,
        #[serde(default)]
        tags: Vec<String>,
        #[serde(default)]
        shape: Option<Shape>,
        #[serde(default)]
        more: HashMap<String, Vec<i8>>,
        #[serde(default)]
        unit: (),
        #[serde(default)]
        pair: Option<(u8, u8)>,
        #[serde(default)]
        address: Option<std::net::IpAddr>,
        #[serde(default)]
        some: Option<NonZeroU8>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only read by serde")]
    struct User {
        age: u8,
        name: Option<char>,
        height: Option<f64>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    #[allow(dead_code, reason = "only read by serde")]
    enum Shape {
        Circle { radius: u16 },
        Point,
    }

    #[test]
    fn h73_messages_name_the_field_and_no_type_or_value() {
        let table = [
            ("[]", "invalid body: expected an object"),
            ("7", "invalid body: expected an object"),
            (r#"{"user":{}}"#, "invalid body: user.age: missing"),
            (
                r#"{"user":{"age":300}}"#,
                "invalid body: user.age: expected a whole number from 0 to 255",
            ),
            (
                r#"{"user":{"age":-1}}"#,
                "invalid body: user.age: expected a whole number from 0 to 255",
            ),
            (
                r#"{"user":{"age":"x, expected u16"}}"#,
                "invalid body: user.age: expected a whole number from 0 to 255",
            ),
            (
                r#"{"user":{"age":1,"age":2}}"#,
                "invalid body: user.age: given twice",
            ),
            (
                r#"{"user":{"age":1,"name":"ab"}}"#,
                "invalid body: user.name: expected one character",
            ),
            (
                r#"{"user":{"age":1,"height":"ab"}}"#,
                "invalid body: user.height: expected a number",
            ),
            (r#"{"user":true}"#, "invalid body: user: expected an object"),
            (
                r#"{"tags":["a",1]}"#,
                "invalid body: tags[1]: expected a string",
            ),
            (r#"{"tags":"a"}"#, "invalid body: tags: expected a list"),
            (r#"{"nickname":1}"#, "invalid body: nickname: unknown field"),
            (
                r#"{"shape":"square"}"#,
                "invalid body: shape: expected circle or point",
            ),
            (
                r#"{"shape":5}"#,
                "invalid body: shape: expected one of the variants",
            ),
            (
                r#"{"shape":{"circle":{"radius":-1}}}"#,
                "invalid body: shape.circle.radius: expected a whole number from 0 to 65535",
            ),
            (
                r#"{"more":{"a":[1,200]}}"#,
                "invalid body: more.a[1]: expected a whole number from -128 to 127",
            ),
            (
                r#"{"more":{"\u0000 <b>":[200]}}"#,
                "invalid body: more.?[0]: expected a whole number from -128 to 127",
            ),
            (r#"{"unit":1}"#, "invalid body: unit: expected null"),
            (
                r#"{"pair":[1]}"#,
                "invalid body: pair: expected a list of fixed length",
            ),
            (
                r#"{"pair":{}}"#,
                "invalid body: pair: expected a list of fixed length",
            ),
            (
                r#"{"address":"secret"}"#,
                "invalid body: address: not accepted",
            ),
            (
                r#"{"some":0}"#,
                "invalid body: some: expected a whole number other than 0",
            ),
        ];
        for (text, expected) in table {
            let error = typed::<Request>(text.as_bytes(), 1 << 20).unwrap_err();
            assert_eq!(error.message(), expected, "{text}");
            assert_eq!(error.status(), 400);
        }
    }

    #[test]
    fn a_long_path_is_cut() {
        let text = format!(r#"{{"more":{{"{}":1}}}}"#, "a".repeat(1_000_000));
        let error = typed::<Request>(text.as_bytes(), 1 << 20).unwrap_err();
        assert!(error.message().len() < 150, "{}", error.message().len());
        assert!(error.message().ends_with("a: expected a list"));
    }
}
