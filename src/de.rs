//! From named text values to typed structs: one serde deserializer for query strings, forms,
//! cookies and route parameters.
//!
//! Everything arrives as text, so a value is read as what its field asks for. This is how
//! `?page=2&tag=a&tag=b` becomes a struct:
//!
//! ```
//! use tower_api_routes::MultiMap;
//!
//! #[derive(serde::Deserialize)]
//! struct Search {
//!     page: Option<u32>, // calls `deserialize_u32`: "2" is parsed
//!     tag: Vec<String>,  // calls `deserialize_seq`: both values, each a string
//! }
//!
//! let search: Search = MultiMap::parse("page=2&tag=a&tag=b", 1000)?.deserialize()?;
//! assert_eq!(search.page, Some(2));
//! assert_eq!(search.tag, ["a", "b"]);
//!
//! // Where a number is expected, an empty value is an absent one.
//! let search: Search = MultiMap::parse("page=&tag=a", 1000)?.deserialize()?;
//! assert_eq!(search.page, None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Root`] is the deserializer of all pairs together, [`Item`] that of what stands behind one name,
//! and [`Notes`] holds what is found out while a type is read.
//!
//! **Empty values.** `?page=`, what a browser sends for an empty input, counts as no `page` where a
//! number or a `bool` is expected. Only when the field asks for one is that known, and by then serde has
//! been told that the name is there. So the field gets a stand-in (1, or `false`), the pair is noted, and
//! the type is read once more without it.
//!
//! **Flattened fields.** For `#[serde(flatten)]`, and for tagged and untagged enums, serde buffers all
//! values before it knows their fields. It asks for "any" value then, and gets text. Strings, enums and
//! types that read themselves from text take that; for a number, a `bool` or a list, serde's own error is
//! the answer, and names the remedy, [`from_text`]. serde also drops the errors of a flattened `Option`,
//! which is then `None`. To say no to such a value all the same, the first error is kept as it is made
//! ([`Error`]), and is the answer if the type turns out to have flattened fields.

/// The methods of a `Deserializer` that are the same for all of them here: names play no part.
macro_rules! by_shape {
    () => {
        fn deserialize_newtype_struct<V: Visitor<'de>>(
            self,
            _name: &'static str,
            visitor: V,
        ) -> Result<V::Value, Error> {
            visitor.visit_newtype_struct(self)
        }

        fn deserialize_unit_struct<V: Visitor<'de>>(
            self,
            _name: &'static str,
            visitor: V,
        ) -> Result<V::Value, Error> {
            self.deserialize_unit(visitor)
        }

        fn deserialize_tuple_struct<V: Visitor<'de>>(
            self,
            _name: &'static str,
            len: usize,
            visitor: V,
        ) -> Result<V::Value, Error> {
            self.deserialize_tuple(len, visitor)
        }
    };
}

mod error;
mod in_order;
mod item;
mod notes;
mod text;
mod words;

use std::{iter::Enumerate, slice};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, DeserializeSeed, MapAccess, SeqAccess, Visitor},
    forward_to_deserialize_any,
};

pub(crate) use self::notes::{Pair, Value};
pub(crate) use self::words::in_words;
pub use self::{error::Error, text::from_text};
use self::{in_order::in_order, item::Item, notes::Notes};

/// What the pairs are, and so which types can be read from them besides a struct, a map, or an internally
/// tagged enum, which take values by name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Named values, and nothing else.
    Named,
    /// Named values, all texts in one buffer in the order they came: also lists of pairs.
    InOrder,
    /// Route parameters in the order of the path: also tuples and lists of the values alone. A single
    /// one is also a type that is no struct, map or tuple: `u32`, `String`, `Vec<String>` for a catch-all.
    Positional,
}

