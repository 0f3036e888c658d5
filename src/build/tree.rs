//! Puts the files of a directory together: its routes with their layers, and every conflict among them.
//!
//! `posts/[id].rs` is the route `posts/[id]`, inside the layers of `posts/_middleware.rs` and of
//! `_middleware.rs`, in this order.

use std::{collections::HashMap, path::PathBuf};

use super::{
    error::BuildError,
    exports::{Exports, of_middleware, of_route},
    inspect::{Source, inspect},
    modules::{Module, Modules, modules},
    tokens::Unreadable,
};
use crate::routing::{InsertErrorKind, Pattern, RouteTree};

/// A Rust file of the tree.
#[derive(Debug)]
pub(super) struct File {
    /// Its path below the tree, with `/` on every system.
    pub(super) relative: String,
    pub(super) path: PathBuf,
    pub(super) kind: FileKind,
}

/// What a file is to the tree, with what has to be known of it.
#[derive(Debug)]
pub(super) enum FileKind {
    Route { pattern: Pattern, text: String },
    Middleware { text: String },
    Private,
}

/// All that the generated code is made of.
#[derive(Debug)]
pub(super) struct Tree {
    /// The directory as the application names it: `pages/api`.
    pub(super) dir: String,
    pub(super) root: Module,
    pub(super) routes: Vec<Route>,
    pub(super) middleware: Vec<Middleware>,
    /// Files that are no Rust, and what is wrong with them.
    pub(super) unread: Vec<(String, String)>,
}

#[derive(Debug)]
pub(super) struct Route {
    pub(super) pattern: String,
    pub(super) file: String,
    pub(super) module: String,
    pub(super) exports: Exports,
    /// Places in [`Tree::middleware`], the innermost first.
    pub(super) layers: Vec<usize>,
}

#[derive(Debug)]
pub(super) struct Middleware {
    pub(super) file: String,
    pub(super) module: String,
    pub(super) exports: Exports,
}

/// Puts the files of the tree `dir` together.
pub(super) fn tree(dir: &str, files: Vec<File>) -> (Tree, Vec<BuildError>) {
    let named = files
        .iter()
        .map(|it| (it.relative.as_str(), it.path.as_path()));
    let (Modules { root, paths }, errors) = modules(dir, named);
    let mut assembly = Assembly {
        tree: Tree {
            dir: dir.to_owned(),
            root,
            routes: Vec::new(),
            middleware: Vec::new(),
            unread: Vec::new(),
        },
        patterns: RouteTree::new(),
        errors,
    };
    let mut wrapped = Vec::new();
    let mut directories = HashMap::new();
    for File { relative, kind, .. } in files {
        let file = format!("{dir}/{relative}");
        let module = paths.get(&relative).cloned().unwrap_or_default();
        match kind {
            FileKind::Private => {}
            FileKind::Middleware { text } => {
                if let Some(exports) = assembly.exports(&file, &text, of_middleware) {
                    directories
                        .insert(parent(&relative).to_owned(), assembly.tree.middleware.len());
                    assembly.tree.middleware.push(Middleware {
                        file,
                        module,
                        exports,
                    });
                }
            }
            FileKind::Route { pattern, text } => {
                let written = pattern.to_string();
                assembly.claim(pattern, &file);
                if let Some(exports) = assembly.exports(&file, &text, of_route) {
                    let layers = Vec::new();
                    let route = Route {
                        pattern: written,
                        file,
                        module,
                        exports,
                        layers,
                    };
                    assembly.tree.routes.push(route);
                    wrapped.push(relative);
                }
            }
        }
    }
    let Assembly {
        mut tree, errors, ..
    } = assembly;
    for (route, relative) in tree.routes.iter_mut().zip(&wrapped) {
        route.layers = layers(relative, &directories, &tree.middleware);
    }
    (tree, errors)
}

struct Assembly {
    tree: Tree,
    /// The file of each route.
    patterns: RouteTree<String>,
    errors: Vec<BuildError>,
}

impl Assembly {
    fn exports(
        &mut self,
        file: &str,
        text: &str,
        rules: fn(Source) -> Result<Exports, Vec<String>>,
    ) -> Option<Exports> {
        let source = match inspect(text) {
            Ok(source) => source,
            Err(Unreadable::NotRust(error)) => {
                self.tree.unread.push((file.to_owned(), error));
                return None;
            }
            Err(Unreadable::Refused(problem)) => {
                self.errors.push(BuildError::new(file, problem));
                return None;
            }
        };
        match rules(source) {
            Ok(exports) => Some(exports),
            Err(problems) => {
                let problems = problems.into_iter().map(|it| BuildError::new(file, it));
                self.errors.extend(problems);
                None
            }
        }
    }

    fn claim(&mut self, pattern: Pattern, file: &str) {
        if let Err(error) = self.patterns.insert(pattern, file.to_owned()) {
            let mut routes = self.patterns.iter();
            let other = routes.find(|(pattern, _)| *pattern == error.existing());
            let other = other.map_or("", |(_, file)| file);
            let message = format!(
                "{error}; the other file is `{other}`: {}",
                way_out(error.kind())
            );
            self.errors.push(BuildError::new(file, message));
        }
    }
}

fn way_out(kind: InsertErrorKind) -> &'static str {
    match kind {
        InsertErrorKind::ParameterNames => "use one name in both",
        InsertErrorKind::OptionalCatchAll => {
            "remove one of them, or write `[...name]`, which needs a segment"
        }
        _ => "remove or rename one of them",
    }
}

/// The layers around a file: its directory's first, then those of the directories above, up to
/// one that does not inherit.
fn layers(
    relative: &str,
    directories: &HashMap<String, usize>,
    middleware: &[Middleware],
) -> Vec<usize> {
    let mut layers = Vec::new();
    let mut at = relative;
    while !at.is_empty() {
        at = parent(at);
        let Some(index) = directories.get(at) else {
            continue;
        };
        layers.push(*index);
        let inherits = middleware.get(*index).and_then(|it| it.exports.inherit);
        if inherits == Some(false) {
            break;
        }
    }
    layers
}

/// The directory that a path lies in; `""` for the tree itself.
fn parent(relative: &str) -> &str {
    relative.rsplit_once('/').map_or("", |(parent, _)| parent)
}
