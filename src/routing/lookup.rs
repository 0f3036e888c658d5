//! From a path to its route, along the nodes.
//!
//! At each node the next segment of the path is tried as a static segment, then as a parameter, then
//! all that is left as a catch-all. A choice that leads nowhere is taken back: among `a/[x]/c` and
//! `[y]/b`, the path `a/b` first follows `a`, captures `b`, finds the path at its end where no route
//! ends, goes back to the root, and captures `a` for `[y]`.

use super::{
    captures::Captures,
    nodes::{Id, Nodes, ROOT},
    word::Span,
};

impl Nodes {
    /// The first route with parameters that matches `path`; `""` is the root.
    pub(super) fn find(&self, path: &[u8], captures: &mut Captures) -> Option<Id> {
        // Captures count in `u32`. No HTTP message has a path of 4 GiB.
        u32::try_from(path.len()).ok()?;
        let at = usize::from(path.is_empty());
        self.walk(path, at, ROOT, captures)
    }

    /// The first route that matches `path` from `at` on, below `node`.
    ///
    /// It calls itself only where there is something to come back to, and goes on in the loop where
    /// there is not. Every node lies at one depth and is entered at most once, so that going back costs
    /// no more than the tree has nodes. The recursion is as deep as routes are, whatever the path.
    fn walk(
        &self,
        path: &[u8],
        mut at: usize,
        mut node: Id,
        captures: &mut Captures,
    ) -> Option<Id> {
        loop {
            let here = self.get(node);
            if !here.has_parameters {
                return None;
            }
            // Past the end, as opposed to before an empty last segment.
            if at > path.len() {
                return here.end.or(here.optional);
            }
            let span = Span::read(path, at);
            if span.is_empty() {
                return None;
            }
            let next = span.end + 1;
            let rest = here.catch_all.or(here.optional);
            if here.static_bits & span.bit() != 0
                && let Some(child) = self.follow(node, path, &span)
            {
                if here.dynamic.is_none() && rest.is_none() {
                    (node, at) = (child, next);
                    continue;
                }
                let captured = captures.len();
                if let Some(found) = self.walk(path, next, child, captures) {
                    return Some(found);
                }
                captures.truncate(captured);
            }
            if let Some(child) = here.dynamic
                && !span.is_dots(path)
            {
                let captured = captures.len();
                captures.push(span.range());
                if rest.is_none() {
                    (node, at) = (child, next);
                    continue;
                }
                if let Some(found) = self.walk(path, next, child, captures) {
                    return Some(found);
                }
                captures.truncate(captured);
            }
            let rest = rest.filter(|_| may_be_captured(path, at))?;
            captures.push(at..path.len());
            return Some(rest);
        }
    }
}

/// Whether a catch-all takes the path from `at` on: no segment is empty or made of dots.
fn may_be_captured(path: &[u8], mut at: usize) -> bool {
    while at <= path.len() {
        let span = Span::read(path, at);
        if span.is_empty() || span.is_dots(path) {
            return false;
        }
        at = span.end + 1;
    }
    true
}
