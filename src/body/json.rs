//! JSON bodies: to a typed value straight from the bytes, or to an untyped one. Whatever is untyped
//! in them is limited by the memory it takes.

use http::StatusCode;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

use super::{
    charset::{Charset, without_bom},
    complaint,
    content_type::{BodyKind, Media},
    fault::Fault,
    memory::Meter,
    metered,
};
use crate::error::ApiError;

/// Parses a body into an untyped value that takes at most `memory` bytes. The empty body is `{}`,
/// as in Next.js.
pub(super) fn untyped(charset: Charset, body: &[u8], memory: usize) -> Result<Value, Fault> {
    let text = match charset {
        Charset::Utf8 => utf8(body)?.into(),
        _ => charset.decode(body),
    };
    metered::from_str(or_empty(&text), memory).map(in_order)
}

/// 415 unless the body is JSON in UTF-8.
pub(super) fn expect(media: Media) -> Result<(), ApiError> {
    let unsupported = |message| Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    match (media.kind, media.charset) {
        (BodyKind::Json, Some(Charset::Utf8)) => Ok(()),
        (BodyKind::Json, Some(_)) => unsupported("unsupported charset, expected utf-8"),
        (BodyKind::Json, None) => Err(Fault::Charset.into()),
        _ => unsupported("unsupported content-type, expected application/json"),
    }
}

/// Parses JSON in UTF-8 into a `T`, which may borrow from it, and whose untyped parts take at most
/// `memory` bytes.
pub(super) fn typed<'a, T: Deserialize<'a>>(body: &'a [u8], memory: usize) -> Result<T, ApiError> {
    let text = or_empty(utf8(body)?);
    metered::from_str(text, memory).map_err(|fault| explain::<T>(text, fault))
}

/// JSON is not repaired: bad bytes make it invalid, also in values that nobody looks at.
fn utf8(body: &[u8]) -> Result<&str, Fault> {
    str::from_utf8(without_bom(body)).map_err(Fault::Utf8)
}

fn or_empty(text: &str) -> &str {
    match text {
        "" => "{}",
        text => text,
    }
}

/// What the client hears: `Invalid JSON`, or which field is wrong. The text is parsed once more, as
/// far as the first time, for the field's path.
fn explain<'a, T: Deserialize<'a>>(text: &'a str, fault: Fault) -> ApiError {
    let error = match fault {
        Fault::Json(error) if is_about_data(text, &error) => error,
        fault => return fault.into(),
    };
    let meter = Meter::new(usize::MAX);
    let mut json = serde_json::Deserializer::from_str(text);
    let message = match serde_path_to_error::deserialize::<_, T>(meter.watch(&mut json)) {
        Err(error) => complaint::message(error.path(), &error.inner().to_string()),
        Ok(_) => "invalid body".to_owned(),
    };
    ApiError::bad_request(message).with_source(error)
}

