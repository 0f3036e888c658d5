use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, de::DeserializeOwned};

use super::{Error, Value, from_pairs, from_params};
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
            "a: expected a nonzero u8",
        ),
        (field::<f64>("a=inf").map(drop), "a: expected a number"),
        (field::<f64>("a=NaN").map(drop), "a: expected a number"),
        (field::<f32>("a=1e99").map(drop), "a: expected a number"),
        (
            field::<bool>("a=yes").map(drop),
            "a: expected true or false",
        ),
        (field::<char>("a=ab").map(drop), "a: expected a character"),
        (
            field::<Sort>("a=left").map(drop),
            "a: expected one of up, down",
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

#[derive(Debug, Deserialize, PartialEq)]
struct Page {
    limit: u32,
    offset: Option<i64>,
    #[serde(default)]
    exact: bool,
    #[serde(default)]
    ratio: f64,
    #[serde(default)]
    tag: Vec<u8>,
    label: Option<String>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Search {
    q: String,
    #[serde(flatten)]
    page: Page,
}

#[test]
fn numbers_inside_flattened_structs() {
    let search: Search =
        read("label=12&q=12&limit=12&offset=-3&exact=true&ratio=0.5&tag=12").unwrap();
    let page = Page {
        limit: 12,
        offset: Some(-3),
        exact: true,
        ratio: 0.5,
        tag: vec![12],
        label: Some("12".to_owned()),
    };
    assert_eq!(
        search,
        Search {
            q: "12".to_owned(),
            page
        }
    );

    let search: Search = read("q=&limit=1&offset=&label=&tag=1&tag=2").unwrap();
    assert_eq!(search.page.offset, None);
    assert_eq!(search.page.label, Some(String::new()));
    assert_eq!(search.page.tag, [1, 2]);

    for (text, message) in [
        (
            "q=&limit=-1",
            "limit: expected a whole number from 0 to 4294967295",
        ),
        (
            "q=&limit=4294967296",
            "limit: expected a whole number from 0 to 4294967295",
        ),
        (
            "q=&limit=",
            "limit: expected a whole number from 0 to 4294967295",
        ),
        ("q=&limit=1&exact=no", "exact: expected true or false"),
        ("q=", "limit: missing"),
    ] {
        assert_eq!(read::<Search>(text).unwrap_err(), message, "{text}");
    }
}

#[test]
fn internally_tagged_enums() {
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(tag = "kind", rename_all = "lowercase")]
    enum Shape {
        Circle { radius: f64 },
        Square { side: u8 },
    }
    assert_eq!(
        read("kind=circle&radius=2.5"),
        Ok(Shape::Circle { radius: 2.5 })
    );
    assert_eq!(read("side=2&kind=square"), Ok(Shape::Square { side: 2 }));
    assert_eq!(
        read::<Shape>("kind=line").unwrap_err(),
        "kind: expected one of circle, square"
    );
    assert_eq!(read::<Shape>("radius=1").unwrap_err(), "kind: missing");
}

#[test]
fn a_flattened_map_of_many_numbers_is_given_up() {
    #[derive(Debug, Deserialize)]
    struct Flat {
        #[serde(flatten)]
        numbers: BTreeMap<String, u64>,
    }
    let text = |count: u64| -> String { (0..count).map(|n| format!("k{n}={n}&")).collect() };
    assert_eq!(read::<Flat>(&text(64)).unwrap().numbers.len(), 64);
    assert!(read::<Flat>(&text(65)).is_err());
    assert_eq!(
        read::<BTreeMap<String, u64>>(&text(1000)).unwrap().len(),
        1000
    );
}

#[test]
fn borrowed_text() {
    let map = query("a=x&b=1");
    let pairs: BTreeMap<&str, &str> = map.deserialize().unwrap();
    assert_eq!(pairs, BTreeMap::from([("a", "x"), ("b", "1")]));
    assert_eq!(map.deserialize::<HashMap<char, String>>().unwrap().len(), 2);
}

fn params<T: DeserializeOwned>(pairs: Vec<(&'static str, Value<'static>)>) -> Result<T, String> {
    from_params(pairs).map_err(|error| error.to_string())
}

fn one(name: &'static str, value: &'static str) -> (&'static str, Value<'static>) {
    (name, Value::One(value))
}

#[test]
fn route_parameters_by_name_by_position_and_alone() {
    let id = || vec![one("id", "7")];
    assert_eq!(params(id()), Ok(7_u8));
    assert_eq!(params(id()), Ok("7".to_owned()));
    assert_eq!(params(id()), Ok(Id(7)));
    assert_eq!(params(id()), Ok(Some(7_u8)));
    assert_eq!(params(id()), Ok((7_u8,)));
    assert_eq!(params(id()), Ok(vec![7_u8]));
    assert_eq!(params(id()), Ok(HashMap::from([("id".to_owned(), 7)])));
    assert_eq!(params(vec![one("sort", "up")]), Ok(Sort::Up));
    assert_eq!(params(vec![one("a", "7")]), Ok(Field { a: 7 }));
    assert_eq!(params::<()>(id()), Ok(()));
    assert_eq!(params::<Option<u8>>(vec![]), Ok(None));
    assert_eq!(
        params::<u8>(vec![one("id", "x")]),
        Err("id: expected a whole number from 0 to 255".to_owned())
    );

    let two = || vec![one("post", "7"), one("comment", "x")];
    assert_eq!(params(two()), Ok((7_u8, "x".to_owned())));
    assert_eq!(params(two()), Ok(vec!["7".to_owned(), "x".to_owned()]));
    assert_eq!(
        params::<(u8, u8)>(two()),
        Err("comment: expected a whole number from 0 to 255".to_owned())
    );
    assert_eq!(
        params::<(u8,)>(two()),
        Err("expected 1 route parameters".to_owned())
    );
    assert_eq!(
        params::<u8>(two()),
        Err("expected exactly one route parameter".to_owned())
    );

    let slug = || vec![("slug", Value::Many(vec!["1"]))];
    assert_eq!(params(slug()), Ok(vec![1_u8]));
    assert_eq!(params(slug()), Ok((vec![1_u8],)));
    assert_eq!(
        params(slug()),
        Ok(HashMap::from([("slug".to_owned(), vec![1])]))
    );
    assert_eq!(
        params::<u8>(slug()),
        Err("slug: expected a single value".to_owned())
    );
    assert_eq!(params::<Vec<u8>>(vec![]), Ok(vec![]));
}

#[test]
fn empty_texts_at_one_address_are_told_apart() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Two {
        name: String,
        age: Option<u8>,
    }
    let two: Two = from_pairs([one("name", ""), one("age", "")]).unwrap();
    assert_eq!(two.name, "");
    assert_eq!(two.age, None);
}

#[test]
fn a_hostile_form_costs_a_bounded_number_of_passes() {
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its errors are of interest")]
    struct Flat {
        #[serde(flatten)]
        numbers: BTreeMap<String, u64>,
    }
    for text in ["k{}=1&", "k{}=&"] {
        let text: String = (0..1000)
            .map(|n| text.replace("{}", &n.to_string()))
            .collect();
        assert!(read::<Flat>(&text).is_err());
    }
}
