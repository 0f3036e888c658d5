//! How to read a value that nothing but an error tells the type of.

use std::str::FromStr;

use super::{
    Pair, Value,
    error::{Error, TextId},
};

/// How many values may need a second look. Each costs another pass over all pairs, so this bounds
/// what a hostile form can cost.
const MAX_READINGS: usize = 64;

/// What a buffered text is to be handed out as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    Unsigned,
    Signed,
    Float,
    Bool,
    /// A list of this one value.
    List,
}

/// What the errors so far have taught.
#[derive(Debug, Default)]
pub(super) struct Readings {
    /// A text may be here twice: as a list, and with the type of the list's element.
    known: Vec<(TextId, Reading)>,
    /// The pairs to pass over, being empty where a number was expected, each with the error that
    /// told so: it is the one to report if the field must be there.
    absent: Vec<(usize, Error)>,
}

impl Readings {
    /// Whether `text` is to be a list of one.
    pub(super) fn is_list(&self, text: &str) -> bool {
        self.find(text, |reading| reading == Reading::List)
            .is_some()
    }

    /// What `text` is to be, if that is known.
    pub(super) fn scalar(&self, text: &str) -> Option<Reading> {
        self.find(text, |reading| reading != Reading::List)
    }

    fn find(&self, text: &str, wanted: impl Fn(Reading) -> bool) -> Option<Reading> {
        if self.known.is_empty() {
            return None;
        }
        let id = TextId::of(text);
        self.known
            .iter()
            .find_map(|&(known, reading)| (known == id && wanted(reading)).then_some(reading))
    }

    /// Whether this pair is to be passed over.
    pub(super) fn is_absent(&self, pair: usize) -> bool {
        self.absent.iter().any(|(absent, _)| *absent == pair)
    }

    /// Notes how the culprit of `error` is to be read instead.
    ///
    /// # Errors
    ///
    /// `error` itself, named, if another try would not help.
    pub(super) fn learn(&mut self, pairs: &[Pair<'_>], error: Error) -> Result<(), Error> {
        if error.is_missing() {
            return Err(self.because_empty(error));
        }
        let Some((at, (name, value), text)) = culprit(pairs, &error) else {
            return Err(error);
        };
        let error = error.in_field(name);
        let Some(expected) = error.expected() else {
            return Err(error);
        };
        if self.known.len() + self.absent.len() == MAX_READINGS {
            return Err(error);
        }
        let is_empty = text.is_empty() && matches!(value, Value::One(_));
        if is_empty && is_scalar(expected) && !self.is_absent(at) {
            self.absent.push((at, error));
            return Ok(());
        }
        let known = (TextId::of(text), reading(text, expected));
        match known {
            (id, Some(reading)) if !self.known.contains(&(id, reading)) => {
                self.known.push((id, reading));
                Ok(())
            }
            _ => Err(error),
        }
    }

    /// A field that is missing because its value was empty is not missing for the client.
    fn because_empty(&mut self, missing: Error) -> Error {
        let empty = self
            .absent
            .iter()
            .position(|(_, error)| error.field().is_some() && error.field() == missing.field());
        match empty {
            Some(at) => self.absent.swap_remove(at).1,
            None => missing,
        }
    }
}

/// The pair that `error` is about, its position, and the text in it.
fn culprit<'a, 'de>(
    pairs: &'a [Pair<'de>],
    error: &Error,
) -> Option<(usize, &'a Pair<'de>, &'de str)> {
    let id = error.culprit?;
    let in_pair = |at: usize| {
        let pair = pairs.get(at)?;
        let text = pair.1.texts().iter().find(|text| TextId::of(text) == id)?;
        Some((at, pair, *text))
    };
    match error.pair {
        Some(at) => in_pair(at),
        None => (0..pairs.len()).find_map(in_pair),
    }
}

/// Whether serde expected a number or a `bool`.
fn is_scalar(expected: &str) -> bool {
    let reading = reading("1", expected).or_else(|| reading("true", expected));
    reading.is_some_and(|reading| reading != Reading::List)
}

/// How to read `text` where serde expected this; its last word tells: "u8", "a nonzero u8",
/// "a boolean".
fn reading(text: &str, expected: &str) -> Option<Reading> {
    fn fits<T: FromStr>(text: &str, reading: Reading) -> Option<Reading> {
        text.parse::<T>().is_ok().then_some(reading)
    }
    match expected.rsplit(' ').next()? {
        "u8" => fits::<u8>(text, Reading::Unsigned),
        "u16" => fits::<u16>(text, Reading::Unsigned),
        "u32" => fits::<u32>(text, Reading::Unsigned),
        "u64" | "usize" | "u128" => fits::<u64>(text, Reading::Unsigned),
        "i8" => fits::<i8>(text, Reading::Signed),
        "i16" => fits::<i16>(text, Reading::Signed),
        "i32" => fits::<i32>(text, Reading::Signed),
        "i64" | "isize" | "i128" => fits::<i64>(text, Reading::Signed),
        "f32" | "f64" => {
            let number = text.parse::<f64>().ok()?;
            number.is_finite().then_some(Reading::Float)
        }
        "boolean" => fits::<bool>(text, Reading::Bool),
        "sequence" => Some(Reading::List),
        _ => None,
    }
}
