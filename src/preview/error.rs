//! The errors of preview mode: [`PreviewKeyError`] at start-up, when keys are refused, and
//! [`PreviewError`] in a handler, when data cannot be put into a cookie.

use std::{borrow::Cow, error::Error, fmt, path::Path};

use crate::error::BoxError;

/// Keys that cannot be used. It says which one and why, never what it is.
#[derive(Debug)]
pub struct PreviewKeyError {
    message: Cow<'static, str>,
    source: Option<BoxError>,
}

impl PreviewKeyError {
    pub(super) fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            message: message.into(),
            source: None,
        }
    }

    pub(super) fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Names the file that the keys are from.
    pub(super) fn of_file(mut self, path: &Path) -> Self {
        self.message = format!("{}: {}", path.display(), self.message).into();
        self
    }

    pub(super) fn no_random(error: getrandom::Error) -> Self {
        Self::new(NO_RANDOM).with_source(error)
    }
}

const NO_RANDOM: &str = "the operating system has no random numbers";

impl fmt::Display for PreviewKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for PreviewKeyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// Preview mode that cannot be set. `?` makes it a 500 whose client learns nothing.
#[derive(Debug)]
pub struct PreviewError(Failure);

#[derive(Debug)]
pub(super) enum Failure {
    Data(serde_json::Error),
    TooLong(usize),
    Path(String),
    Random(getrandom::Error),
}

/// The kinds of [`PreviewError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PreviewErrorKind {
    /// The data is not JSON.
    Data,
    /// The data is too long for a cookie.
    TooLong,
    /// The path cannot stand in a cookie.
    Path,
    /// The operating system has no random numbers.
    Random,
}

impl PreviewError {
    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> PreviewErrorKind {
        match self.0 {
            Failure::Data(_) => PreviewErrorKind::Data,
            Failure::TooLong(_) => PreviewErrorKind::TooLong,
            Failure::Path(_) => PreviewErrorKind::Path,
            Failure::Random(_) => PreviewErrorKind::Random,
        }
    }
}

impl fmt::Display for PreviewError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Failure::Data(_) => f.write_str("the preview data is not JSON"),
            Failure::TooLong(length) => write!(
                f,
                "the preview data of {length} bytes makes a cookie of more than 2048 characters"
            ),
            Failure::Path(path) => write!(f, "the path {path:?} cannot stand in a cookie"),
            Failure::Random(_) => f.write_str(NO_RANDOM),
        }
    }
}

impl Error for PreviewError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0 {
            Failure::Data(error) => Some(error),
            Failure::Random(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Failure> for PreviewError {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_keeps_what_caused_it() {
        let not_json = || serde_json::from_str::<()>("{").unwrap_err();
        let no_random = getrandom::Error::UNSUPPORTED;
        let random = PreviewError::from(Failure::Random(no_random));
        assert_eq!(random.to_string(), NO_RANDOM);
        assert_eq!(random.kind(), PreviewErrorKind::Random);
        let keys = || PreviewKeyError::new("wrong");
        let cases: [(Box<dyn Error>, Option<String>); 7] = [
            (Box::new(keys()), None),
            (
                Box::new(keys().with_source(not_json())),
                Some(not_json().to_string()),
            ),
            (
                Box::new(PreviewKeyError::no_random(no_random)),
                Some(no_random.to_string()),
            ),
            (Box::new(random), Some(no_random.to_string())),
            (
                Box::new(PreviewError::from(Failure::Data(not_json()))),
                Some(not_json().to_string()),
            ),
            (Box::new(PreviewError::from(Failure::TooLong(7))), None),
            (
                Box::new(PreviewError::from(Failure::Path("a".to_owned()))),
                None,
            ),
        ];
        for (error, source) in cases {
            assert_eq!(error.source().map(ToString::to_string), source, "{error}");
        }
    }

    #[test]
    fn an_error_of_a_file_names_it_and_keeps_its_source() {
        let error = PreviewKeyError::no_random(getrandom::Error::UNSUPPORTED);
        let error = error.of_file(Path::new("a/b.json"));
        assert_eq!(error.to_string(), format!("a/b.json: {NO_RANDOM}"));
        assert!(error.source().is_some());
    }
}
