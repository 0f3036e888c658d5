//! JSON text as `JSON.stringify` writes it.
//!
//! A moved endpoint answers with the bytes it answered with before. serde_json already writes
//! strings as JavaScript does (`"`, `\` and controls escaped, the latter as `\b\t\n\f\r` or
//! lower-case `\u00xx`; `/`, DEL and U+2028 as they are) and NaN and the infinities as `null`. What
//! is left is the form of a floating-point number: `1` for `1.0`, `0` for `-0.0`, `1e+21` for 1e21.
//!
//! Integers stay exact, where JavaScript would round those beyond 2⁵³.
//!
//! Two features of serde_json, which any crate of a program may switch on for all, would change an
//! answer: with `arbitrary_precision` the numbers of a [`Value`] are written as they were read,
//! with `preserve_order` its keys are in the order they came. Neither shows here.

use std::{any::type_name, io, sync::LazyLock};

use bytes::Bytes;
use http::HeaderValue;
use serde::Serialize;
use serde_json::{
    Map, Value,
    ser::{CompactFormatter, Formatter, Serializer},
};

/// The content type of the JSON that this crate writes.
pub(crate) const CONTENT_TYPE: HeaderValue =
    HeaderValue::from_static("application/json; charset=utf-8");

/// What is written before anything is allocated: most answers of an API.
const SHORT: usize = 128;

/// The JSON text of `value`, in UTF-8.
///
/// # Errors
///
/// When the `Serialize` of `value` fails, or a map has a key that is not a string, a number or a
/// boolean.
pub(crate) fn to_bytes<T>(value: &T) -> Result<Bytes, serde_json::Error>
where
    T: Serialize + ?Sized,
{
    let mut text = Text {
        short: [0; SHORT],
        len: 0,
        long: Vec::new(),
    };
    let mut serializer = Serializer::with_formatter(&mut text, JavaScript);
    match sorted(value) {
        Some(sorted) => sorted.serialize(&mut serializer)?,
        None => value.serialize(&mut serializer)?,
    }
    Ok(text.take())
}

/// Whether the maps of serde_json keep their keys in the order they came: a crate of the program has
/// switched on its feature `preserve_order`.
pub(crate) static KEEPS_ORDER: LazyLock<bool> = LazyLock::new(|| {
    let map = Map::from_iter([("b".to_owned(), Value::Null), ("a".to_owned(), Value::Null)]);
    map.keys().is_sorted_by(|left, right| left > right)
});

/// A [`Value`] with its keys in order, if that is what `T` is and serde_json does not keep them so.
fn sorted<T: Serialize + ?Sized>(value: &T) -> Option<Value> {
    let keeps_order = !cfg!(feature = "preserve-order") && *KEEPS_ORDER;
    let is_value = || type_name::<T>().trim_start_matches('&') == type_name::<Value>();
    if !keeps_order || !is_value() {
        return None;
    }
    let mut value = serde_json::to_value(value).ok()?;
    value.sort_all_objects();
    Some(value)
}

/// A number as serde_json holds it without `arbitrary_precision`.
pub(crate) enum Number {
    Unsigned(u64),
    Negative(i64),
    Float(f64),
}

impl Number {
    /// Reads a number of JSON, unless no double can hold it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Ok(number) = text.parse() {
            return Some(Self::Unsigned(number));
        }
        match text.parse() {
            Ok(number) if number != 0 => Some(Self::Negative(number)),
            _ => text
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite())
                .map(Self::Float),
        }
    }
}

/// A text that is allocated once, at its true length, if it is short.
struct Text {
    short: [u8; SHORT],
    len: usize,
    /// All of the text, once it is long.
    long: Vec<u8>,
}

impl Text {
    fn take(&mut self) -> Bytes {
        if self.long.is_empty() {
            Bytes::copy_from_slice(self.short.get(..self.len).unwrap_or_default())
        } else {
            Bytes::from(std::mem::take(&mut self.long))
        }
    }

