//! Route patterns: `posts/[id]` and the segments it is made of.

use std::{borrow::Cow, fmt, str::FromStr};

use percent_encoding::percent_decode_str;

use super::path::encode_static;

/// One segment of a [`Pattern`].
///
/// The order of segments is their precedence: static ones by their text, then a parameter, then
/// a catch-all, then an optional catch-all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Segment {
    /// Text that is compared raw and case-sensitively, held as a URL holds it: `spa%20ce`.
    Static(Box<str>),
    /// `[name]`: exactly one segment.
    Dynamic(Box<str>),
    /// `[...name]`: one segment or more.
    CatchAll(Box<str>),
    /// `[[...name]]`: any number of segments, or none.
    OptionalCatchAll(Box<str>),
}

impl Segment {
    /// The name of the parameter; `None` for a static segment.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Static(_) => None,
            Self::Dynamic(name) | Self::CatchAll(name) | Self::OptionalCatchAll(name) => Some(name),
        }
    }

    /// The text of a static segment, as a URL holds it.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Static(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn is_catch_all(&self) -> bool {
        matches!(self, Self::CatchAll(_) | Self::OptionalCatchAll(_))
    }
}

/// Writes the segment as a pattern spells it: `spa ce`, `[id]`, `[...slug]`, `[[...slug]]`.
impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Static(text) => f.write_str(&percent_decode_str(text).decode_utf8_lossy()),
            Self::Dynamic(name) => write!(f, "[{name}]"),
            Self::CatchAll(name) => write!(f, "[...{name}]"),
            Self::OptionalCatchAll(name) => write!(f, "[[...{name}]]"),
        }
    }
}

/// A route: segments of text and parameters, below the directory (or mount) of the router.
///
/// The grammar is in the [module docs](super). The order of patterns is the order in which they
/// are tried, the one of Next.js: at each level the route that ends there, then static segments
/// by their text, then `[name]`, `[...name]`, and `[[...name]]`.
///
/// ```
/// use tower_api_routes::routing::Pattern;
///
/// let pattern = Pattern::parse("posts/[id]/[...rest]")?;
/// assert_eq!(pattern.param_names().collect::<Vec<_>>(), ["id", "rest"]);
/// assert_eq!(pattern.to_string(), "posts/[id]/[...rest]");
/// assert!(Pattern::parse("posts/[id]")? < Pattern::parse("[page]/comments")?);
/// # Ok::<(), tower_api_routes::routing::PatternError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pattern {
    segments: Box<[Segment]>,
}

impl Pattern {
    /// Reads a pattern; `""` is the root. One leading slash is accepted, a trailing one is not.
    ///
    /// Text is what a file name would be, not yet escaped: `spa ce`, not `spa%20ce`.
    ///
    /// # Errors
    ///
    /// [`PatternError`], whose [kind](PatternErrorKind) lists what is wrong in a pattern.
    pub fn parse(pattern: &str) -> Result<Self, PatternError> {
        let fail = |kind| PatternError {
            pattern: pattern.into(),
            kind,
        };
        let path = pattern.strip_prefix('/').unwrap_or(pattern);
        let segments = super::path::segments(path)
            .map(parse_segment)
            .collect::<Result<Box<[_]>, _>>()
            .map_err(fail)?;
        check(&segments).map_err(fail)?;
        Ok(Self { segments })
    }

    /// The segments, from the first to the last; none for the root.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The names of the parameters in their order, one for each value that a match captures.
    pub fn param_names(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(Segment::name)
    }

    /// Whether there is no parameter in it.
    #[must_use]
    pub fn is_static(&self) -> bool {
        self.param_names().next().is_none()
    }
}

/// Writes the pattern as [`Pattern::parse`] reads it, without a leading slash.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.segments.iter().enumerate() {
            if index > 0 {
                f.write_str("/")?;
            }
            segment.fmt(f)?;
        }
        Ok(())
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(pattern: &str) -> Result<Self, PatternError> {
        Self::parse(pattern)
    }
}

fn parse_segment(text: &str) -> Result<Segment, PatternErrorKind> {
    if text.is_empty() {
        return Err(PatternErrorKind::EmptySegment);
    }
    if matches!(text, "." | "..") {
        return Err(PatternErrorKind::DotSegment);
    }
    if !text.contains(['[', ']']) {
        return Ok(Segment::Static(encode_static(text).into()));
    }
    let inner = |start, end| text.strip_prefix(start)?.strip_suffix(end);
    if let Some(name) = inner("[[...", "]]") {
        parse_name(name).map(Segment::OptionalCatchAll)
    } else if let Some(name) = inner("[...", "]") {
        parse_name(name).map(Segment::CatchAll)
    } else if let Some(name) = inner("[", "]") {
        parse_name(name).map(Segment::Dynamic)
    } else {
        Err(PatternErrorKind::Brackets)
    }
}

