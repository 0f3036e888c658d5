//! Reading a path eight bytes at a time.
//!
//! A lookup goes through a path segment by segment, and most of its work is to find where a segment
//! ends. A loop over single bytes takes a step for each of them. Here eight bytes are loaded into one
//! `u64`, a *word*, and four operations find the first slash among the eight ([`first_slash`]). The
//! same words then tell the segment from others: its first eight bytes, its last eight and its length
//! are all there is of a segment of up to sixteen bytes, so that it is compared with those of routes by
//! comparing three numbers.
//!
//! A word has its first byte in its lowest bits, and zeros (`·`) for what lies beyond the path. The path
//! `posts/42/edit` is read in three words:
//!
//! ```text
//! byte         0  1  2  3  4  5  6  7  8  9 10 11 12
//!              p  o  s  t  s  /  4  2  /  e  d  i  t
//! word at 0    p  o  s  t  s  /  4  2                             slash at 5: 0..5, `posts`
//! word at 6                      4  2  /  e  d  i  t  ·           slash at 2: 6..8, `42`
//! word at 9                               e  d  i  t  ·  ·  ·  ·  no slash: 9..13, `edit`
//! ```
//!
//! A segment of more than eight bytes takes one word more for each eight of them ([`end`]).

use std::ops::Range;

use super::path::is_dots;

/// A `/` in every byte: a word XOR this is zero where the word has a slash.
const SLASHES: u64 = 0x2f2f_2f2f_2f2f_2f2f;
/// The lowest bit of every byte: subtracting this takes one from each of the eight bytes.
const LOW_BITS: u64 = 0x0101_0101_0101_0101;
/// The highest bit of every byte, which [`first_slash`] leaves set where it has found a slash.
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// One segment of a path: where it ends, and enough of its bytes to tell it from others fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    /// The first eight bytes, padded with zeros.
    pub(super) first: u64,
    /// The last eight bytes of a segment that is longer than eight; otherwise zero.
    pub(super) last: u64,
}

impl Span {
    /// The segment of `path` that begins at `start`, up to the next `/`.
    #[inline(always)]
    pub(super) fn read(path: &[u8], start: usize) -> Self {
        let first = word(path, start);
        let (first, end) = match first_slash(first) {
            Some(bytes) => (first & low_bytes(bytes), start + bytes),
            None => (first, end(path, start + 8)),
        };
        let last = if end - start > 8 {
            word(path, end - 8)
        } else {
            0
        };
        Self {
            start,
            end,
            first,
            last,
        }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }

    /// One of 64 bits, chosen by the first letter and the length: `posts` and `users` get different
    /// ones, `posts` and `pages` the same. A node keeps the bits of all its static segments in one
    /// `u64`, and a segment whose bit is not among them is not looked up at all.
    #[inline]
    pub(super) fn bit(&self) -> u64 {
        1 << ((self.first ^ self.len() as u64) % 64)
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    #[inline]
    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Whether it is `.` or `..`, escaped or not.
    #[inline]
    pub(super) fn is_dots(&self, path: &[u8]) -> bool {
        matches!(self.first as u8, b'.' | b'%') && path.get(self.range()).is_some_and(is_dots)
    }

    /// Whether `first`, `last` and the length hold all there is.
    #[inline]
    pub(super) fn is_complete(&self) -> bool {
        self.len() <= 16
    }
}

/// Where the segment ends whose bytes before `at` are no slashes.
fn end(path: &[u8], mut at: usize) -> usize {
    while at < path.len() {
        if let Some(bytes) = first_slash(word(path, at)) {
            return at + bytes;
        }
        at += 8;
    }
    path.len()
}

/// The eight bytes from `at` on, the first one lowest, zeros beyond the end.
///
/// Near the end of the path there are fewer than eight. Then the last eight bytes of the path are
/// loaded, which needs no loop either, and those before `at` are shifted out: at 9 of
/// `posts/42/edit`, `/42/edit` is loaded and four bytes are shifted out.
#[inline]
pub(super) fn word(path: &[u8], at: usize) -> u64 {
    let rest = path.get(at..).unwrap_or_default();
    if let Some(bytes) = rest.first_chunk() {
        return u64::from_le_bytes(*bytes);
    }
    match path.last_chunk() {
        Some(bytes) if !rest.is_empty() => u64::from_le_bytes(*bytes) >> (8 * (8 - rest.len())),
        _ => short_word(rest),
    }
}

/// Fewer than eight bytes, the first one lowest, loaded as two halves that may overlap: `abcde` is
/// `abcd` and, one byte higher, `bcde`. Where they overlap they agree, so that OR puts them together.
///
/// Only paths of fewer than eight bytes come here. Not inlined, so that the loops of longer ones stay
/// small.
#[inline(never)]
fn short_word(bytes: &[u8]) -> u64 {
    let len = bytes.len();
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        u64::from(first) | u64::from(last) << (8 * (len - 4))
    } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let (first, last) = (u16::from_le_bytes(*first), u16::from_le_bytes(*last));
        u64::from(first) | u64::from(last) << (8 * (len - 2))
    } else {
        bytes.first().copied().map_or(0, u64::from)
    }
}

