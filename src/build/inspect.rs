//! Source text → the names at its top level that mean something to a route tree.
//!
//! Only signatures are read. The bodies of functions and of inline modules are skipped: that keeps
//! a large tree fast, and their mistakes are left to the compiler.

use syn::{
    Attribute, Expr, Item, Lit, Meta, ReturnType, Signature, Token, Type, UseTree, Visibility,
    parse::{Parse, ParseStream, discouraged::Speculative},
    token,
};

use crate::routing::methods::METHOD_FUNCTIONS;

/// What one source file says at its top level.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Source {
    /// The conditions of `#![cfg(..)]` at the top of the file.
    pub(super) cfg: Vec<String>,
    pub(super) names: Vec<Declared>,
    /// Whether there is a `pub use x::*`, whose names cannot be seen from here.
    pub(super) has_glob: bool,
}

/// A declaration with one of the names that a route tree reads.
#[derive(Debug, PartialEq)]
pub(super) struct Declared {
    pub(super) name: String,
    /// The conditions of its `#[cfg(..)]` attributes.
    pub(super) cfg: Vec<String>,
    pub(super) is_public: bool,
    pub(super) what: What,
}

#[derive(Debug, PartialEq)]
pub(super) enum What {
    Function {
        is_async: bool,
        has_arguments: bool,
        has_generics: bool,
        returns: bool,
    },
    Constant {
        /// The last segment of its type.
        ty: Option<String>,
        /// Its value, if that is `true` or `false` and nothing else.
        literal: Option<bool>,
    },
    Static,
    Reexport,
}

/// Reads the top level of a source file.
///
/// # Errors
///
/// The text is no Rust that `syn` understands.
pub(super) fn inspect(text: &str) -> syn::Result<Source> {
    syn::parse_str(text.strip_prefix('\u{feff}').unwrap_or(text))
}

impl Parse for Source {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut source = Self {
            cfg: conditions(&input.call(Attribute::parse_inner)?),
            ..Self::default()
        };
        while !input.is_empty() {
            if let Some((attributes, visibility, signature)) = function(input) {
                source.function(&attributes, &visibility, &signature);
            } else if !skip_inline_module(input) {
                source.item(input.parse()?);
            }
        }
        Ok(source)
    }
}

impl Source {
    fn function(&mut self, attributes: &[Attribute], visibility: &Visibility, of: &Signature) {
        let what = What::Function {
            is_async: of.asyncness.is_some(),
            has_arguments: !of.inputs.is_empty(),
            has_generics: !of.generics.params.is_empty(),
            returns: matches!(of.output, ReturnType::Type(..)),
        };
        self.declare(&of.ident.to_string(), attributes, visibility, what);
    }

    fn item(&mut self, item: Item) {
        match item {
            Item::Const(item) => {
                let what = What::Constant {
                    ty: last_segment(&item.ty),
                    literal: literal(&item.expr),
                };
                self.declare(&item.ident.to_string(), &item.attrs, &item.vis, what);
            }
            Item::Static(item) => {
                let name = item.ident.to_string();
                self.declare(&name, &item.attrs, &item.vis, What::Static);
            }
            Item::Use(item) if is_public(&item.vis) => {
                self.reexport(&item.tree, &item.attrs, &item.vis);
            }
            _ => {}
        }
    }

    fn reexport(&mut self, tree: &UseTree, attributes: &[Attribute], visibility: &Visibility) {
        match tree {
            UseTree::Path(path) => self.reexport(&path.tree, attributes, visibility),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.reexport(tree, attributes, visibility);
                }
            }
            UseTree::Glob(_) => self.has_glob = true,
            UseTree::Name(name) => {
                self.declare(
                    &name.ident.to_string(),
                    attributes,
                    visibility,
                    What::Reexport,
                );
            }
            UseTree::Rename(rename) => {
                let name = rename.rename.to_string();
                self.declare(&name, attributes, visibility, What::Reexport);
            }
        }
    }

    fn declare(
        &mut self,
        name: &str,
        attributes: &[Attribute],
        visibility: &Visibility,
        what: What,
    ) {
        let name = name.strip_prefix("r#").unwrap_or(name);
        let is_function = matches!(what, What::Function { .. } | What::Reexport);
        let is_constant = !matches!(what, What::Function { .. });
        let is_known = is_function
            && (METHOD_FUNCTIONS.contains(&name)
                || ["handler", "service", "layer"].contains(&name))
            || is_constant && ["CONFIG", "INHERIT"].contains(&name);
        if is_known {
            self.names.push(Declared {
                name: name.to_owned(),
                cfg: conditions(attributes),
                is_public: is_public(visibility),
                what,
            });
        }
    }
}