/// Reads pairs of names and values.
///
/// # Errors
///
/// A value does not fit its field, or a field is missing. The error shows no value.
pub(crate) fn from_pairs<'de, T: Deserialize<'de>>(
    mode: Mode,
    pairs: &[Pair<'de>],
) -> Result<T, Error> {
    read(pairs, mode, &Notes::default())
}

/// Reads route parameters that were made up, to see whether they can be a `T`. The error comes with the
/// first variant of the enum that was read last: a value that it takes.
pub(crate) fn try_params<T: DeserializeOwned>(
    pairs: &[Pair<'_>],
) -> Result<(), (Error, Option<&'static str>)> {
    let notes = Notes::default();
    read::<T>(pairs, Mode::Positional, &notes)
        .map(drop)
        .map_err(|error| (error, notes.variant.get()))
}

fn read<'de, T: Deserialize<'de>>(
    pairs: &[Pair<'de>],
    mode: Mode,
    notes: &Notes,
) -> Result<T, Error> {
    loop {
        let known = notes.absent.borrow().len();
        let root = Root { pairs, notes, mode };
        // The type may read other pairs on its way.
        let outer = Error::replace_first(None);
        let result = T::deserialize(root);
        let complaint = Error::replace_first(outer);
        if notes.absent.borrow().len() > known {
            continue;
        }
        return match (result, complaint) {
            (Ok(_), Some(complaint)) if notes.flattened.get() => Err(*complaint),
            (result, _) => result,
        }
        .map_err(|error| notes.explain(error, pairs));
    }
}

/// All pairs together.
#[derive(Clone, Copy)]
struct Root<'a, 'de> {
    pairs: &'a [Pair<'de>],
    notes: &'a Notes,
    mode: Mode,
}

impl<'a, 'de> Root<'a, 'de> {
    fn access(self) -> Access<'a, 'de> {
        Access {
            notes: self.notes,
            pairs: self.pairs.iter().enumerate(),
            current: None,
            is_map: false,
        }
    }

    /// The only value, with its name, for a type that takes a single one.
    fn single(self) -> Result<(&'de str, Item<'a, 'de>), Error> {
        match (self.mode, self.pairs) {
            (Mode::Named | Mode::InOrder, _) => {
                Err(Error::new("expected a type with named fields"))
            }
            (Mode::Positional, [(name, value)]) => Ok((name, Item::new(value, None, self.notes))),
            (Mode::Positional, _) => Err(Error::shape("expected exactly one route parameter")),
        }
    }
}

/// Types that take the value of a single route parameter.
macro_rules! single_value {
    ($($method:ident($($argument:ident: $type:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(
            self,
            $($argument: $type,)*
            visitor: V,
        ) -> Result<V::Value, Error> {
            let (name, item) = self.single()?;
            item.$method($($argument,)* visitor).map_err(|error| error.in_field(name))
        }
    )*};
}

impl<'de> Deserializer<'de> for Root<'_, 'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(self.access())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.pairs.is_empty() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    by_shape! {}

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match (self.mode, self.pairs) {
            (Mode::Positional, [(name, value @ Value::Many(_))]) => {
                Item::new(value, None, self.notes)
                    .deserialize_seq(visitor)
                    .map_err(|error| error.in_field(name))
            }
            (Mode::Positional, _) => visitor.visit_seq(self.access()),
            (Mode::InOrder, pairs) => visitor.visit_seq(in_order(pairs, self.notes)),
            (Mode::Named, _) => Err(Error::new("expected a type with named fields")),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        match self.mode {
            Mode::Positional if self.pairs.len() == len => visitor.visit_seq(self.access()),
            Mode::Positional => Err(Error::shape(format!("expected {len} route parameters"))),
            Mode::Named | Mode::InOrder => Err(Error::new("expected a type with named fields")),
        }
    }

    single_value! {
        deserialize_bool() deserialize_char() deserialize_str() deserialize_string()
        deserialize_bytes() deserialize_byte_buf() deserialize_f32() deserialize_f64()
        deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64() deserialize_i128()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128()
        deserialize_enum(name_of_enum: &'static str, variants: &'static [&'static str])
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Access {
            is_map: true,
            ..self.access()
        })
    }

    forward_to_deserialize_any! { struct identifier ignored_any }
}

/// Hands out pairs, or in [`Mode::Positional`] sequences the values alone.
struct Access<'a, 'de> {
    notes: &'a Notes,
    pairs: Enumerate<slice::Iter<'a, Pair<'de>>>,
    current: Option<(usize, &'a Pair<'de>)>,
    is_map: bool,
}

impl<'de> MapAccess<'de> for Access<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let notes = self.notes;
        self.current = self.pairs.find(|(at, _)| !notes.is_absent(*at));
        match self.current {
            Some((_, (name, _))) => seed
                .deserialize(Item::name(name, self.is_map, notes))
                .map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        match self.current {
            Some((at, (name, value))) => seed
                .deserialize(Item::new(value, Some(at), self.notes))
                .map_err(|error| error.in_field(name)),
            None => Err(Error::new("expected a value")),
        }
    }
}

impl<'de> SeqAccess<'de> for Access<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        match self.pairs.next() {
            Some((_, (name, value))) => seed
                .deserialize(Item::new(value, None, self.notes))
                .map(Some)
                .map_err(|error| error.in_field(name)),
            None => Ok(None),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.pairs.len())
    }
}

#[cfg(test)]
mod tests;
