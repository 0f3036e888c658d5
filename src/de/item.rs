//! [`Item`]: the deserializer of what stands behind one name, a single value or a list.
//!
//! A field calls the method of its type, and gets the text as that type: of `"2"`, `deserialize_u8`
//! makes the number 2 and `deserialize_str` a string that borrows from the query. A list asks for a
//! sequence, and each of its elements is an `Item` again.

use std::{slice, str::FromStr};

use serde::{
    Deserializer,
    de::{
        Error as _, IntoDeserializer, SeqAccess, Unexpected, Visitor,
        value::{BorrowedStrDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};

use super::{
    error::Error,
    notes::{Notes, Value},
};

/// One value or a list of them.
#[derive(Clone, Copy)]
pub(super) struct Item<'a, 'de> {
    texts: &'a [&'de str],
    shape: Shape,
    /// The index of the pair that it is the value of, if that can be passed over when it is empty.
    pair: Option<usize>,
    notes: &'a Notes,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// A value by itself.
    Single,
    List,
    /// The name in a map.
    Name,
}

impl<'a, 'de> Item<'a, 'de> {
    pub(super) fn new(value: &'a Value<'de>, pair: Option<usize>, notes: &'a Notes) -> Self {
        let (texts, shape) = match value {
            Value::One(text) => (slice::from_ref(text), Shape::Single),
            Value::Many(texts) => (texts.as_slice(), Shape::List),
        };
        Self {
            texts,
            shape,
            pair,
            notes,
        }
    }

    pub(super) fn name(name: &'a &'de str, is_of_map: bool, notes: &'a Notes) -> Self {
        Self {
            texts: slice::from_ref(name),
            shape: if is_of_map {
                Shape::Name
            } else {
                Shape::Single
            },
            pair: None,
            notes,
        }
    }

    /// The values of a list one by one.
    fn values(self) -> impl SeqAccess<'de, Error = Error> {
        let pair = self.pair.filter(|_| self.shape == Shape::Single);
        SeqDeserializer::new(self.texts.iter().map(move |text| Self {
            texts: slice::from_ref(text),
            shape: Shape::Single,
            pair,
            notes: self.notes,
        }))
    }

    /// The text, if there is a single one.
    fn text(self) -> Result<&'de str, Error> {
        match self.texts {
            [text] if self.shape != Shape::List => Ok(text),
            _ => Err(Error::shape("expected a single value")),
        }
    }
}

/// Numbers and `bool`: what is read, how, and what stands for an empty value until the pair is
/// passed over.
macro_rules! parsed {
    ($($method:ident $visit:ident $parse:ident $stand_in:literal)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let text = self.text()?;
            if let Some(value) = $parse(text) {
                return visitor.$visit(value);
            }
            let error = Error::invalid_value(Unexpected::Str(text), &visitor);
            match self.pair {
                Some(pair) if text.is_empty() => {
                    self.notes.pass_over(pair, error);
                    visitor.$visit($stand_in)
                }
                _ => Err(error),
            }
        }
    )*};
}

fn number<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

fn float<T: FromStr + Copy + Into<f64>>(text: &str) -> Option<T> {
    number(text).filter(|&number: &T| number.into().is_finite())
}

/// `on` is what a browser sends for a checkbox that is ticked.
fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "on" | "1" => Some(true),
        "false" | "off" | "0" => Some(false),
        _ => None,
    }
}

impl<'de> Deserializer<'de> for Item<'_, 'de> {
    type Error = Error;

    /// Where serde does not say what it wants: text.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.shape {
            Shape::List => visitor.visit_seq(self.values()),
            _ => self.deserialize_str(visitor),
        }
    }

    parsed! {
        deserialize_bool visit_bool boolean false
        deserialize_i8 visit_i8 number 1
        deserialize_i16 visit_i16 number 1
        deserialize_i32 visit_i32 number 1
        deserialize_i64 visit_i64 number 1
        deserialize_i128 visit_i128 number 1
        deserialize_u8 visit_u8 number 1
        deserialize_u16 visit_u16 number 1
        deserialize_u32 visit_u32 number 1
        deserialize_u64 visit_u64 number 1
        deserialize_u128 visit_u128 number 1
        deserialize_f32 visit_f32 float 1.0
        deserialize_f64 visit_f64 float 1.0
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    /// A map whose names are those of fields: a struct with `#[serde(flatten)]`.
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.shape == Shape::Name {
            self.notes.flattened.set(true);
        }
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_bytes(self.text()?.as_bytes())
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    by_shape! {}

    /// A name without a value, such as `?draft`.
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.text()? {
            "" => visitor.visit_unit(),
            _ => Err(Error::new("expected no value")),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(self.values())
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        if self.texts.len() == len {
            visitor.visit_seq(self.values())
        } else {
            Err(Error::new(format!("expected {len} values")))
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Error> {
        Err(Error::shape("cannot hold named values"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    /// The value is the name of a variant without data.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.notes.variant.set(variants.first().copied());
        visitor.visit_enum(BorrowedStrDeserializer::new(self.text()?))
    }

    forward_to_deserialize_any! { ignored_any }
}

impl<'de> IntoDeserializer<'de, Error> for Item<'_, 'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
