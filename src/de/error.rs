//! Why values do not fit a type.

use std::{borrow::Cow, fmt};

use serde::de::{Expected, Unexpected};

/// The longest name that an error repeats. Struct fields are shorter; what is longer is a map key
/// that a client made up.
const MAX_NAME: usize = 64;

/// Values do not fit the type they were to be read into.
///
/// Its text names the field and what was expected, such as
/// `age: expected a whole number from 0 to 255`, and shows no value: it may be sent to the client.
/// What a type of yours reported itself (a `try_from` or `deserialize_with`) may contain the value,
/// so it is the [source](std::error::Error::source), for the log.
#[derive(Debug)]
pub struct Error {
    field: Option<Box<str>>,
    problem: Problem,
    source: Option<Custom>,
    /// Which text was not as expected.
    pub(super) culprit: Option<TextId>,
    /// Which pair is at fault.
    pub(super) pair: Option<usize>,
}

#[derive(Debug, PartialEq, Eq)]
enum Problem {
    /// A field is not there.
    Missing,
    /// A value is not what it should be; this is what it should be, in serde's words.
    Expected(Box<str>),
    /// Everything else.
    Other(Cow<'static, str>),
}

/// Which text of those handed out it is, told by where it lies in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TextId {
    address: usize,
    len: usize,
}

/// The message of an error type that is not ours.
#[derive(Debug)]
struct Custom(Box<str>);

impl TextId {
    pub(super) fn of(text: &str) -> Self {
        Self {
            address: text.as_ptr().addr(),
            len: text.len(),
        }
    }
}

impl Error {
    pub(super) fn new(problem: impl Into<Cow<'static, str>>) -> Self {
        Self::from_problem(Problem::Other(problem.into()))
    }

    fn from_problem(problem: Problem) -> Self {
        Self {
            field: None,
            problem,
            source: None,
            culprit: None,
            pair: None,
        }
    }

    fn mismatch(found: &Unexpected<'_>, expected: &dyn Expected) -> Self {
        let culprit = match found {
            Unexpected::Str(text) => Some(TextId::of(text)),
            _ => None,
        };
        Self {
            culprit,
            ..Self::from_problem(Problem::Expected(expected.to_string().into()))
        }
    }

    /// The field, if the error is about one.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// Names the field, unless that has been done.
    pub(super) fn in_field(mut self, name: &str) -> Self {
        let printable = name.len() <= MAX_NAME && name.bytes().all(|byte| byte.is_ascii_graphic());
        if self.field.is_none() && printable {
            self.field = Some(name.into());
        }
        self
    }

    /// Notes the pair, unless that has been done.
    pub(super) fn at(mut self, pair: usize) -> Self {
        self.pair.get_or_insert(pair);
        self
    }

    pub(super) fn is_missing(&self) -> bool {
        self.problem == Problem::Missing
    }

    /// What was expected of a value, in serde's words.
    pub(super) fn expected(&self) -> Option<&str> {
        match &self.problem {
            Problem::Expected(expected) => Some(expected),
            _ => None,
        }
    }
}

/// What serde calls by the name of a Rust type, in words.
fn in_words(expected: &str) -> Cow<'_, str> {
    fn range(from: impl fmt::Display, to: impl fmt::Display) -> Cow<'static, str> {
        format!("a whole number from {from} to {to}").into()
    }
    match expected {
        "u8" => range(u8::MIN, u8::MAX),
        "u16" => range(u16::MIN, u16::MAX),
        "u32" => range(u32::MIN, u32::MAX),
        "u64" | "usize" => range(u64::MIN, u64::MAX),
        "u128" => range(u128::MIN, u128::MAX),
        "i8" => range(i8::MIN, i8::MAX),
        "i16" => range(i16::MIN, i16::MAX),
        "i32" => range(i32::MIN, i32::MAX),
        "i64" | "isize" => range(i64::MIN, i64::MAX),
        "i128" => range(i128::MIN, i128::MAX),
        "f32" | "f64" => "a number".into(),
        "a boolean" => "true or false".into(),
        other => other.into(),
    }
}

impl serde::de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            source: Some(Custom(message.to_string().into())),
            ..Self::new("invalid value")
        }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::mismatch(&found, expected)
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::mismatch(&found, expected)
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::from_problem(Problem::Expected(expected.to_string().into()))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::new(format!("expected one of {}", expected.join(", ")))
    }

    fn unknown_field(_: &str, expected: &'static [&'static str]) -> Self {
        Self::new(format!(
            "unknown name, expected only {}",
            expected.join(", ")
        ))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::from_problem(Problem::Missing).in_field(field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new("given more than once").in_field(field)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = &self.field {
            write!(f, "{field}: ")?;
        }
        match &self.problem {
            Problem::Missing => f.write_str("missing"),
            Problem::Expected(expected) => write!(f, "expected {}", in_words(expected)),
            Problem::Other(problem) => f.write_str(problem),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|custom| custom as _)
    }
}

impl fmt::Display for Custom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Custom {}