    /// Goes on in a buffer that holds `end` bytes, and some more if that is little.
    #[cold]
    fn begin_long(&mut self, end: usize) {
        self.long.reserve_exact(end.max(4 * SHORT));
        let short = self.short.get(..self.len).unwrap_or_default();
        self.long.extend_from_slice(short);
    }
}

impl io::Write for Text {
    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.long.is_empty() {
            let end = self.len + bytes.len();
            if let Some(room) = self.short.get_mut(self.len..end) {
                room.copy_from_slice(bytes);
                self.len = end;
                return Ok(());
            }
            self.begin_long(end);
        }
        self.long.extend_from_slice(bytes);
        Ok(())
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Numbers by `Number::toString` of ECMA-262.
struct JavaScript;

impl Formatter for JavaScript {
    fn write_f32<W>(&mut self, writer: &mut W, value: f32) -> io::Result<()>
    where
        W: io::Write + ?Sized,
    {
        let mut text = io::Cursor::new([0; LONGEST]);
        CompactFormatter.write_f32(&mut text, value)?;
        write_float(writer, &text, value)
    }

    fn write_f64<W>(&mut self, writer: &mut W, value: f64) -> io::Result<()>
    where
        W: io::Write + ?Sized,
    {
        let mut text = io::Cursor::new([0; LONGEST]);
        CompactFormatter.write_f64(&mut text, value)?;
        write_float(writer, &text, value)
    }

    /// A number that serde_json holds as text. One that no double can hold is infinite for JavaScript.
    fn write_number_str<W>(&mut self, writer: &mut W, text: &str) -> io::Result<()>
    where
        W: io::Write + ?Sized,
    {
        match Number::parse(text) {
            Some(Number::Unsigned(number)) => self.write_u64(writer, number),
            Some(Number::Negative(number)) => self.write_i64(writer, number),
            Some(Number::Float(number)) => self.write_f64(writer, number),
            None => self.write_null(writer),
        }
    }
}

/// More than any float takes: 17 digits, a sign, a point and an exponent.
const LONGEST: usize = 32;

/// Writes a number that serde_json has written as `text`.
fn write_float<W: io::Write + ?Sized>(
    writer: &mut W,
    text: &io::Cursor<[u8; LONGEST]>,
    value: impl ryu_js::Float,
) -> io::Result<()> {
    let length = text.position() as usize;
    let text = text.get_ref().get(..length).unwrap_or_default();
    match as_javascript(text) {
        Some(text) => writer.write_all(text),
        None => writer.write_all(ryu_js::Buffer::new().format_finite(value).as_bytes()),
    }
}

/// A float of serde_json in its JavaScript form, where that takes no more than leaving out `.0`:
/// both write the shortest digits that read back as the same number, and differ in where the
/// exponents begin. serde_json is the faster one by far.
fn as_javascript(text: &[u8]) -> Option<&[u8]> {
    if text.contains(&b'e') {
        return None;
    }
    Some(match text.strip_suffix(b".0") {
        Some(b"-0") => b"0",
        Some(integer) => integer,
        None => text,
    })
}

#[cfg(test)]
mod tests {
    use std::{collections::HashMap, fmt};

    use serde::{
        Deserialize, Deserializer, Serializer,
        de::{MapAccess, SeqAccess, Visitor},
        ser::{Error as _, SerializeMap},
    };
    use serde_json::json;

    use super::*;

    fn text<T: Serialize + ?Sized>(value: &T) -> String {
        String::from_utf8(to_bytes(value).unwrap().into()).unwrap()
    }

