//! Two routes that cannot live side by side.

use std::fmt;

use super::pattern::{Pattern, quoted};

/// Why a route does not fit into a [`RouteTree`](super::RouteTree). Its message names both routes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsertError {
    pub(super) kind: InsertErrorKind,
    pub(super) pattern: Pattern,
    pub(super) existing: Pattern,
}

/// How two routes conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InsertErrorKind {
    /// One route twice.
    Duplicate,
    /// Two names for the same parameter: `[id]` and `[slug]/edit`.
    ParameterNames,
    /// `[...a]` and `[[...b]]` at one level.
    CatchAlls,
    /// `[[...a]]` beside a route that ends at its level: both match the path without the rest.
    OptionalCatchAll,
    /// Text that differs only in the case of its letters, which some file systems take for one.
    LetterCase,
}

impl InsertError {
    /// How the routes conflict.
    #[must_use]
    pub fn kind(&self) -> InsertErrorKind {
        self.kind
    }

    /// The route that was refused.
    #[must_use]
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// The route in the tree that it conflicts with.
    #[must_use]
    pub fn existing(&self) -> &Pattern {
        &self.existing
    }
}

impl fmt::Display for InsertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use InsertErrorKind as Kind;
        let (new, old) = (quoted(&self.pattern), quoted(&self.existing));
        match self.kind {
            Kind::Duplicate => write!(f, "there are two routes {new}"),
            Kind::ParameterNames => write!(
                f,
                "routes {new} and {old} have different names for the same parameter"
            ),
            Kind::CatchAlls => write!(
                f,
                "routes {new} and {old} have a required and an optional catch-all at the same level"
            ),
            Kind::OptionalCatchAll => write!(
                f,
                "routes {new} and {old} match the same path, as an optional catch-all matches \
                 without its segments"
            ),
            Kind::LetterCase => {
                write!(
                    f,
                    "routes {new} and {old} differ only in the case of letters"
                )
            }
        }
    }
}

impl std::error::Error for InsertError {}
