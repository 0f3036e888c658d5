//! [`Source`]: what a route file says at its top level, as far as a route tree reads it.

use super::signature::Arguments;

/// What one source file says at its top level.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Source {
    /// The conditions of `#![cfg(..)]` at the top of the file.
    pub(super) cfg: Vec<String>,
    /// Its own comment, `//!`, line by line, as string literals.
    pub(super) comment: Vec<String>,
    pub(super) names: Vec<Declared>,
    /// Whether there is a `pub use x::*`, whose names cannot be seen from here.
    pub(super) has_glob: bool,
}

/// A declaration with one of the names that a route tree reads.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Declared {
    pub(super) name: String,
    /// The conditions of its `#[cfg(..)]` attributes.
    pub(super) cfg: Vec<String>,
    pub(super) is_public: bool,
    /// The lines of its comment, `///`, as string literals.
    pub(super) comment: Vec<String>,
    pub(super) is_deprecated: bool,
    pub(super) what: What,
    /// For people: the whole of a `layer` from its name on, the value of a `CONFIG`, a `use`.
    pub(super) text: String,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    Function {
        is_async: bool,
        arguments: Arguments,
        has_generics: bool,
        returns: bool,
    },
    Constant {
        /// The last segment of its type.
        ty: Option<String>,
        /// Its value, if that is `true` or `false` and nothing else.
        literal: Option<bool>,
        /// Its value, if that is a list of texts, written out.
        texts: Option<Vec<String>>,
    },
    Static,
    Reexport,
}

impl What {
    /// The value of a constant that is `true` or `false` and nothing else.
    pub(super) fn literal(&self) -> Option<bool> {
        match self {
            Self::Constant { literal, .. } => *literal,
            _ => None,
        }
    }

    /// The value of a constant that is a list of texts, written out.
    pub(super) fn texts(self) -> Option<Vec<String>> {
        match self {
            Self::Constant { texts, .. } => texts,
            _ => None,
        }
    }

    /// The arguments of a function, if they can be seen from here.
    pub(super) fn arguments(&self) -> Option<&Arguments> {
        match self {
            Self::Function { arguments, .. } => Some(arguments),
            _ => None,
        }
    }

    /// The places of the arguments that take route parameters.
    pub(super) fn params(&self) -> Vec<usize> {
        self.arguments().map_or_else(Vec::new, Arguments::params)
    }

    /// How many arguments a function has, if that can be seen from here.
    pub(super) fn count(&self) -> Option<usize> {
        self.arguments()?.count()
    }
}