/// How many bytes of a word come before its first slash.
///
/// A slash becomes a zero byte by XOR. Taking one from every byte sets the highest bit of a byte that
/// was zero (0x00 becomes 0xff), and `& !zeros` drops the bytes that had it set before:
///
/// ```text
/// word                 p  o  s  t  s  /  4  2
///                     70 6f 73 74 73 2f 34 32
/// zeros               5f 40 5c 5b 5c 00 1b 1d    word ^ SLASHES
///                     5e 3f 5b 5a 5b ff 19 1c    zeros - LOW_BITS
/// marks               00 00 00 00 00 80 00 00    & !zeros & HIGH_BITS
/// ```
///
/// The lowest bit of `marks` is bit 47, and 47 / 8 = 5. Only the lowest mark is to be trusted: a zero
/// byte borrows from the byte above it, so that a `.` (0x01 after XOR) behind a slash is marked as well.
#[inline]
fn first_slash(word: u64) -> Option<usize> {
    let zeros = word ^ SLASHES;
    let marks = zeros.wrapping_sub(LOW_BITS) & !zeros & HIGH_BITS;
    (marks != 0).then(|| marks.trailing_zeros() as usize / 8)
}

/// A mask over the lowest `count` bytes of a word, fewer than eight: 0xffff for two.
#[inline]
fn low_bytes(count: usize) -> u64 {
    (1 << (8 * count)) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_end_at_a_slash_or_with_the_path() {
        for path in [
            "a",
            "a/b",
            "/",
            "",
            "12345678",
            "12345678/",
            "1234567/9",
            "123456789",
            "abc/12345678/x",
            "x/0123456789abcdef/y",
            "x/0123456789abcdefg",
            "../.0/0/0.",
            "\u{0}\u{0}/\u{0}",
            "éééééééé/é",
        ] {
            let mut start = 0;
            for segment in path.split('/') {
                let span = Span::read(path.as_bytes(), start);
                assert_eq!(&path[span.start..span.end], segment, "{path:?}");
                assert_eq!(span.len(), segment.len());
                assert_eq!(span.first, word(segment.as_bytes(), 0), "{path:?}");
                let last = segment.len().saturating_sub(8);
                let last = if segment.len() > 8 {
                    word(segment.as_bytes(), last)
                } else {
                    0
                };
                assert_eq!(span.last, last, "{path:?}");
                start = span.end + 1;
            }
        }
    }

    #[test]
    fn words_are_padded_with_zeros() {
        assert_eq!(word(b"abc", 1), 0x63_62);
        assert_eq!(word(b"abc", 3), 0);
        assert_eq!(word(b"abc", 9), 0);
        assert_eq!(word(b"0123456789", 7), 0x39_38_37);
        assert_eq!(word(b"01234567", 0), 0x3736_3534_3332_3130);
        for len in 0..8 {
            let bytes = b"0123456".get(..len).unwrap();
            let expected = bytes
                .iter()
                .rev()
                .fold(0, |word, byte| word << 8 | u64::from(*byte));
            assert_eq!(word(bytes, 0), expected);
        }
    }
}
