//! Which names a route file and a `_middleware.rs` must and may export, and in which shape.

use super::{
    conditions::one_of,
    source::{Declared, Source, What},
};
use crate::routing::methods::METHOD_FUNCTIONS;

/// What a file exports, all of it in the right shape.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Exports {
    /// The conditions of the whole file.
    pub(super) cfg: Vec<String>,
    /// `handler`, `service`, or functions named after methods.
    pub(super) answers: Vec<Declared>,
    /// `CONFIG`; several under several conditions.
    pub(super) config: Vec<Declared>,
    /// `layer`; several under several conditions.
    pub(super) layer: Vec<Declared>,
    /// `openapi`; several under several conditions.
    pub(super) openapi: Vec<Declared>,
    /// The comment of the file, line by line, as string literals.
    pub(super) comment: Vec<String>,
    /// `INHERIT`, which only a `_middleware.rs` has.
    pub(super) inherit: Option<bool>,
    /// `LEAVE`, which only a route file has.
    pub(super) leave: Vec<String>,
    /// What must not be there together, and might under the conditions of both.
    pub(super) clashes: Vec<Clash>,
}

impl Exports {
    /// The conditions under which a route answers at all, all of which must hold.
    pub(super) fn conditions(&self) -> Vec<String> {
        let each = self.answers.iter();
        let each: Option<Vec<_>> = each.map(|it| one_of("all", it.cfg.clone())).collect();
        let answers = each.and_then(|it| one_of("any", it));
        self.cfg.iter().cloned().chain(answers).collect()
    }
}

/// A function that answers every method, and another that answers requests.
#[derive(Debug, PartialEq)]
pub(super) struct Clash {
    /// The conditions of both.
    pub(super) cfg: Vec<String>,
    pub(super) problem: String,
}

/// The exports of a route file, or everything that is wrong with them.
pub(super) fn of_route(source: Source) -> Result<Exports, Vec<String>> {
    let mut problems = shapes(&source);
    if source.names.iter().any(|it| it.name == "INHERIT") {
        problems.push(
            "`INHERIT` is read from a `_middleware.rs` alone; move it there or remove it".into(),
        );
    }
    let leave = || source.names.iter().filter(|it| it.name == "LEAVE");
    if leave().count() > 1 || leave().any(|it| !it.cfg.is_empty()) {
        problems.push("`LEAVE` stands under `#[cfg(..)]`; write one for all".into());
    }
    let (certain, clashes): (Vec<_>, Vec<_>) = clashes(&source)
        .into_iter()
        .partition(|it| it.cfg.is_empty());
    problems.extend(certain.into_iter().map(|it| it.problem).next());
    for answer in source.names.iter().filter(|it| is_answer(&it.name)) {
        let arguments = answer.what.arguments();
        problems.extend(
            arguments
                .into_iter()
                .flat_map(|it| it.problems(&answer.name)),
        );
    }
    if !source.names.iter().any(|it| is_answer(&it.name)) {
        problems.push(nothing(source.has_glob));
    }
    let exports = finish(source, problems)?;
    Ok(Exports { clashes, ..exports })
}

/// The pairs of functions of which one answers what is the other's too. Where one of them has no
/// condition they are certain to meet, so that the pair has none.
fn clashes(source: &Source) -> Vec<Clash> {
    let answers = || source.names.iter().filter(|it| is_answer(&it.name));
    let mut clashes = Vec::new();
    for whole in answers().filter(|it| is_whole(&it.name)) {
        let is_other = |other: &&Declared| match other.name.as_str() {
            "handler" => false,
            "service" => whole.name == "handler",
            _ => true,
        };
        for other in answers().filter(is_other) {
            let is_certain = whole.cfg.is_empty() || other.cfg.is_empty();
            let (whole_name, other_name) = (&whole.name, &other.name);
            clashes.push(Clash {
                cfg: match is_certain {
                    true => Vec::new(),
                    false => [whole.cfg.as_slice(), &other.cfg].concat(),
                },
                problem: format!(
                    "exports both `{whole_name}` and `{other_name}`; `{whole_name}` answers every \
                     method, keep one of them"
                ),
            });
        }
    }
    clashes
}

