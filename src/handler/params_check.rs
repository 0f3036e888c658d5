//! Whether what a handler takes for its route parameters can be made of those that its file has: told
//! when the router is built, before there is a request.
//!
//! The code that the build script writes asks the [`Piece`] of each argument that is named `Params`, of which two
//! methods are found first where it is one.

use serde::de::DeserializeOwned;

use super::pieces::Piece;
use crate::{
    de::{self, Value},
    panics,
    route::Params,
    routing::{Pattern, Segment},
};

/// Values that the usual types read, after `0`: other numbers, text, identifiers, times, addresses.
const PLAUSIBLE: [&str; 6] = [
    "1",
    "a",
    "00000000-0000-0000-0000-000000000000",
    "2000-01-01",
    "2000-01-01T00:00:00Z",
    "127.0.0.1",
];

/// Says what of a route's parameters does not fit, if there is something.
pub type ParamsCheck = fn(&Pattern) -> Option<String>;

/// How the route parameters of an argument are checked.
pub trait ParamsArgument {
    /// Without anything for another type than [`Params`], which only has its name.
    fn params_check(&self) -> Option<ParamsCheck> {
        None
    }
}

impl<T> ParamsArgument for Piece<T> {}

impl<T: DeserializeOwned> ParamsArgument for &Piece<Params<T>> {
    fn params_check(&self) -> Option<ParamsCheck> {
        Some(misfit::<T>)
    }
}

/// Without parameters it is `None`.
impl<T: DeserializeOwned> ParamsArgument for &Piece<Option<Params<T>>> {
    fn params_check(&self) -> Option<ParamsCheck> {
        Some(|pattern| match pattern.is_static() {
            true => None,
            false => misfit::<T>(pattern),
        })
    }
}

/// What keeps every request of this route from being a `T`. An optional catch-all may be there or not.
fn misfit<T: DeserializeOwned>(pattern: &Pattern) -> Option<String> {
    let captured = || pattern.segments().iter().filter(|it| it.name().is_some());
    let all: Vec<_> = captured().collect();
    let certain = captured().filter(|it| !matches!(it, Segment::OptionalCatchAll(_)));
    let certain: Vec<_> = certain.collect();
    let problem = misfit_of::<T>(&all)?;
    if certain.len() < all.len() {
        misfit_of::<T>(&certain)?;
    }
    let names: Vec<_> = pattern.param_names().map(|it| format!("`{it}`")).collect();
    Some(match names.as_slice() {
        [] => format!("{problem}; the path has no parameters"),
        [name] => format!("{problem}; the parameter of the path is {name}"),
        _ => format!(
            "{problem}; the parameters of the path are {}",
            names.join(", ")
        ),
    })
}

