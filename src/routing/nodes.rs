//! The nodes of a route tree: one for each beginning that routes share.

use super::{
    captures::Captures,
    path::is_dots,
    table::{Table, mix},
    word::Span,
};

/// The node of the root, where every path begins.
pub(super) const ROOT: usize = 0;

/// What may come after some segments. Routes and nodes are indexes.
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    /// A route that passes through here, to be named in a conflict.
    pub(super) witness: usize,
    /// The route that ends here.
    pub(super) end: Option<usize>,
    /// The node after a segment that is captured.
    pub(super) dynamic: Option<usize>,
    /// The route that goes on with a catch-all.
    pub(super) catch_all: Option<usize>,
    /// The route that goes on with an optional catch-all.
    pub(super) optional: Option<usize>,
    has_statics: bool,
}

/// From a node to the next by a static segment.
#[derive(Debug, Clone)]
struct Edge {
    parent: usize,
    child: usize,
    span: Span,
    text: Box<str>,
}

#[derive(Debug, Clone)]
pub(super) struct Nodes {
    nodes: Vec<Node>,
    edges: Table<Edge>,
}

impl Default for Nodes {
    fn default() -> Self {
        Self {
            nodes: vec![Node::default()],
            edges: Table::default(),
        }
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "nodes are never removed, and their indexes come from here"
)]
impl Nodes {
    pub(super) fn get(&self, node: usize) -> &Node {
        &self.nodes[node]
    }

    pub(super) fn get_mut(&mut self, node: usize) -> &mut Node {
        &mut self.nodes[node]
    }
}

impl Nodes {
    pub(super) fn static_child(&self, parent: usize, text: &str) -> Option<usize> {
        self.follow(parent, text.as_bytes(), &Span::read(text.as_bytes(), 0))
    }

    pub(super) fn add_static(&mut self, parent: usize, text: &str, witness: usize) -> usize {
        let child = self.add(witness);
        let span = Span::read(text.as_bytes(), 0);
        let edge = Edge {
            parent,
            child,
            span,
            text: text.into(),
        };
        self.edges.insert(hash(parent, &span), edge);
        self.get_mut(parent).has_statics = true;
        child
    }

    pub(super) fn add_dynamic(&mut self, parent: usize, witness: usize) -> usize {
        let child = self.add(witness);
        self.get_mut(parent).dynamic = Some(child);
        child
    }

    fn add(&mut self, witness: usize) -> usize {
        self.nodes.push(Node {
            witness,
            ..Node::default()
        });
        self.nodes.len() - 1
    }

    #[inline]
    fn follow(&self, parent: usize, path: &[u8], span: &Span) -> Option<usize> {
        let edge = self.edges.find(hash(parent, span), |edge| {
            edge.parent == parent
                && edge.span.same_words(span)
                && (span.is_complete() || path.get(span.range()) == Some(edge.text.as_bytes()))
        })?;
        Some(edge.child)
    }

    /// The first route that matches `path`; `""` is the root.
    pub(super) fn find(&self, path: &[u8], captures: &mut Captures) -> Option<usize> {
        // Captures count in `u32`. No HTTP message has a path of 4 GiB.
        u32::try_from(path.len()).ok()?;
        let at = if path.is_empty() { 1 } else { 0 };
        self.walk(path, at, ROOT, captures)
    }

    /// The first route that matches `path` from `at` on, below `node`.
    ///
    /// Every node lies at one depth and is entered at most once, so that going back costs no more
    /// than the tree has nodes. The recursion is as deep as routes are, whatever the path.
    fn walk(
        &self,
        path: &[u8],
        mut at: usize,
        mut node: usize,
        captures: &mut Captures,
    ) -> Option<usize> {
        loop {
            let here = self.nodes.get(node)?;
            // Past the end, as opposed to before an empty last segment.
            if at > path.len() {
                return here.end.or(here.optional);
            }
            let span = Span::read(path, at);
            if span.is_empty() {
                return None;
            }
            let rest = here.catch_all.or(here.optional);
            if here.has_statics
                && let Some(child) = self.follow(node, path, &span)
            {
                if here.dynamic.is_none() && rest.is_none() {
                    (node, at) = (child, span.end + 1);
                    continue;
                }
                let captured = captures.len();
                let found = self.walk(path, span.end + 1, child, captures);
                if found.is_some() {
                    return found;
                }
                captures.truncate(captured);
            }
            if let Some(child) = here.dynamic
                && !is_dots(path.get(span.range()).unwrap_or_default())
            {
                let captured = captures.len();
                captures.push(span.start, span.end);
                if rest.is_none() {
                    (node, at) = (child, span.end + 1);
                    continue;
                }
                let found = self.walk(path, span.end + 1, child, captures);
                if found.is_some() {
                    return found;
                }
                captures.truncate(captured);
            }
            let rest = rest?;
            if !may_be_captured(path, at) {
                return None;
            }
            captures.push(at, path.len());
            return Some(rest);
        }
    }
}

/// Whether a catch-all takes the path from `at` on: no segment is empty or made of dots.
fn may_be_captured(path: &[u8], at: usize) -> bool {
    let rest = path.get(at..).unwrap_or_default();
    rest.split(|byte| *byte == b'/')
        .all(|segment| !segment.is_empty() && !is_dots(segment))
}

#[inline]
fn hash(parent: usize, span: &Span) -> u64 {
    mix(
        mix(parent as u64, span.first),
        span.last ^ span.len() as u64,
    )
}