/// The exports of a `_middleware.rs`, or everything that is wrong with them.
pub(super) fn of_middleware(source: Source) -> Result<Exports, Vec<String>> {
    let mut source = source;
    // Functions named after methods are helpers here, nothing more.
    source.names.retain(|it| !is_answer(&it.name));
    let mut problems = shapes(&source);
    for name in ["CONFIG", "LEAVE"] {
        if source.names.iter().any(|it| it.name == name) {
            problems.push(format!(
                "`{name}` is read from route files alone; move it to the files it is meant for"
            ));
        }
    }
    let is_meant = |it: &Declared| ["layer", "openapi"].contains(&it.name.as_str());
    if !source.names.iter().any(is_meant) {
        problems.push(
            "exports no `layer`; write `pub fn layer() -> impl RouteLayer`, with \
             `use tower_api_routes::router::RouteLayer;`, or give the file another name"
                .into(),
        );
    }
    let inherit = || source.names.iter().filter(|it| it.name == "INHERIT");
    if inherit().count() > 1 || inherit().any(|it| !it.cfg.is_empty()) {
        problems.push("`INHERIT` stands under `#[cfg(..)]`; write one for all".into());
    }
    // Without the file its layer is gone and nothing stands for it, while the layers above stay out.
    if !source.cfg.is_empty() && inherit().any(|it| it.what.literal() == Some(false)) {
        problems.push(
            "`INHERIT` is `false` in a file under `#![cfg(..)]`, and without the file the layers \
             above would be left out still; move the condition to `layer`"
                .into(),
        );
    }
    finish(source, problems)
}

fn is_answer(name: &str) -> bool {
    METHOD_FUNCTIONS.contains(&name) || is_whole(name)
}

/// Whether the function of this name answers every method.
fn is_whole(name: &str) -> bool {
    ["handler", "service"].contains(&name)
}

fn nothing(has_glob: bool) -> String {
    let mut message = "exports no handler; write `pub async fn handler` for every method or one \
                       function for each, such as `pub async fn get`, or begin the file name \
                       with `_` if it is no route"
        .to_owned();
    if has_glob {
        message.push_str(" (what `pub use ..::*` brings is not seen: name it)");
    }
    message
}

/// What is wrong with each declaration by itself.
fn shapes(source: &Source) -> Vec<String> {
    source.names.iter().filter_map(shape).collect()
}

fn shape(of: &Declared) -> Option<String> {
    let name = &of.name;
    match name.as_str() {
        "CONFIG" => match &of.what {
            What::Constant { ty: Some(ty), .. } if ty == "ApiConfig" && of.is_public => None,
            What::Reexport => None,
            _ => Some("`CONFIG` must be `pub const CONFIG: ApiConfig = ..`".to_owned()),
        },
        "INHERIT" => match &of.what {
            What::Constant {
                literal: Some(_), ..
            } if of.is_public => None,
            _ => Some(
                "`INHERIT` must be `pub const INHERIT: bool = false;`, with `true` or `false` \
                 written out"
                    .to_owned(),
            ),
        },
        "LEAVE" => match &of.what {
            What::Constant { texts: Some(_), .. } if of.is_public => None,
            _ => Some(
                "`LEAVE` must be `pub const LEAVE: &[&str] = &[\"new\"];`, with the values written \
                 out, without escapes"
                    .to_owned(),
            ),
        },
        "layer" | "service" => match of.what {
            What::Function {
                is_async: false,
                has_generics: false,
                returns: true,
                ..
            } if of.is_public => None,
            What::Reexport => None,
            _ => Some(format!(
                "`{name}` must be `pub fn {name}() -> ..`, without generics or `async`, and \
                 with nothing but parts of the state as arguments; if it is a helper, give it \
                 another name"
            )),
        },
        "openapi" => match &of.what {
            What::Function {
                is_async: false,
                has_generics: false,
                returns: true,
                arguments,
            } if of.is_public && matches!(arguments.count(), None | Some(1)) => None,
            What::Reexport => None,
            _ => Some(
                "`openapi` must be `pub fn openapi(operation: Operation) -> Operation`, with \
                 `use tower_api_routes::openapi::Operation;`; if it is a helper, give it another name"
                    .to_owned(),
            ),
        },
        _ => {
            let is_async = !matches!(
                of.what,
                What::Function {
                    is_async: false,
                    ..
                }
            );
            let problem = match (of.is_public, is_async) {
                (true, true) => return None,
                (false, true) => "is private",
                (true, false) => "is not async",
                (false, false) => "is private and not async",
            };
            Some(format!(
                "`{name}` {problem}; write `pub async fn {name}`, \
                 or give it another name if it is a helper"
            ))
        }
    }
}

