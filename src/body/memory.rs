//! A limit on the memory that untyped JSON takes: the [`Meter`] that is charged, and the prices.
//!
//! Seven bytes of text, `{"":0},`, become an object of some 700 bytes: the map of serde_json makes
//! room for eleven members at once. So what counts is not the length of the text, nor how many
//! values it holds, but what they cost, and that is charged while they are read:
//!
//! | Value | Bytes |
//! |---|---|
//! | text, also a name | its length and 32; nothing if it is empty |
//! | element | the list has room for 4, 8, 16, … of them, each [`PLACE`] |
//! | member | 640 for the first, 1376 for the twelfth, 128 for each after it |
//! | number, `true`, `null`, `[]`, `{}` | nothing but its place |
//!
//! Which values are untyped is for the type to say: a `serde_json::Value`, what a `#[serde(flatten)]`
//! field takes, what serde buffers for an untagged enum all ask the deserializer for "any" value, at
//! whatever depth they are. A field of a type of its own does not and costs nothing here. So
//! [`Metered`] stands between the type and serde_json and watches what the type asks for.
//!
//! It also sees to it that values are the same whatever features of serde_json another crate of the
//! program has switched on. With `arbitrary_precision` serde_json hands out an untyped number as a
//! map with one member that holds the number's text; with `raw_value` (which axum switches on) the
//! text in a member of a certain name is parsed as JSON once more, past every limit.

use std::{cell::Cell, sync::LazyLock};

use memchr::{memchr2, memmem};
use serde::de::Error;
use serde_json::Value;

use super::fault::Fault;

/// The size of a value in its list, in bytes: 32, or more with the feature `preserve_order`.
const PLACE: usize = size_of::<Value>();
/// No text costs more than this many times its length; the most is `{"":` and `}` for 640 bytes, or
/// `[` and `]` for four places where they are larger, with the feature `preserve_order`.
pub(super) const WORST: usize = 160;

/// The name of the member that holds the text of a number, with `arbitrary_precision`.
pub(super) const NUMBER: &str = "$serde_json::private::Number";
/// The name of the member that holds JSON to be parsed again, with `raw_value`.
pub(super) const RAW: &str = "$serde_json::private::RawValue";

/// Whether `arbitrary_precision` is on: only with it is there a number that no `f64` holds.
pub(super) static NUMBERS_ARE_MAPS: LazyLock<bool> =
    LazyLock::new(|| serde_json::from_str::<Value>("1e400").is_ok());
/// Whether `raw_value` is on: only with it does such a member become the value of its text.
pub(super) static RAW_IS_PARSED: LazyLock<bool> = LazyLock::new(|| {
    serde_json::from_str::<Value>(&format!(r#"{{"{RAW}":"0"}}"#)).is_ok_and(|value| value == 0)
});

/// Whether `text` may have a member named [`RAW`], as it is or escaped, that serde_json would parse.
pub(super) fn may_hold_raw(text: &str) -> bool {
    let holds = |part: &str| memmem::find(text.as_bytes(), part.as_bytes()).is_some();
    // Most texts have neither, and that is quickly seen.
    *RAW_IS_PARSED
        && memchr2(b'$', b'\\', text.as_bytes()).is_some()
        && (holds(RAW) || holds("\\u"))
}

/// What a wrapped part has to do with the value that is being read: whether it is to be charged.
#[derive(Clone, Copy)]
pub(super) enum Role {
    /// The name of a member.
    Name { untyped: bool },
    /// A value of a type that has not asked for any value yet; its place costs this if it does.
    Typed { cost: usize },
    /// A value of any type, whose place is paid for.
    Untyped,
}

/// A deserializer, or one of the other parts that serde hands back and forth, under a [`Meter`].
pub(super) struct Metered<'m, T> {
    pub(super) inner: T,
    pub(super) meter: &'m Meter,
    pub(super) role: Role,
}

/// What is left of a limit, and what stopped the reading.
pub(super) struct Meter {
    left: Cell<usize>,
    /// The length of the text that was read last: of a member's name, once its value is asked for.
    pub(super) text: Cell<usize>,
    /// Why reading was given up, also if the type made something of the error.
    pub(super) stop: Cell<Option<Fault>>,
}

impl Meter {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            left: Cell::new(limit),
            text: Cell::new(0),
            stop: Cell::new(None),
        }
    }

    /// A deserializer whose untyped values are charged.
    pub(super) fn watch<D>(&self, inner: D) -> Metered<'_, D> {
        self.with(inner, Role::Typed { cost: 0 })
    }

    pub(super) fn with<T>(&self, inner: T, role: Role) -> Metered<'_, T> {
        Metered {
            inner,
            meter: self,
            role,
        }
    }

    pub(super) fn charge<E: Error>(&self, bytes: usize) -> Result<(), E> {
        match self.left.get().checked_sub(bytes) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => self.stop(Fault::TooMuchMemory),
        }
    }

    pub(super) fn stop<T, E: Error>(&self, fault: Fault) -> Result<T, E> {
        self.stop.set(Some(fault));
        Err(E::custom("given up"))
    }
}

