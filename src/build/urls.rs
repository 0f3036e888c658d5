//! Routes → a module of functions that give their URLs, named after the paths.
//!
//! `posts/[id]/comments` is `urls::posts::id::comments(id)`. At each level the segments are named as modules
//! are: first those that are identifiers as they stand, then the others in the order in which they are tried,
//! and the second of a name gets a number.

use std::collections::{BTreeMap, HashSet};

use super::{
    code::Code,
    names::{free_name, sanitized},
    tree::{Route, Tree},
};
use crate::routing::{Segment, handle::mount_of};

/// The module and, in it, a function for each route.
pub(super) fn urls(code: &mut Code, tree: &Tree, taken: impl Fn(&str) -> bool) {
    if tree.routes.is_empty() {
        return;
    }
    let mut root = Node::default();
    for route in &tree.routes {
        let mut node = &mut root;
        for segment in route.pattern.segments() {
            node = node.below.entry(segment.clone()).or_default();
        }
        node.route = Some(route);
    }
    let mount = mount_of(&tree.dir);
    let mount = mount.trim_end_matches('/');
    let documentation = format!("The URLs of the routes of `{}`.", tree.dir);
    code.line(format_args!("#[doc = {documentation:?}]"));
    code.line("#[allow(dead_code, missing_docs, non_snake_case, unused_qualifications)]");
    code.line("#[allow(clippy::all, clippy::pedantic, clippy::nursery)]");
    let name = free_name("urls", taken);
    code.block(format_args!("pub mod {name} {{"), "}", |code| {
        if let Some(index) = &root.route {
            index.function(code, mount, "index");
        }
        root.below(code, mount);
    });
}

/// A place in the tree of paths.
#[derive(Default)]
struct Node<'t> {
    route: Option<&'t Route>,
    below: BTreeMap<Segment, Node<'t>>,
}

impl Node<'_> {
    /// The functions and modules of what is below, `index` being the name of the root's own route.
    fn below(&self, code: &mut Code, mount: &str) {
        let is_root_with_index = self
            .route
            .as_ref()
            .is_some_and(|it| it.pattern.segments().is_empty());
        let mut taken: HashSet<String> = is_root_with_index
            .then(|| "index".to_owned())
            .into_iter()
            .collect();
        let mut queue: Vec<_> = self
            .below
            .iter()
            .map(|(segment, node)| {
                let written = segment.to_string();
                let base = sanitized(&written);
                (base != written, base, node)
            })
            .collect();
        queue.sort_by_key(|(is_changed, ..)| *is_changed);
        for (_, base, node) in queue {
            let name = free_name(&base, |it| taken.contains(it));
            if let Some(route) = &node.route {
                route.function(code, mount, &name);
            }
            if !node.below.is_empty() {
                code.block(format_args!("pub mod {name} {{"), "}", |code| {
                    node.below(code, mount);
                });
            }
            taken.insert(name);
        }
    }
}

const URL: &str = "::tower_api_routes::RouteUrl";
const DISPLAY: &str = "impl ::core::fmt::Display";

