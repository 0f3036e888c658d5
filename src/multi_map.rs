//! Stand-in for the multi-map of another branch; replaced at the merge.
#![allow(dead_code, missing_docs, reason = "a stand-in")]

use serde::{Deserialize, Serialize, Serializer};

#[derive(Debug, Clone, Default, PartialEq)]
pub struct MultiMap {
    entries: Vec<(String, Vec<String>)>,
}

#[derive(Debug)]
pub struct TooManyPairs;

impl MultiMap {
    pub fn parse(text: &[u8], max_pairs: usize) -> Result<Self, TooManyPairs> {
        let mut map = Self::default();
        for (count, (name, value)) in form_urlencoded::parse(text).enumerate() {
            if count >= max_pairs {
                return Err(TooManyPairs);
            }
            match map.entries.iter_mut().find(|(found, _)| *found == name) {
                Some((_, values)) => values.push(value.into_owned()),
                None => map
                    .entries
                    .push((name.into_owned(), vec![value.into_owned()])),
            }
        }
        Ok(map)
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, values) = self.entries.iter().find(|(found, _)| found == name)?;
        values.first().map(String::as_str)
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn deserialize<T: for<'de> Deserialize<'de>>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_value(serde_json::to_value(self)?)
    }
}

impl Serialize for MultiMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.entries.iter().map(|(name, values)| {
            let value = match values.as_slice() {
                [one] => serde_json::Value::from(one.as_str()),
                many => serde_json::Value::from(many.to_vec()),
            };
            (name, value)
        }))
    }
}
