//! A hash table for the few lookups that routing needs.
//!
//! The keys are route texts and as such fixed before the first request: a client chooses what is
//! looked up, never what is stored. A fast hash without a secret is therefore safe, and a lookup
//! costs at most the longest run of neighbours that the routes themselves produce.

/// An odd number without a pattern (the fraction of the golden ratio), as in other fast hashes.
const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

/// Takes one more word into a hash.
#[inline]
pub(super) fn mix(hash: u64, word: u64) -> u64 {
    let product = u128::from(hash ^ word ^ SEED) * u128::from(SEED);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Open addressing with linear probing, never more than half full, without removal.
#[derive(Debug, Clone)]
pub(super) struct Table<E> {
    slots: Vec<Option<(u64, E)>>,
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

impl<E> Table<E> {
    /// The entry with this hash that `is_it` accepts.
    #[inline]
    pub(super) fn find(&self, hash: u64, is_it: impl Fn(&E) -> bool) -> Option<&E> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        // Half of the slots are free, so that the loop ends; an empty table has no slot at all.
        while let Some((found, entry)) = self.slots.get(at)?.as_ref() {
            if *found == hash && is_it(entry) {
                return Some(entry);
            }
            at = (at + 1) & mask;
        }
        None
    }

    /// Adds an entry that [`find`](Self::find) did not find.
    pub(super) fn insert(&mut self, hash: u64, entry: E) {
        if self.slots.len() <= self.len * 2 {
            self.grow();
        }
        self.len += 1;
        self.place(hash, entry);
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(8);
        let old = std::mem::take(&mut self.slots);
        self.slots.resize_with(size, || None);
        for (hash, entry) in old.into_iter().flatten() {
            self.place(hash, entry);
        }
    }

    fn place(&mut self, hash: u64, entry: E) {
        let start = hash as usize & self.slots.len().wrapping_sub(1);
        let (before, after) = self.slots.split_at_mut(start);
        if let Some(free) = after.iter_mut().chain(before).find(|slot| slot.is_none()) {
            *free = Some((hash, entry));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_inserted_also_among_equal_hashes() {
        let mut table = Table::default();
        assert_eq!(table.find(0, |_: &u64| true), None);
        for key in 0..1000 {
            table.insert(key % 7, key);
        }
        for key in 0..1000 {
            assert_eq!(table.find(key % 7, |it| *it == key), Some(&key));
        }
        assert_eq!(table.find(8, |_| true), None);
        assert_eq!(table.find(3, |it| *it == 1000), None);
    }
}
