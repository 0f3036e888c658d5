//! The deserializer of the text behind one name.

use std::slice;

use serde::{
    Deserializer,
    de::{DeserializeSeed, EnumAccess, Error as _, SeqAccess, Unexpected, VariantAccess, Visitor},
    forward_to_deserialize_any,
};

use super::{
    Value,
    error::Error,
    readings::{Reading, Readings},
};

/// One value or a list of them.
#[derive(Clone, Copy)]
pub(super) struct Item<'a, 'de> {
    texts: &'a [&'de str],
    shape: Shape,
    readings: &'a Readings,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// A value by itself.
    Single,
    /// One of a list.
    Element,
    List,
}

impl<'a, 'de> Item<'a, 'de> {
    pub(super) fn new(value: &'a Value<'de>, readings: &'a Readings) -> Self {
        Self {
            texts: value.texts(),
            shape: match value {
                Value::One(_) => Shape::Single,
                Value::Many(_) => Shape::List,
            },
            readings,
        }
    }

    pub(super) fn single(text: &'a &'de str, readings: &'a Readings) -> Self {
        Self {
            texts: slice::from_ref(text),
            shape: Shape::Single,
            readings,
        }
    }

    /// The text, if there is a single one.
    fn text(self) -> Result<&'de str, Error> {
        match self.texts {
            [text] if self.shape != Shape::List => Ok(text),
            _ => Err(Error::new("expected a single value")),
        }
    }
}

/// Numbers and `bool`: what `FromStr` takes.
macro_rules! parsed {
    ($($method:ident $visit:ident $type:ty)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let text = self.text()?;
            match text.parse::<$type>() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(Error::invalid_value(Unexpected::Str(text), &visitor)),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Item<'_, 'de> {
    type Error = Error;

    /// Where serde does not say what it wants: text, unless an error has told better.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.shape == Shape::List {
            return visitor.visit_seq(Items(self));
        }
        let text = self.text()?;
        if self.shape == Shape::Single && self.readings.is_list(text) {
            return visitor.visit_seq(Items(self));
        }
        match self.readings.scalar(text) {
            Some(Reading::Unsigned) => self.deserialize_u64(visitor),
            Some(Reading::Signed) => self.deserialize_i64(visitor),
            Some(Reading::Float) => self.deserialize_f64(visitor),
            Some(Reading::Bool) => self.deserialize_bool(visitor),
            Some(Reading::List) | None => visitor.visit_borrowed_str(text),
        }
    }

    parsed! {
        deserialize_bool visit_bool bool
        deserialize_i8 visit_i8 i8
        deserialize_i16 visit_i16 i16
        deserialize_i32 visit_i32 i32
        deserialize_i64 visit_i64 i64
        deserialize_i128 visit_i128 i128
        deserialize_u8 visit_u8 u8
        deserialize_u16 visit_u16 u16
        deserialize_u32 visit_u32 u32
        deserialize_u64 visit_u64 u64
        deserialize_u128 visit_u128 u128
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let text = self.text()?;
        match text.parse::<f32>() {
            Ok(value) if value.is_finite() => visitor.visit_f32(value),
            _ => Err(Error::invalid_value(Unexpected::Str(text), &visitor)),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let text = self.text()?;
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => visitor.visit_f64(value),
            _ => Err(Error::invalid_value(Unexpected::Str(text), &visitor)),
        }
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

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
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

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    /// A name without a value, such as `?draft`.
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.text()? {
            "" => visitor.visit_unit(),
            _ => Err(Error::new("expected no value")),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(Items(self))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        if self.texts.len() == len {
            visitor.visit_seq(Items(self))
        } else {
            Err(Error::new(format!("expected {len} values")))
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

    fn deserialize_map<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Error> {
        Err(Error::new("cannot hold named values"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(self)
    }

    forward_to_deserialize_any! { ignored_any }
}

/// The value is the name of a variant without data.
impl<'de> EnumAccess<'de> for Item<'_, 'de> {
    type Error = Error;
    type Variant = UnitOnly;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, UnitOnly), Error> {
        seed.deserialize(self).map(|variant| (variant, UnitOnly))
    }
}

/// The data of a variant: there is none.
pub(super) struct UnitOnly;

impl<'de> VariantAccess<'de> for UnitOnly {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _seed: T) -> Result<T::Value, Error> {
        Err(Error::new("expected a variant without data"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, _visitor: V) -> Result<V::Value, Error> {
        Err(Error::new("expected a variant without data"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Error> {
        Err(Error::new("expected a variant without data"))
    }
}

/// The values of a list one by one.
struct Items<'a, 'de>(Item<'a, 'de>);

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some((first, rest)) = self.0.texts.split_first() else {
            return Ok(None);
        };
        self.0.texts = rest;
        let element = Item {
            texts: slice::from_ref(first),
            shape: Shape::Element,
            readings: self.0.readings,
        };
        seed.deserialize(element).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.texts.len())
    }
}
