//! A limit on the memory that untyped JSON takes.
//!
//! Seven bytes of text, `{"":0},`, become an object of some 700 bytes: the map of serde_json makes
//! room for eleven members at once. So what counts is not the length of the text, nor how many
//! values it holds, but what they cost, and that is charged while they are read:
//!
//! | Value | Bytes |
//! |---|---|
//! | text, also the name of a member | its length and 32; nothing if it is empty |
//! | element | a place for each that the list has room for: 4, 8, 16, … times [`PLACE`] |
//! | member | 640 for the first, 1376 for the twelfth, 128 for each after it |
//! | number, `true`, `null`, `[]`, `{}` | nothing but their place |
//!
//! Which values are untyped is for the type to say: a `serde_json::Value`, what a `#[serde(flatten)]`
//! field takes, what serde buffers for an untagged enum all ask the deserializer for "any" value, at
//! whatever depth they are. A field of a type of its own does not and costs nothing here. So
//! [`Metered`] stands between the type and serde_json and watches what the type asks for.
//!
//! It also sees to it that values are the same whatever features of serde_json another crate of the
//! program has switched on. With `arbitrary_precision` serde_json hands out an untyped number as a map
//! with one member that holds the number's text; with `raw_value` an object of a certain name is text to be
//! parsed again.

use std::{borrow::Cow, cell::Cell, fmt, sync::LazyLock};

use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeSeed, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
        value::{BorrowedStrDeserializer, StringDeserializer},
    },
};
use serde_json::Value;

use super::parsed::Fault;
use crate::json::Number;

/// The size of a value in its list.
const PLACE: usize = size_of::<Value>();
/// No text costs more than this many times its length; the most is `{"":` and `}` for 640 bytes, or
/// with the feature `preserve-order` `[` and `]` for four places.
const WORST: usize = 160;

/// The name of the member that holds the text of a number, with `arbitrary_precision`.
const NUMBER: &str = "$serde_json::private::Number";
/// The name of the member that holds JSON to be parsed again, with `raw_value`.
const RAW: &str = "$serde_json::private::RawValue";

static NUMBERS_ARE_MAPS: LazyLock<bool> =
    LazyLock::new(|| serde_json::from_str::<Value>("1e400").is_ok());
static RAW_IS_PARSED: LazyLock<bool> = LazyLock::new(|| {
    serde_json::from_str::<Value>(&format!(r#"{{"{RAW}":"0"}}"#)).is_ok_and(|value| value == 0)
});

/// Reads JSON whose untyped values may take `limit` bytes.
pub(super) fn from_str<'de, T: Deserialize<'de>>(text: &'de str, limit: usize) -> Result<T, Fault> {
    if text.len() <= limit / WORST && !*NUMBERS_ARE_MAPS && !*RAW_IS_PARSED {
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

/// What is left of a limit.
pub(super) struct Meter {
    left: Cell<usize>,
    /// The length of the text that was read last.
    text: Cell<usize>,
    /// Why reading was given up, also if the type made something of the error.
    stop: Cell<Option<Fault>>,
}

impl Meter {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            left: Cell::new(limit),
            text: Cell::new(0),
            stop: Cell::new(None),
        }
    }

    /// A deserializer whose untyped values are charged.
    pub(super) fn watch<D>(&self, inner: D) -> Metered<'_, D> {
        self.with(inner, Role::Typed { cost: 0 })
    }

    fn with<T>(&self, inner: T, role: Role) -> Metered<'_, T> {
        Metered {
            inner,
            meter: self,
            role,
        }
    }

    fn charge<E: Error>(&self, bytes: usize) -> Result<(), E> {
        match self.left.get().checked_sub(bytes) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => self.stop(Fault::TooMuchMemory),
        }
    }

    fn stop<T, E: Error>(&self, fault: Fault) -> Result<T, E> {
        self.stop.set(Some(fault));
        Err(E::custom("given up"))
    }
}

