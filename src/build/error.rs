//! [`BuildError`]: what keeps a tree of route files from being compiled in, with the file that it
//! is about.

use std::{error::Error, fmt};

/// One thing that is wrong with a tree of route files.
///
/// Its text begins with the file, says what is wrong, and how to put it right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildError {
    path: String,
    message: String,
}

impl BuildError {
    pub(super) fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            message: message.into(),
        }
    }

    /// The file or directory, as seen from the package: `pages/api/user.rs`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong with it, without its name.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// One line, whatever characters the file has in its name.
impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in [&self.path, ": ", &self.message] {
            for char in part.chars() {
                match char.is_control() {
                    true => write!(f, "{}", char.escape_default())?,
                    false => write!(f, "{char}")?,
                }
            }
        }
        Ok(())
    }
}

impl Error for BuildError {}

/// Everything that is wrong with a tree, sorted by file; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildErrors {
    errors: Vec<BuildError>,
    warnings: Vec<String>,
    unread: Vec<BuildError>,
}

impl BuildErrors {
    /// `Err` with all of them if there are any.
    pub(super) fn check(errors: &mut Vec<BuildError>) -> Result<(), Self> {
        if errors.is_empty() {
            return Ok(());
        }
        let mut errors = std::mem::take(errors);
        errors.sort_by(|a, b| a.path.cmp(&b.path));
        Err(Self {
            errors,
            warnings: Vec::new(),
            unread: Vec::new(),
        })
    }

    /// With what else is to be said of the trees.
    pub(super) fn beside(self, warnings: Vec<String>, unread: Vec<BuildError>) -> Self {
        Self {
            warnings,
            unread,
            ..self
        }
    }

    /// The errors, sorted by file.
    pub fn iter(&self) -> std::slice::Iter<'_, BuildError> {
        self.errors.iter()
    }

    /// What the trees have besides, see [`Report::warnings`](super::Report::warnings).
    pub fn warnings(&self) -> impl Iterator<Item = &str> {
        self.warnings.iter().map(String::as_str)
    }

    /// The files that are no Rust, see [`Report::unread`](super::Report::unread).
    #[must_use]
    pub fn unread(&self) -> &[BuildError] {
        &self.unread
    }
}

impl From<BuildError> for BuildErrors {
    fn from(error: BuildError) -> Self {
        Self {
            errors: vec![error],
            warnings: Vec::new(),
            unread: Vec::new(),
        }
    }
}

impl<'e> IntoIterator for &'e BuildErrors {
    type Item = &'e BuildError;
    type IntoIter = std::slice::Iter<'e, BuildError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// One line for each error.
impl fmt::Display for BuildErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.errors.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl Error for BuildErrors {}