/// The next item if it is a function; its body is passed over unread.
fn function(input: ParseStream<'_>) -> Option<(Vec<Attribute>, Visibility, Signature)> {
    let ahead = input.fork();
    let attributes = ahead.call(Attribute::parse_outer).ok()?;
    let visibility = ahead.parse().ok()?;
    let signature = ahead.parse().ok()?;
    if !ahead.peek(token::Brace) {
        return None;
    }
    skip_token_tree(&ahead).ok()?;
    input.advance_to(&ahead);
    Some((attributes, visibility, signature))
}

/// Passes over the next item if it is `mod name { .. }`.
fn skip_inline_module(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    let skip = || -> syn::Result<bool> {
        ahead.call(Attribute::parse_outer)?;
        ahead.parse::<Visibility>()?;
        ahead.parse::<Token![mod]>()?;
        skip_token_tree(&ahead)?;
        let is_inline = ahead.peek(token::Brace);
        skip_token_tree(&ahead)?;
        Ok(is_inline)
    };
    let is_inline = matches!(skip(), Ok(true));
    if is_inline {
        input.advance_to(&ahead);
    }
    is_inline
}

fn skip_token_tree(input: ParseStream<'_>) -> syn::Result<()> {
    input.step(|cursor| match cursor.token_tree() {
        Some((_, rest)) => Ok(((), rest)),
        None => Err(cursor.error("unexpected end of file")),
    })
}

/// `pub` and `pub(crate)`: what the generated code, elsewhere in the same crate, can name.
fn is_public(visibility: &Visibility) -> bool {
    match visibility {
        Visibility::Public(_) => true,
        Visibility::Restricted(to) => to.path.is_ident("crate"),
        Visibility::Inherited => false,
    }
}

/// The conditions of all `#[cfg(..)]` in the list.
fn conditions(attributes: &[Attribute]) -> Vec<String> {
    attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            Meta::List(list) if list.path.is_ident("cfg") => Some(list.tokens.to_string()),
            _ => None,
        })
        .collect()
}

fn last_segment(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

fn literal(value: &Expr) -> Option<bool> {
    match value {
        Expr::Lit(value) => match &value.lit {
            Lit::Bool(value) => Some(value.value),
            _ => None,
        },
        _ => None,
    }
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
                    has_arguments,
                    has_generics,
                    returns,
                } => {
                    line += if *is_async { "async fn " } else { "fn " };
                    line += &it.name;
                    line += if *has_generics { "<>" } else { "" };
                    line += if *has_arguments { "(_)" } else { "()" };
                    line += if *returns { " ->" } else { "" };
                }
                What::Constant { ty, literal } => {
                    line += &format!("const {}: {ty:?} = {literal:?}", it.name);
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
            ("pub async fn get() {}", &["pub async fn get()"]),
            (
                "/// Docs.\n#[axum::debug_handler]\npub async fn put(a: A, b: B) -> Result<C, D> {}",
                &["pub async fn put(_) ->"],
            ),
            ("pub(crate) async fn get() {}", &["pub async fn get()"]),
            ("pub(super) async fn get() {}", &["async fn get()"]),
            ("async fn get() {}", &["async fn get()"]),
            ("pub fn handler(a: A) {}", &["pub fn handler(_)"]),
            (
                "pub async fn post<T>(t: T) where T: X {}",
                &["pub async fn post<>(_)"],
            ),
            (
                "pub fn layer() -> impl Layer<S> + Clone { x }",
                &["pub fn layer() ->"],
            ),
            (
                "pub fn service() -> S { S { a: 1 } }",
                &["pub fn service() ->"],
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
                &["pub async fn get() if unix if feature = \"x\""],
            ),
            (
                "#[cfg(any(a, b))] pub use x::get;",
                &["pub use get if any (a , b)"],
            ),
            // What only the compiler needs to understand.
            (
                "fn a() { let = ; } pub async fn get() { 1 + }",
                &["pub async fn get()"],
            ),
            ("\u{feff}pub async fn get() {}", &["pub async fn get()"]),
            ("pub async fn r#get() {}", &["pub async fn get()"]),
        ] {
            assert_eq!(seen(text), names, "{text}");
        }
    }

    #[test]
    fn a_file_has_conditions_and_globs() {
        let source = inspect("#![cfg(unix)]\n#![allow(x)]\npub use a::*;").unwrap();
        assert_eq!(source.cfg, ["unix"]);
        assert!(source.has_glob);
        assert!(!inspect("use a::*;").unwrap().has_glob);
    }

    #[test]
    fn what_is_no_rust_is_an_error() {
        for text in [
            "pub async fn get() {",
            "pub asnc fn get() {}",
            "}",
            "\"",
            "fn",
        ] {
            assert!(inspect(text).is_err(), "{text}");
        }
    }
}
