//! A hash table for the few lookups that routing needs: of a static segment below a node
//! ([`nodes`](super::nodes)), and of a whole path without parameters ([`statics`](super::statics)).
//!
//! It is not `HashMap`, as the callers have the hash already, of the words that they read of the path,
//! and the keys need no defence:
//!
//! The keys are route texts and as such fixed before the first request: a client chooses what is
//! looked up, never what is stored. A fast hash without a secret is therefore safe, and a lookup
//! costs at most the longest run of neighbours that the routes themselves produce.

/// Two words into one that depends on every bit of both.
#[inline]
pub(super) fn mix(one: u64, other: u64) -> u64 {
    // The product of two 64-bit words has 128 bits, and the middle bits depend on all bits of both;
    // folding the halves together brings them down. XOR with odd numbers without a pattern (fractions
    // of the golden ratio and of the root of two) keeps a word of zeros from making the product zero.
    let product =
        u128::from(one ^ 0x9e37_79b9_7f4a_7c15) * u128::from(other ^ 0x6a09_e667_f3bc_c909);
    (product as u64) ^ ((product >> 64) as u64)
}

/// What a [`Table`] holds.
pub(super) trait Entry {
    /// The hash of its key.
    fn hash(&self) -> u64;
}

/// Open addressing with linear probing, without removal: an entry lies in the slot that its hash
/// names, or in the next free one. No more than a quarter of the slots is taken, so that most lookups
/// look at a single slot.
///
/// The number of slots is a power of two, so that `hash & (slots - 1)` is `hash % slots` without a
/// division.
#[derive(Debug, Clone)]
pub(super) struct Table<E> {
    slots: Vec<Option<E>>,
    len: usize,
}

impl<E> Default for Table<E> {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            len: 0,
        }
    }
}

impl<E: Entry> Table<E> {
    /// The entry with this hash that `is_it` accepts.
    #[inline]
    pub(super) fn find(&self, hash: u64, is_it: impl Fn(&E) -> bool) -> Option<&E> {
        // Without slots the mask has all bits set, and no slot is found below.
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        // Most slots are free, so that the loop ends at one.
        while let Some(entry) = self.slots.get(at)?.as_ref() {
            if is_it(entry) {
                return Some(entry);
            }
            at = (at + 1) & mask;
        }
        None
    }

    /// Adds an entry that [`find`](Self::find) did not find.
    pub(super) fn insert(&mut self, entry: E) {
        // A quarter is taken (an empty table counts as full).
        if self.slots.len() <= self.len * 4 {
            self.grow();
        }
        self.len += 1;
        self.place(entry);
    }

    fn grow(&mut self) {
        // Powers of two, from the eight slots of the first two entries on.
        let size = (self.slots.len() * 2).max(8);
        let old = std::mem::take(&mut self.slots);
        self.slots.resize_with(size, || None);
        for entry in old.into_iter().flatten() {
            self.place(entry);
        }
    }

    fn place(&mut self, entry: E) {
        let start = entry.hash() as usize & self.slots.len().wrapping_sub(1);
        let (before, after) = self.slots.split_at_mut(start);
        if let Some(free) = after.iter_mut().chain(before).find(|slot| slot.is_none()) {
            *free = Some(entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Entry for u64 {
        fn hash(&self) -> u64 {
            self % 7
        }
    }

    #[test]
    fn finds_what_was_inserted_also_among_equal_hashes() {
        let mut table = Table::default();
        assert_eq!(table.find(0, |_: &u64| true), None);
        for key in 0..1000 {
            table.insert(key);
        }
        for key in 0..1000_u64 {
            assert_eq!(table.find(key.hash(), |it| *it == key), Some(&key));
        }
        assert_eq!(table.find(3, |it| *it == 1000), None);
    }

    #[derive(Debug)]
    struct Mixed(u64);

    impl Entry for Mixed {
        fn hash(&self) -> u64 {
            mix(self.0, self.0 >> 8 << 32)
        }
    }

    #[test]
    fn runs_of_neighbours_stay_short() {
        let mut table = Table::default();
        for number in 0..10_000_u64 {
            // Keys as routes have them: a few letters, the last ones counting up.
            let digits = format!("{number:08}");
            table.insert(Mixed(u64::from_le_bytes(
                digits.as_bytes().try_into().unwrap(),
            )));
        }
        let runs = table.slots.split(Option::is_none);
        assert!(runs.map(<[_]>::len).max() < Some(64));
    }
}
