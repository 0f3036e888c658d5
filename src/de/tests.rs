use std::{
    cell::Cell,
    collections::{BTreeMap, HashMap},
};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _},
};

use super::{Error, Mode, Value, from_pairs, from_text, try_params};
use crate::multi_map::MultiMap;

fn query(text: &str) -> MultiMap {
    MultiMap::parse(text, 1000).unwrap()
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    query(text).deserialize().map_err(|error| error.to_string())
}

#[derive(Debug, Deserialize, PartialEq)]
struct Field<T> {
    a: T,
}

fn field<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    read::<Field<T>>(text).map(|field| field.a)
}

#[derive(Debug, Clone, Copy, Deserialize, PartialEq, Eq, Hash)]
#[serde(rename_all = "lowercase")]
enum Sort {
    Up,
    Down,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its errors are of interest")]
enum Data {
    One(u8),
    Two { a: u8 },
}

#[derive(Debug, Deserialize, PartialEq)]
struct Id(u64);

#[derive(Debug, Deserialize, PartialEq)]
struct Unit;

#[test]
fn every_kind_of_field() {
    assert_eq!(field::<u8>("a=255"), Ok(255));
    assert_eq!(field::<i64>("a=-9"), Ok(-9));
    assert_eq!(
        field::<u128>("a=340282366920938463463374607431768211455"),
        Ok(u128::MAX)
    );
    assert_eq!(field::<i128>("a=-1"), Ok(-1));
    assert_eq!(field::<f32>("a=1.5"), Ok(1.5));
    assert_eq!(field::<f64>("a=1e3"), Ok(1000.0));
    assert_eq!(field::<bool>("a=true"), Ok(true));
    assert_eq!(field::<char>("a=%E2%9C%93"), Ok('✓'));
    assert_eq!(field::<String>("a=x+y"), Ok("x y".to_owned()));
    assert_eq!(field::<String>("a"), Ok(String::new()));
    assert_eq!(field::<Sort>("a=down"), Ok(Sort::Down));
    assert_eq!(field::<Id>("a=7"), Ok(Id(7)));
    assert_eq!(field::<()>("a"), Ok(()));
    assert_eq!(field::<Unit>("a="), Ok(Unit));
    assert_eq!(field::<Vec<u8>>("a=1"), Ok(vec![1]));
    assert_eq!(field::<Vec<u8>>("a=1&a=2"), Ok(vec![1, 2]));
    assert_eq!(
        field::<Vec<Option<String>>>("a=1"),
        Ok(vec![Some("1".to_owned())])
    );
    assert_eq!(field::<(u8, String)>("a=1&a=x"), Ok((1, "x".to_owned())));
    assert_eq!(field::<[u8; 2]>("a=1&a=2"), Ok([1, 2]));
    assert_eq!(field::<Option<Vec<Sort>>>("a=up"), Ok(Some(vec![Sort::Up])));
    assert_eq!(field::<serde_json::Value>("a=1"), Ok("1".into()));
    assert_eq!(
        field::<std::net::IpAddr>("a=::1"),
        Ok("::1".parse().unwrap())
    );
}

#[test]
fn absent_and_empty_values() {
    assert_eq!(field::<Option<u8>>(""), Ok(None));
    assert_eq!(field::<Option<u8>>("a=1"), Ok(Some(1)));
    assert_eq!(field::<Option<u8>>("a="), Ok(None));
    assert_eq!(field::<Option<bool>>("b=1&a&c="), Ok(None));
    assert_eq!(field::<Option<f64>>("a="), Ok(None));
    assert_eq!(field::<Option<String>>("a="), Ok(Some(String::new())));
    assert_eq!(field::<Option<()>>("a"), Ok(Some(())));

    #[derive(Debug, Deserialize, PartialEq)]
    struct Page {
        #[serde(default)]
        page: u32,
        per: Option<u32>,
        q: String,
    }
    assert_eq!(
        read("page=&per=&q="),
        Ok(Page {
            page: 0,
            per: None,
            q: String::new()
        })
    );
    assert_eq!(read::<Page>("page=&per="), Err("q: missing".to_owned()));
}

#[test]
fn errors_name_the_field_and_never_the_value() {
    let cases: &[(Result<(), String>, &str)] = &[
        (
            field::<u8>("a=256").map(drop),
            "a: expected a whole number from 0 to 255",
        ),
        (
            field::<u8>("a=secret").map(drop),
            "a: expected a whole number from 0 to 255",
        ),
        (
            field::<u8>("a=").map(drop),
            "a: expected a whole number from 0 to 255",
        ),
        (
            field::<u8>("a=%201").map(drop),
            "a: expected a whole number from 0 to 255",
        ),
        (
            field::<i32>("a=1.5").map(drop),
            "a: expected a whole number from -2147483648 to 2147483647",
        ),
        (
            field::<std::num::NonZeroU8>("a=0").map(drop),
            "a: expected a whole number other than 0",
        ),
        (field::<f64>("a=inf").map(drop), "a: expected a number"),
        (field::<f64>("a=NaN").map(drop), "a: expected a number"),
        (field::<f32>("a=1e99").map(drop), "a: expected a number"),
        (
            field::<bool>("a=yes").map(drop),
            "a: expected true or false",
        ),
        (field::<char>("a=ab").map(drop), "a: expected one character"),
        (
            field::<Sort>("a=left").map(drop),
            "a: expected one of up, down",
        ),
        (
            field::<Data>("a=One").map(drop),
            "a: expected a variant without data",
        ),
        (
            field::<Data>("a=Two").map(drop),
            "a: expected a variant without data",
        ),
        (
            field::<Data>("a=x&a=y").map(drop),
            "a: expected a single value",
        ),
        (field::<()>("a=secret").map(drop), "a: expected no value"),
        (field::<u8>("b=1").map(drop), "a: missing"),
        (field::<Vec<u8>>("b=1").map(drop), "a: missing"),
        (
            field::<u8>("a=1&a=2").map(drop),
            "a: expected a single value",
        ),
        (
            field::<String>("a=1&a=2").map(drop),
            "a: expected a single value",
        ),
        (
            field::<Vec<u8>>("a=1&a=x").map(drop),
            "a: expected a whole number from 0 to 255",
        ),
        (
            field::<Vec<u8>>("a=1&a=").map(drop),
            "a: expected a whole number from 0 to 255",
        ),
        (field::<(u8, u8)>("a=1").map(drop), "a: expected 2 values"),
        (
            field::<Field<u8>>("a=1").map(drop),
            "a: cannot hold named values",
        ),
        (
            field::<std::net::IpAddr>("a=secret").map(drop),
            "a: invalid value",
        ),
        (
            read::<HashMap<String, u8>>("%0d%0a=x").map(drop),
            "expected a whole number from 0 to 255",
        ),
        (
            read::<HashMap<String, u8>>("k=x").map(drop),
            "k: expected a whole number from 0 to 255",
        ),
        (
            read::<String>("a=1").map(drop),
            "expected a type with named fields",
        ),
        (
            read::<Vec<String>>("a=1").map(drop),
            "expected a type with named fields",
        ),
    ];
    for (result, message) in cases {
        assert_eq!(result, &Err((*message).to_owned()));
    }
}

#[test]
fn unknown_and_repeated_fields() {
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only its errors are of interest")]
    struct Strict {
        #[serde(alias = "b")]
        a: u8,
    }
    assert_eq!(
        read::<Strict>("a=1&secret=2").unwrap_err(),
        "unknown name, expected only a, b"
    );
    assert_eq!(
        read::<Strict>("a=1&b=2").unwrap_err(),
        "a: given more than once"
    );
}

#[test]
fn what_a_custom_type_says_is_the_source() {
    let error: Error = query("a=secret")
        .deserialize::<Field<std::net::IpAddr>>()
        .unwrap_err();
    assert_eq!(error.field(), Some("a"));
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "invalid IP address syntax");
}

