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
pub struct BuildErrors(Vec<BuildError>);

impl BuildErrors {
    /// `Err` with all of them if there are any.
    pub(super) fn check(errors: &mut Vec<BuildError>) -> Result<(), Self> {
        if errors.is_empty() {
            return Ok(());
        }
        let mut errors = std::mem::take(errors);
        errors.sort_by(|a, b| a.path.cmp(&b.path));
        Err(Self(errors))
    }

    /// The errors, sorted by file.
    pub fn iter(&self) -> std::slice::Iter<'_, BuildError> {
        self.0.iter()
    }
}

impl From<BuildError> for BuildErrors {
    fn from(error: BuildError) -> Self {
        Self(vec![error])
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
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl Error for BuildErrors {}
