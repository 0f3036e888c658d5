//! What the handlers of a file take, as far as their signatures and the file's `use` tell.
//!
//! Types are the compiler's business. Two things it does not see, and a request would be the first to:
//! extractors that only axum's own router fills, and parameters that the file name does not have. So the
//! names of types are looked up here, in the way of `use axum::{extract as e}; fn get(a: e::Path<u8>)`.
//! Aliases by `type` and what other modules pass on are not followed.

use std::collections::HashMap;

use proc_macro2::{TokenStream, TokenTree};

use super::tokens::{Cursor, is_punct};

/// What axum's router alone can give, and what to write in its place.
const AXUM_ONLY: [(&str, &str); 4] = [
    ("Path", "`Params` of tower_api_routes"),
    (
        "RawPathParams",
        "`Params` of tower_api_routes, without a type of its own",
    ),
    ("MatchedPath", "`MatchedRoute` of tower_api_routes"),
    (
        "NestedPath",
        "`MatchedRoute` of tower_api_routes, whose pattern begins with the mount",
    ),
];

/// The arguments of a function.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Arguments {
    /// The names that stand in the type of each, in full.
    types: Vec<Vec<Vec<String>>>,
    /// Whether there may be others: an attribute may change them, or generics are to be filled in.
    is_uncertain: bool,
}

impl Arguments {
    /// Reads what stands between the parentheses.
    pub(super) fn read(arguments: TokenStream, is_uncertain: bool, imports: &Imports) -> Self {
        let tokens: Vec<_> = arguments.into_iter().collect();
        Self {
            is_uncertain: is_uncertain || tokens.iter().any(|it| is_punct(it, '#')),
            types: split(&tokens).map(|it| imports.types(it)).collect(),
        }
    }

    /// How many there are, if that is certain.
    pub(super) fn count(&self) -> Option<usize> {
        (!self.is_uncertain).then_some(self.types.len())
    }

    /// What is wrong with them in a handler of this name.
    pub(super) fn problems(&self, function: &str) -> impl Iterator<Item = String> {
        let paths = self.types.iter().flatten();
        paths.filter_map(move |path| {
            let (extractor, instead) = axum_only(path)?;
            Some(format!(
                "`{function}` takes axum's `{extractor}`, which axum's router alone fills; take {instead}"
            ))
        })
    }

    /// The places of those that are named `Params`, from 0.
    pub(super) fn params(&self) -> Vec<usize> {
        let is_params = |paths: &Vec<Vec<String>>| {
            let mut names = paths.iter().filter_map(|path| path.last());
            !self.is_uncertain && names.any(|name| name == "Params")
        };
        let places = self.types.iter().enumerate();
        places
            .filter(|(_, paths)| is_params(paths))
            .map(|(at, _)| at)
            .collect()
    }
}

fn axum_only(path: &[String]) -> Option<(&'static str, &'static str)> {
    let [first, second, .., last] = path else {
        return None;
    };
    let is_axum = first == "axum" && second == "extract";
    AXUM_ONLY
        .into_iter()
        .find(|(name, _)| is_axum && last == name)
}

/// Whether a function is what it is without this attribute, too: those of the compiler, of its tools,
/// and the best known macros that read a function and leave its signature alone.
pub(super) fn keeps_signatures(attribute: &TokenStream) -> bool {
    #[rustfmt::skip]
    const KNOWN: &[&str] = &[
        "allow", "cfg", "clippy", "cold", "debug_handler", "deny", "deprecated", "doc", "expect", "forbid",
        "inline", "instrument", "must_use", "rustfmt", "track_caller", "warn",
    ];
    let path = attribute.clone().into_iter();
    let path = path.take_while(|it| matches!(it, TokenTree::Ident(_)) || is_punct(it, ':'));
    let names: Vec<_> = path
        .filter(|it| matches!(it, TokenTree::Ident(_)))
        .map(|it| it.to_string())
        .collect();
    [names.first(), names.last()]
        .into_iter()
        .flatten()
        .any(|name| KNOWN.contains(&name.as_str()))
}

