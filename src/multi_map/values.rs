//! What a [`MultiMap`](super::MultiMap) is made of, ranges of its text, and the iterators that show them
//! as `&str`: [`Iter`] over names, [`Values`] over the values of one name.

use std::{fmt, slice};

use serde::{Serialize, Serializer};

use crate::de::Value;

/// A name with its values.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) name: Span,
    pub(super) values: Spans,
}

/// Where a name or a value lies in the text of its map, in bytes.
///
/// All names and values of a map stand one after the other in one `String`, and an [`Entry`] says
/// where: one allocation for all text, instead of one for each name and each value. The text only
/// grows, so that a span stays right; what [`MultiMap::insert`](super::MultiMap::insert) replaces
/// stays in it unused.
#[derive(Clone, Copy)]
pub(super) struct Span {
    start: usize,
    end: usize,
}

/// Where the values of a name lie.
#[derive(Clone)]
pub(super) enum Spans {
    /// A single value, which most names have: no allocation.
    One(Span),
    /// A list, also one of a single element or none.
    Many(Vec<Span>),
}

impl Span {
    pub(super) fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    pub(super) fn store(buffer: &mut String, text: &str) -> Self {
        let start = buffer.len();
        buffer.push_str(text);
        Self {
            start,
            end: buffer.len(),
        }
    }

    pub(super) fn of(self, buffer: &str) -> &str {
        buffer.get(self.start..self.end).unwrap_or_default()
    }
}

impl Spans {
    pub(super) fn append(&mut self, more: Self) {
        let mut spans = match std::mem::replace(self, Self::Many(Vec::new())) {
            Self::One(span) => vec![span],
            Self::Many(spans) => spans,
        };
        match more {
            Self::One(span) => spans.push(span),
            Self::Many(more) => spans.extend(more),
        }
        *self = Self::Many(spans);
    }
}

/// The values of one name, in the order they came.
#[derive(Clone)]
pub struct Values<'a> {
    text: &'a str,
    spans: slice::Iter<'a, Span>,
    is_list: bool,
}

impl<'a> Values<'a> {
    pub(super) fn empty() -> Self {
        Self {
            text: "",
            spans: [].iter(),
            is_list: false,
        }
    }

    pub(super) fn new(text: &'a str, entry: &'a Entry) -> Self {
        let (spans, is_list) = match &entry.values {
            Spans::One(span) => (slice::from_ref(span), false),
            Spans::Many(spans) => (spans.as_slice(), true),
        };
        Self {
            text,
            spans: spans.iter(),
            is_list,
        }
    }

    /// Whether the name has a list: it came more than once, or it is a catch-all route parameter.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.is_list
    }
}

impl<'a> Iterator for Values<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        self.spans.next().map(|span| span.of(self.text))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.spans.size_hint()
    }
}

impl DoubleEndedIterator for Values<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.spans.next_back().map(|span| span.of(self.text))
    }
}

impl ExactSizeIterator for Values<'_> {}

impl fmt::Debug for Values<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.clone().next() {
            Some(value) if !self.is_list => serializer.serialize_str(value),
            _ => serializer.collect_seq(self.clone()),
        }
    }
}

impl<'a> From<Values<'a>> for Value<'a> {
    fn from(mut values: Values<'a>) -> Self {
        if values.is_list {
            Self::Many(values.collect())
        } else {
            Self::One(values.next().unwrap_or_default())
        }
    }
}

/// The names of a [`MultiMap`], each with its values.
#[derive(Clone)]
pub struct Iter<'a> {
    text: &'a str,
    entries: slice::Iter<'a, Entry>,
}

impl<'a> Iter<'a> {
    pub(super) fn new(text: &'a str, entries: &'a [Entry]) -> Self {
        Self {
            text,
            entries: entries.iter(),
        }
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a str, Values<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.entries.next()?;
        Some((entry.name.of(self.text), Values::new(self.text, entry)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl fmt::Debug for Iter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}