/// What a text costs: its bytes, and 32 for what the allocator adds to them. An empty one allocates
/// nothing.
pub(super) fn text_cost(length: usize) -> usize {
    if length == 0 { 0 } else { length + 32 }
}

/// What one more element costs: a list of serde_json has room for four, and doubles it.
pub(super) fn element_cost(before: usize) -> usize {
    match before {
        0 => 4 * PLACE + 16,
        _ if before >= 4 && before.is_power_of_two() => before * PLACE,
        _ => 0,
    }
}

/// What one more member costs. The nodes of a `BTreeMap` hold 11 members in 640 bytes; of two full
/// ones and the node above them, 6 members are left in each when they come in order.
pub(super) fn member_cost(before: usize) -> usize {
    match before {
        0 => 640,
        // With the feature `preserve_order` of serde_json values are larger, and the map doubles.
        3.. if PLACE > 32 => 4 * PLACE,
        11 => 1376,
        12.. => 128,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    fn cost(text: &str) -> usize {
        let meter = Meter::new(usize::MAX);
        let mut json = serde_json::Deserializer::from_str(text);
        Value::deserialize(meter.watch(&mut json)).unwrap();
        usize::MAX - meter.left.get()
    }

    #[test]
    fn h29_values_are_charged_by_the_formula() {
        let zeros = |count: usize| format!("[{}]", vec!["0"; count].join(","));
        let object = |members: usize| {
            let members: Vec<_> = (10..10 + members).map(|at| format!("\"{at}\":0")).collect();
            format!("{{{}}}", members.join(","))
        };
        let mut table = vec![
            ("0".to_owned(), 0),
            ("[]".to_owned(), 0),
            ("{ }".to_owned(), 0),
            (r#""""#.to_owned(), 0),
            (r#""abc""#.to_owned(), 35),
            (r#"{"":[]}"#.to_owned(), 640),
            (r#"{"a":"b"}"#.to_owned(), 640 + 33 + 33),
            (zeros(4), 4 * PLACE + 16),
            (zeros(5), 8 * PLACE + 16),
            (zeros(64), 64 * PLACE + 16),
            (zeros(65), 128 * PLACE + 16),
        ];
        if PLACE == 32 {
            table.extend([
                (object(11), 640 + 11 * 34),
                (object(12), 2016 + 12 * 34),
                (object(20), 2016 + 8 * 128 + 20 * 34),
            ]);
        } else {
            table.extend([
                (object(3), 640 + 3 * 34),
                (object(20), 640 + 17 * 4 * PLACE + 20 * 34),
            ]);
        }
        for (text, bytes) in table {
            assert_eq!(cost(&text), bytes, "{text}");
        }
    }

    /// So that short texts need no meter.
    #[test]
    fn h29_no_text_costs_more_than_the_worst() {
        let parts = [
            r#"{"":@}"#,
            "[@]",
            r#"{"":[@]}"#,
            r#"[{"":@}]"#,
            r#"[@,"",""]"#,
            r#"{"":@,"a":""}"#,
        ];
        for part in parts {
            let mut text = "0".to_owned();
            for depth in 1..60 {
                text = part.replace('@', &text);
                let many = format!("[{}]", vec![&*text; 33].join(","));
                for text in [&text, &many] {
                    assert!(cost(text) <= WORST * text.len(), "{depth} of {part}");
                }
            }
        }
    }
}
