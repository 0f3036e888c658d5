//! Puts the files of a directory together: its routes with their layers, and every conflict among them.
//!
//! `posts/[id].rs` is the route `posts/[id]`, inside the layers of `posts/_middleware.rs` and of
//! `_middleware.rs`, in this order.

use std::{collections::HashMap, path::PathBuf};

use super::{
    error::BuildError,
    exports::{Exports, of_middleware, of_route},
    inspect::inspect,
    leave::{either, left_route},
    modules::{Module, Modules, modules},
    source::Source,
    tokens::Unreadable,
};
use crate::routing::{InsertError, InsertErrorKind, Pattern, RouteTree};

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
    /// The routes that another service answers.
    pub(super) foreign: Vec<Foreign>,
    /// Files that are no Rust, and what is wrong with them.
    pub(super) unread: Vec<BuildError>,
}

#[derive(Debug)]
pub(super) struct Route {
    pub(super) pattern: Pattern,
    pub(super) file: String,
    pub(super) module: String,
    pub(super) exports: Exports,
    /// Places in [`Tree::middleware`], the innermost first.
    pub(super) layers: Vec<usize>,
}

/// A route that another service answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Foreign {
    pub(super) pattern: Pattern,
    /// Where it comes from, if that is known.
    pub(super) file: Option<String>,
    /// The file whose `LEAVE` names it, if there is one.
    pub(super) left_by: Option<String>,
    /// The conditions of that file.
    pub(super) cfg: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Middleware {
    pub(super) file: String,
    pub(super) module: String,
    pub(super) exports: Exports,
}

/// Puts the files of the tree `dir` together with the routes that another service answers.
pub(super) fn tree(dir: &str, files: Vec<File>, foreign: Vec<Foreign>) -> (Tree, Vec<BuildError>) {
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
            foreign: Vec::new(),
            unread: Vec::new(),
        },
        patterns: RouteTree::new(),
        errors,
    };
    let mut left = Vec::new();
    let mut directories = HashMap::new();
    for File { relative, kind, .. } in files {
        let file = format!("{dir}/{relative}");
        let module = paths.get(&relative).cloned().unwrap_or_default();
        match kind {
            FileKind::Private => {}
            FileKind::Middleware { text } => {
                if let Some(exports) = assembly.exports(&file, &text, of_middleware) {
                    directories.insert(parent(&file).to_owned(), assembly.tree.middleware.len());
                    assembly.tree.middleware.push(Middleware {
                        file,
                        module,
                        exports,
                    });
                }
            }
            FileKind::Route { pattern, text } => {
                assembly.claim(pattern.clone(), &file);
                if let Some(exports) = assembly.exports(&file, &text, of_route) {
                    left.extend(exports.leave.iter().map(|value| {
                        let route = left_route(&pattern, value).map(|pattern| Foreign {
                            pattern,
                            file: None,
                            left_by: Some(file.clone()),
                            cfg: exports.conditions(),
                        });
                        (file.clone(), route, value.clone())
                    }));
                    assembly.tree.routes.push(Route {
                        pattern,
                        file,
                        module,
                        exports,
                        layers: Vec::new(),
                    });
                }
            }
        }
    }
    for (file, route, value) in left {
        match route {
            Ok(route) => assembly.leave(route, &file, &value),
            Err(problem) => {
                let message = format!("`LEAVE` names `{value}`, {problem}");
                assembly.errors.push(BuildError::new(&file, message));
            }
        }
    }
    for route in foreign {
        assembly.claim_foreign(route);
    }
    let Assembly {
        mut tree, errors, ..
    } = assembly;
    for route in &mut tree.routes {
        route.layers = layers(&route.file, &directories, &tree.middleware);
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
                self.tree.unread.push(BuildError::new(file, error));
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
            let other = self.file_of(error.existing());
            let message = format!(
                "{error}; the other file is `{other}`: {}",
                way_out(error.kind())
            );
            self.errors.push(BuildError::new(file, message));
        }
    }

    /// A value that the route of `file` leaves to another service. Others may leave it, too.
    fn leave(&mut self, route: Foreign, file: &str, value: &str) {
        let Err(error) = self.patterns.insert(route.pattern.clone(), file.to_owned()) else {
            return self.tree.foreign.push(route);
        };
        if let Some(known) = self.same_foreign(&error) {
            known.cfg = either(std::mem::take(&mut known.cfg), route.cfg);
            return;
        }
        let other = self.file_of(error.existing());
        let way_out = match other == file {
            true => ": remove the value from `LEAVE`".to_owned(),
            false => format!(
                "; the other file is `{other}`: remove the value from `LEAVE`, or the other file"
            ),
        };
        let message = format!("`LEAVE` names `{value}`, and {error}{way_out}");
        self.errors.push(BuildError::new(file, message));
    }

    /// A file of the other service. That two of its files are one route is its own business, as is a file
    /// that a `LEAVE` has named.
    fn claim_foreign(&mut self, route: Foreign) {
        let file = route.file.clone().unwrap_or_default();
        let Err(error) = self.patterns.insert(route.pattern.clone(), file.clone()) else {
            return self.tree.foreign.push(route);
        };
        if let Some(known) = self.same_foreign(&error) {
            known.file.get_or_insert(file);
            known.cfg.clear();
            return;
        }
        let way_out = match error.kind() {
            InsertErrorKind::Duplicate => {
                "the route has moved, or it has not: remove one of the two"
            }
            kind => way_out(kind),
        };
        let other = self.file_of(error.existing());
        let message = format!("{error}; the other file is `{other}`: {way_out}");
        self.errors.push(BuildError::new(file, message));
    }

    /// The foreign route that is there already, if the error says no more than that.
    fn same_foreign(&mut self, error: &InsertError) -> Option<&mut Foreign> {
        let mut foreign = self.tree.foreign.iter_mut();
        let known = foreign.find(|it| it.pattern == *error.existing());
        known.filter(|_| error.kind() == InsertErrorKind::Duplicate)
    }

    fn file_of(&self, route: &Pattern) -> &str {
        let mut routes = self.patterns.iter();
        let found = routes.find(|(pattern, _)| *pattern == route);
        found.map_or("", |(_, file)| file)
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
    file: &str,
    directories: &HashMap<String, usize>,
    middleware: &[Middleware],
) -> Vec<usize> {
    let mut layers = Vec::new();
    let mut at = file;
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

/// The directory that a path lies in.
fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}
