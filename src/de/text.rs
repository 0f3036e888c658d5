//! [`from_text`]: numbers and the like inside `#[serde(flatten)]` and enums, where serde has only text.

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, Unexpected},
};

use super::{Error, Value, from_params};

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
    let text = <&str>::deserialize(deserializer)?;
    from_params([("", Value::One(text))]).map_err(|error: Error| match error.expected() {
        Some(expected) => D::Error::invalid_value(Unexpected::Str(text), &expected),
        None => D::Error::custom(error),
    })
}
