//! From named text values to typed structs: one serde deserializer for query strings, forms,
//! cookies and route parameters.
//!
//! Everything arrives as text, so a value is read as what its field asks for. Two things cannot be
//! known at that moment: what a `#[serde(flatten)]` field wants (serde buffers the value first),
//! and whether an empty number belongs to an `Option`. Both show up as an error about that very
//! value; [`Readings`] notes how to read it instead, and the type is deserialized again.

mod error;
mod item;
mod readings;

use std::{iter::Enumerate, slice};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, MapAccess, SeqAccess, Visitor},
    forward_to_deserialize_any,
};

pub use self::error::Error;
use self::{item::Item, readings::Readings};

/// What stands behind one name.
#[derive(Debug, Clone)]
pub(crate) enum Value<'de> {
    /// A single value.
    One(&'de str),
    /// A list: a repeated name, or a catch-all parameter.
    Many(Vec<&'de str>),
}

impl<'de> Value<'de> {
    fn texts(&self) -> &[&'de str] {
        match self {
            Self::One(text) => slice::from_ref(text),
            Self::Many(texts) => texts,
        }
    }
}

/// A name and what stands behind it.
type Pair<'de> = (&'de str, Value<'de>);

/// Reads named values into a struct, a map, or an internally tagged enum.
///
/// # Errors
///
/// A value does not fit its field, or a field is missing. The error shows no value.
pub(crate) fn from_pairs<'de, T, I>(pairs: I) -> Result<T, Error>
where
    T: Deserialize<'de>,
    I: IntoIterator<Item = Pair<'de>>,
{
    from_all(&pairs.into_iter().collect::<Vec<_>>(), Mode::Named)
}

/// Reads route parameters, in the order of the path: what [`from_pairs`] reads, and also tuples
/// and lists of the values alone. With a single parameter, a type that is no struct, map or tuple
/// takes the value itself: `u32`, `String`, `Vec<String>` for a catch-all.
///
/// # Errors
///
/// As for [`from_pairs`].
pub(crate) fn from_params<'de, T, I>(pairs: I) -> Result<T, Error>
where
    T: Deserialize<'de>,
    I: IntoIterator<Item = Pair<'de>>,
{
    from_all(&pairs.into_iter().collect::<Vec<_>>(), Mode::Positional)
}

fn from_all<'de, T: Deserialize<'de>>(pairs: &[Pair<'de>], mode: Mode) -> Result<T, Error> {
    let mut readings = Readings::default();
    loop {
        let root = Root {
            pairs,
            readings: &readings,
            mode,
        };
        match T::deserialize(root) {
            Ok(value) => return Ok(value),
            Err(error) => readings.learn(pairs, error)?,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Only names count.
    Named,
    /// The order counts too.
    Positional,
}

/// All pairs together.
#[derive(Clone, Copy)]
struct Root<'a, 'de> {
    pairs: &'a [Pair<'de>],
    readings: &'a Readings,
    mode: Mode,
}

impl<'a, 'de> Root<'a, 'de> {
    fn access(self) -> Access<'a, 'de> {
        Access {
            root: self,
            pairs: self.pairs.iter().enumerate(),
            current: None,
        }
    }

    /// The only value, with its name, for a type that takes a single one.
    fn single(self) -> Result<(&'de str, Item<'a, 'de>), Error> {
        match (self.mode, self.pairs) {
            (Mode::Named, _) => Err(Error::new("expected a type with named fields")),
            (Mode::Positional, [(name, value)]) => Ok((name, Item::new(value, self.readings))),
            (Mode::Positional, _) => Err(Error::new("expected exactly one route parameter")),
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

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match (self.mode, self.pairs) {
            (Mode::Positional, [(name, value @ Value::Many(_))]) => Item::new(value, self.readings)
                .deserialize_seq(visitor)
                .map_err(|error| error.in_field(name)),
            (Mode::Positional, _) => visitor.visit_seq(self.access()),
            (Mode::Named, _) => Err(Error::new("expected a type with named fields")),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        match self.mode {
            Mode::Positional if self.pairs.len() == len => visitor.visit_seq(self.access()),
            Mode::Positional => Err(Error::new(format!("expected {len} route parameters"))),
            Mode::Named => Err(Error::new("expected a type with named fields")),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_tuple(len, visitor)
    }

    single_value! {
        deserialize_bool() deserialize_char() deserialize_str() deserialize_string()
        deserialize_bytes() deserialize_byte_buf() deserialize_f32() deserialize_f64()
        deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64() deserialize_i128()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128()
        deserialize_enum(name_of_enum: &'static str, variants: &'static [&'static str])
    }

    forward_to_deserialize_any! { map struct identifier ignored_any }
}

/// Hands out pairs, or in [`Mode::Positional`] sequences the values alone.
struct Access<'a, 'de> {
    root: Root<'a, 'de>,
    pairs: Enumerate<slice::Iter<'a, Pair<'de>>>,
    current: Option<(usize, &'a Pair<'de>)>,
}

impl<'a, 'de> Access<'a, 'de> {
    fn value<T: DeserializeSeed<'de>>(
        &self,
        (at, (name, value)): (usize, &'a Pair<'de>),
        seed: T,
    ) -> Result<T::Value, Error> {
        seed.deserialize(Item::new(value, self.root.readings))
            .map_err(|error| error.in_field(name).at(at))
    }
}

impl<'de> MapAccess<'de> for Access<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let readings = self.root.readings;
        self.current = self.pairs.find(|(at, _)| !readings.is_absent(*at));
        match self.current {
            Some((_, (name, _))) => seed.deserialize(Item::single(name, readings)).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        match self.current {
            Some(pair) => self.value(pair, seed),
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
            Some(pair) => self.value(pair, seed).map(Some),
            None => Ok(None),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.pairs.len())
    }
}

#[cfg(test)]
mod tests;
