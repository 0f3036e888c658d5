//! Two routes that cannot live side by side in one tree, found when the second of them is added.

use std::fmt;

use super::{
    nodes::{Id, Nodes, ROOT},
    pattern::{Pattern, Segment, quoted},
};

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

type Conflict = (InsertErrorKind, Id);

/// The conflict of `pattern` with the routes in a tree, and with which.
///
/// Walks along the routes that share a beginning with it, down to where they part. Conflicts are
/// between two routes and alike from both sides, so that the order of insertion plays no part.
pub(super) fn check<'t>(
    pattern: &Pattern,
    nodes: &Nodes,
    pattern_of: impl Fn(Id) -> Option<&'t Pattern>,
) -> Result<(), Conflict> {
    use InsertErrorKind as Kind;
    let same_name = |depth: usize, segment: &Segment, other: Option<Id>| match other {
        Some(id) if pattern_of(id).and_then(|it| it.segments().get(depth)) != Some(segment) => {
            Err((Kind::ParameterNames, id))
        }
        _ => Ok(()),
    };
    let mut at = ROOT;
    for (depth, segment) in pattern.segments().iter().enumerate() {
        let node = nodes.get(at);
        let child = match segment {
            Segment::Static(text) => match nodes.static_child(at, text) {
                Some(child) => Some(child),
                None => return absent(Kind::LetterCase, nodes.like(at, text)),
            },
            Segment::Dynamic(_) => {
                same_name(depth, segment, node.dynamic.map(|it| nodes.get(it).witness))?;
                node.dynamic
            }
            Segment::CatchAll(_) => {
                absent(Kind::CatchAlls, node.optional)?;
                same_name(depth, segment, node.catch_all)?;
                return absent(Kind::Duplicate, node.catch_all);
            }
            Segment::OptionalCatchAll(_) => {
                absent(Kind::CatchAlls, node.catch_all)?;
                absent(Kind::OptionalCatchAll, node.end)?;
                same_name(depth, segment, node.optional)?;
                return absent(Kind::Duplicate, node.optional);
            }
        };
        // Where no route goes on, nothing can conflict.
        let Some(child) = child else { return Ok(()) };
        at = child;
    }
    let node = nodes.get(at);
    absent(Kind::Duplicate, node.end)?;
    absent(Kind::OptionalCatchAll, node.optional)
}

fn absent(kind: InsertErrorKind, other: Option<Id>) -> Result<(), Conflict> {
    other.map_or(Ok(()), |other| Err((kind, other)))
}