fn finish(source: Source, problems: Vec<String>) -> Result<Exports, Vec<String>> {
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut exports = Exports {
        cfg: source.cfg,
        comment: source.comment,
        ..Exports::default()
    };
    for it in source.names {
        match it.name.as_str() {
            "INHERIT" => exports.inherit = it.what.literal(),
            "LEAVE" => exports.leave = it.what.texts().unwrap_or_default(),
            "CONFIG" => exports.config.push(it),
            "layer" => exports.layer.push(it),
            "openapi" => exports.openapi.push(it),
            _ => exports.answers.push(it),
        }
    }
    Ok(exports)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::inspect::inspect;

    fn names(exports: &[Declared]) -> Vec<&str> {
        exports.iter().map(|it| it.name.as_str()).collect()
    }

    fn route(text: &str) -> Result<Exports, Vec<String>> {
        of_route(inspect(text).unwrap())
    }

    fn middleware(text: &str) -> Result<Exports, Vec<String>> {
        of_middleware(inspect(text).unwrap())
    }

    #[test]
    fn a_route_answers_with_one_function_or_one_per_method() {
        for (text, answers) in [
            ("pub async fn handler() {}", &["handler"][..]),
            (
                "pub async fn get() {} pub async fn put() {}",
                &["get", "put"],
            ),
            ("pub fn service() -> S { S }", &["service"]),
            ("pub use a::{get, b as service};", &[]),
            ("pub use a::{get, b as post};", &["get", "post"]),
            (
                "pub async fn get() {} fn find() {} struct Helper;",
                &["get"],
            ),
        ] {
            let found = route(text);
            let found = found
                .as_ref()
                .map_or_else(|_| Vec::new(), |it| names(&it.answers));
            assert_eq!(found, answers, "{text}");
        }
    }

    #[test]
    fn a_route_has_a_config_and_a_layer() {
        let exports = route(
            "#![cfg(a)] pub async fn get() {} \
             #[cfg(b)] pub const CONFIG: ApiConfig = x; \
             #[cfg(not(b))] pub const CONFIG: ApiConfig = y; \
             pub fn layer() -> L { L }",
        )
        .unwrap();
        assert_eq!(exports.cfg, ["a"]);
        let conditions: Vec<_> = exports.config.iter().flat_map(|it| &it.cfg).collect();
        assert_eq!(conditions, ["b", "not (b)"]);
        assert_eq!(names(&exports.layer), ["layer"]);
        assert_eq!(exports.inherit, None);
    }

    #[test]
    fn a_middleware_has_a_layer_and_may_stop_inheriting() {
        for (text, inherit) in [
            ("pub fn layer() -> L { L }", None),
            (
                "pub use a::layer; pub const INHERIT: bool = false;",
                Some(false),
            ),
            (
                "pub use a::layer; pub const INHERIT: bool = true;",
                Some(true),
            ),
            // Functions named after methods are none of our business here.
            (
                "pub fn layer() -> L { L } fn get() {} fn handler() {}",
                None,
            ),
        ] {
            let exports = middleware(text).unwrap();
            assert_eq!(names(&exports.layer), ["layer"]);
            assert!(exports.answers.is_empty());
            assert_eq!(exports.inherit, inherit);
        }
    }
}