fn is_about_data(text: &str, error: &serde_json::Error) -> bool {
    // A number where `T` has an enum counts as a syntax error in serde_json.
    error.is_data()
        || error.to_string().starts_with("expected value")
            && serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// `value` with the keys of its objects in alphabetical order: they are, unless another crate has
/// switched on the feature `preserve_order` of serde_json.
#[cfg(not(feature = "preserve-order"))]
fn in_order(mut value: Value) -> Value {
    if *crate::json::KEEPS_ORDER {
        value.sort_all_objects();
    }
    value
}

/// `value` with the keys of its objects in JavaScript's order. It is no deeper than it was parsed.
#[cfg(feature = "preserve-order")]
fn in_order(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(in_order).collect(),
        Value::Object(members) => {
            let mut members: Vec<_> = members
                .into_iter()
                .map(|(key, value)| (key, in_order(value)))
                .collect();
            crate::key_order::sort(&mut members, |(key, _)| key);
            Value::Object(members.into_iter().collect())
        }
        scalar => scalar,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const MEMORY: usize = 8 << 20;

    fn parse(text: &str) -> Result<Value, String> {
        untyped(Charset::Utf8, text.as_bytes(), MEMORY)
            .map_err(|fault| ApiError::from(fault).to_string())
    }

    #[test]
    fn h32_what_is_not_json_is_refused() {
        let invalid = [
            "{}x",
            "NaN",
            "'a'",
            "1e999999",
            "1e400",
            "\"\\ud800\"",
            " ",
            "\u{feff}\u{feff}{}",
            "[1,]",
            "{a:1}",
            "01",
            "+1",
            ".5",
            "\u{a0}1",
            "1\u{b}",
            "\"\t\"",
            "nul",
            "{\"a\":1,}",
            "//",
            "undefined",
        ];
        for text in invalid {
            assert_eq!(parse(text), Err("400: Invalid JSON".to_owned()), "{text:?}");
            let error = typed::<IgnoredAny>(text.as_bytes(), MEMORY);
            let lenient = ["1e999999", "1e400", "\"\\ud800\""].contains(&text);
            assert_eq!(error.is_ok(), lenient, "{text:?}");
        }
    }

    #[test]
    fn h32_a_byte_order_mark_is_skipped() {
        assert_eq!(parse("\u{feff}[1]"), Ok(json!([1])));
        assert_eq!(typed::<Vec<u8>>(b"\xef\xbb\xbf[1]", MEMORY).unwrap(), [1]);
    }

    #[test]
    fn h33_names_are_data_and_the_last_value_counts() {
        let value = parse(r#"{"a":1,"__proto__":{"x":1},"constructor":null,"a":2}"#).unwrap();
        assert_eq!(value["a"], 2);
        assert_eq!(value["__proto__"], json!({ "x": 1 }));
        assert_eq!(value.as_object().unwrap().len(), 3);
        let value =
            parse("[12345678901234567890, 9007199254740993, 123456789012345678901234567890]");
        assert_eq!(
            value.unwrap().to_string(),
            "[12345678901234567890,9007199254740993,1.2345678901234568e+29]"
        );
    }

    #[test]
    fn h35_bad_bytes_make_json_invalid_wherever_they_are() {
        #[derive(Deserialize, Debug)]
        struct Nothing {}
        let error = typed::<Nothing>(b"{\"a\":\"\xff\"}", MEMORY).unwrap_err();
        assert_eq!(error.to_string(), "400: Invalid JSON");
        assert!(error.source().is_some());
        assert!(matches!(
            untyped(Charset::Utf8, b"\"\xff\"", 9),
            Err(Fault::Utf8(_))
        ));
    }

    #[test]
    fn h28_depth_is_bounded() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(&nested(127)).is_ok());
        for depth in [128, 100_000 / 2] {
            assert_eq!(
                parse(&nested(depth)),
                Err("400: Invalid JSON".to_owned()),
                "{depth}"
            );
        }
        let error = typed::<Value>("[".repeat(100_000).as_bytes(), MEMORY).unwrap_err();
        assert_eq!(error.to_string(), "400: Invalid JSON");
    }

    #[test]
    fn json_is_accepted_as_next_accepts_it() {
        let file: Value =
            serde_json::from_str(include_str!("../../tests/vectors/json.json")).unwrap();
        let mut seen = 0;
        for vector in file["vectors"].as_array().unwrap() {
            let text = vector["text"].as_str().unwrap();
            // JavaScript takes numbers beyond a double as infinite, and half characters.
            if text.contains("1e400") || text.contains("\\ud800") {
                continue;
            }
            let expected = vector["out"]
                .as_str()
                .map(|out| serde_json::from_str::<Value>(out).unwrap());
            let got = parse(text).ok();
            assert_eq!(got.is_some(), expected.is_some(), "{vector}");
            if let (Some(got), Some(expected)) = (got, expected) {
                assert!(same(&got, &expected), "{vector}");
                #[cfg(feature = "preserve-order")]
                assert_eq!(keys(&got), keys(&expected), "{vector}");
            }
            seen += 1;
        }
        assert!(seen > 400, "{seen}");
    }

    /// Equal, with numbers compared as JavaScript does: `1.0` is `1`, `-0` is `0`.
    fn same(left: &Value, right: &Value) -> bool {
        match (left, right) {
            (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
            (Value::Array(left), Value::Array(right)) => {
                left.len() == right.len() && left.iter().zip(right).all(|(l, r)| same(l, r))
            }
            (Value::Object(left), Value::Object(right)) => {
                left.len() == right.len()
                    && left
                        .iter()
                        .all(|(key, l)| right.get(key).is_some_and(|r| same(l, r)))
            }
            _ => left == right,
        }
    }

    #[cfg(feature = "preserve-order")]
    fn keys(value: &Value) -> Vec<String> {
        match value {
            Value::Array(items) => items.iter().flat_map(keys).collect(),
            Value::Object(members) => members
                .iter()
                .flat_map(|(key, value)| [vec![key.clone()], keys(value)].concat())
                .collect(),
            _ => Vec::new(),
        }
    }
}
