//! [`MultiMap`]: names with one or more values, as a query string, a form, cookies and route parameters
//! have them.
//!
//! `tag=a&page=2&tag=b` is `tag` with the list `a`, `b`, and `page` with the single value `2`. All text
//! lies in one `String`, and an entry holds where its parts begin and end:
//!
//! ```text
//! text       t a g = a & p a g e = 2 & t a g = b
//! byte       0       4   6         11  13      17
//! entries    tag  at 0..3:  4..5 and 17..18
//!            page at 6..10: 11..12
//! ```

mod builder;
mod values;

use std::fmt;

use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};

pub(crate) use self::builder::Builder;
pub use self::values::Values;
use self::values::{Entry, Iter, Span, Spans};
use crate::{de, error::ApiError, key_order};

/// Up to this many names, a new name is compared with each that is there: for the handful of pairs
/// of most requests that is the fastest way to find those that come again. For more the time would
/// grow with the square of their number, so that they are grouped at the end, by a hash table whose
/// random key keeps clients from choosing names that collide. (One way for all, by sorting, takes
/// 2 % more instructions for a request with 4 query pairs and 6 % more for one with 5 cookies.)
const COMPARED_NAMES: usize = 32;

/// Names in the order they came, each with its values.
///
/// What `?tag=a&page=2&tag=b` says: `tag` has the list `a`, `b`, and `page` the single value `2`.
/// A name that occurs once has a single value, a name that occurs again has a list, as in the
/// `req.query` of Next.js. It serializes as Next.js prints it: strings and lists of strings,
/// array indexes first, then the other names in the order they came.
///
/// All text lies in one buffer: parsing costs a handful of allocations, however many pairs there
/// are.
///
/// ```
/// use tower_api_routes::MultiMap;
///
/// let query = MultiMap::parse("tag=a&page=2&tag=b+c", 1000)?;
/// assert_eq!(query.get("page"), Some("2"));
/// assert_eq!(query.get("tag"), Some("a"));
/// assert!(query.get_all("tag").eq(["a", "b c"]));
/// assert_eq!(
///     serde_json::to_string(&query).unwrap(),
///     r#"{"tag":["a","b c"],"page":"2"}"#
/// );
/// # Ok::<(), tower_api_routes::TooManyPairs>(())
/// ```
#[derive(Clone, Default)]
pub struct MultiMap {
    text: String,
    entries: Vec<Entry>,
}

impl MultiMap {
    /// An empty map.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            text: String::new(),
            entries: Vec::new(),
        }
    }

    /// Reads `application/x-www-form-urlencoded` text: a query string without its `?`, or a form.
    ///
    /// Pairs are separated by `&` and by nothing else, names end at the first `=`, empty pairs are
    /// skipped, `+` is a blank. Nothing is an error: a malformed escape such as `%zz` stays as it
    /// is, bytes that are not UTF-8 become U+FFFD ([WHATWG URL, "urlencoded
    /// parsing"](https://url.spec.whatwg.org/#urlencoded-parsing)). Brackets in names mean
    /// nothing: `a[]` and `a[b]` are names like any other.
    ///
    /// # Errors
    ///
    /// More than `max_pairs` pairs. They are counted before anything is allocated.
    pub fn parse(text: impl AsRef<[u8]>, max_pairs: usize) -> Result<Self, TooManyPairs> {
        let text = text.as_ref();
        // Without empty pairs there is one more than separators.
        let mut pairs = memchr::memchr_iter(b'&', text).count() + 1;
        if pairs > max_pairs {
            pairs = count_pairs(text, max_pairs.saturating_add(1));
            if pairs > max_pairs {
                return Err(TooManyPairs { limit: max_pairs });
            }
        }
        let mut builder = Builder::default();
        // A pair takes a byte besides its separator; an empty text makes room for none.
        builder.reserve(text.len(), pairs.min(text.len().div_ceil(2)));
        match without_escapes(text) {
            Some(text) => builder.push_plain(text),
            None => {
                for (name, value) in form_urlencoded::parse(text) {
                    builder.push(&name, &value);
                }
            }
        }
        Ok(builder.build())
    }

    /// The first value of `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.get_all(name).next()
    }

    /// The value of a `name` that may be sent once: `None` where it was not sent.
    ///
    /// [`get`](Self::get) overlooks all values but the first, so that a token that is sent twice passes a check
    /// which is made of one of them.
    ///
    /// ```
    /// # use tower_api_routes::MultiMap;
    /// let form = MultiMap::parse("csrf=1&csrf=2&user=ann", 1000).unwrap();
    /// assert_eq!(form.single("user")?, Some("ann"));
    /// assert_eq!(form.single("password")?, None);
    /// assert_eq!(form.single("csrf").unwrap_err().status(), 400);
    /// # Ok::<(), tower_api_routes::ApiError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// 400 where it was sent more than once, naming it.
    pub fn single(&self, name: &str) -> Result<Option<&str>, ApiError> {
        let mut values = self.get_all(name);
        match (values.next(), values.next()) {
            (value, None) => Ok(value),
            _ => Err(ApiError::bad_request(format!(
                "{name}: sent more than once"
            ))),
        }
    }

    /// All values of `name`, in the order they came; none if there is no such name.
    #[must_use]
    pub fn get_all(&self, name: &str) -> Values<'_> {
        match self.position(name).and_then(|at| self.entries.get(at)) {
            Some(entry) => Values::new(&self.text, entry),
            None => Values::empty(),
        }
    }

    /// Whether `name` occurs.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.position(name).is_some()
    }

    /// The number of different names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no name at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The names in the order they came, each with its values.
    #[must_use]
    pub fn iter(&self) -> Iter<'_> {
        Iter::new(&self.text, &self.entries)
    }

    /// Gives `name` this single value. A name that is there already keeps its place and loses its
    /// other values; a new one comes last.
    pub fn insert(&mut self, name: &str, value: &str) {
        let value = self.store(value);
        self.replace(name, Spans::One(value));
    }

    /// Gives `name` this list of values, which stays a list even when it has one element (or
    /// none). A name that is there already keeps its place and loses its other values; a new one
    /// comes last.
    pub fn insert_list<V>(&mut self, name: &str, values: V)
    where
        V: IntoIterator,
        V::Item: AsRef<str>,
    {
        let values = values
            .into_iter()
            .map(|value| self.store(value.as_ref()))
            .collect();
        self.replace(name, Spans::Many(values));
    }

    /// Adds a value to those of `name`.
    pub fn push(&mut self, name: &str, value: &str) {
        let value = self.store(value);
        match self.position(name).and_then(|at| self.entries.get_mut(at)) {
            Some(entry) => entry.values.append(Spans::One(value)),
            None => self.append(name, Spans::One(value)),
        }
    }

    /// Reads the pairs into a type of yours.
    ///
    /// A field takes the values of its name, by the table in [`query`](crate::query). Names that the
    /// type does not know are ignored. A list of pairs, such as `Vec<(String, String)>`, takes all of
    /// them, in the order they came.
    ///
    /// ```
    /// # use tower_api_routes::MultiMap;
    /// #[derive(serde::Deserialize)]
    /// struct Search<'a> {
    ///     q: &'a str,
    ///     page: Option<u32>,
    ///     #[serde(default)]
    ///     tag: Vec<String>,
    /// }
    ///
    /// let query = MultiMap::parse("q=tower+of+babel&tag=a", 1000)?;
    /// let search: Search<'_> = query.deserialize()?;
    /// assert_eq!(search.q, "tower of babel");
    /// assert_eq!(search.page, None);
    /// assert_eq!(search.tag, ["a"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A value does not fit its field, or a field that must be there is missing. The error names
    /// the field and what was expected, and never shows what was sent.
    pub fn deserialize<'de, T: Deserialize<'de>>(&'de self) -> Result<T, de::Error> {
        let pairs: Vec<_> = self
            .iter()
            .map(|(name, values)| (name, values.into()))
            .collect();
        de::from_pairs(de::Mode::InOrder, &pairs)
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.entries
            .iter()
            .position(|entry| entry.name.of(&self.text) == name)
    }

    fn store(&mut self, text: &str) -> Span {
        Span::store(&mut self.text, text)
    }

    fn replace(&mut self, name: &str, values: Spans) {
        match self.position(name).and_then(|at| self.entries.get_mut(at)) {
            Some(entry) => entry.values = values,
            None => self.append(name, values),
        }
    }

    fn append(&mut self, name: &str, values: Spans) {
        let name = self.store(name);
        self.entries.push(Entry { name, values });
    }
}