/// Reads a `T` from parameters of these names. Their values are made up: where one is wrong, another is
/// tried, and where none is right, it is not known what fits. Only serde knows which fields must be there.
fn misfit_of<T: DeserializeOwned>(segments: &[&Segment]) -> Option<String> {
    let mut params: Vec<_> = segments
        .iter()
        .filter_map(|it| Some((it.name()?, it.is_catch_all(), PLAUSIBLE.iter(), "0")))
        .collect();
    let mut variants = Vec::new();
    loop {
        let pairs: Vec<_> = params
            .iter()
            .map(|(name, is_list, _, text)| match is_list {
                true => (*name, Value::Many(vec![*text])),
                false => (*name, Value::One(text)),
            })
            .collect();
        // It runs code of the application, on values that it may not have thought of.
        let (error, variant) = panics::catch(|| de::try_params::<T>(&pairs)).ok()?.err()?;
        if let Some(field) = error.missing() {
            let is_there = params.iter().any(|(name, ..)| *name == field);
            return (!is_there).then(|| format!("wants a parameter `{field}`"));
        }
        if error.is_about_shape() {
            return Some(error.to_string());
        }
        let wrong = params
            .iter_mut()
            .find(|(name, ..)| error.field() == Some(name));
        let (name, _, rest, text) = wrong?;
        match variant {
            Some(variant) if !variants.contains(&(*name, variant)) => {
                variants.push((*name, variant));
                *text = variant;
            }
            _ => *text = rest.next()?,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashMap, net::IpAddr};

    use serde::Deserialize;

    use super::*;
    use crate::{handler::pieces::pieces_4, multi_map::MultiMap};

    #[derive(Deserialize)]
    struct Slug {
        #[allow(dead_code)]
        slug: String,
    }

    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Mixed {
        kind: Kind,
        at: Option<IpAddr>,
        #[serde(default)]
        page: u32,
        #[serde(rename = "id")]
        number: i8,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        Draft,
        Public,
    }

    #[derive(Deserialize)]
    #[serde(tag = "kind", rename_all = "lowercase")]
    #[allow(dead_code)]
    enum Tagged {
        Other { slug: String },
        Plain,
    }

    /// Reads itself from no text that anybody would think of.
    struct Checked;

    impl<'de> Deserialize<'de> for Checked {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            match String::deserialize(deserializer)?.as_str() {
                "x-17" => Ok(Self),
                _ => Err(serde::de::Error::custom("no number of a part")),
            }
        }
    }

    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Part {
        id: Checked,
        slug: String,
    }

    struct Panics;

    impl<'de> Deserialize<'de> for Panics {
        fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
            panic!("in a type of the application")
        }
    }

    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Flat {
        id: String,
        #[serde(flatten)]
        rest: Slug,
    }

    fn check<T: DeserializeOwned>(pattern: &str) -> String {
        let problem = misfit::<T>(&Pattern::parse(pattern).unwrap());
        problem.unwrap_or_default()
    }

    #[test]
    fn what_fits_is_let_through() {
        for (pattern, check) in [
            ("[slug]", check::<Slug> as fn(&str) -> String),
            ("[a]/[slug]", check::<Slug>),
            ("[kind]/[id]", check::<Mixed>),
            ("[kind]/[at]/[id]", check::<Mixed>),
            ("[id]", check::<u64>),
            ("[id]", check::<(bool,)>),
            ("[id]", check::<Kind>),
            ("[id]", check::<MultiMap>),
            ("[id]", check::<HashMap<String, u8>>),
            ("[id]", check::<Vec<u8>>),
            ("[a]/[b]", check::<(u8, IpAddr)>),
            ("[...rest]", check::<Vec<String>>),
            ("[...rest]", check::<(Vec<String>,)>),
            // With one presence of the catch-all or the other.
            ("[a]/[[...rest]]", check::<(u8, Vec<u8>)>),
            ("[a]/[[...rest]]", check::<(u8,)>),
            ("[[...slug]]", check::<Option<Vec<u8>>>),
            ("x", check::<()>),
            ("x", check::<MultiMap>),
            ("x", check::<Option<Slug>>),
            ("[id]/[slug]", check::<Flat>),
            // Which of the variants it will be, the values say.
            ("[kind]", check::<Tagged>),
            // Of what cannot be made up nothing is known.
            ("[id]", check::<Part>),
            ("[id]", check::<Panics>),
        ] {
            assert_eq!(check(pattern), "", "{pattern}");
        }
    }

    #[test]
    fn what_no_request_can_fit_is_named() {
        for (pattern, check, problem) in [
            (
                "[id]",
                check::<Slug> as fn(&str) -> String,
                "wants a parameter `slug`; the parameter of the path is `id`",
            ),
            (
                "x",
                check::<Slug>,
                "wants a parameter `slug`; the path has no parameters",
            ),
            (
                "[kind]/[at]/[slug]",
                check::<Mixed>,
                "wants a parameter `id`; the parameters of the path are `kind`, `at`, `slug`",
            ),
            (
                "[id]",
                check::<Flat>,
                "wants a parameter `slug`; the parameter of the path is `id`",
            ),
            (
                "[a]/[b]",
                check::<(u8, u8, u8)>,
                "expected 3 route parameters; the parameters of the path are `a`, `b`",
            ),
            (
                "[a]/[b]",
                check::<u64>,
                "expected exactly one route parameter; the parameters of the path are `a`, `b`",
            ),
            (
                "x",
                check::<String>,
                "expected exactly one route parameter; the path has no parameters",
            ),
            (
                "[...slug]",
                check::<Slug>,
                "slug: expected a single value; the parameter of the path is `slug`",
            ),
            (
                "[a]/[[...rest]]",
                check::<(u8, u8, u8)>,
                "expected 3 route parameters; the parameters of the path are `a`, `rest`",
            ),
        ] {
            assert_eq!(check(pattern), problem, "{pattern}");
        }
    }

    #[test]
    #[allow(clippy::needless_borrow, reason = "as the generated code has it")]
    fn an_argument_is_known_by_its_type() {
        fn handler(_: String, _: Params<Slug>, _: Option<Params<Slug>>, _: Option<u8>) {}
        let (pieces, _) = pieces_4(&handler);
        let path = Pattern::parse("x").unwrap();
        let found = [
            (&&pieces.0).params_check(),
            (&&pieces.1).params_check(),
            (&&pieces.2).params_check(),
            (&&pieces.3).params_check(),
        ];
        let found = found.map(|check| check.map(|check| check(&path).is_some()));
        assert_eq!(found, [None, Some(true), Some(false), None]);
    }
}
