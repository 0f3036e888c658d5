//! What a file below the route directory stands for.

use std::fmt;

use super::pattern::{Pattern, PatternError};

/// The one directory with a dot at the start of its name that is served: URLs have it by RFC 8615.
pub(crate) const WELL_KNOWN: &str = ".well-known";

/// Whether the name of a file or directory keeps it out of a tree: it begins with a dot, and is not `.well-known`.
///
/// ```
/// use tower_api_routes::routing::is_hidden;
///
/// assert!(is_hidden(".git") && !is_hidden(".well-known") && !is_hidden("posts"));
/// ```
#[must_use]
pub fn is_hidden(name: &str) -> bool {
    name.starts_with('.') && !matches!(name, "." | ".." | WELL_KNOWN)
}

/// The role of a file in the route directory, told by its path alone.
///
/// The rules are in the [module docs](super).
///
/// ```
/// use tower_api_routes::routing::{FileRole, Pattern};
///
/// let role = FileRole::of("(shop)/posts/[id].rs")?;
/// assert_eq!(role, FileRole::Route(Pattern::parse("posts/[id]").unwrap()));
/// assert_eq!(FileRole::of("_db.rs")?, FileRole::Private);
/// # Ok::<(), tower_api_routes::routing::FileError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileRole {
    /// Answers the requests that the pattern matches.
    Route(Pattern),
    /// `_middleware.rs`: wraps every route in its directory and below.
    ///
    /// The pattern is the one of the directory. Two directories can have the same, `a` and
    /// `(group)/a`: which files are wrapped is decided by directory.
    Middleware(Pattern),
    /// A module that routes use: `_name.rs`, and every file below a directory `_name`.
    Private,
    /// Nothing to us: tests, files that are not `.rs`, and what has a dot at the start of its name
    /// or of a directory's, other than `.well-known`.
    Ignored,
}

impl FileRole {
    /// The role of a file by its path relative to the route directory, with `/` between names.
    ///
    /// # Errors
    ///
    /// [`FileError`] when the file is to be a route or a middleware and its path is no
    /// [`Pattern`].
    pub fn of(path: &str) -> Result<Self, FileError> {
        let (directory, file) = path.rsplit_once('/').unwrap_or(("", path));
        let directories = || super::path::segments(directory);
        let Some(stem) = file.strip_suffix(".rs") else {
            return Ok(Self::Ignored);
        };
        if stem.ends_with("_test") || file.starts_with('.') || directories().any(is_hidden) {
            return Ok(Self::Ignored);
        }
        let is_middleware = stem == "_middleware";
        if directories().any(|it| it.starts_with('_')) || stem.starts_with('_') && !is_middleware {
            return Ok(Self::Private);
        }
        let mut names: Vec<&str> = directories().filter(|it| !is_group(it)).collect();
        if stem != "index" && !is_middleware {
            names.push(stem);
        }
        let role = if is_middleware {
            Self::Middleware
        } else {
            Self::Route
        };
        match Pattern::parse(&names.join("/")) {
            Ok(pattern) => Ok(role(pattern)),
            Err(source) => Err(FileError {
                path: path.into(),
                source,
            }),
        }
    }
}

fn is_group(directory: &str) -> bool {
    directory.len() > 2 && directory.starts_with('(') && directory.ends_with(')')
}

/// Why a file can be no route. Its message names the file and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileError {
    path: Box<str>,
    source: PatternError,
}

impl FileError {
    /// The path of the file, as it was given.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong with its pattern.
    #[must_use]
    pub fn pattern_error(&self) -> &PatternError {
        &self.source
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "file `{}`: {}", self.path, self.source)
    }
}

