//! [`in_order`]: all pairs one by one in the order they came, for `Vec<(String, String)>`: of
//! `tag=a&page=2&tag=b`, whose values are grouped by name everywhere else, `("tag", "a")`,
//! `("page", "2")` and `("tag", "b")`.

use serde::{
    Deserializer,
    de::{DeserializeSeed, IntoDeserializer, SeqAccess, Visitor, value::SeqDeserializer},
    forward_to_deserialize_any,
};

use super::{
    error::Error,
    item::Item,
    notes::{Notes, Pair},
};

/// The pairs as a list.
///
/// The values of a name stand together here. Their texts lie in one buffer in the order they came, so
/// that their places in memory tell it. (A value without text has a place, too. That of two names is
/// the same only for `=&a`, and then the order of the names, which sorting keeps, is right.)
pub(super) fn in_order<'de>(
    grouped: &[Pair<'de>],
    notes: &Notes,
) -> impl SeqAccess<'de, Error = Error> {
    let mut pairs: Vec<_> = grouped
        .iter()
        .flat_map(|(name, value)| value.texts().iter().map(|text| [*name, *text]))
        .collect();
    pairs.sort_by_key(|[_, text]| text.as_ptr().addr());
    let pairs = pairs.into_iter();
    SeqDeserializer::new(pairs.map(move |pair| NameAndValue { pair, notes }))
}

/// A tuple of a name and a value, or what a list of two may become.
struct NameAndValue<'a, 'de> {
    pair: [&'de str; 2],
    notes: &'a Notes,
}

impl<'de> Deserializer<'de> for NameAndValue<'_, 'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::new("expected a type with named fields"))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let [name, _] = self.pair;
        visitor.visit_seq(TextSeq {
            name,
            texts: self.pair.iter(),
            notes: self.notes,
        })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        match len {
            2 => self.deserialize_seq(visitor),
            _ => self.deserialize_any(visitor),
        }
    }

    by_shape! {}

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        map struct enum identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Error> for NameAndValue<'_, 'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

struct TextSeq<'t, 'a, 'de> {
    name: &'de str,
    texts: std::slice::Iter<'t, &'de str>,
    notes: &'a Notes,
}

impl<'de> SeqAccess<'de> for TextSeq<'_, '_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        match self.texts.next() {
            Some(text) => seed
                .deserialize(Item::name(text, false, self.notes))
                .map(Some)
                .map_err(|error| error.in_field(self.name)),
            None => Ok(None),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.texts.len())
    }
}
