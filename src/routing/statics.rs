//! Routes without parameters, found by their whole path at once.

use super::{
    nodes::Id,
    pattern::{Pattern, Segment},
    table::{Entry, Table, mix},
    word::word,
};

#[derive(Debug, Clone)]
struct Static {
    path: Box<str>,
    route: Id,
}

impl Entry for Static {
    fn hash(&self) -> u64 {
        hash(self.path.as_bytes())
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Statics {
    table: Table<Static>,
    /// Bit n: there is a path of n bytes. The last bit stands for all lengths from 63 on.
    lengths: u64,
    longest: usize,
}

impl Statics {
    /// The route of exactly this path. A path that is too long to be a route is not hashed.
    #[inline]
    pub(super) fn get(&self, path: &str) -> Option<Id> {
        if self.lengths & length_bit(path.len()) == 0 || path.len() > self.longest {
            return None;
        }
        let found = self
            .table
            .find(hash(path.as_bytes()), |it| *it.path == *path);
        found.map(|it| it.route)
    }

    /// Adds a route, if it has no parameter.
    pub(super) fn insert(&mut self, pattern: &Pattern, route: Id) {
        let texts: Option<Vec<&str>> = pattern.segments().iter().map(Segment::text).collect();
        let Some(path) = texts.map(|it| it.join("/")) else {
            return;
        };
        self.lengths |= length_bit(path.len());
        self.longest = self.longest.max(path.len());
        self.table.insert(Static {
            path: path.into(),
            route,
        });
    }
}

#[inline]
fn length_bit(len: usize) -> u64 {
    1 << len.min(63)
}

/// Two words at a time; the last two overlap with those before.
#[inline]
fn hash(path: &[u8]) -> u64 {
    let mut hash = path.len() as u64;
    // What the words below would be, read once.
    if path.len() <= 8 {
        let word = word(path, 0);
        return mix(hash ^ word, word);
    }
    let mut at = 0;
    while at + 16 < path.len() {
        hash = mix(hash ^ word(path, at), word(path, at + 8));
        at += 16;
    }
    let at = path.len().saturating_sub(16);
    let last = path.len().saturating_sub(8);
    mix(hash ^ word(path, at), word(path, last))
}