impl Route {
    fn function(&self, code: &mut Code, mount: &str, name: &str) {
        let mut start = String::new();
        let mut arguments = Vec::new();
        let mut steps = Vec::new();
        let mut taken = HashSet::new();
        for segment in self.pattern.segments() {
            let parameter = match segment {
                Segment::Static(text) if arguments.is_empty() => {
                    start = format!("{start}/{text}");
                    continue;
                }
                Segment::Static(text) => {
                    steps.push(format!(".text({:?})", format!("/{text}")));
                    continue;
                }
                Segment::Dynamic(name)
                | Segment::CatchAll(name)
                | Segment::OptionalCatchAll(name) => name,
            };
            let value = free_name(&variable(parameter), |it| taken.contains(it));
            let (of, step) = match segment {
                Segment::Dynamic(_) => (
                    DISPLAY.to_owned(),
                    format!(".segment({parameter:?}, &{value})?"),
                ),
                _ => {
                    let method = match segment {
                        Segment::CatchAll(_) => "some_segments",
                        _ => "segments",
                    };
                    (
                        format!("impl ::core::iter::IntoIterator<Item = {DISPLAY}>"),
                        format!(".{method}({parameter:?}, {value})?"),
                    )
                }
            };
            arguments.push(format!("{value}: {of}"));
            steps.push(step);
            taken.insert(value);
        }
        let documentation = format!("`{}`, the route of `{}`.", self.path(mount), self.file);
        code.line(format_args!("#[doc = {documentation:?}]"));
        code.cfg(&self.exports.conditions());
        let arguments = arguments.join(", ");
        let url = format!("{URL}::new({mount:?}, {start:?}){}", steps.concat());
        if arguments.is_empty() {
            code.block(format_args!("pub fn {name}() -> {URL} {{"), "}", |code| {
                code.line(&url);
            });
        } else {
            let result =
                format!("::core::result::Result<{URL}, ::tower_api_routes::RouteUrlError>");
            let open = format!("pub fn {name}({arguments}) -> {result} {{");
            code.block(&open, "}", |code| {
                code.line(format_args!("::core::result::Result::Ok({url})"));
            });
        }
    }

    /// The path as the names of files have it, with the mount.
    fn path(&self, mount: &str) -> String {
        match self.pattern.to_string() {
            root if root.is_empty() && mount.is_empty() => "/".to_owned(),
            root if root.is_empty() => mount.to_owned(),
            pattern => format!("{mount}/{pattern}"),
        }
    }
}

