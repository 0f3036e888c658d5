//! The `Set-Cookie` lines of preview mode, with the attributes and the order of Next.js.

use std::{borrow::Cow, fmt::Write, time::Duration};

use http::HeaderValue;

use super::error::{Failure, PreviewError};

/// How long preview mode lasts, and where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PreviewOptions {
    max_age: Option<Duration>,
    path: Option<Cow<'static, str>>,
}

impl PreviewOptions {
    /// A session, for the whole site.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            max_age: None,
            path: None,
        }
    }

    /// For how long, in whole seconds; a rest is dropped. Default: until the browser is closed.
    #[must_use]
    pub fn max_age(mut self, max_age: impl Into<Option<Duration>>) -> Self {
        self.max_age = max_age.into();
        self
    }

    /// Below which path, such as `/docs`. Default: `/`.
    #[must_use]
    pub fn path(mut self, path: impl Into<Cow<'static, str>>) -> Self {
        self.path = Some(path.into());
        self
    }

    pub(super) fn max_age_seconds(&self) -> Option<u64> {
        self.max_age.map(|max_age| max_age.as_secs())
    }

    pub(super) fn path_text(&self) -> &str {
        self.path.as_deref().unwrap_or("/")
    }
}

/// One cookie, with its attributes in the order of Next.js.
pub(super) struct SetCookie<'a> {
    pub(super) name: &'static str,
    pub(super) value: &'a str,
    pub(super) max_age: Option<u64>,
    pub(super) path: &'a str,
    pub(super) expired: bool,
    pub(super) secure: bool,
}

impl SetCookie<'_> {
    pub(super) fn to_header(&self) -> Result<HeaderValue, PreviewError> {
        if !is_path(self.path) {
            return Err(Failure::Path(self.path.to_owned()).into());
        }
        let mut line = format!("{}={}", self.name, self.value);
        if let Some(seconds) = self.max_age {
            // Writing to a string cannot fail.
            let _ = write!(line, "; Max-Age={seconds}");
        }
        line += "; Path=";
        line += self.path;
        if self.expired {
            line += "; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
        }
        line += "; HttpOnly";
        line += if self.secure {
            "; Secure; SameSite=None"
        } else {
            "; SameSite=Lax"
        };
        HeaderValue::try_from(line).map_err(|_| Failure::Path(self.path.to_owned()).into())
    }
}

/// An absolute path that ends no attribute (RFC 6265 §4.1.1: path-value).
fn is_path(path: &str) -> bool {
    path.starts_with('/')
        && path
            .bytes()
            .all(|byte| matches!(byte, b' '..=b'~') && byte != b';')
}
