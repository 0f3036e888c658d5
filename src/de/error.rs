//! [`Error`]: why values do not fit a type, in words that may be sent to the client.
//!
//! serde makes its errors by the constructors of its trait `Error`, which say what was expected and what
//! was found. The first becomes part of the message, `expected a whole number from 0 to 255`; what was
//! found is the client's own value and is left out.

use std::{borrow::Cow, cell::Cell, fmt};

use serde::de::{Expected, Unexpected};

use super::words::in_words;

/// The longest name that an error repeats, in bytes. Struct fields are shorter; what is longer is a map
/// key that a client made up.
const MAX_NAME: usize = 64;

thread_local! {
    /// The first error about a value that was made since this was last emptied, whatever became of it.
    ///
    /// serde drops the errors of a flattened `Option`, which is then `None`, as if nothing had been
    /// sent. All that reaches us of such an error is that it was made, by a function without `self`:
    /// hence a static.
    static FIRST: Cell<Option<Box<Error>>> = const { Cell::new(None) };
}

/// Values do not fit the type they were to be read into.
///
/// Its text names the field and what was expected, such as
/// `age: expected a whole number from 0 to 255`, and shows no value: it may be sent to the client.
/// What a type of yours reported itself (a `try_from` or `deserialize_with`) may contain the value,
/// so it is the [source](std::error::Error::source), for the log.
#[derive(Debug, Clone)]
pub struct Error {
    field: Option<Box<str>>,
    problem: Problem,
    source: Option<Custom>,
    /// Where the text lies that was not as expected, and how long it is.
    found: Option<(usize, usize)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    /// A field is not there.
    Missing,
    /// A value is not what it should be; this is what it should be, in serde's words.
    Expected(Box<str>),
    /// The same, of a value that serde has buffered as text.
    Buffered(Box<str>),
    /// No value would do: there are too few of them, too many, or it is a list that is no list.
    Shape(Cow<'static, str>),
    /// Everything else.
    Other(Cow<'static, str>),
}

/// The message of an error type that is not ours.
#[derive(Debug, Clone)]
struct Custom(Box<str>);

impl Error {
    pub(super) fn new(problem: impl Into<Cow<'static, str>>) -> Self {
        Self::from_problem(Problem::Other(problem.into()))
    }

    pub(super) fn shape(problem: impl Into<Cow<'static, str>>) -> Self {
        Self::from_problem(Problem::Shape(problem.into()))
    }

    fn from_problem(problem: Problem) -> Self {
        Self {
            field: None,
            problem,
            source: None,
            found: None,
        }
    }

    fn mismatch(
        found: Unexpected<'_>,
        expected: &dyn Expected,
        problem: fn(Box<str>) -> Problem,
    ) -> Self {
        let expected = expected.to_string().into();
        match found {
            Unexpected::Str(text) => Self {
                found: Some(place(text)),
                ..Self::from_problem(problem(expected))
            },
            _ => Self::from_problem(Problem::Expected(expected)),
        }
        .noted()
    }

    /// What was expected of a value, in serde's words.
    pub(super) fn expected(&self) -> Option<&str> {
        match &self.problem {
            Problem::Expected(expected) | Problem::Buffered(expected) => Some(expected),
            _ => None,
        }
    }

    /// Takes the first error, and puts `other` in its place.
    pub(super) fn replace_first(other: Option<Box<Self>>) -> Option<Box<Self>> {
        FIRST.replace(other)
    }

    /// Keeps this error if it is the first one.
    fn noted(self) -> Self {
        let first = FIRST.take();
        FIRST.set(first.or_else(|| Some(Box::new(self.clone()))));
        self
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

    /// Whether the error is about this text, and not only one like it.
    pub(super) fn is_about(&self, text: &str) -> bool {
        self.found == Some(place(text))
    }

    /// The field that is missing.
    pub(crate) fn missing(&self) -> Option<&str> {
        self.field().filter(|_| self.problem == Problem::Missing)
    }

    /// Whether the values do not count, but how many there are, or that they are lists.
    pub(crate) fn is_about_shape(&self) -> bool {
        matches!(self.problem, Problem::Shape(_))
    }

    /// Whether this field is missing.
    pub(super) fn misses(&self, field: &str) -> bool {
        self.problem == Problem::Missing && self.field() == Some(field)
    }
}

/// Where a text lies in memory, and its length: what tells a value from an equal one elsewhere.
fn place(text: &str) -> (usize, usize) {
    (text.as_ptr().addr(), text.len())
}

impl serde::de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            source: Some(Custom(message.to_string().into())),
            ..Self::new("invalid value")
        }
        .noted()
    }

    /// Only serde finds a wrong type, in text that it has buffered: we hand out what is asked for.
    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::mismatch(found, expected, Problem::Buffered)
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::mismatch(found, expected, Problem::Expected)
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::from_problem(Problem::Expected(expected.to_string().into())).noted()
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::new(format!("expected one of {}", expected.join(", "))).noted()
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
        let in_words = |expected| in_words(expected).unwrap_or(expected);
        match &self.problem {
            Problem::Missing => f.write_str("missing"),
            Problem::Expected(expected) => write!(f, "expected {}", in_words(expected)),
            Problem::Buffered(expected) => write!(
                f,
                "expected {}, but serde has only text for fields inside flatten and enums: \
                 use deserialize_with = \"tower_api_routes::query::from_text\"",
                in_words(expected)
            ),
            Problem::Shape(problem) | Problem::Other(problem) => f.write_str(problem),
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
