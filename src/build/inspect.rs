//! Reads the source text of a route file for the names at its top level that mean something to a route
//! tree: `handler`, `get`, `CONFIG`, `layer` and the like.
//!
//! `pub async fn get(req: ApiRequest) -> String { … }` becomes the name `get`, public, a function
//! that is `async`, has arguments, no generics, and returns something. Only the heads of items are
//! read, token by token. Types, values and bodies are passed over: that keeps a large tree fast,
//! and their mistakes are left to the compiler.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::{
    conditions::conditions,
    signature::{Arguments, Imports, keeps_signatures},
    source::{Declared, Source, What},
    text::text,
    tokens::{Cursor, Unreadable, is_block, is_punct, tokens},
};
use crate::routing::methods::METHOD_FUNCTIONS;

/// Reads the top level of a source file.
///
/// # Errors
///
/// The text is no Rust, or too much for the compiler.
pub(super) fn inspect(text: &str) -> Result<Source, Unreadable> {
    let tokens = tokens(text)?;
    let imports = Imports::of(&tokens);
    let mut input = Cursor::new(&tokens);
    let attributes = attributes(&mut input, true);
    let mut source = Source {
        comment: comment(&attributes),
        cfg: conditions(attributes),
        ..Source::default()
    };
    while !input.rest().is_empty() {
        let item = source.item(&mut input, &imports);
        item.map_err(Unreadable::NotRust)?;
    }
    Ok(source)
}

impl Source {
    /// Reads one item, or passes over it if it is of a kind that exports nothing.
    fn item(&mut self, input: &mut Cursor<'_>, imports: &Imports) -> Result<(), String> {
        let attributes = attributes(input, false);
        let is_as_written = attributes.iter().all(keeps_signatures);
        let comment = comment(&attributes);
        let is_deprecated = attributes.iter().any(is_deprecated);
        let cfg = conditions(attributes);
        let is_public = visibility(input);
        let declared = |what, text| Declared {
            name: String::new(),
            cfg: cfg.clone(),
            is_public,
            comment: comment.clone(),
            is_deprecated,
            what,
            text,
        };
        if let Some(is_async) = function_ahead(input) {
            let whole = input.rest();
            let (name, what) = function(input, is_async, is_as_written, imports)
                .ok_or("a function has no name or no parameters")?;
            pass_over(input)?;
            let length = whole.len() - input.rest().len();
            let text = match name.as_str() {
                "layer" => text(whole.get(..length).unwrap_or_default()),
                _ => String::new(),
            };
            self.declare(&name, declared(what, text));
            return Ok(());
        }
        let [first, ..] = input.rest() else {
            return Err("it ends in the middle of an item".to_owned());
        };
        let first = match first {
            TokenTree::Group(_) => "a group in brackets".to_owned(),
            token => token.to_string(),
        };
        match first.as_str() {
            "use" => {
                let tree = statement(input)?;
                if is_public {
                    let declared = declared(What::Reexport, text(tree));
                    self.reexport(tree.get(1..).unwrap_or_default(), &declared);
                }
            }
            "const" | "static" => {
                let mut item = Cursor::new(statement(input)?);
                item.next();
                item.keyword("mut");
                if let Some(name) = item.name() {
                    let what = match first.as_str() {
                        "const" => constant(item),
                        _ => What::Static,
                    };
                    let value = match name.as_str() {
                        "CONFIG" => item
                            .until(|it| is_punct(it, '='))
                            .map(|_| text(item.rest())),
                        _ => None,
                    };
                    self.declare(&name, declared(what, value.unwrap_or_default()));
                }
            }
            _ if is_other_item(input, &first) => pass_over(input)?,
            _ => return Err(format!("no item begins with {first}")),
        }
        Ok(())
    }

    /// Declares the names that a `use` brings: the last one of each path, after `as` or not.
    fn reexport(&mut self, tree: &[TokenTree], declared: &Declared) {
        for path in tree.split(|it| is_punct(it, ',')) {
            match path.last() {
                Some(TokenTree::Group(group)) => {
                    let inner: Vec<_> = group.stream().into_iter().collect();
                    self.reexport(&inner, declared);
                }
                Some(TokenTree::Ident(name)) => {
                    self.declare(&name.to_string(), declared.clone());
                }
                Some(it) if is_punct(it, '*') => self.has_glob = true,
                _ => {}
            }
        }
    }