/// The arguments between the commas.
fn split(tokens: &[TokenTree]) -> impl Iterator<Item = &[TokenTree]> {
    let mut rest = Cursor::new(tokens);
    std::iter::from_fn(move || match rest.until(|it| is_punct(it, ',')) {
        Some(argument) => Some(argument),
        None => Some(std::mem::replace(&mut rest, Cursor::new(&[])).rest()),
    })
    .take_while(|argument| !argument.is_empty())
}

/// What the `use` of a file brings.
#[derive(Debug, Default)]
pub(super) struct Imports {
    /// The path behind each name.
    names: HashMap<String, Vec<String>>,
    /// The paths before `::*`.
    globs: Vec<Vec<String>>,
}

impl Imports {
    /// What the `use` at the top level of a file brings. One may stand below the function that it is for.
    pub(super) fn of(tokens: &[TokenTree]) -> Self {
        let is_use = |it: &TokenTree| matches!(it, TokenTree::Ident(word) if word == "use");
        let mut imports = Self::default();
        for statement in tokens.split_inclusive(|it| is_punct(it, ';')) {
            let is_whole = statement.last().is_some_and(|it| is_punct(it, ';'));
            if let Some(at) = statement.iter().rposition(is_use).filter(|_| is_whole) {
                imports.add(&[], statement.get(at + 1..).unwrap_or_default());
            }
        }
        imports
    }

    /// Adds a tree of a `use`, below the path `above`.
    fn add(&mut self, above: &[String], tree: &[TokenTree]) {
        let mut open = vec![(above.to_vec(), tree.to_vec())];
        while let Some((above, tree)) = open.pop() {
            for branch in tree.split(|it| is_punct(it, ',')) {
                let mut path = above.clone();
                let mut name = None;
                let mut words = branch.iter();
                while let Some(token) = words.next() {
                    match token {
                        TokenTree::Ident(word) if word == "as" => {
                            name = words.next().map(ToString::to_string);
                        }
                        TokenTree::Ident(word) if word == "self" && !path.is_empty() => {}
                        TokenTree::Ident(word) => path.push(word.to_string()),
                        TokenTree::Group(group) => {
                            let inner = group.stream().into_iter().collect();
                            open.push((std::mem::take(&mut path), inner));
                        }
                        it if is_punct(it, '*') => self.globs.push(std::mem::take(&mut path)),
                        _ => {}
                    }
                }
                if let Some(name) = name.or_else(|| path.last().cloned()) {
                    self.names.insert(name, path);
                }
            }
        }
    }

    /// The names in the type of an argument, `pattern: type`, each with the path that leads to it.
    fn types(&self, argument: &[TokenTree]) -> Vec<Vec<String>> {
        let mut found = Vec::new();
        let mut open = vec![after_colon(argument).to_vec()];
        while let Some(tokens) = open.pop() {
            let mut path: Vec<String> = Vec::new();
            let mut is_open = false;
            for token in &tokens {
                match token {
                    TokenTree::Ident(word) if is_open => path.push(word.to_string()),
                    TokenTree::Ident(word) => {
                        found.extend(self.resolve(&std::mem::take(&mut path)));
                        path.push(word.to_string());
                    }
                    TokenTree::Group(group) => open.push(group.stream().into_iter().collect()),
                    _ => {}
                }
                is_open = is_punct(token, ':') && !path.is_empty();
            }
            found.extend(self.resolve(&path));
        }
        found
    }

    /// The paths that a name in a type may stand for: what was imported by its first word, or by `*`.
    fn resolve(&self, path: &[String]) -> Vec<Vec<String>> {
        let Some((first, rest)) = path.split_first() else {
            return Vec::new();
        };
        if let Some(imported) = self.names.get(first) {
            return vec![[imported, rest].concat()];
        }
        let globs = self.globs.iter().map(|above| [above, path].concat());
        let mut paths: Vec<_> = globs.collect();
        paths.push(path.to_vec());
        paths
    }
}