impl std::error::Error for FileError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::PatternErrorKind;

    #[test]
    fn files_become_routes() {
        for (file, pattern) in [
            ("user.rs", "user"),
            ("posts/[id].rs", "posts/[id]"),
            ("docs/[[...slug]].rs", "docs/[[...slug]]"),
            ("file.json.rs", "file.json"),
            ("spa ce.rs", "spa ce"),
            ("with-dash_under/[some-id].rs", "with-dash_under/[some-id]"),
            ("mod.rs", "mod"),
            ("latest.rs", "latest"),
            ("test.rs", "test"),
            ("contest.rs", "contest"),
            (".well-known/thing.rs", ".well-known/thing"),
            ("a/.well-known/index.rs", "a/.well-known"),
            ("(g)/.well-known/[id].rs", ".well-known/[id]"),
            ("_middleware/x.rs", ""),
        ] {
            let role = FileRole::of(file).unwrap();
            if pattern.is_empty() {
                assert_eq!(role, FileRole::Private, "{file}");
            } else {
                assert_eq!(
                    role,
                    FileRole::Route(Pattern::parse(pattern).unwrap()),
                    "{file}"
                );
            }
        }
    }

    #[test]
    fn index_names_its_directory_once() {
        for (file, pattern) in [
            ("index.rs", ""),
            ("a/index.rs", "a"),
            ("index/index.rs", "index"),
            ("x/index/index.rs", "x/index"),
            ("index/a.rs", "index/a"),
            ("[...slug]/index.rs", "[...slug]"),
            ("Index.rs", "Index"),
        ] {
            let pattern = Pattern::parse(pattern).unwrap();
            assert_eq!(FileRole::of(file), Ok(FileRole::Route(pattern)), "{file}");
        }
    }

    #[test]
    fn groups_leave_no_trace() {
        for (file, pattern) in [
            ("(group)/index.rs", ""),
            ("(group)/a/index.rs", "a"),
            ("a/(group)/b.rs", "a/b"),
            ("a/(group)/index.rs", "a"),
            ("(a)/(b)/c.rs", "c"),
            // Only directories are groups, and only those with a name.
            ("(x).rs", "(x)"),
            ("()/a.rs", "()/a"),
            ("(a/b.rs", "(a/b"),
        ] {
            let pattern = Pattern::parse(pattern).unwrap();
            assert_eq!(FileRole::of(file), Ok(FileRole::Route(pattern)), "{file}");
        }
    }

    #[test]
    fn middleware_belongs_to_its_directory() {
        for (file, pattern) in [
            ("_middleware.rs", ""),
            ("admin/_middleware.rs", "admin"),
            ("(group)/_middleware.rs", ""),
            ("teams/[team]/_middleware.rs", "teams/[team]"),
            ("index/_middleware.rs", "index"),
            ("[...slug]/_middleware.rs", "[...slug]"),
        ] {
            let pattern = Pattern::parse(pattern).unwrap();
            assert_eq!(
                FileRole::of(file),
                Ok(FileRole::Middleware(pattern)),
                "{file}"
            );
        }
    }

    #[test]
    fn underscores_are_private_and_the_rest_is_ignored() {
        for (file, role) in [
            ("_db.rs", FileRole::Private),
            ("_lib/a.rs", FileRole::Private),
            ("a/_lib/b/[c.rs", FileRole::Private),
            ("_lib/_middleware.rs", FileRole::Private),
            ("_middleware.test.rs", FileRole::Private),
            ("x_test.rs", FileRole::Ignored),
            ("a/[id]_test.rs", FileRole::Ignored),
            ("_lib/x_test.rs", FileRole::Ignored),
            (".hidden.rs", FileRole::Ignored),
            (".rs", FileRole::Ignored),
            (".git/a.rs", FileRole::Ignored),
            (".git/.well-known/a.rs", FileRole::Ignored),
            (".well-known/.git/a.rs", FileRole::Ignored),
            (".well-known/.a.rs", FileRole::Ignored),
            (".well-known/a_test.rs", FileRole::Ignored),
            (".well-known.rs", FileRole::Ignored),
            (".Well-Known/a.rs", FileRole::Ignored),
            ("_lib/.well-known/a.rs", FileRole::Private),
            ("a.txt", FileRole::Ignored),
            ("a.rs.bak", FileRole::Ignored),
            ("a.RS", FileRole::Ignored),
            ("README", FileRole::Ignored),
            ("[bad.md", FileRole::Ignored),
            ("", FileRole::Ignored),
        ] {
            assert_eq!(FileRole::of(file), Ok(role), "{file}");
        }
    }

    #[test]
    fn errors_name_the_file() {
        let error = FileRole::of("(shop)/[...all]/a.rs").unwrap_err();
        assert_eq!(error.path(), "(shop)/[...all]/a.rs");
        assert_eq!(
            error.pattern_error().kind(),
            PatternErrorKind::CatchAllNotLast
        );
        assert_eq!(
            error.to_string(),
            "file `(shop)/[...all]/a.rs`: route `[...all]/a` goes on after a catch-all, \
             which must be the last segment"
        );
        for file in [
            "[id.rs",
            "a/[[id]].rs",
            "../a.rs",
            "a//b.rs",
            "/a/b.rs/../c.rs",
        ] {
            assert_eq!(FileRole::of(file).unwrap_err().path(), file);
        }
    }
}