    fn declare(&mut self, name: &str, declared: Declared) {
        let what = &declared.what;
        let name = name.strip_prefix("r#").unwrap_or(name);
        let is_function = matches!(what, What::Function { .. } | What::Reexport);
        let is_constant = !matches!(what, What::Function { .. });
        let is_known = is_function
            && (METHOD_FUNCTIONS.contains(&name)
                || ["handler", "service", "layer", "openapi"].contains(&name))
            || is_constant && ["CONFIG", "INHERIT", "LEAVE"].contains(&name);
        if is_known {
            self.names.push(Declared {
                name: name.to_owned(),
                ..declared
            });
        }
    }
}

/// Takes `#[..]`, or `#![..]` if they are inner ones: what is in them.
fn attributes(input: &mut Cursor<'_>, are_inner: bool) -> Vec<TokenStream> {
    let mut found = Vec::new();
    let mut ahead = *input;
    while ahead.punct('#') && (!are_inner || ahead.punct('!')) {
        let Some(attribute) = ahead.group(Delimiter::Bracket) else {
            break;
        };
        found.push(attribute);
        *input = ahead;
    }
    found
}

/// The lines of a comment, which are `doc = ".."` among the attributes, as string literals.
fn comment(attributes: &[TokenStream]) -> Vec<String> {
    let lines = attributes.iter().filter_map(|attribute| {
        let mut tokens = attribute.clone().into_iter();
        let [doc, equals, text, end] = std::array::from_fn(|_| tokens.next());
        let is_doc = doc?.to_string() == "doc" && is_punct(&equals?, '=') && end.is_none();
        let text = text?.to_string();
        (is_doc && text.starts_with(['"', 'r'])).then_some(text)
    });
    lines.collect()
}

fn is_deprecated(attribute: &TokenStream) -> bool {
    let first = attribute.clone().into_iter().next();
    first.is_some_and(|it| it.to_string() == "deprecated")
}

/// Takes a visibility. Whether it is `pub` or `pub(crate)`: what the generated code, elsewhere in
/// the same crate, can name.
fn visibility(input: &mut Cursor<'_>) -> bool {
    input.keyword("pub")
        && match input.group(Delimiter::Parenthesis) {
            None => true,
            Some(to) => matches!(to.to_string().as_str(), "crate" | "in crate"),
        }
}

/// Takes what stands before the name of a function, if that is what comes: whether it is `async`.
fn function_ahead(input: &mut Cursor<'_>) -> Option<bool> {
    let mut ahead = *input;
    let mut is_async = false;
    while !ahead.keyword("fn") {
        match ahead.next()? {
            TokenTree::Ident(word) if word == "async" => is_async = true,
            TokenTree::Ident(word)
                if ["const", "default", "extern", "safe", "unsafe"]
                    .iter()
                    .any(|it| word == it) => {}
            // The name of an ABI.
            TokenTree::Literal(_) => {}
            _ => return None,
        }
    }
    *input = ahead;
    Some(is_async)
}

/// Takes a function from its name to its return type.
fn function(
    input: &mut Cursor<'_>,
    is_async: bool,
    is_as_written: bool,
    imports: &Imports,
) -> Option<(String, What)> {
    let name = input.name()?;
    let has_generics = input.punct('<') && !input.until(|it| is_punct(it, '>'))?.is_empty();
    let arguments = input.group(Delimiter::Parenthesis)?;
    let what = What::Function {
        is_async,
        arguments: Arguments::read(arguments, !is_as_written || has_generics, imports),
        has_generics,
        returns: input.punct('-'),
    };
    Some((name, what))
}

