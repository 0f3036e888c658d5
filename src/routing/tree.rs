//! The routes of a tree, and which of them a path belongs to.

use std::{collections::HashMap, fmt};

use percent_encoding::percent_decode_str;

use super::{
    captures::Captures,
    conflict::{InsertError, InsertErrorKind},
    nodes::{Nodes, ROOT},
    pattern::{Pattern, Segment},
    statics::Statics,
};

/// Routes with a value each, looked up by path.
///
/// Which route a path belongs to depends on the [rules](super), never on the order of insertion.
///
/// A lookup allocates nothing (up to four captures), enters no part of the tree twice, and takes
/// time that grows with the path at most linearly. Routes without parameters are found by one
/// hash of the whole path, whatever their number.
///
/// ```
/// use tower_api_routes::routing::{Pattern, RouteTree};
///
/// let mut tree = RouteTree::new();
/// tree.insert(Pattern::parse("posts/[id]")?, "a post")?;
/// tree.insert(Pattern::parse("posts/new")?, "a form")?;
///
/// let found = tree.at("posts/42").unwrap();
/// assert_eq!(*found.value, "a post");
/// assert_eq!(found.captures.get(0), Some(6..8));
/// assert_eq!(*tree.at("posts/new").unwrap().value, "a form");
/// assert!(tree.at("posts").is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct RouteTree<T> {
    routes: Vec<(Pattern, T)>,
    nodes: Nodes,
    statics: Statics,
    /// The route that came first with a static segment, by parent and letters in lower case.
    lower_case: HashMap<(usize, String), usize>,
}

/// A route that a path belongs to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Match<'t, T> {
    /// The pattern of the route, which knows the names of the parameters.
    pub pattern: &'t Pattern,
    /// What was inserted with it.
    pub value: &'t T,
    /// Where the values of the parameters lie in the path.
    pub captures: Captures,
}

impl<T> RouteTree<T> {
    /// A tree without routes.
    #[must_use]
    pub fn new() -> Self {
        Self {
            routes: Vec::new(),
            nodes: Nodes::default(),
            statics: Statics::default(),
            lower_case: HashMap::new(),
        }
    }

    /// How many routes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.routes.len()
    }

    /// Whether there is no route.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.routes.is_empty()
    }

    /// The routes in the order in which they are tried.
    pub fn iter(&self) -> impl Iterator<Item = (&Pattern, &T)> {
        let mut routes: Vec<_> = self.routes.iter().map(|(it, value)| (it, value)).collect();
        routes.sort_unstable_by_key(|(pattern, _)| *pattern);
        routes.into_iter()
    }

    /// The route that a path belongs to, and what its parameters captured.
    ///
    /// `path` is the raw path below the mount, still percent-encoded and without its leading
    /// slash; `""` is the root. `None` also for a path with an empty segment, hence for one with
    /// a trailing slash, and for one with a segment of dots.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<Match<'_, T>> {
        let mut captures = Captures::default();
        let route = match self.statics.get(path) {
            Some(route) => route,
            None => self.nodes.find(path.as_bytes(), &mut captures)?,
        };
        let (pattern, value) = self.routes.get(route)?;
        Some(Match {
            pattern,
            value,
            captures,
        })
    }

    /// Adds a route.
    ///
    /// # Errors
    ///
    /// [`InsertError`] when the route conflicts with one in the tree, which stays as it was.
    /// Whether routes conflict does not depend on the order in which they come.
    pub fn insert(&mut self, pattern: Pattern, value: T) -> Result<(), InsertError> {
        if let Err((kind, other)) = self.check(&pattern) {
            return Err(InsertError {
                kind,
                existing: self.pattern(other).cloned().unwrap_or_default(),
                pattern,
            });
        }
        let route = self.routes.len();
        let mut at = ROOT;
        for segment in pattern.segments() {
            match segment {
                Segment::Static(text) => at = self.static_child(at, text, route),
                Segment::Dynamic(_) => {
                    let child = self.nodes.get(at).dynamic;
                    at = child.unwrap_or_else(|| self.nodes.add_dynamic(at, route));
                }
                Segment::CatchAll(_) => self.nodes.get_mut(at).catch_all = Some(route),
                Segment::OptionalCatchAll(_) => self.nodes.get_mut(at).optional = Some(route),
            }
        }
        if !pattern.segments().last().is_some_and(Segment::is_catch_all) {
            self.nodes.get_mut(at).end = Some(route);
        }
        self.statics.insert(&pattern, route);
        self.routes.push((pattern, value));
        Ok(())
    }

    fn static_child(&mut self, parent: usize, text: &str, route: usize) -> usize {
        if let Some(child) = self.nodes.static_child(parent, text) {
            return child;
        }
        self.lower_case.insert((parent, lower_case(text)), route);
        self.nodes.add_static(parent, text, route)
    }

    /// Walks along the routes that share a beginning with `pattern`, down to where they part.
    fn check(&self, pattern: &Pattern) -> Result<(), (InsertErrorKind, usize)> {
        use InsertErrorKind as Kind;
        let mut at = ROOT;
        for (depth, segment) in pattern.segments().iter().enumerate() {
            let node = self.nodes.get(at);
            let (child, rival) = match segment {
                Segment::Static(text) => match self.nodes.static_child(at, text) {
                    Some(child) => (child, None),
                    // No route goes on with this text: nothing below can conflict.
                    None => {
                        return match self.lower_case.get(&(at, lower_case(text))) {
                            Some(other) => Err((Kind::LetterCase, *other)),
                            None => Ok(()),
                        };
                    }
                },
                Segment::Dynamic(_) => match node.dynamic {
                    Some(child) => (child, Some(self.nodes.get(child).witness)),
                    None => return Ok(()),
                },
                Segment::CatchAll(_) => {
                    conflict(Kind::CatchAlls, node.optional)?;
                    self.same_name(segment, node.catch_all, depth)?;
                    return conflict(Kind::Duplicate, node.catch_all);
                }
                Segment::OptionalCatchAll(_) => {
                    conflict(Kind::CatchAlls, node.catch_all)?;
                    conflict(Kind::OptionalCatchAll, node.end)?;
                    self.same_name(segment, node.optional, depth)?;
                    return conflict(Kind::Duplicate, node.optional);
                }
            };
            self.same_name(segment, rival, depth)?;
            at = child;
        }
        let node = self.nodes.get(at);
        conflict(Kind::Duplicate, node.end)?;
        conflict(Kind::OptionalCatchAll, node.optional)
    }

    fn same_name(
        &self,
        segment: &Segment,
        rival: Option<usize>,
        depth: usize,
    ) -> Result<(), (InsertErrorKind, usize)> {
        match rival {
            Some(route)
                if self.pattern(route).and_then(|it| it.segments().get(depth)) != Some(segment) =>
            {
                Err((InsertErrorKind::ParameterNames, route))
            }
            _ => Ok(()),
        }
    }

    fn pattern(&self, route: usize) -> Option<&Pattern> {
        self.routes.get(route).map(|(pattern, _)| pattern)
    }
}

fn conflict(kind: InsertErrorKind, other: Option<usize>) -> Result<(), (InsertErrorKind, usize)> {
    match other {
        Some(route) => Err((kind, route)),
        None => Ok(()),
    }
}

fn lower_case(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().to_lowercase()
}

impl<T> Default for RouteTree<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// Lists the patterns in the order in which they are tried.
impl<T> fmt::Debug for RouteTree<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let patterns = self.iter().map(|(pattern, _)| pattern.to_string());
        f.debug_list().entries(patterns).finish()
    }
}
