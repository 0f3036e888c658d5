//! The nodes of a route tree: one for each beginning that routes share.
//!
//! The routes `posts/new`, `posts/[id]/edit` and `files/[...path]` make these nodes:
//!
//! ```text
//! 0 ─ posts ─▶ 1 ─ new ──▶ 2                  2 ends `posts/new`
//! │            └─ [id] ──▶ 3 ─ edit ─▶ 4      4 ends `posts/[id]/edit`
//! └── files ─▶ 5                              5 goes on with the catch-all `[...path]`
//! ```
//!
//! A node has at most one child for a captured segment, and any number of static ones. These are in
//! one hash table for the whole tree ([`Edge`]), whose key is the parent and what
//! [`Span`] knows of the segment.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;

use super::{
    pattern::{Pattern, Segment},
    table::{Entry, Table, mix},
    word::Span,
};

/// The index of a node, or of a route in the order of insertion. Four bytes, so that `Option<Id>` takes
/// eight, not sixteen, and a [`Node`] 48.
pub(super) type Id = u32;

/// The node of the root, where every path begins.
pub(super) const ROOT: Id = 0;

/// What may come after some segments.
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    /// A route that passes through here, to be named in a conflict.
    pub(super) witness: Id,
    /// The route that ends here.
    pub(super) end: Option<Id>,
    /// The node after a segment that is captured.
    pub(super) dynamic: Option<Id>,
    /// The route that goes on with a catch-all.
    pub(super) catch_all: Option<Id>,
    /// The route that goes on with an optional catch-all.
    pub(super) optional: Option<Id>,
    /// Whether a route with parameters passes through here. Others are found by their whole path.
    pub(super) has_parameters: bool,
    /// One bit for each static segment that a route with parameters goes on with from here; see
    /// [`Span::bit`].
    pub(super) static_bits: u64,
}

#[derive(Debug, Clone)]
pub(super) struct Nodes {
    nodes: Vec<Node>,
    edges: Table<Edge>,
    /// One bit for each first letter of a route with parameters, see [`Nodes::may_have`]; all of them if one begins
    /// with a parameter.
    first_letters: u64,
    /// The child for a static segment whose letters are in lower case.
    lower_case: HashMap<(Id, String), Id>,
}

/// From a node to the next by a static segment: its first and last eight bytes and its length, as
/// [`Span`] has them, and its text for a segment of more than the sixteen bytes that these hold.
#[derive(Debug, Clone)]
struct Edge {
    first: u64,
    last: u64,
    len: u32,
    parent: Id,
    child: Id,
    text: Box<str>,
}

impl Entry for Edge {
    fn hash(&self) -> u64 {
        hash(self.parent, self.first, self.last, self.len)
    }
}

/// Parent and length, 32 bits each, share a word. XOR with `last`, which is zero for most segments,
/// makes the two words that [`mix`] takes of the three.
#[inline]
fn hash(parent: Id, first: u64, last: u64, len: u32) -> u64 {
    mix(first, last ^ (u64::from(parent) << 32 | u64::from(len)))
}

impl Default for Nodes {
    fn default() -> Self {
        Self {
            nodes: vec![Node::default()],
            edges: Table::default(),
            first_letters: 0,
            lower_case: HashMap::new(),
        }
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "the indexes come from here, and nodes are never removed"
)]
impl Nodes {
    #[inline]
    pub(super) fn get(&self, node: Id) -> &Node {
        &self.nodes[node as usize]
    }

    fn get_mut(&mut self, node: Id) -> &mut Node {
        &mut self.nodes[node as usize]
    }
}

impl Nodes {
    /// Whether a route with parameters may match `path`, as far as its first byte tells. It spares most paths that
    /// belong to no route the walk along the nodes.
    #[inline]
    pub(super) fn may_have(&self, path: &[u8]) -> bool {
        self.first_letters & letter_bit(path) != 0
    }

    /// The node that one static segment leads to: `span` of `path`.
    #[inline(always)]
    pub(super) fn follow(&self, parent: Id, path: &[u8], span: &Span) -> Option<Id> {
        let len = span.len() as u32;
        let edge = self
            .edges
            .find(hash(parent, span.first, span.last, len), |edge| {
                edge.first == span.first
                    && edge.parent == parent
                    && edge.len == len
                    && edge.last == span.last
                    && (span.is_complete() || path.get(span.range()) == Some(edge.text.as_bytes()))
            })?;
        Some(edge.child)
    }

    /// The node that the text of a static segment leads to.
    pub(super) fn static_child(&self, parent: Id, text: &str) -> Option<Id> {
        self.follow(parent, text.as_bytes(), &Span::read(text.as_bytes(), 0))
    }

    /// A route with a static segment at the same place that is `text` but for the case of letters.
    pub(super) fn like(&self, parent: Id, text: &str) -> Option<Id> {
        let child = self.lower_case.get(&(parent, lower_case(text)))?;
        Some(self.get(*child).witness)
    }

    /// Adds a route that conflicts with none.
    pub(super) fn insert(&mut self, pattern: &Pattern, route: Id) {
        let has_parameters = !pattern.is_static();
        if has_parameters {
            self.first_letters |= match pattern.segments().first() {
                Some(Segment::Static(text)) => letter_bit(text.as_bytes()),
                _ => u64::MAX,
            };
        }
        let mut at = ROOT;
        for segment in pattern.segments() {
            self.get_mut(at).has_parameters |= has_parameters;
            match segment {
                Segment::Static(text) => {
                    if has_parameters {
                        self.get_mut(at).static_bits |= Span::read(text.as_bytes(), 0).bit();
                    }
                    let child = self.static_child(at, text);
                    at = child.unwrap_or_else(|| self.add_static(at, text, route));
                }
                Segment::Dynamic(_) => {
                    let child = self.get(at).dynamic;
                    let child = child.unwrap_or_else(|| self.add(route));
                    self.get_mut(at).dynamic = Some(child);
                    at = child;
                }
                Segment::CatchAll(_) => {
                    self.get_mut(at).catch_all = Some(route);
                    return;
                }
                Segment::OptionalCatchAll(_) => {
                    self.get_mut(at).optional = Some(route);
                    return;
                }
            }
        }
        let node = self.get_mut(at);
        node.has_parameters |= has_parameters;
        node.end = Some(route);
    }

    fn add_static(&mut self, parent: Id, text: &str, route: Id) -> Id {
        let child = self.add(route);
        let span = Span::read(text.as_bytes(), 0);
        self.edges.insert(Edge {
            first: span.first,
            last: span.last,
            len: span.len() as u32,
            parent,
            child,
            text: text.into(),
        });
        self.lower_case.insert((parent, lower_case(text)), child);
        child
    }

    fn add(&mut self, witness: Id) -> Id {
        self.nodes.push(Node {
            witness,
            ..Node::default()
        });
        self.nodes.len() as Id - 1
    }
}

/// One of 64 bits, chosen by the first byte: no two small letters share one.
#[inline]
fn letter_bit(text: &[u8]) -> u64 {
    1 << (text.first().copied().unwrap_or_default() % 64)
}

/// A text as a file system may see it that takes `Users` and `users` for one name.
fn lower_case(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().to_lowercase()
}
