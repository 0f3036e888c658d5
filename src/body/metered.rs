//! A deserializer around that of serde_json, which charges a [`Meter`] for what untyped values cost; what
//! that is, and which values are untyped, is told in [`memory`](super::memory).
//!
//! serde hands many parts back and forth: a deserializer calls a visitor, which is given access to the
//! elements of a list or the members of an object, and that takes the seed of the next value, which is
//! given a deserializer again. Each of them is wrapped in a [`Metered`], so that the wrapper is met at
//! every depth. Read `{"a":[1]}` into a `Value`:
//!
//! ```text
//! Value asks for any value   Metered<Deserializer>::deserialize_any    its value is untyped
//! an object begins           Metered<Visitor>::visit_map               → Members around the MapAccess
//! its first name, "a"        Members::next_key_seed                    remembers the length, 1
//! the value of "a"           Members::next_value_seed                  a Value again: charges 640 + 33
//! a list begins              Metered<Visitor>::visit_seq               → Elements around the SeqAccess
//! its first element          Elements::next_element_seed               a Value again: charges 4 places
//! ```
//!
//! All but a few methods only pass on.

mod access;

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor},
};

use self::access::{Elements, Members, Name};
use super::{
    fault::Fault,
    memory::{
        Meter, Metered, NUMBER, NUMBERS_ARE_MAPS, RAW, RAW_IS_PARSED, Role, WORST, may_hold_raw,
        text_cost,
    },
};
use crate::json::Number;

/// Reads JSON whose untyped values may take `limit` bytes.
pub(super) fn from_str<'de, T: Deserialize<'de>>(text: &'de str, limit: usize) -> Result<T, Fault> {
    if text.len() <= limit / WORST && !*NUMBERS_ARE_MAPS && !may_hold_raw(text) {
        return serde_json::from_str(text).map_err(Fault::json);
    }
    let meter = Meter::new(limit);
    let mut json = serde_json::Deserializer::from_str(text);
    let result = T::deserialize(meter.watch(&mut json))
        .and_then(|value| json.end().map(|()| value))
        .map_err(Fault::json);
    match meter.stop.take() {
        Some(stop) => Err(stop),
        None => result,
    }
}

macro_rules! forward {
    ($($method:ident($($argument:ident: $type:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(
            self,
            $($argument: $type,)*
            visitor: V,
        ) -> Result<V::Value, D::Error> {
            self.inner.$method($($argument,)* self.meter.with(visitor, self.role))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Metered<'_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let role = match self.role {
            Role::Typed { cost } => {
                self.meter.charge(cost)?;
                Role::Untyped
            }
            role => role,
        };
        self.inner.deserialize_any(self.meter.with(visitor, role))
    }

    forward! {
        deserialize_bool() deserialize_char() deserialize_str() deserialize_string()
        deserialize_bytes() deserialize_byte_buf() deserialize_f32() deserialize_f64()
        deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64() deserialize_i128()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128()
        deserialize_option() deserialize_unit() deserialize_seq() deserialize_map()
        deserialize_identifier() deserialize_ignored_any()
        deserialize_unit_struct(name: &'static str)
        deserialize_newtype_struct(name: &'static str)
        deserialize_tuple(len: usize)
        deserialize_tuple_struct(name: &'static str, len: usize)
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }
}

/// What values cost beside their place.
impl<V> Metered<'_, V> {
    fn free<T: ?Sized, E>(&self, _: &T) -> Result<(), E> {
        Ok(())
    }

    fn number<T, E: Error>(&self, _: &T) -> Result<(), E> {
        match self.role {
            // It is kept as text then.
            Role::Untyped if *NUMBERS_ARE_MAPS => self.meter.charge(64),
            _ => Ok(()),
        }
    }

    fn text<E: Error>(&self, text: &str) -> Result<(), E> {
        self.meter.text.set(text.len());
        match self.role {
            Role::Untyped => self.meter.charge(text_cost(text.len())),
            Role::Name { untyped: true } if text == RAW && *RAW_IS_PARSED => {
                self.meter.stop(Fault::NotJson)
            }
            _ => Ok(()),
        }
    }
}

macro_rules! visit {
    ($($method:ident($type:ty) $cost:ident)*) => {$(
        fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            self.$cost(&value)?;
            self.inner.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Metered<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    visit! {
        visit_bool(bool) free
        visit_u64(u64) number
        visit_i64(i64) number
        visit_f64(f64) number
        visit_u128(u128) free
        visit_i128(i128) free
        visit_str(&str) text
        visit_borrowed_str(&'de str) text
        visit_string(String) text
        visit_bytes(&[u8]) free
        visit_borrowed_bytes(&'de [u8]) free
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inner.visit_some(self.meter.with(inner, self.role))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inner
            .visit_newtype_struct(self.meter.with(inner, self.role))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.inner.visit_seq(Elements {
            inner,
            meter: self.meter,
            count: 0,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        let mut members = Members {
            inner,
            meter: self.meter,
            untyped: matches!(self.role, Role::Untyped),
            count: 0,
            first: None,
        };
        if members.untyped && *NUMBERS_ARE_MAPS {
            members.first = members.next_key_seed(Name)?;
            if members.first.as_deref() == Some(NUMBER) {
                let text: String = members.inner.next_value()?;
                return self.visit_number(&text);
            }
        }
        self.inner.visit_map(members)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.inner.visit_enum(self.meter.watch(inner))
    }
}

impl<'de, V: Visitor<'de>> Metered<'_, V> {
    /// A number as serde_json reads it without `arbitrary_precision`.
    fn visit_number<E: Error>(self, text: &str) -> Result<V::Value, E> {
        match Number::parse(text) {
            Some(Number::Unsigned(number)) => self.visit_u64(number),
            Some(Number::Negative(number)) => self.visit_i64(number),
            Some(Number::Float(number)) => self.visit_f64(number),
            None => self.meter.stop(Fault::NotJson),
        }
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Metered<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        self.inner.deserialize(self.meter.with(inner, self.role))
    }
}

impl<'de, 'm, A: EnumAccess<'de>> EnumAccess<'de> for Metered<'m, A> {
    type Error = A::Error;
    type Variant = Metered<'m, A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), A::Error> {
        let (value, variant) = self.inner.variant_seed(self.meter.watch(seed))?;
        Ok((value, self.meter.watch(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Metered<'_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.inner.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.inner.newtype_variant_seed(self.meter.watch(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.inner.tuple_variant(len, self.meter.watch(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.inner.struct_variant(fields, self.meter.watch(visitor))
    }
}
