//! What a document leaves open.

use std::fmt;

use http::Method;

/// Something about an operation that its types do not say, or that cannot be described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    pub(super) method: Option<Method>,
    pub(super) path: String,
    pub(super) file: Option<&'static str>,
    pub(super) kind: GapKind,
    pub(super) reason: String,
}

/// Of what something is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GapKind {
    /// A parameter may be missing, or the type of one.
    Parameters,
    /// The body of the request.
    Body,
    /// The answer of the handler, or its errors.
    Answer,
    /// The bodies of errors, which the application writes itself
    /// ([`on_error`](crate::RouterOptions::on_error)).
    Errors,
    /// The id, which another operation has: of those that were set, and of those that follow from the paths.
    Id,
    /// All of it: the signature cannot be read, or the operation cannot stand in a document.
    Operation,
}

impl Gap {
    /// The method; `None` where the route takes every one.
    #[must_use]
    pub fn method(&self) -> Option<&Method> {
        self.method.as_ref()
    }

    /// The path as the document has it: `/api/posts/{id}`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The route file, if the route comes from one.
    #[must_use]
    pub fn file(&self) -> Option<&'static str> {
        self.file
    }

    /// Of what something is missing.
    #[must_use]
    pub fn kind(&self) -> GapKind {
        self.kind
    }

    /// Why, for a developer.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let method = self.method.as_ref().map_or("any method of", Method::as_str);
        write!(f, "{method} {}", self.path)?;
        if let Some(file) = self.file {
            write!(f, " in {file}")?;
        }
        write!(f, ": {}: {}", self.kind, self.reason)
    }
}

impl fmt::Display for GapKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Parameters => "parameters",
            Self::Body => "body",
            Self::Answer => "answer",
            Self::Errors => "errors",
            Self::Id => "id",
            Self::Operation => "operation",
        })
    }
}