fn parse_name(name: &str) -> Result<Box<str>, PatternErrorKind> {
    if name.contains(['[', ']']) {
        Err(PatternErrorKind::Brackets)
    } else if name.is_empty() {
        Err(PatternErrorKind::EmptyName)
    } else if name.starts_with(['.', '…']) {
        Err(PatternErrorKind::DottedName)
    } else {
        Ok(name.into())
    }
}

fn check(segments: &[Segment]) -> Result<(), PatternErrorKind> {
    if let [before_last @ .., _] = segments
        && before_last.iter().any(Segment::is_catch_all)
    {
        return Err(PatternErrorKind::CatchAllNotLast);
    }
    for (index, segment) in segments.iter().enumerate() {
        let Some(name) = segment.name() else { continue };
        for earlier in segments.iter().take(index).filter_map(Segment::name) {
            if name == earlier {
                return Err(PatternErrorKind::RepeatedName);
            }
            if word_characters(name).eq(word_characters(earlier)) {
                return Err(PatternErrorKind::SimilarNames);
            }
        }
    }
    Ok(())
}

/// What is left of a name without its punctuation: `post-id` and `postid` are too alike for one pattern.
fn word_characters(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|it| it.is_alphanumeric() || *it == '_')
}

/// Why a text is no [`Pattern`]. Its message names the pattern and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    pattern: Box<str>,
    kind: PatternErrorKind,
}

/// What is wrong in a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PatternErrorKind {
    /// Two slashes in a row, or a trailing one.
    EmptySegment,
    /// A segment that is `.` or `..`, which clients resolve before they send a path.
    DotSegment,
    /// Brackets that are neither `[name]` nor `[...name]` nor `[[...name]]` over a whole segment.
    Brackets,
    /// Brackets without a name.
    EmptyName,
    /// A name that begins with a dot, or with `…` in place of three dots.
    DottedName,
    /// A catch-all that another segment follows.
    CatchAllNotLast,
    /// One name for two parameters.
    RepeatedName,
    /// Two names that are equal but for characters that are neither letters, digits nor `_`.
    SimilarNames,
}

impl PatternError {
    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> PatternErrorKind {
        self.kind
    }

    /// The text that was to be a pattern.
    #[must_use]
    pub fn pattern(&self) -> &str {
        &self.pattern
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use PatternErrorKind as Kind;
        let message = match self.kind {
            Kind::EmptySegment => "has an empty segment, remove the extra `/`",
            Kind::DotSegment => "has a segment of dots, which no URL can ask for, rename it",
            Kind::Brackets => {
                "has malformed brackets, write `[name]`, `[...name]` or `[[...name]]` \
                 for a whole segment"
            }
            Kind::EmptyName => "has a parameter without a name, write `[name]`",
            Kind::DottedName => {
                "has a parameter whose name begins with a dot, \
                 write `[...name]` with three dots for a catch-all"
            }
            Kind::CatchAllNotLast => "goes on after a catch-all, which must be the last segment",
            Kind::RepeatedName => "uses one parameter name twice, rename one of them",
            Kind::SimilarNames => {
                "has two parameter names that differ only in punctuation, rename one of them"
            }
        };
        write!(f, "route `{}` {message}", self.pattern)
    }
}

impl std::error::Error for PatternError {}