    #[test]
    fn numbers_have_their_javascript_form() {
        let floats = [
            (1.0, "1"),
            (0.0, "0"),
            (-0.0, "0"),
            (-1.5, "-1.5"),
            (0.1, "0.1"),
            (3.5, "3.5"),
            (0.000001, "0.000001"),
            (1e-7, "1e-7"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1.5e300, "1.5e+300"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (9_007_199_254_740_993.0, "9007199254740992"),
            (12_345_678_901_234_567_890.0, "12345678901234567000"),
        ];
        for (number, expected) in floats {
            assert_eq!(text(&number), expected);
        }
        assert_eq!(text(&0.1_f32), "0.1");
        assert_eq!(text(&1e21_f32), "1e+21");
    }

    proptest::proptest! {
        #[test]
        fn floats_are_written_as_javascript_writes_them(
            bits in proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL | proptest::num::f64::ZERO,
            thousandths in -10_000_000_i32..10_000_000,
            exponent in -12..24,
        ) {
            let small = f64::from(thousandths) / 1000.0;
            for number in [bits, small, small * 10_f64.powi(exponent), small.sqrt() * 1e9] {
                if !number.is_finite() {
                    continue;
                }
                assert_eq!(text(&number), ryu_js::Buffer::new().format_finite(number));
                let number = number as f32;
                if number.is_finite() {
                    assert_eq!(text(&number), ryu_js::Buffer::new().format_finite(number));
                }
            }
        }
    }

    /// Halfway between two shortest decimals, the even one is written.
    #[allow(clippy::excessive_precision, reason = "the exact values are the point")]
    #[test]
    fn floats_between_two_decimals_are_even() {
        for number in [
            1_125_899_906_842_624.25,
            1_125_899_906_842_624.75,
            562_949_953_421_312.125,
            562_949_953_421_312.375,
            281_474_976_710_656.062_5,
        ] {
            assert_eq!(text(&number), ryu_js::Buffer::new().format_finite(number));
        }
        assert_eq!(text(&1_125_899_906_842_624.25), "1125899906842624.2");
    }

    #[test]
    fn integers_stay_exact() {
        assert_eq!(text(&u64::MAX), "18446744073709551615");
        assert_eq!(text(&i64::MIN), "-9223372036854775808");
        assert_eq!(text(&u128::MAX), "340282366920938463463374607431768211455");
    }

    #[test]
    fn h72_numbers_that_json_lacks_are_null() {
        assert_eq!(
            text(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY]),
            "[null,null,null]"
        );
        assert_eq!(text(&f32::NAN), "null");
    }