/// The name of a parameter as that of a variable, which these variants of the prelude cannot be: each is a pattern.
fn variable(parameter: &str) -> String {
    let name = sanitized(parameter);
    match name.as_str() {
        "None" | "Some" | "Ok" | "Err" => format!("{name}_"),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::{
        build::tree::{File, FileKind, tree},
        routing::FileRole,
    };

    fn code(dir: &str, files: &[(&str, &str)]) -> String {
        let files = files.iter().map(|(relative, text)| {
            let FileRole::Route(pattern) = FileRole::of(relative).unwrap() else {
                panic!("{relative} is no route");
            };
            let text = (*text).to_owned();
            File {
                relative: (*relative).to_owned(),
                path: PathBuf::new(),
                kind: FileKind::Route { pattern, text },
            }
        });
        let (tree, errors) = tree(dir, files.collect(), Vec::new());
        assert!(errors.is_empty(), "{errors:?}");
        let mut code = Code::default();
        urls(&mut code, &tree, |_| false);
        code.text
    }

    /// The functions with the modules that they are in, and the names of their arguments.
    fn functions(files: &[&str]) -> Vec<String> {
        let files: Vec<_> = files
            .iter()
            .map(|it| (*it, "pub async fn get() {}"))
            .collect();
        let code = code("pages/api", &files);
        let mut modules = Vec::new();
        let mut found = Vec::new();
        for line in code.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix("pub mod ") {
                modules.push(name.trim_end_matches(" {"));
            } else if let Some(function) = line.strip_prefix("pub fn ") {
                let (head, _) = function.split_once(" -> ").unwrap();
                let head = head
                    .replace(
                        "impl ::core::iter::IntoIterator<Item = impl ::core::fmt::Display>",
                        "..",
                    )
                    .replace("impl ::core::fmt::Display", "_");
                found.push([&modules[1..], &[&head]].concat().join("::"));
                modules.push("");
            } else if line == "}" {
                modules.pop();
            }
        }
        found
    }

    #[test]
    fn functions_are_named_after_paths() {
        for (file, function) in [
            ("index.rs", "index()"),
            ("posts.rs", "posts()"),
            ("posts/index.rs", "posts()"),
            ("posts/[id].rs", "posts::id(id: _)"),
            ("posts/[id]/comments.rs", "posts::id::comments(id: _)"),
            ("(shop)/cart.rs", "cart()"),
            ("(shop)/index.rs", "index()"),
            ("files/[...path].rs", "files::path(path: ..)"),
            ("[org]/[[...slug]].rs", "org::slug(org: _, slug: ..)"),
            ("a-b/[user-id].rs", "a_b::user_id(user_id: _)"),
            ("type/[self].rs", "r#type::self_(self_: _)"),
            ("[None].rs", "None(None_: _)"),
            ("[Some]/[...Ok].rs", "Some::Ok(Some_: _, Ok_: ..)"),
            ("[Err]/[Err_].rs", "Err::Err_(Err_: _, Err__2: _)"),
            ("404.rs", "_404()"),
            (".well-known/x.rs", "_well_known::x()"),
            ("index/index.rs", "index()"),
            ("[a_b]/[a-b].rs", "a_b::a_b(a_b: _, a_b_2: _)"),
        ] {
            assert_eq!(functions(&[file]), [function], "{file}");
        }
    }

    #[test]
    fn the_second_of_a_name_gets_a_number() {
        for (files, names) in [
            (&["[id].rs", "id.rs"][..], &["id()", "id_2(id: _)"][..]),
            (
                &["a.b.rs", "a-b.rs", "a_b.rs"],
                &["a_b()", "a_b_2()", "a_b_3()"],
            ),
            (&["index.rs", "index/index.rs"], &["index()", "index_2()"]),
            (
                &["index.rs", "x/index/index.rs"],
                &["index()", "x::index()"],
            ),
            // A function and a module of one name are two things.
            (
                &["posts.rs", "posts/[id].rs", "posts/[id]/x.rs"],
                &["posts()", "posts::id(id: _)", "posts::id::x(id: _)"],
            ),
        ] {
            assert_eq!(functions(files), names, "{files:?}");
        }
    }

    #[test]
    fn a_small_tree_as_source_code() {
        let get = "pub async fn get() {}";
        let code = code(
            "pages/api",
            &[
                ("index.rs", get),
                ("posts/[id]/files/[...path].rs", get),
                ("spa ce.rs", "#![cfg(unix)] #[cfg(a)] pub async fn get() {}"),
            ],
        );
        assert_eq!(code, GOLDEN);
    }

    #[test]
    fn a_tree_without_routes_has_no_module() {
        assert_eq!(code("pages/api", &[]), "");
    }

    #[test]
    fn a_tree_at_the_root_has_no_mount() {
        let code = code("pages", &[("x.rs", "pub async fn get() {}")]);
        assert!(code.contains("RouteUrl::new(\"\", \"/x\")"), "{code}");
        assert!(code.contains("`/x`, the route of"), "{code}");
    }

    const GOLDEN: &str = r#"#[doc = "The URLs of the routes of `pages/api`."]
#[allow(dead_code, missing_docs, non_snake_case, unused_qualifications)]
#[allow(clippy::all, clippy::pedantic, clippy::nursery)]
pub mod urls {
    #[doc = "`/api`, the route of `pages/api/index.rs`."]
    pub fn index() -> ::tower_api_routes::RouteUrl {
        ::tower_api_routes::RouteUrl::new("/api", "")
    }
    pub mod posts {
        pub mod id {
            pub mod files {
                #[doc = "`/api/posts/[id]/files/[...path]`, the route of `pages/api/posts/[id]/files/[...path].rs`."]
                pub fn path(id: impl ::core::fmt::Display, path: impl ::core::iter::IntoIterator<Item = impl ::core::fmt::Display>) -> ::core::result::Result<::tower_api_routes::RouteUrl, ::tower_api_routes::RouteUrlError> {
                    ::core::result::Result::Ok(::tower_api_routes::RouteUrl::new("/api", "/posts").segment("id", &id)?.text("/files").some_segments("path", path)?)
                }
            }
        }
    }
    #[doc = "`/api/spa ce`, the route of `pages/api/spa ce.rs`."]
    #[cfg(unix)]
    #[cfg(a)]
    pub fn spa_ce() -> ::tower_api_routes::RouteUrl {
        ::tower_api_routes::RouteUrl::new("/api", "/spa%20ce")
    }
}
"#;
}