const REMEDY: &str = ", but serde has only text for fields inside flatten and enums: \
                      use deserialize_with = \"tower_api_routes::query::from_text\"";

#[derive(Debug, Deserialize, PartialEq)]
struct Near {
    lat: f64,
    lon: f64,
}

#[derive(Debug, Deserialize, PartialEq)]
struct NearText {
    #[serde(deserialize_with = "from_text")]
    lat: f64,
    #[serde(deserialize_with = "from_text")]
    lon: f64,
    #[serde(default, deserialize_with = "from_text")]
    exact: bool,
    label: Option<String>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Search<T> {
    q: u8,
    #[serde(flatten)]
    more: T,
}

#[test]
fn flattened_fields_of_text() {
    type Map = BTreeMap<String, String>;
    let map = |pairs: &[(&str, &str)]| -> Map {
        let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        pairs.iter().map(owned).collect()
    };
    assert_eq!(
        read("q=1&x=5&y="),
        Ok(Search {
            q: 1,
            more: map(&[("x", "5"), ("y", "")])
        })
    );
    assert_eq!(
        read("q=1&a=up"),
        Ok(Search {
            q: 1,
            more: Field { a: Sort::Up }
        })
    );
    assert_eq!(
        read("q=1"),
        Ok(Search {
            q: 1,
            more: None::<Near>
        })
    );
    assert_eq!(
        read("q=&x=5").map(|search: Search<Map>| search.q),
        Err("q: expected a whole number from 0 to 255".into())
    );
    let near = NearText {
        lat: 48.1,
        lon: -11.0,
        exact: true,
        label: Some("7".to_owned()),
    };
    let text = "label=7&lat=48.1&q=1&lon=-11&exact=on";
    assert_eq!(
        read(text),
        Ok(Search {
            q: 1,
            more: Some(near)
        })
    );
}

/// Neither is the value dropped, nor does the order of fields decide.
#[test]
fn flattened_fields_of_other_types_are_refused() {
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its errors are of interest")]
    struct Before {
        #[serde(flatten)]
        more: BTreeMap<String, String>,
        #[serde(flatten)]
        field: Field<u8>,
    }
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its errors are of interest")]
    struct Behind {
        #[serde(flatten)]
        field: Field<u8>,
        #[serde(flatten)]
        more: BTreeMap<String, String>,
    }
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its errors are of interest")]
    struct Nested {
        #[serde(flatten)]
        near: Option<Near>,
    }
    let number = format!("lat: expected a number{REMEDY}");
    let small = format!("a: expected a whole number from 0 to 255{REMEDY}");
    let lat = "q=1&lat=48.1&lon=11.5";
    let cases = [
        (read::<Search<Near>>(lat).map(drop), &*number),
        (read::<Search<Option<Near>>>(lat).map(drop), &number),
        (read::<Search<Nested>>(lat).map(drop), &number),
        (
            read::<Search<Option<Near>>>("q=1&lat=&lon=x").map(drop),
            &number,
        ),
        (read::<Before>("x=5&a=3").map(drop), &small),
        (read::<Behind>("a=3&x=5").map(drop), &small),
        (
            read::<Search<BTreeMap<String, u64>>>("q=1&a=3").map(drop),
            &format!("a: expected a whole number from 0 to 18446744073709551615{REMEDY}"),
        ),
        (
            read::<Search<Option<Field<bool>>>>("q=1&a=on").map(drop),
            &format!("a: expected true or false{REMEDY}"),
        ),
        (
            read::<Search<Option<Field<Vec<String>>>>>("q=1&a=3").map(drop),
            &format!("a: expected a list{REMEDY}"),
        ),
        (
            read::<Search<Option<Field<Sort>>>>("q=1&a=left").map(drop),
            "expected one of up, down",
        ),
        (
            read::<Search<Option<NearText>>>("q=1&lat=x&lon=1").map(drop),
            "lat: expected a number",
        ),
        (
            read::<Search<Option<NearText>>>("q=1&lat=1&lon=1&exact=").map(drop),
            "exact: expected true or false",
        ),
        (read::<Search<Near>>("q=1").map(drop), "lat: missing"),
    ];
    for (result, message) in cases {
        assert_eq!(result, Err(message.to_owned()));
    }
}

#[test]
fn checkboxes() {
    for (text, expected) in [
        ("a=true", Ok(true)),
        ("a=on", Ok(true)),
        ("a=1", Ok(true)),
        ("a=false", Ok(false)),
        ("a=off", Ok(false)),
        ("a=0", Ok(false)),
        ("a=On", Err("a: expected true or false")),
        ("a=yes", Err("a: expected true or false")),
        ("a=2", Err("a: expected true or false")),
        ("a=on&a=on", Err("a: expected a single value")),
        ("a=", Err("a: expected true or false")),
        ("", Err("a: missing")),
    ] {
        assert_eq!(
            field::<bool>(text),
            expected.map_err(str::to_owned),
            "{text}"
        );
    }
    assert_eq!(field::<Option<bool>>("a=on"), Ok(Some(true)));
    assert_eq!(field::<Option<bool>>("a="), Ok(None));
    assert_eq!(field::<Vec<bool>>("a=on&a=off"), Ok(vec![true, false]));
}

#[test]
fn internally_tagged_enums() {
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(tag = "kind", rename_all = "lowercase")]
    enum Shape {
        Circle {
            #[serde(deserialize_with = "from_text")]
            radius: f64,
        },
        Square {
            side: u8,
        },
    }
    assert_eq!(
        read("kind=circle&radius=2.5"),
        Ok(Shape::Circle { radius: 2.5 })
    );
    assert_eq!(
        read::<Shape>("side=2&kind=square").unwrap_err(),
        format!("side: expected a whole number from 0 to 255{REMEDY}")
    );
    assert_eq!(
        read::<Shape>("kind=line").unwrap_err(),
        "kind: expected one of circle, square"
    );
    assert_eq!(read::<Shape>("radius=1").unwrap_err(), "kind: missing");
}

