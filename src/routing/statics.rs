//! Routes without parameters, found by their whole path at once.
//!
//! `api/posts/new` takes one lookup by a hash of all its bytes, however many segments it has. A path
//! that is no such route, `api/posts/42`, should cost next to nothing before it is looked up in the
//! nodes: most are told by their length alone and not hashed.

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
    /// Bit n is set if there is a path of n bytes. The last bit stands for all lengths from 63 on.
    lengths: u64,
    /// The length of the longest path: none beyond it is hashed, however long a client makes it.
    longest: usize,
}

impl Statics {
    /// The route of exactly this path.
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

/// The bit of `lengths` that stands for `len`; shifting a `u64` by more than 63 would overflow.
#[inline]
fn length_bit(len: usize) -> u64 {
    1 << len.min(63)
}

/// A hash of all bytes, two words of eight at a time. The last two words end with the path, so that they
/// overlap with those before unless the length is a multiple of sixteen:
///
/// ```text
/// api/posts/new/preview     21 bytes
/// └──────┘└──────┘          the loop: bytes 0..8 and 8..16
///      └──────┘└──────┘     the end: bytes 5..13 and 13..21
/// ```
///
/// The length is hashed too: zeros that fill up a word are no bytes of the path.
#[inline]
fn hash(path: &[u8]) -> u64 {
    let mut hash = path.len() as u64;
    // Both words would be the same one: it is read once.
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
