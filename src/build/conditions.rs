//! The conditions under which the compiler keeps an item, from the attributes of the item.
//!
//! The generated code names exported functions, and may only do so where they exist. For
//! `#[cfg(unix)] pub async fn get(…)` it writes `#[cfg(unix)]` before what it generates for `get`.

use proc_macro2::{TokenStream, TokenTree};

use super::tokens::is_punct;

/// The conditions in the attributes whose insides these are, each as `#[cfg(..)]` takes it:
/// `cfg(a)` is `a`, `cfg_attr(a, cfg(b))` is `any(not(a), b)`.
pub(super) fn conditions(attributes: Vec<TokenStream>) -> Vec<String> {
    let mut found = Vec::new();
    for attribute in attributes {
        of_attribute(&list(attribute), &[], &mut found);
    }
    found
}

/// The conditions of one attribute that is there where all of `when` hold.
fn of_attribute(attribute: &[TokenTree], when: &[String], found: &mut Vec<String>) {
    let [TokenTree::Ident(name), TokenTree::Group(group)] = attribute else {
        return;
    };
    if name == "cfg" {
        let mut parts: Vec<_> = when.iter().map(|it| format!("not({it})")).collect();
        parts.push(group.stream().to_string());
        found.extend(one_of("any", parts));
    } else if name == "cfg_attr" {
        let inner = list(group.stream());
        let mut parts = inner.split(|it| is_punct(it, ','));
        let condition: TokenStream = parts.next().unwrap_or_default().iter().cloned().collect();
        let when = [when, &[condition.to_string()]].concat();
        parts.for_each(|it| of_attribute(it, &when, found));
    }
}

/// `name(a, b)` for several conditions, `a` for one.
pub(super) fn one_of(name: &str, mut conditions: Vec<String>) -> Option<String> {
    match conditions.len() {
        0 | 1 => conditions.pop(),
        _ => Some(format!("{name}({})", conditions.join(", "))),
    }
}

fn list(tokens: TokenStream) -> Vec<TokenTree> {
    tokens.into_iter().collect()
}