#[test]
fn borrowed_text() {
    let map = query("a=x&b=1");
    let pairs: BTreeMap<&str, &str> = map.deserialize().unwrap();
    assert_eq!(pairs, BTreeMap::from([("a", "x"), ("b", "1")]));
    assert_eq!(map.deserialize::<HashMap<char, String>>().unwrap().len(), 2);
}

fn params<T: DeserializeOwned>(pairs: &[(&'static str, Value<'static>)]) -> Result<T, String> {
    from_pairs(Mode::Positional, pairs).map_err(|error| error.to_string())
}

fn one(name: &'static str, value: &'static str) -> (&'static str, Value<'static>) {
    (name, Value::One(value))
}

#[test]
fn route_parameters_by_name_by_position_and_alone() {
    let id = || vec![one("id", "7")];
    assert_eq!(params(&id()), Ok(7_u8));
    assert_eq!(params(&id()), Ok("7".to_owned()));
    assert_eq!(params(&id()), Ok(Id(7)));
    assert_eq!(params(&id()), Ok(Some(7_u8)));
    assert_eq!(params(&id()), Ok((7_u8,)));
    assert_eq!(params(&id()), Ok(vec![7_u8]));
    assert_eq!(params(&id()), Ok(HashMap::from([("id".to_owned(), 7)])));
    assert_eq!(params(&[one("sort", "up")]), Ok(Sort::Up));
    assert_eq!(params(&[one("a", "7")]), Ok(Field { a: 7 }));
    assert_eq!(params::<()>(&id()), Ok(()));
    assert_eq!(params::<Option<u8>>(&[]), Ok(None));
    assert_eq!(
        params::<u8>(&[one("id", "x")]),
        Err("id: expected a whole number from 0 to 255".to_owned())
    );

    let two = || vec![one("post", "7"), one("comment", "x")];
    assert_eq!(params(&two()), Ok((7_u8, "x".to_owned())));
    assert_eq!(params(&two()), Ok(vec!["7".to_owned(), "x".to_owned()]));
    assert_eq!(
        params::<(u8, u8)>(&two()),
        Err("comment: expected a whole number from 0 to 255".to_owned())
    );
    assert_eq!(
        params::<(u8,)>(&two()),
        Err("expected 1 route parameters".to_owned())
    );
    assert_eq!(
        params::<u8>(&two()),
        Err("expected exactly one route parameter".to_owned())
    );

    let slug = || vec![("slug", Value::Many(vec!["1"]))];
    assert_eq!(params(&slug()), Ok(vec![1_u8]));
    assert_eq!(params(&slug()), Ok((vec![1_u8],)));
    assert_eq!(
        params(&slug()),
        Ok(HashMap::from([("slug".to_owned(), vec![1])]))
    );
    assert_eq!(
        params::<u8>(&slug()),
        Err("slug: expected a single value".to_owned())
    );
    assert_eq!(params::<Vec<u8>>(&[]), Ok(vec![]));
}

