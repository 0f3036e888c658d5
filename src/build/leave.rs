//! What `LEAVE` in a route file leaves to another service: `"new"` in `posts/[id].rs` is the route `posts/new`.

use super::conditions::one_of;
use crate::routing::{Pattern, Segment};

/// The conditions under which all of `one` or all of `other` hold.
pub(super) fn either(one: Vec<String>, other: Vec<String>) -> Vec<String> {
    let both = one_of("all", one).zip(one_of("all", other));
    let any = both.and_then(|(one, other)| one_of("any", vec![one, other]));
    any.into_iter().collect()
}

/// The route that stands for a value of a parameter, the last one of `pattern`.
pub(super) fn left_route(pattern: &Pattern, value: &str) -> Result<Pattern, String> {
    let Some((last, before)) = pattern.segments().split_last() else {
        return Err("and the route has no parameter; remove `LEAVE`".to_owned());
    };
    if last.name().is_none() {
        return Err("and the route does not end with a parameter; remove `LEAVE`".to_owned());
    }
    if value.is_empty() {
        return Err("which is no value; remove it".to_owned());
    }
    if !last.is_catch_all() && value.contains('/') {
        return Err(format!(
            "which `{last}` never matches, as it takes one segment; remove the value"
        ));
    }
    let before = before.iter().map(|it| format!("{it}/"));
    let pattern: String = before.chain([value.to_owned()]).collect();
    let pattern = Pattern::parse(&pattern).map_err(|error| format!("and {error}"))?;
    let ends_with_parameter = pattern.segments().last().and_then(Segment::name).is_some();
    if !last.is_catch_all() && ends_with_parameter {
        return Err(format!(
            "which is a pattern, and `{last}` takes one value; remove it"
        ));
    }
    Ok(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stands_in_the_place_of_the_parameter() {
        for (route, value, expected) in [
            ("posts/[id]", "new", "posts/new"),
            ("[id]", "spa ce", "spa ce"),
            ("docs/[...slug]", "v1/[...rest]", "docs/v1/[...rest]"),
            ("docs/[...slug]", "[page]", "docs/[page]"),
            ("docs/[...slug]", "[lang]/edit", "docs/[lang]/edit"),
            ("[user]/[[...rest]]", "x/y", "[user]/x/y"),
        ] {
            let left = left_route(&Pattern::parse(route).unwrap(), value).unwrap();
            assert_eq!(left.to_string(), expected);
        }
    }

    #[test]
    fn what_the_route_does_not_take_cannot_be_left() {
        for (route, value) in [
            ("posts/[id]", "[...rest]"),
            ("posts/[id]", "[[...rest]]"),
            ("posts/[id]", "[other]"),
            ("posts/[id]", "a/b"),
            ("posts/[id]", ""),
            ("posts", "new"),
        ] {
            let left = left_route(&Pattern::parse(route).unwrap(), value);
            assert!(left.is_err(), "{route} {value}");
        }
    }

    #[test]
    fn one_of_two_conditions_is_enough() {
        let list = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
        for (one, other, expected) in [
            (&["a"][..], &["b"][..], &["any(a, b)"][..]),
            (&["a", "b"], &["c"], &["any(all(a, b), c)"]),
            (&[], &["c"], &[]),
            (&["a"], &[], &[]),
        ] {
            assert_eq!(either(list(one), list(other)), list(expected));
        }
    }
}