/// What follows the name of a constant, `: path::Type = value`.
fn constant(mut item: Cursor<'_>) -> What {
    item.punct(':');
    let ty = item.until(|it| is_punct(it, '=')).unwrap_or_default();
    let is_path = |it: &TokenTree| matches!(it, TokenTree::Ident(_)) || is_punct(it, ':');
    What::Constant {
        ty: match ty.last() {
            Some(TokenTree::Ident(last)) if ty.iter().all(is_path) => Some(last.to_string()),
            _ => None,
        },
        literal: match item.rest() {
            [TokenTree::Ident(value)] if value == "true" => Some(true),
            [TokenTree::Ident(value)] if value == "false" => Some(false),
            _ => None,
        },
        texts: match item.rest() {
            [and, TokenTree::Group(list)] if is_punct(and, '&') => texts(list.stream()),
            _ => None,
        },
    }
}

/// The texts of a list such as `"a", "b"`, if all are written without escapes.
fn texts(list: TokenStream) -> Option<Vec<String>> {
    let tokens: Vec<_> = list.into_iter().filter(|it| !is_punct(it, ',')).collect();
    let text = |token: &TokenTree| {
        let TokenTree::Literal(literal) = token else {
            return None;
        };
        let literal = literal.to_string();
        let text = literal.strip_prefix('"')?.strip_suffix('"')?;
        (!text.contains('\\')).then(|| text.to_owned())
    };
    tokens.iter().map(text).collect()
}

/// Whether the next item is none of those above: it ends with a `;` or a block.
fn is_other_item(input: &Cursor<'_>, first: &str) -> bool {
    let is_macro = |it: &TokenTree| is_punct(it, '!') || is_punct(it, ':');
    match input.rest() {
        [TokenTree::Ident(_), next, ..] if is_macro(next) => true,
        [colon, ..] if is_punct(colon, ':') => true,
        _ => [
            "auto", "default", "enum", "extern", "impl", "macro", "mod", "struct", "trait", "type",
            "union", "unsafe",
        ]
        .contains(&first),
    }
}

/// Takes the tokens up to the `;` that ends an item.
fn statement<'t>(input: &mut Cursor<'t>) -> Result<&'t [TokenTree], String> {
    let end = input.rest().iter().position(|it| is_punct(it, ';'));
    let statement = end.and_then(|end| input.rest().split_at_checked(end));
    let (statement, rest) = statement.ok_or("a `;` is missing")?;
    *input = Cursor::new(rest);
    input.next();
    Ok(statement)
}

