//! Text into types that serde, or the reader here, finds awkward.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::{Debug, Display},
    marker::PhantomData,
    net::IpAddr,
    num::NonZeroU8,
    str::FromStr,
};

use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;
use tower_api_routes::{MultiMap, query::from_text};

#[derive(Debug, Deserialize)]
struct Field<T> {
    a: T,
}

#[derive(Debug, Deserialize, PartialEq, Eq, Hash)]
#[serde(rename_all = "kebab-case")]
enum Word {
    A,
    TwoWords,
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
enum Data {
    Unit,
    New(u8),
    Tuple(u8, u8),
    Struct { a: u8 },
}

#[derive(Debug, Deserialize)]
#[serde(tag = "a", rename_all = "lowercase")]
enum Inside {
    B { b: String },
    C { c: Vec<String> },
}

#[derive(Debug, Deserialize)]
#[serde(tag = "a", content = "b")]
enum Beside {
    B(String),
    C,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Either {
    Numbers { a: Numbers },
    Texts(Texts),
    Rest(BTreeMap<String, IgnoredAny>),
}

#[derive(Debug, Deserialize)]
struct Numbers(#[serde(deserialize_with = "from_text")] i16);

#[derive(Debug, Deserialize, PartialEq)]
struct Texts {
    a: String,
    c: Option<String>,
}

#[derive(Debug, Deserialize)]
struct List {
    #[serde(default)]
    b: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Outer {
    #[serde(flatten)]
    texts: Texts,
}

#[derive(Debug, Deserialize)]
struct Rest {
    a: Option<u8>,
    #[serde(flatten)]
    rest: HashMap<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Strict {
    #[serde(alias = "b", alias = "")]
    a: (u8, Option<bool>),
    #[serde(rename = "é")]
    e: Box<str>,
}

#[derive(Debug, Deserialize)]
struct Borrowed<'a> {
    a: &'a str,
    #[serde(borrow, default)]
    b: Cow<'a, str>,
}

#[derive(Debug, Deserialize)]
struct Nested {
    a: Option<Box<Nested>>,
    b: Option<Option<u8>>,
}

#[derive(Debug, Deserialize)]
struct Nothing {}

#[derive(Debug, Deserialize)]
struct Unit;

/// Reads the map as a `T`. The error, if there is one, holds none of the values: the word is in them alone.
fn read<'de, T: Deserialize<'de>>(map: &'de MultiMap) -> Option<T> {
    match map.deserialize::<T>() {
        Ok(value) => Some(value),
        Err(error) => {
            let in_names = map.iter().any(|(name, _)| name.contains("secret"));
            let message = error.to_string();
            assert!(in_names || !message.contains("secret"), "{message}");
            assert!(!message.is_empty() && !message.contains(['\r', '\n']));
            None
        }
    }
}

fn field<'de, T: Deserialize<'de>>(map: &'de MultiMap) -> Option<T> {
    read::<Field<T>>(map).map(|field| field.a)
}

/// A number that was read is the one that the text is.
fn number<'de, T>(map: &'de MultiMap)
where
    T: Deserialize<'de> + FromStr + PartialEq + Debug + Display,
{
    let text = map.get("a");
    if let Some(number) = field::<T>(map) {
        assert_eq!(text.and_then(|it| it.parse().ok()), Some(number));
    }
}

/// A query string, read into all of them.
pub(crate) fn deserialize(text: &[u8]) {
    let Ok(map) = MultiMap::parse(text, 1000) else {
        return;
    };
    let map = &map;
    number::<u8>(map);
    number::<i64>(map);
    number::<u128>(map);
    number::<i128>(map);
    number::<f32>(map);
    number::<f64>(map);
    number::<NonZeroU8>(map);
    number::<IpAddr>(map);
    number::<char>(map);
    field::<bool>(map);
    field::<()>(map);
    field::<Unit>(map);
    field::<Nothing>(map);
    field::<PhantomData<u8>>(map);
    field::<IgnoredAny>(map);
    field::<Value>(map);
    field::<Word>(map);
    field::<Vec<Word>>(map);
    field::<Data>(map);
    field::<Either>(map);
    field::<Option<Option<u8>>>(map);
    field::<Option<Vec<Option<bool>>>>(map);
    field::<Vec<Vec<u8>>>(map);
    field::<[u8; 3]>(map);
    field::<(u8, String, Option<char>)>(map);
    field::<BTreeSet<bool>>(map);
    field::<BTreeMap<String, String>>(map);
    read::<BTreeMap<u8, Vec<u8>>>(map);
    read::<BTreeMap<char, Option<String>>>(map);
    read::<BTreeMap<bool, IgnoredAny>>(map);
    read::<HashMap<Word, String>>(map);
    read::<HashMap<Cow<'_, str>, Value>>(map);
    read::<Value>(map);
    read::<IgnoredAny>(map);
    read::<Vec<(String, String)>>(map);
    read::<Vec<(u8, Option<u8>)>>(map);
    read::<String>(map);
    read::<()>(map);
    read::<Unit>(map);
    read::<Nothing>(map);
    read::<Option<Texts>>(map);
    read::<Data>(map);
    read::<Inside>(map);
    read::<Beside>(map);
    read::<Rest>(map);
    read::<Strict>(map);
    read::<Nested>(map);

    if let Some(Borrowed { a, b }) = read(map) {
        assert_eq!(Some(a), map.get("a"));
        assert_eq!(b, map.get("b").unwrap_or_default());
    }
    if let Some(List { b }) = read(map) {
        assert!(map.get_all("b").eq(&b));
    }
    // Where all is text, it does not matter whether it is flattened.
    let texts = read::<Texts>(map);
    assert_eq!(read::<Outer>(map).map(|outer| outer.texts), texts);
    if let Some(texts) = texts {
        assert_eq!(map.get("a"), Some(&*texts.a));
        assert_eq!(map.get("c"), texts.c.as_deref());
        assert!(read::<Either>(map).is_some());
    }
    let pairs: Vec<(String, String)> = map.deserialize().unwrap();
    let count: usize = map.iter().map(|(_, values)| values.count()).sum();
    assert_eq!(pairs.len(), count);
}