#[test]
fn empty_texts_at_one_address_are_told_apart() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Two {
        name: String,
        age: Option<u8>,
    }
    let two: Two = from_pairs(Mode::Named, &[one("name", ""), one("age", "")]).unwrap();
    assert_eq!(two.name, "");
    assert_eq!(two.age, None);
}

/// Once more for all empty values together; once more for each only if its type refuses what stands
/// for it, and that is done soon.
#[test]
fn empty_values_cost_few_readings() {
    thread_local!(static READ: Cell<u32> = const { Cell::new(0) });

    #[derive(Debug)]
    struct Year;
    impl<'de> Deserialize<'de> for Year {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            READ.set(READ.get() + 1);
            match u16::deserialize(deserializer)? {
                1900.. => Ok(Self),
                _ => Err(D::Error::custom("long ago")),
            }
        }
    }

    let years = |value: &str| -> String { (0..1000).map(|n| format!("k{n}={value}&")).collect() };
    assert_eq!(
        read::<BTreeMap<String, Option<Year>>>(&years("2026"))
            .unwrap()
            .len(),
        1000
    );
    assert_eq!(READ.replace(0), 1000);
    assert!(
        read::<BTreeMap<String, Option<Year>>>(&years(""))
            .unwrap()
            .is_empty()
    );
    assert_eq!(READ.replace(0), 1000);
    assert!(
        read::<BTreeMap<String, Option<u16>>>(&years(""))
            .unwrap()
            .is_empty()
    );
    assert!(field::<Option<Year>>("a=").unwrap().is_none());
}