/// Passes over the rest of an item that ends with a `;` or a block.
fn pass_over(input: &mut Cursor<'_>) -> Result<(), String> {
    let rest = input.until(|it| is_punct(it, ';') || is_block(it));
    rest.map(drop)
        .ok_or_else(|| "it ends in the middle of an item".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each name as `pub async fn get(a) -> r cfg(..)`, with what `inspect` saw of it.
    fn seen(text: &str) -> Vec<String> {
        let source = inspect(text).unwrap();
        let line = |it: &Declared| {
            let mut line = if it.is_public { "pub " } else { "" }.to_owned();
            match &it.what {
                What::Function {
                    is_async,
                    arguments,
                    has_generics,
                    returns,
                } => {
                    line += if *is_async { "async fn " } else { "fn " };
                    line += &it.name;
                    line += if *has_generics { "<>" } else { "" };
                    let count = arguments.count();
                    line += &count.map_or("(?)".to_owned(), |it| format!("({it})"));
                    line += if *returns { " ->" } else { "" };
                }
                What::Constant { ty, literal, texts } => {
                    line += &format!("const {}: {ty:?} = {literal:?}", it.name);
                    line += &texts
                        .as_ref()
                        .map_or(String::new(), |it| format!(" {it:?}"));
                }
                What::Static => line += &format!("static {}", it.name),
                What::Reexport => line += &format!("use {}", it.name),
            }
            it.cfg.iter().for_each(|it| line += &format!(" if {it}"));
            line
        };
        source.names.iter().map(line).collect()
    }

    #[test]
    fn names_are_seen_in_their_shape() {
        for (text, names) in [
            ("", &[][..]),
            ("pub async fn get() {}", &["pub async fn get(0)"]),
            (
                "/// Docs.\n#[axum::debug_handler]\npub async fn put(a: A, b: B) -> Result<C, D> {}",
                &["pub async fn put(2) ->"],
            ),
            (
                "pub async fn get(State(a): State<A<B, C>>, (b, c): X<{ 1 > 2 }>, d: fn(E, F) -> G,) {}",
                &["pub async fn get(3)"],
            ),
            (
                "pub async fn get(#[cfg(a)] b: B) {} #[a::b(c)] pub async fn put(a: A) {} \
                 #[inline] #[clippy::msrv = \"1\"] #[tracing::instrument(skip(a))] pub async fn post(a: A) {}",
                &[
                    "pub async fn get(?)",
                    "pub async fn put(?)",
                    "pub async fn post(1)",
                ],
            ),
            ("pub(crate) async fn get() {}", &["pub async fn get(0)"]),
            ("pub(super) async fn get() {}", &["async fn get(0)"]),
            ("async fn get() {}", &["async fn get(0)"]),
            ("pub fn handler(a: A) {}", &["pub fn handler(1)"]),
            (
                "pub async fn post<T>(t: T) where T: X {}",
                &["pub async fn post<>(?)"],
            ),
            (
                "pub fn layer() -> impl Layer<S> + Clone { x }",
                &["pub fn layer(0) ->"],
            ),
            (
                "pub fn service() -> S { S { a: 1 } }",
                &["pub fn service(0) ->"],
            ),
            (
                "pub const CONFIG: tower_api_routes::ApiConfig = ApiConfig::new();",
                &["pub const CONFIG: Some(\"ApiConfig\") = None"],
            ),
            (
                "pub static CONFIG: ApiConfig = x();",
                &["pub static CONFIG"],
            ),
            (
                "pub const INHERIT: bool = false;",
                &["pub const INHERIT: Some(\"bool\") = Some(false)"],
            ),
            (
                "pub const INHERIT: bool = !true;",
                &["pub const INHERIT: Some(\"bool\") = None"],
            ),
            (
                "pub const LEAVE: &[&str] = &[\"new\", \"a b\",];",
                &["pub const LEAVE: None = None [\"new\", \"a b\"]"],
            ),
            (
                "pub const LEAVE: &[&str] = &[\"a\\n\"]; const LEAVE: &[&str] = &[r\"a\", b]; \
                 const LEAVE: &[&str] = OTHER;",
                &[
                    "pub const LEAVE: None = None",
                    "const LEAVE: None = None",
                    "const LEAVE: None = None",
                ],
            ),
            ("pub use other::get;", &["pub use get"]),
            (
                "pub use super::x::{get, y::{save as post, z}};",
                &["pub use get", "pub use post"],
            ),
            ("pub use self::CONFIG;", &["pub use CONFIG"]),
            // What is imported is not exported.
            ("use other::get;", &[]),
            ("pub use get as show;", &[]),
            // Neither other names nor what lies deeper.
            (
                "fn find() {} pub async fn connect() {} struct get; mod put;",
                &[],
            ),
            ("mod a { pub async fn get() {} }", &[]),
            (
                "impl A { pub async fn get() {} } trait B { fn put(); }",
                &[],
            ),
            ("fn a() { async fn get() {} }", &[]),
            // Conditions.
            (
                "#[cfg(unix)] #[cfg(feature = \"x\")] pub async fn get() {}",
                &["pub async fn get(0) if unix if feature = \"x\""],
            ),
            (
                "#[cfg(any(a, b))] pub use x::get;",
                &["pub use get if any (a , b)"],
            ),
            // What only the compiler needs to understand.
            (
                "fn a() { let = ; } pub async fn get() { 1 + }",
                &["pub async fn get(0)"],
            ),
            (
                "#[cfg_attr(a, cfg(b), inline)] pub async fn get() {}",
                &["pub async fn get(?) if any(not(a), b)"],
            ),
            (
                "#[cfg_attr(a, cfg_attr(all(b, c), inline, cfg(d)))] pub async fn get() {}",
                &["pub async fn get(?) if any(not(a), not(all (b , c)), d)"],
            ),
            (
                "#[cfg_attr(a, doc = \"cfg(b)\")] pub async fn get() {}",
                &["pub async fn get(?)"],
            ),
            // Every kind of item may come before.
            (
                "extern crate a; unsafe extern \"C\" { fn b(); } struct C<const N: u8>(u8); \
                 struct D<T> where T: Fn() -> u8 { a: T } enum E { A = 1 << 2 } union F { a: u8 } \
                 impl<F: Fn() -> u8> A<{ 1 > 2 }> for B<F> {} unsafe auto trait G {} type H = [u8; 3]; \
                 const I: fn() -> u8 = || { 1; 2 }; static mut J: u8 = 1; const _: () = {}; \
                 macro_rules! k { () => {} } k!(); a::b! { c } ::d![]; mod l; mod m { use n; } \
                 const unsafe extern \"C\" fn o() {} use p::{q, r}; pub async fn get() {}",
                &["pub async fn get(0)"],
            ),
            (
                "pub async fn get<F: Fn(u8) -> Vec<Vec<u8>>>(f: F) -> A<{ N }> where A<{ N }>: B {} \
                 pub async fn put<>() {}",
                &["pub async fn get<>(?) ->", "pub async fn put(0)"],
            ),
            (
                "pub async unsafe extern \"C\" fn get() {} pub(in crate) async fn put() {} \
                 pub(in crate::a) async fn post() {}",
                &[
                    "pub async fn get(0)",
                    "pub async fn put(0)",
                    "async fn post(0)",
                ],
            ),
            (
                "pub const CONFIG: A<ApiConfig> = x; pub const CONFIG: &ApiConfig = x;",
                &[
                    "pub const CONFIG: None = None",
                    "pub const CONFIG: None = None",
                ],
            ),
            ("\u{feff}pub async fn get() {}", &["pub async fn get(0)"]),
            ("pub async fn r#get() {}", &["pub async fn get(0)"]),
        ] {
            assert_eq!(seen(text), names, "{text}");
        }
    }

    #[test]
    fn a_file_has_conditions_and_globs() {
        let source = inspect("#![cfg(unix)]\n#![allow(x)]\n#![cfg_attr(a, cfg(b))]\npub use a::*;");
        let source = source.unwrap();
        assert_eq!(source.cfg, ["unix", "any(not(a), b)"]);
        assert!(source.has_glob);
        assert!(!inspect("use a::*;").unwrap().has_glob);
    }

    #[test]
    fn comments_are_read_as_they_are_written() {
        let source = inspect(
            "//! A \"file\".\n//!\n#![doc = r\"more\"]\n#![doc(hidden)]\n//! Last.\n
             /// Gets\\it.\n///  Twice.\n#[doc = include_str!(\"x\")]\n#[deprecated]\npub async fn get() {}\n
             /** Block. */ #[deprecated = \"x\"] pub async fn put() {} /// No name.\n fn helper() {}\n
             // None.\n#[allow(deprecated)] pub async fn post() {}\n/// Of a use.\npub use a::patch;",
        );
        let source = source.unwrap();
        assert_eq!(
            source.comment,
            ["\" A \\\"file\\\".\"", "\"\"", "r\"more\"", "\" Last.\""]
        );
        let comments = source
            .names
            .iter()
            .map(|it| (it.comment.join("|"), it.is_deprecated));
        let expected = [
            ("\" Gets\\\\it.\"|\"  Twice.\"", true),
            ("\" Block. \"", true),
            ("", false),
            ("\" Of a use.\"", false),
        ];
        assert_eq!(
            comments.collect::<Vec<_>>(),
            expected.map(|(text, is_deprecated)| (text.to_owned(), is_deprecated))
        );
    }

    #[test]
    fn what_is_no_rust_is_an_error() {
        for text in [
            "pub async fn get() {",
            "pub asnc fn get() {}",
            "}",
            "\"",
            "fn",
            "fn get",
            "pub async fn get(0)",
            "async get() {}",
            "use a::b",
            "const A: u8 = 1",
            "struct A",
            "#[cfg(a)]",
            "pub",
            "fn a() {} #![cfg(a)] fn b() {}",
            "(fn a() {})",
            "1",
            "a b;",
        ] {
            let result = inspect(text);
            assert!(matches!(result, Err(Unreadable::NotRust(_))), "{text}");
        }
    }
}