/// The pairs of a query string as they stand in it, where that is all that a map would have of them: the
/// names and values stand for themselves, and no name comes twice (or there are too many to see that at a
/// glance).
pub(crate) fn plain_pairs(text: &str) -> Option<Vec<de::Pair<'_>>> {
    let text = without_escapes(text.as_bytes())?;
    let most = memchr::memchr_iter(b'&', text.as_bytes()).count() + 1;
    if most > COMPARED_NAMES {
        return None;
    }
    let mut pairs: Vec<de::Pair<'_>> = Vec::with_capacity(most.min(text.len()));
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or(pair.split_at(pair.len()));
        if pairs.iter().any(|(known, _)| *known == name) {
            return None;
        }
        pairs.push((name, de::Value::One(value)));
    }
    Some(pairs)
}

/// How many pairs there are, up to `most`.
fn count_pairs(text: &[u8], most: usize) -> usize {
    text.split(|&byte| byte == b'&')
        .filter(|pair| !pair.is_empty())
        .take(most)
        .count()
}

/// The text, if its names and values stand for themselves: without escapes, `+`, and bytes that are not
/// UTF-8.
fn without_escapes(text: &[u8]) -> Option<&str> {
    match memchr::memchr2(b'%', b'+', text) {
        Some(_) => None,
        None => str::from_utf8(text).ok(),
    }
}

impl<'a> IntoIterator for &'a MultiMap {
    type Item = (&'a str, Values<'a>);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl<N: AsRef<str>, V: AsRef<str>> FromIterator<(N, V)> for MultiMap {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut builder = Builder::default();
        for (name, value) in pairs {
            builder.push(name.as_ref(), value.as_ref());
        }
        builder.build()
    }
}

impl fmt::Debug for MultiMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

/// The same names in the same order with the same values; a list of one is not a single value.
impl PartialEq for MultiMap {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self
                .iter()
                .zip(other)
                .all(|((name, values), (other_name, other_values))| {
                    name == other_name
                        && values.is_list() == other_values.is_list()
                        && values.eq(other_values)
                })
    }
}

impl Eq for MultiMap {}

impl Serialize for MultiMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut items: Vec<_> = self.iter().collect();
        key_order::sort(&mut items, |(name, _)| name);
        let mut map = serializer.serialize_map(Some(items.len()))?;
        for (name, values) in items {
            map.serialize_entry(name, &values)?;
        }
        map.end()
    }
}

/// A query string, a form or a set of cookies has more pairs than it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyPairs {
    limit: usize,
}

impl TooManyPairs {
    /// How many pairs there may be.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }
}

impl fmt::Display for TooManyPairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "more than {} pairs of names and values", self.limit)
    }
}

impl std::error::Error for TooManyPairs {}

#[cfg(test)]
mod tests;