    #[test]
    fn strings_are_escaped_as_by_json_stringify() {
        let strings = [
            ("", r#""""#),
            ("\"\\/", r#""\"\\/""#),
            ("\u{8}\t\n\u{c}\r", r#""\b\t\n\f\r""#),
            ("\0\u{1}\u{b}\u{1f}", r#""\u0000\u0001\u000b\u001f""#),
            (
                "\u{7f}\u{85}\u{2028}\u{2029}",
                "\"\u{7f}\u{85}\u{2028}\u{2029}\"",
            ),
            ("<>&'é😀\u{feff}", "\"<>&'é😀\u{feff}\""),
        ];
        for (string, expected) in strings {
            assert_eq!(text(string), expected);
        }
    }

    #[test]
    fn there_is_no_blank_between_the_tokens() {
        let value = json!({ "a": 1, "b": [true, null, {}, []], "c": { "d": "x" } });
        assert_eq!(
            text(&value),
            r#"{"a":1,"b":[true,null,{},[]],"c":{"d":"x"}}"#
        );
    }

    #[test]
    fn long_values_are_written_whole() {
        let long = "x".repeat(100 * SHORT);
        assert_eq!(text(&long), format!("\"{long}\""));
        for length in SHORT - 4..SHORT + 4 {
            let one = "x".repeat(length - 2);
            assert_eq!(text(&one), format!("\"{one}\""));
            let many = vec![7; length / 2];
            assert_eq!(text(&many), serde_json::to_string(&many).unwrap());
        }
    }

    #[test]
    fn a_long_text_takes_no_more_than_twice_its_room() {
        for length in [130, 1000, 32 << 10, (32 << 10) + 1, 1 << 20] {
            let text = Vec::from(to_bytes(&"x".repeat(length)).unwrap());
            assert!(
                text.capacity() <= (2 * text.len()).max(4 * SHORT),
                "{length}"
            );
        }
    }

    #[test]
    fn keys_are_strings_also_when_they_are_numbers() {
        assert_eq!(text(&HashMap::from([(1, true)])), r#"{"1":true}"#);
        assert_eq!(text(&HashMap::from([(true, 0)])), r#"{"true":0}"#);
    }

    #[test]
    fn h72_what_cannot_be_json_is_an_error() {
        struct Fails;
        impl Serialize for Fails {
            fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                Err(S::Error::custom("no"))
            }
        }
        assert_eq!(to_bytes(&[Fails]).unwrap_err().to_string(), "no");
        let list_as_key = HashMap::from([(vec![1], 1)]);
        assert_eq!(
            to_bytes(&list_as_key).unwrap_err().to_string(),
            "key must be a string"
        );
    }

    /// A JSON value as JavaScript holds it: every number a double, keys in order.
    #[derive(Debug, PartialEq)]
    enum Node {
        Null,
        Bool(bool),
        Number(f64),
        Text(String),
        List(Vec<Node>),
        Map(Vec<(String, Node)>),
    }

    impl Serialize for Node {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match self {
                Self::Null => serializer.serialize_unit(),
                Self::Bool(value) => value.serialize(serializer),
                Self::Number(value) => value.serialize(serializer),
                Self::Text(value) => value.serialize(serializer),
                Self::List(items) => items.serialize(serializer),
                Self::Map(entries) => {
                    let mut map = serializer.serialize_map(None)?;
                    for (key, value) in entries {
                        map.serialize_entry(key, value)?;
                    }
                    map.end()
                }
            }
        }
    }

    impl<'de> Deserialize<'de> for Node {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_any(NodeVisitor)
        }
    }

    struct NodeVisitor;

    impl<'de> Visitor<'de> for NodeVisitor {
        type Value = Node;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("JSON")
        }
        fn visit_unit<E>(self) -> Result<Node, E> {
            Ok(Node::Null)
        }
        fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
            Ok(Node::Bool(value))
        }
        fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
            Ok(Node::Number(value as f64))
        }
        fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
            Ok(Node::Number(value as f64))
        }
        fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
            Ok(Node::Number(value))
        }
        fn visit_str<E>(self, value: &str) -> Result<Node, E> {
            Ok(Node::Text(value.to_owned()))
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
            let mut items = Vec::new();
            while let Some(item) = list.next_element()? {
                items.push(item);
            }
            Ok(Node::List(items))
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
            let mut entries = Vec::new();
            while let Some(entry) = map.next_entry()? {
                entries.push(entry);
            }
            Ok(Node::Map(entries))
        }
    }

    #[derive(Deserialize)]
    struct Vectors {
        vectors: Vec<Vector>,
    }

    /// `out` is `JSON.stringify(JSON.parse(text))`.
    #[derive(Deserialize)]
    struct Vector {
        text: String,
        out: Option<String>,
    }

    #[test]
    fn vectors_of_json_stringify_are_written_alike() {
        let file: Vectors =
            serde_json::from_str(include_str!("../tests/vectors/json.json")).unwrap();
        let (mut same, mut surrogates, mut reordered, mut unread) = (0, 0, 0, 0);
        for Vector { text: input, out } in file.vectors {
            let Some(out) = out else { continue };
            // What JavaScript wrote comes out as it went in,
            match serde_json::from_str::<Node>(&out) {
                Ok(node) => assert_eq!(text(&node), out, "from {input}"),
                // except lone surrogates, which no Rust string holds.
                Err(_) => {
                    assert!(out.contains(r"\ud800"), "{out}");
                    surrogates += 1;
                    continue;
                }
            }
            // And so does what JavaScript read,
            match serde_json::from_str::<Node>(&input) {
                Ok(node) if node == serde_json::from_str(&out).unwrap() => {
                    assert_eq!(text(&node), out, "from {input}");
                    same += 1;
                }
                // except where objects drop repeated keys and put integer keys first,
                Ok(_) => reordered += 1,
                // and what serde_json refuses to read: numbers beyond the doubles, lone surrogates.
                Err(_) => {
                    assert!(
                        input.contains("1e400") || input.contains(r"\ud800"),
                        "{input}"
                    );
                    unread += 1;
                }
            }
        }
        assert_eq!((same, surrogates, reordered, unread), (335, 16, 16, 15));
    }
}