/// What follows the first `:` that is none of a `::`.
fn after_colon(argument: &[TokenTree]) -> &[TokenTree] {
    let mut at = 0;
    while let Some(token) = argument.get(at) {
        let is_next = argument.get(at + 1).is_some_and(|it| is_punct(it, ':'));
        match (is_punct(token, ':'), is_next) {
            (true, true) => at += 2,
            (true, false) => return argument.get(at + 1..).unwrap_or_default(),
            _ => at += 1,
        }
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::{inspect::inspect, source::Declared};

    fn functions(text: &str) -> Vec<Declared> {
        inspect(text).unwrap().names
    }

    fn problems(text: &str) -> Vec<String> {
        let functions = functions(text);
        let arguments = functions.iter().filter_map(|it| it.what.arguments());
        arguments.flat_map(|it| it.problems("get")).collect()
    }

    #[test]
    fn extractors_of_axums_router_are_found_however_they_are_named() {
        for (text, extractor) in [
            ("async fn get(id: axum::extract::Path<u64>) {}", "Path"),
            ("async fn get(id: ::axum::extract::Path<u64>) {}", "Path"),
            (
                "async fn get(axum::extract::Path(id): axum::extract::Path<u64>) {}",
                "Path",
            ),
            (
                "use axum::extract::Path; async fn get(a: A, Path((b, c)): Path<(u8, u8)>) {}",
                "Path",
            ),
            (
                "async fn get(a: Path<u8>) {} use axum::extract::Path;",
                "Path",
            ),
            (
                "use axum::{Json, extract::{self, Path as P, State}}; async fn get(a: P<u8>) {}",
                "Path",
            ),
            (
                "use axum::{extract::{self as e, State}}; async fn get(a: e::RawPathParams) {}",
                "RawPathParams",
            ),
            (
                "use axum as web; async fn get(a: web::extract::MatchedPath) {}",
                "MatchedPath",
            ),
            (
                "use axum::extract; async fn get(a: Option<extract::MatchedPath>) {}",
                "MatchedPath",
            ),
            (
                "use axum::extract::*; async fn get(a: Result<NestedPath, (E,)>) {}",
                "NestedPath",
            ),
            (
                "use axum::extract::path::Path; async fn get<const N: u8>(a: Path<[u8; N]>) {}",
                "Path",
            ),
            ("async fn get(a: (u8, axum::extract::Path<u8>)) {}", "Path"),
        ] {
            let found = problems(text);
            let expected = format!("`get` takes axum's `{extractor}`, which");
            assert!(
                matches!(found.as_slice(), [one] if one.starts_with(&expected)),
                "{text} {found:?}"
            );
        }
    }

    #[test]
    fn other_types_of_these_names_are_fine() {
        for text in [
            "",
            "async fn get(id: Path<u64>) {}",
            "use std::path::Path; async fn get(a: Path) {}",
            "use axum::extract::Path; async fn get() {} fn helper() { let a: Path<u8>; }",
            "use axum::extract::*; use crate::Path; async fn get(a: Path<u8>) {}",
            "use axum::extract::State; async fn get(a: State<Path>, path: String) {}",
            "use super::axum; async fn get(a: extract::Path<u8>) {}",
            "const A: fn(axum::extract::Path<u8>) = x; type B = fn(axum::extract::Path<u8>);",
            "fn a() -> impl Sized + use<> { axum::extract::Path(1) }",
        ] {
            assert_eq!(problems(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn arguments_that_take_parameters_have_places() {
        for (text, places) in [
            ("async fn get() {}", &[][..]),
            ("async fn get(req: A, res: B) {}", &[]),
            ("async fn get(Params(a): Params<u8>) {}", &[0]),
            (
                "async fn get(a: Map<A, B>, b: tower_api_routes::Params, c: Option<Params<(u8, u8)>>,) {}",
                &[1, 2],
            ),
            (
                "use tower_api_routes::{Params as P}; async fn get(a: fn(A, B) -> C, b: P<u8>) {}",
                &[1],
            ),
            (
                "/// Docs.\n#[axum::debug_handler] #[cfg(a)] pub async fn get(a: Params<u8>) {}",
                &[0],
            ),
            // An attribute that may take arguments away.
            ("#[inject] pub async fn get(a: A, b: Params<u8>) {}", &[]),
            ("async fn get(#[cfg(a)] a: A, b: Params<u8>) {}", &[]),
            (
                "#[inject] fn a() {} async fn get(a: A, b: Params<u8>) {}",
                &[1],
            ),
        ] {
            let functions = functions(text);
            let found = functions.last().and_then(|it| it.what.arguments());
            assert_eq!(
                found.map(Arguments::params).unwrap_or_default(),
                places,
                "{text}"
            );
        }
    }
}
