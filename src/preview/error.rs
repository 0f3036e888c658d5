//! The errors of preview mode: [`PreviewKeyError`] at start-up, when keys are refused, and
//! [`PreviewError`] in a handler, when data cannot be put into a cookie.

use std::{error::Error, fmt, io, path::PathBuf};

/// Keys that cannot be used. It says which one and why, never what it is.
#[derive(Debug)]
pub struct PreviewKeyError(KeyProblem);

#[derive(Debug)]
pub(super) enum KeyProblem {
    TooShort(&'static str, usize),
    AllZero(&'static str),
    IdNotForCookies,
    Unusable,
    Manifest(serde_json::Error),
    Missing(&'static str),
    Random(getrandom::Error),
    NoFile(PathBuf),
    Read(PathBuf, io::Error),
    /// What is wrong with the keys of this file.
    OfFile(PathBuf, Box<KeyProblem>),
}

impl KeyProblem {
    pub(super) fn of_file(self, path: PathBuf) -> Self {
        Self::OfFile(path, Box::new(self))
    }
}

impl PreviewKeyError {
    pub(super) fn of_file(self, path: PathBuf) -> Self {
        self.0.of_file(path).into()
    }
}

impl fmt::Display for PreviewKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for KeyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyProblem::TooShort(name, length) => write!(
                f,
                "the preview mode {name} is {length} characters long, at least 32 are needed"
            ),
            KeyProblem::AllZero(name) => write!(f, "the preview mode {name} is all zeros"),
            KeyProblem::IdNotForCookies => {
                f.write_str("the preview mode id has a character that no cookie can hold")
            }
            KeyProblem::Unusable => f.write_str("the preview mode signing key cannot be used"),
            KeyProblem::Manifest(_) => f.write_str("the preview mode keys are not JSON"),
            KeyProblem::Missing(name) => {
                write!(f, "the preview mode keys have no text `{name}`")
            }
            KeyProblem::Random(_) => f.write_str("the operating system has no random numbers"),
            KeyProblem::NoFile(dir) => write!(
                f,
                "no preview mode keys in {}: it has no prerender-manifest.json, server/preview-props.json or \
                 dev/server/preview-props.json of a Next.js; run `next build` or `next dev` first",
                dir.display()
            ),
            KeyProblem::Read(path, _) => write!(f, "{} cannot be read", path.display()),
            KeyProblem::OfFile(path, problem) => write!(f, "{}: {problem}", path.display()),
        }
    }
}

impl Error for PreviewKeyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

impl KeyProblem {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Manifest(error) => Some(error),
            Self::Random(error) => Some(error),
            Self::Read(_, error) => Some(error),
            Self::OfFile(_, problem) => problem.source(),
            _ => None,
        }
    }
}

impl From<KeyProblem> for PreviewKeyError {
    fn from(problem: KeyProblem) -> Self {
        Self(problem)
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
            Failure::Random(_) => f.write_str("the operating system has no random numbers"),
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