fn text_cost(length: usize) -> usize {
    if length == 0 { 0 } else { length + 32 }
}

/// What one more element costs: a list of serde_json has room for four, and doubles it.
fn element_cost(before: usize) -> usize {
    match before {
        0 => 4 * PLACE + 16,
        _ if before >= 4 && before.is_power_of_two() => before * PLACE,
        _ => 0,
    }
}

/// What one more member costs. The nodes of a `BTreeMap` hold 11 members in 640 bytes; of two full
/// ones and the node above them, 6 members are left in each when they come in order.
fn member_cost(before: usize) -> usize {
    match before {
        0 => 640,
        // With the feature `preserve-order` of serde_json values are larger, and the map doubles.
        3.. if PLACE > 32 => 4 * PLACE,
        11 => 1376,
        12.. => 128,
        _ => 0,
    }
}

#[derive(Clone, Copy)]
enum Role {
    /// The name of a member.
    Name { untyped: bool },
    /// A value of a type that has not asked for any value yet; its place costs this if it does.
    Typed { cost: usize },
    /// A value of any type, whose place is paid for.
    Untyped,
}

/// A deserializer, or one of the other parts that serde hands back and forth, under a [`Meter`].
pub(super) struct Metered<'m, T> {
    inner: T,
    meter: &'m Meter,
    role: Role,
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

impl<V> Metered<'_, V> {
    fn number<E: Error>(&self) -> Result<(), E> {
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

impl<'de, V: Visitor<'de>> Visitor<'de> for Metered<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<V::Value, E> {
        self.inner.visit_bool(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<V::Value, E> {
        self.number()?;
        self.inner.visit_u64(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<V::Value, E> {
        self.number()?;
        self.inner.visit_i64(value)
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<V::Value, E> {
        self.inner.visit_u128(value)
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<V::Value, E> {
        self.inner.visit_i128(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        self.number()?;
        self.inner.visit_f64(value)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<V::Value, E> {
        self.text(value)?;
        self.inner.visit_str(value)
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<V::Value, E> {
        self.text(value)?;
        self.inner.visit_borrowed_str(value)
    }

    fn visit_string<E: Error>(self, value: String) -> Result<V::Value, E> {
        self.text(&value)?;
        self.inner.visit_string(value)
    }

    fn visit_bytes<E: Error>(self, value: &[u8]) -> Result<V::Value, E> {
        self.inner.visit_bytes(value)
    }

    fn visit_borrowed_bytes<E: Error>(self, value: &'de [u8]) -> Result<V::Value, E> {
        self.inner.visit_borrowed_bytes(value)
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

struct Elements<'m, A> {
    inner: A,
    meter: &'m Meter,
    count: usize,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Elements<'_, A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let cost = element_cost(self.count);
        self.count += 1;
        self.inner
            .next_element_seed(self.meter.with(seed, Role::Typed { cost }))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

struct Members<'de, 'm, A> {
    inner: A,
    meter: &'m Meter,
    untyped: bool,
    count: usize,
    /// The first name, if it had to be looked at.
    first: Option<Cow<'de, str>>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<'de, '_, A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        match self.first.take() {
            Some(Cow::Borrowed(name)) => seed
                .deserialize(BorrowedStrDeserializer::new(name))
                .map(Some),
            Some(Cow::Owned(name)) => seed.deserialize(StringDeserializer::new(name)).map(Some),
            None => {
                let untyped = self.untyped;
                self.inner
                    .next_key_seed(self.meter.with(seed, Role::Name { untyped }))
            }
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let cost = member_cost(self.count) + text_cost(self.meter.text.get());
        self.count += 1;
        self.inner
            .next_value_seed(self.meter.with(seed, Role::Typed { cost }))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
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

/// Reads a name, borrowed where it can be.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, name: D) -> Result<Cow<'de, str>, D::Error> {
        name.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}