/// A pattern in backquotes, the root as `/`, for messages.
pub(super) fn quoted(pattern: &Pattern) -> Cow<'static, str> {
    if pattern.segments().is_empty() {
        Cow::Borrowed("`/`")
    } else {
        Cow::Owned(format!("`{pattern}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(pattern: &str) -> Vec<String> {
        let pattern = Pattern::parse(pattern).unwrap();
        pattern
            .segments()
            .iter()
            .map(|it| format!("{it:?}"))
            .collect()
    }

    #[test]
    fn a_pattern_without_parameters_is_static() {
        for (pattern, is_static) in [
            ("", true),
            ("a/b", true),
            ("a/[b]", false),
            ("[...a]", false),
        ] {
            assert_eq!(Pattern::parse(pattern).unwrap().is_static(), is_static);
        }
    }

    #[test]
    fn segments_are_text_or_parameters() {
        for (pattern, segments) in [
            ("", &[][..]),
            ("/", &[]),
            ("posts", &["Static(\"posts\")"]),
            ("/posts", &["Static(\"posts\")"]),
            ("posts/[id]", &["Static(\"posts\")", "Dynamic(\"id\")"]),
            ("[...slug]", &["CatchAll(\"slug\")"]),
            ("[[...slug]]", &["OptionalCatchAll(\"slug\")"]),
            ("[some-id]", &["Dynamic(\"some-id\")"]),
            ("[a.b]", &["Dynamic(\"a.b\")"]),
            ("(x)/a.b", &["Static(\"(x)\")", "Static(\"a.b\")"]),
            (
                "spa ce/é/50%",
                &[
                    "Static(\"spa%20ce\")",
                    "Static(\"%C3%A9\")",
                    "Static(\"50%25\")",
                ],
            ),
            ("index", &["Static(\"index\")"]),
        ] {
            assert_eq!(texts(pattern), segments, "{pattern}");
        }
    }

    #[test]
    fn what_is_written_reads_the_same() {
        for text in [
            "",
            "posts/[id]",
            "[a]/[...b]",
            "[[...a]]",
            "spa ce/é/50%25",
            "(x)/a+b",
        ] {
            let pattern: Pattern = text.parse().unwrap();
            assert_eq!(pattern.to_string(), text);
        }
    }

    #[test]
    fn errors_name_the_pattern_and_the_way_out() {
        use PatternErrorKind as Kind;
        for (pattern, kind, message) in [
            (
                "a//b",
                Kind::EmptySegment,
                "has an empty segment, remove the extra `/`",
            ),
            (
                "a/",
                Kind::EmptySegment,
                "has an empty segment, remove the extra `/`",
            ),
            (
                "//a",
                Kind::EmptySegment,
                "has an empty segment, remove the extra `/`",
            ),
            (
                "a/../b",
                Kind::DotSegment,
                "has a segment of dots, which no URL can ask for, rename it",
            ),
            (
                "[a",
                Kind::Brackets,
                "has malformed brackets, write `[name]`, `[...name]` or `[[...name]]` \
                 for a whole segment",
            ),
            (
                "a/[]",
                Kind::EmptyName,
                "has a parameter without a name, write `[name]`",
            ),
            (
                "[..a]",
                Kind::DottedName,
                "has a parameter whose name begins with a dot, \
                 write `[...name]` with three dots for a catch-all",
            ),
            (
                "[...a]/b",
                Kind::CatchAllNotLast,
                "goes on after a catch-all, which must be the last segment",
            ),
            (
                "[a]/x/[a]",
                Kind::RepeatedName,
                "uses one parameter name twice, rename one of them",
            ),
            (
                "[a-b]/[ab]",
                Kind::SimilarNames,
                "has two parameter names that differ only in punctuation, rename one of them",
            ),
        ] {
            let error = Pattern::parse(pattern).unwrap_err();
            assert_eq!(error.kind(), kind, "{pattern}");
            assert_eq!(error.pattern(), pattern);
            assert_eq!(error.to_string(), format!("route `{pattern}` {message}"));
        }
    }

    #[test]
    fn malformed_patterns_are_errors() {
        use PatternErrorKind as Kind;
        for (pattern, kind) in [
            ("[[a]]", Kind::Brackets),
            ("[[...a]", Kind::Brackets),
            ("[...a]]", Kind::Brackets),
            ("[[a]", Kind::Brackets),
            ("[a]]", Kind::Brackets),
            ("a]", Kind::Brackets),
            ("a]b[", Kind::Brackets),
            ("]", Kind::Brackets),
            ("[", Kind::Brackets),
            ("][", Kind::Brackets),
            ("[a]x", Kind::Brackets),
            ("x[a]", Kind::Brackets),
            ("[a][b]", Kind::Brackets),
            ("[a]-[b]", Kind::Brackets),
            ("[[[...a]]]", Kind::Brackets),
            ("[[]]", Kind::Brackets),
            ("[...]", Kind::EmptyName),
            ("[[...]]", Kind::EmptyName),
            ("[.a]", Kind::DottedName),
            ("[....a]", Kind::DottedName),
            ("[…a]", Kind::DottedName),
            (".", Kind::DotSegment),
            ("a/..", Kind::DotSegment),
            ("[[...a]]/b", Kind::CatchAllNotLast),
            ("[...a]/[b]", Kind::CatchAllNotLast),
            ("[a]/[...a]", Kind::RepeatedName),
            ("[a_b]/[a.b]/[ab]", Kind::SimilarNames),
        ] {
            let kind_found = Pattern::parse(pattern).map_err(|error| error.kind());
            assert_eq!(kind_found, Err(kind), "{pattern}");
        }
    }

    #[test]
    fn names_beyond_ascii_are_words() {
        assert!(Pattern::parse("[é]/[ü]").is_ok());
        assert!(Pattern::parse("[id]/[Id]").is_ok());
    }

    #[test]
    fn patterns_sort_in_the_order_they_are_tried() {
        let sorted = [
            "", "a", "a/b", "a/[x]", "a/[...x]", "a.b", "b/[x]/c", "[x]", "[x]/c", "[...x]",
            "[[...x]]",
        ];
        let mut patterns = sorted.map(|it| Pattern::parse(it).unwrap());
        patterns.reverse();
        patterns.sort();
        assert_eq!(patterns.map(|it| it.to_string()), sorted);
    }
}
