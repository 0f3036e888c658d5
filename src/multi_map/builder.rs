//! Making a [`MultiMap`] from pairs: how names that come again are found.

use std::{
    collections::{HashMap, hash_map},
    fmt,
};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};

use super::{
    MultiMap,
    values::{Entry, Span, Spans},
};
use crate::de;

/// Up to this many names, a new name is compared with each that is there: for the handful of pairs
/// of most requests that is the fastest way to find those that come again. For more the time would
/// grow with the square of their number, so that they are grouped at the end, by a hash table whose
/// random key keeps clients from choosing names that collide. (One way for all, by sorting, takes
/// 2 % more instructions for a request with 4 query pairs and 6 % more for one with 5 cookies.)
const COMPARED_NAMES: usize = 32;

/// Takes pairs one by one, and groups them by name.
#[derive(Default)]
pub(crate) struct Builder {
    text: String,
    /// No name twice among the first [`COMPARED_NAMES`] and one more; what comes after them is
    /// grouped by [`build`](Self::build).
    entries: Vec<Entry>,
}

impl Builder {
    /// Makes room for `pairs` more pairs whose names and values have `bytes` bytes together.
    pub(crate) fn reserve(&mut self, bytes: usize, pairs: usize) {
        self.text.reserve(bytes);
        self.entries.reserve(pairs);
    }

    pub(crate) fn push(&mut self, name: &str, value: &str) {
        let values = Spans::One(Span::store(&mut self.text, value));
        let name = Span::store(&mut self.text, name);
        self.add(name, values);
    }

    fn push_list(&mut self, name: &str, values: &[String]) {
        let values = values
            .iter()
            .map(|value| Span::store(&mut self.text, value))
            .collect();
        let name = Span::store(&mut self.text, name);
        self.add(name, Spans::Many(values));
    }

    /// Adds the pairs of a query string whose names and values stand for themselves.
    ///
    /// The text is copied in one piece, separators and all, and the spans point into the copy:
    ///
    /// ```text
    ///   a=1&b
    ///   ^ ^ ^  name 0..1, value 2..3; name 4..5, value 5..5
    /// ```
    pub(super) fn push_plain(&mut self, text: &str) {
        let mut at = self.text.len();
        self.text.push_str(text);
        for pair in text.split('&') {
            let end = at + pair.len();
            let name = at + memchr::memchr(b'=', pair.as_bytes()).unwrap_or(pair.len());
            if at < end {
                let values = Spans::One(Span::new((name + 1).min(end), end));
                self.add(Span::new(at, name), values);
            }
            at = end + 1;
        }
    }

    fn add(&mut self, name: Span, values: Spans) {
        let Self { text, entries } = self;
        let wanted = name.of(text);
        let known = if entries.len() <= COMPARED_NAMES {
            entries
                .iter_mut()
                .find(|entry| entry.name.of(text) == wanted)
        } else {
            None
        };
        match known {
            Some(entry) => entry.values.append(values),
            None => entries.push(Entry { name, values }),
        }
    }

    pub(crate) fn build(self) -> MultiMap {
        let Self { text, mut entries } = self;
        if entries.len() > COMPARED_NAMES {
            entries = group_by_hash(&text, entries);
        }
        MultiMap { text, entries }
    }
}

fn group_by_hash(text: &str, pairs: Vec<Entry>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::with_capacity(pairs.len());
    let mut positions: HashMap<&str, usize> = HashMap::with_capacity(pairs.len());
    for pair in pairs {
        match positions.entry(pair.name.of(text)) {
            hash_map::Entry::Occupied(at) => {
                if let Some(entry) = entries.get_mut(*at.get()) {
                    entry.values.append(pair.values);
                }
            }
            hash_map::Entry::Vacant(at) => {
                at.insert(entries.len());
                entries.push(pair);
            }
        }
    }
    entries
}

/// The pairs of a query string as they stand in it, where that is all that a map would have of them: the
/// names and values stand for themselves, and no name comes twice (or there are too many to see that at a
/// glance).
pub(crate) fn plain_pairs(text: &str) -> Option<Vec<de::Pair<'_>>> {
    let bytes = text.as_bytes();
    if memchr::memchr2(b'%', b'+', bytes).is_some() {
        return None;
    }
    let mut pairs: Vec<de::Pair<'_>> = Vec::new();
    let (mut start, mut equals) = (0, None);
    for at in memchr::memchr2_iter(b'&', b'=', bytes).chain([bytes.len()]) {
        if bytes.get(at) == Some(&b'=') {
            equals.get_or_insert(at);
            continue;
        }
        if start < at {
            let end = equals.unwrap_or(at);
            let name = text.get(start..end)?;
            let value = text.get((end + 1).min(at)..at)?;
            if pairs.len() == COMPARED_NAMES || pairs.iter().any(|(known, _)| *known == name) {
                return None;
            }
            pairs.push((name, de::Value::One(value)));
        }
        (start, equals) = (at + 1, None);
    }
    Some(pairs)
}

impl<'de> Deserialize<'de> for MultiMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PairsVisitor;

        impl<'de> Visitor<'de> for PairsVisitor {
            type Value = MultiMap;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("names with values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<MultiMap, A::Error> {
                let mut builder = Builder::default();
                while let Some((name, values)) = access.next_entry::<String, OwnedValues>()? {
                    match values {
                        OwnedValues::One(value) => builder.push(&name, &value),
                        OwnedValues::Many(values) => builder.push_list(&name, &values),
                    }
                }
                Ok(builder.build())
            }
        }

        deserializer.deserialize_map(PairsVisitor)
    }
}

enum OwnedValues {
    One(String),
    Many(Vec<String>),
}

impl<'de> Deserialize<'de> for OwnedValues {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ValuesVisitor;

        impl<'de> Visitor<'de> for ValuesVisitor {
            type Value = OwnedValues;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a list of strings")
            }

            fn visit_str<E>(self, value: &str) -> Result<OwnedValues, E> {
                Ok(OwnedValues::One(value.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<OwnedValues, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = access.next_element()? {
                    values.push(value);
                }
                Ok(OwnedValues::Many(values))
            }
        }

        deserializer.deserialize_any(ValuesVisitor)
    }
}
