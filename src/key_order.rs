//! The order in which JavaScript lists the keys of an object, and so JSON made by Next.js.

/// The largest array index: 2^32 - 2 (ECMA-262, "array index").
const MAX_INDEX: u32 = u32::MAX - 1;

/// `name` as an array index: decimal, without leading zeros, at most 4294967294.
fn array_index(name: &str) -> Option<u32> {
    let canonical = match name.as_bytes() {
        [b'0'] => true,
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    let index = if canonical {
        name.parse().ok()?
    } else {
        return None;
    };
    (index <= MAX_INDEX).then_some(index)
}

/// Sorts as JavaScript's `OrdinaryOwnPropertyKeys` does: array indexes first, ascending; every
/// other key behind them, in the order it came in.
pub(crate) fn sort<T>(items: &mut [T], name: impl Fn(&T) -> &str) {
    if items.iter().any(|item| array_index(name(item)).is_some()) {
        items.sort_by_cached_key(|item| array_index(name(item)).map_or(u64::MAX, u64::from));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn array_indexes_are_canonical() {
        for (name, index) in [
            ("0", Some(0)),
            ("7", Some(7)),
            ("10", Some(10)),
            ("4294967294", Some(4_294_967_294)),
            ("4294967295", None),
            ("99999999999999999999", None),
            ("01", None),
            ("-1", None),
            ("+1", None),
            ("1.0", None),
            (" 1", None),
            ("", None),
            ("a", None),
        ] {
            assert_eq!(array_index(name), index, "{name:?}");
        }
    }

    #[test]
    fn indexes_come_first_and_the_rest_stays_in_order() {
        let mut names = ["b", "4294967295", "2", "01", "10", "a", "0"];
        sort(&mut names, |name| name);
        assert_eq!(names, ["0", "2", "10", "b", "4294967295", "01", "a"]);
    }
}
