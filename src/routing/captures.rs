//! What the parameters of a route captured: ranges of the path, not copies of it.
//!
//! `[user]/posts/[id]` captures `0..3` and `10..12` of `ada/posts/42`.

use std::{fmt, ops::Range};

/// How many captures need no allocation: few routes have more than four parameters, and four ranges of
/// eight bytes are copied as fast as a pointer is followed.
const INLINE: usize = 4;

/// Where the values of a route's parameters lie in the path, in the order of their names.
///
/// The ranges are byte ranges into the path that was looked up, still percent-encoded. A catch-all
/// is one range over all of its segments; an optional catch-all that matched nothing has no entry.
///
/// Up to four captures take no allocation.
#[derive(Clone, Default)]
pub struct Captures {
    /// In `u32`, half the size of `usize`: [`find`](super::nodes::Nodes::find) takes no longer path.
    inline: [(u32, u32); INLINE],
    len: u32,
    /// The captures after the first [`INLINE`]. In a box, as an empty `Vec` takes three words, and
    /// this is moved around with every match.
    spilled: Option<Box<Spilled>>,
}

#[derive(Clone, Default)]
struct Spilled(Vec<(u32, u32)>);

impl Captures {
    /// How many values were captured.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether nothing was captured.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Where the value of the parameter with this index lies in the path.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Range<usize>> {
        if index >= self.len() {
            return None;
        }
        let &(start, end) = match self.inline.get(index) {
            Some(range) => range,
            None => self.spilled.as_ref()?.0.get(index - INLINE)?,
        };
        Some(start as usize..end as usize)
    }

    /// All captured ranges in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        (0..self.len()).map_while(|index| self.get(index))
    }

    /// Adds a range of a path that is not longer than `u32` counts; other paths never get here.
    pub(super) fn push(&mut self, range: Range<usize>) {
        let range = (range.start as u32, range.end as u32);
        match self.inline.get_mut(self.len as usize) {
            Some(slot) => *slot = range,
            None => self.spilled.get_or_insert_default().0.push(range),
        }
        self.len += 1;
    }

    pub(super) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len as u32);
        if let Some(spilled) = &mut self.spilled {
            spilled.0.truncate(len.saturating_sub(INLINE));
        }
    }
}

impl fmt::Debug for Captures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl PartialEq for Captures {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Captures {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captures_spill_beyond_four_and_come_back() {
        let mut captures = Captures::default();
        assert!(captures.is_empty());
        for at in 0..6 {
            captures.push(at..at + 1);
        }
        assert!(!captures.is_empty());
        assert_eq!(captures, captures.clone());
        assert_ne!(captures, Captures::default());
        assert_eq!(captures.len(), 6);
        assert_eq!(captures.get(3), Some(3..4));
        assert_eq!(captures.get(5), Some(5..6));
        assert_eq!(captures.get(6), None);
        captures.truncate(5);
        captures.push(9..10);
        captures.truncate(9);
        assert_eq!(
            captures.iter().collect::<Vec<_>>(),
            [0..1, 1..2, 2..3, 3..4, 4..5, 9..10]
        );
        captures.truncate(1);
        captures.push(7..8);
        assert_eq!(format!("{captures:?}"), "[0..1, 7..8]");
        assert_eq!(captures.get(2), None);
    }
}