#[test]
fn text_inside_flatten_may_be_empty_or_a_list() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Inner {
        #[serde(deserialize_with = "from_text", default)]
        lat: Option<f64>,
        #[serde(deserialize_with = "from_text", default)]
        tags: Vec<u8>,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer {
        #[serde(flatten)]
        inner: Inner,
    }
    let outer = |lat, tags: &[u8]| {
        let tags = tags.to_vec();
        Ok(Outer {
            inner: Inner { lat, tags },
        })
    };
    assert_eq!(read("lat=1.5&tags=1&tags=2"), outer(Some(1.5), &[1, 2]));
    assert_eq!(read("lat=&tags=1"), outer(None, &[1]));
    assert_eq!(read(""), outer(None, &[]));
    assert!(read::<Outer>("lat=x").is_err());
    assert!(read::<Outer>("tags=1&tags=x").is_err());
}

#[test]
fn names_of_64_printable_bytes_are_repeated_and_no_others() {
    let message = |name: &str| read::<HashMap<String, u8>>(&format!("{name}=x")).unwrap_err();
    let expected = "expected a whole number from 0 to 255";
    let [long, longer] = [64, 65].map(|length| "k".repeat(length));
    assert_eq!(message(&long), format!("{long}: {expected}"));
    assert_eq!(message(&longer), expected);
    assert_eq!(message("k+k"), expected);
    assert_eq!(message("%c3%a9"), expected);
}

#[test]
fn a_check_of_parameters_learns_what_is_wrong() {
    let (error, _) = try_params::<Field<u8>>(&[one("id", "7")]).unwrap_err();
    assert_eq!(error.missing(), Some("a"));
    assert!(!error.is_about_shape());

    let two = [one("post", "7"), one("comment", "x")];
    let (error, _) = try_params::<u8>(&two).unwrap_err();
    assert_eq!(error.missing(), None);
    assert!(error.is_about_shape());

    let (error, variant) = try_params::<Sort>(&[one("sort", "x")]).unwrap_err();
    assert_eq!((error.missing(), variant), (None, Some("up")));
    assert_eq!(error.field(), Some("sort"));
    assert!(!error.is_about_shape());

    assert!(try_params::<(u8, String)>(&two).is_ok());
}

#[test]
fn pairs_in_the_order_they_came() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Pair(String, u8);

    let text = "b=1&a=2&b=3";
    let pairs: Vec<Pair> = read(text).unwrap();
    let expected = [("b", 1), ("a", 2), ("b", 3)];
    assert!(pairs.iter().map(|it| (&*it.0, it.1)).eq(expected));
    assert_eq!(
        read::<Vec<Vec<String>>>("b=1&a=2"),
        Ok(vec![
            vec!["b".to_owned(), "1".to_owned()],
            vec!["a".to_owned(), "2".to_owned()]
        ])
    );
    assert_eq!(
        read::<Vec<(String, u8)>>("b=1&a=x"),
        Err("a: expected a whole number from 0 to 255".to_owned())
    );
    for result in [
        read::<Vec<(String, u8, u8)>>(text).map(drop),
        read::<Vec<(String,)>>(text).map(drop),
        read::<Vec<String>>(text).map(drop),
    ] {
        assert_eq!(result, Err("expected a type with named fields".to_owned()));
    }
    assert_eq!(read::<Vec<(String, u8)>>(""), Ok(vec![]));
}
