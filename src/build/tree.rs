//! The files of a directory → its routes with their layers, and every conflict among them.

use std::{collections::HashMap, path::PathBuf};

use super::{
    error::BuildError,
    exports::{Exports, of_middleware, of_route},
    inspect::{Source, inspect},
    modules::{Module, Modules, modules},
};
use crate::routing::{Pattern, RouteTree};

/// A Rust file of the tree.
#[derive(Debug)]
pub(super) struct File {
    /// Its path below the tree, with `/` on every system.
    pub(super) relative: String,
    pub(super) path: PathBuf,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
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
    /// Files that `syn` cannot read, and what it says.
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
