//! [`from_text`]: numbers and the like inside `#[serde(flatten)]` and enums, where serde has only text.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, Error as _, SeqAccess, Unexpected, Visitor, value::UnitDeserializer},
};

use super::{Error, Mode, Value, from_pairs};

/// Reads a number or a `bool` from text inside `#[serde(flatten)]` and enums.
///
/// There serde reads a value before it knows what the field wants, and in a query string, a form, a
/// cookie or a route parameter all it finds is text:
///
/// ```
/// # use tower_api_routes::MultiMap;
/// use tower_api_routes::query::from_text;
///
/// #[derive(serde::Deserialize)]
/// struct Near {
///     #[serde(deserialize_with = "from_text")]
///     lat: f64,
///     #[serde(deserialize_with = "from_text")]
///     lon: f64,
/// }
///
/// #[derive(serde::Deserialize)]
/// struct Search {
///     q: String,
///     #[serde(flatten)]
///     near: Option<Near>,
/// }
///
/// let search: Search = MultiMap::parse("q=inn&lat=48.1&lon=11.5", 1000)?.deserialize()?;
/// assert_eq!(search.near.map(|near| near.lat), Some(48.1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// The value is no text, or the text is no `T`.
pub fn from_text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let value = deserializer.deserialize_any(Texts)?;
    // An empty value counts as none, where the field takes none.
    if matches!(value, Value::One(""))
        && let Ok(nothing) = T::deserialize(UnitDeserializer::<de::value::Error>::new())
    {
        return Ok(nothing);
    }
    let text = match value {
        Value::One(text) => Unexpected::Str(text),
        Value::Many(_) => Unexpected::Seq,
    };
    from_pairs(Mode::Positional, &[("", value)]).map_err(|error: Error| match error.expected() {
        Some(expected) => D::Error::invalid_value(text, &expected),
        None => D::Error::custom(error),
    })
}

/// One text, or the list of a name that came more than once.
struct Texts;

impl<'de> Visitor<'de> for Texts {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::One(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut texts: A) -> Result<Value<'de>, A::Error> {
        let mut all = Vec::new();
        while let Some(text) = texts.next_element()? {
            all.push(text);
        }
        Ok(Value::Many(all))
    }
}
