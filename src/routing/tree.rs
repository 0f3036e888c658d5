//! [`RouteTree`]: routes with a value each, and which of them a path belongs to.

use std::fmt;

use super::{
    captures::Captures,
    conflict::{InsertError, check},
    nodes::{Id, Nodes},
    pattern::Pattern,
    statics::Statics,
};

/// Routes with a value each, looked up by path.
///
/// Which route a path belongs to depends on the [rules](super), never on the order of insertion.
///
/// A lookup allocates nothing (up to four captures), enters no part of the tree twice, and takes
/// time that grows with the path at most linearly. Routes without parameters are found by one
/// hash of the whole path, whatever their number.
///
/// ```
/// use tower_api_routes::routing::{Pattern, RouteTree};
///
/// let mut tree = RouteTree::new();
/// tree.insert(Pattern::parse("posts/[id]")?, "a post")?;
/// tree.insert(Pattern::parse("posts/new")?, "a form")?;
///
/// let found = tree.at("posts/42").unwrap();
/// assert_eq!(*found.value, "a post");
/// assert_eq!(found.captures.get(0), Some(6..8));
/// assert_eq!(*tree.at("posts/new").unwrap().value, "a form");
/// assert!(tree.at("posts").is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct RouteTree<T> {
    routes: Vec<(Pattern, T)>,
    nodes: Nodes,
    statics: Statics,
}

/// A route that a path belongs to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Match<'t, T> {
    /// The pattern of the route, which knows the names of the parameters.
    pub pattern: &'t Pattern,
    /// What was inserted with it.
    pub value: &'t T,
    /// Where the values of the parameters lie in the path.
    pub captures: Captures,
}

impl<T> RouteTree<T> {
    /// A tree without routes.
    #[must_use]
    pub fn new() -> Self {
        Self {
            routes: Vec::new(),
            nodes: Nodes::default(),
            statics: Statics::default(),
        }
    }

    /// How many routes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.routes.len()
    }

    /// Whether there is no route.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.routes.is_empty()
    }

    /// The routes in the order in which they are tried.
    pub fn iter(&self) -> impl Iterator<Item = (&Pattern, &T)> {
        let mut routes: Vec<_> = self.routes.iter().map(|(it, value)| (it, value)).collect();
        routes.sort_unstable_by_key(|(pattern, _)| *pattern);
        routes.into_iter()
    }

    /// The route that a path belongs to, and what its parameters captured.
    ///
    /// `path` is the raw path below the mount, still percent-encoded and without its leading
    /// slash; `""` is the root. `None` also for a path with an empty segment, hence for one with
    /// a trailing slash, and for one with a segment of dots.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<Match<'_, T>> {
        if let Some(route) = self.statics.get(path) {
            return self.found(route, Captures::default());
        }
        if !self.nodes.may_have(path.as_bytes()) {
            return None;
        }
        let mut captures = Captures::default();
        let route = self.nodes.find(path.as_bytes(), &mut captures)?;
        self.found(route, captures)
    }

    #[inline]
    fn found(&self, route: Id, captures: Captures) -> Option<Match<'_, T>> {
        let (pattern, value) = self.routes.get(route as usize)?;
        Some(Match {
            pattern,
            value,
            captures,
        })
    }

    /// Adds a route.
    ///
    /// # Errors
    ///
    /// [`InsertError`] when the route conflicts with one in the tree, which stays as it was.
    /// Whether routes conflict does not depend on the order in which they come.
    pub fn insert(&mut self, pattern: Pattern, value: T) -> Result<(), InsertError> {
        if let Err((kind, other)) = check(&pattern, &self.nodes, |id| self.pattern(id)) {
            return Err(InsertError {
                kind,
                existing: self.pattern(other).cloned().unwrap_or_default(),
                pattern,
            });
        }
        let id = self.routes.len() as Id;
        self.nodes.insert(&pattern, id);
        self.statics.insert(&pattern, id);
        self.routes.push((pattern, value));
        Ok(())
    }

    fn pattern(&self, route: Id) -> Option<&Pattern> {
        self.routes.get(route as usize).map(|(pattern, _)| pattern)
    }
}

impl<T> Default for RouteTree<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// Lists the patterns in the order in which they are tried.
impl<T> fmt::Debug for RouteTree<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let patterns = self.iter().map(|(pattern, _)| pattern.to_string());
        f.debug_list().entries(patterns).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::InsertErrorKind;

    fn tree(patterns: &[&str]) -> RouteTree<String> {
        let mut tree = RouteTree::new();
        for pattern in patterns {
            let parsed = Pattern::parse(pattern).unwrap();
            tree.insert(parsed, (*pattern).to_owned()).unwrap();
        }
        tree
    }

    /// Checks which route each path belongs to, and what is captured: `route value value`.
    fn check(patterns: &[&str], paths: &[(&str, Option<&str>)]) {
        let mut reversed = patterns.to_vec();
        reversed.reverse();
        for tree in [tree(patterns), tree(&reversed)] {
            for (path, expected) in paths {
                let found = tree.at(path).map(|found| {
                    let values = found.captures.iter().map(|range| &path[range]);
                    let all: Vec<_> = [found.value.as_str()].into_iter().chain(values).collect();
                    all.join(" ")
                });
                assert_eq!(found.as_deref(), *expected, "{path:?} in {patterns:?}");
            }
        }
    }

    #[test]
    fn a_tree_without_routes_is_empty() {
        assert!(tree(&[]).is_empty());
        assert!(!tree(&["a"]).is_empty());
    }

    #[test]
    fn text_matches_itself_raw_and_case_sensitively() {
        check(
            &["", "users", "spa ce", "é", "a/b/c", "file.json", "x'y!(z)"],
            &[
                ("", Some("")),
                ("users", Some("users")),
                ("Users", None),
                ("user", None),
                ("users2", None),
                ("spa%20ce", Some("spa ce")),
                ("spa+ce", None),
                ("%C3%A9", Some("é")),
                ("%c3%a9", None),
                ("é", None),
                ("a/b/c", Some("a/b/c")),
                ("a/b", None),
                ("a/b/c/d", None),
                ("file.json", Some("file.json")),
                ("file_json", None),
                ("x'y!(z)", Some("x'y!(z)")),
            ],
        );
    }

    #[test]
    fn h01_an_escaped_letter_is_not_the_letter() {
        check(&["admin"], &[("%61dmin", None)]);
        check(&["admin", "[id]"], &[("%61dmin", Some("[id] %61dmin"))]);
    }

    #[test]
    fn h02_an_escaped_slash_separates_nothing() {
        check(
            &["user/admin", "[id]", "all/[...slug]"],
            &[
                ("user%2Fadmin", Some("[id] user%2Fadmin")),
                ("user%2fadmin", Some("[id] user%2fadmin")),
                ("user%5Cadmin", Some("[id] user%5Cadmin")),
                ("all/a%2Fb", Some("all/[...slug] a%2Fb")),
            ],
        );
        check(&["user/admin"], &[("user%2Fadmin", None)]);
    }

    #[test]
    fn h06_no_parameter_takes_a_segment_of_dots() {
        let routes = [
            "[id]",
            "[id]/[name]",
            "all/[...slug]",
            "opt/[[...slug]]",
            "all",
        ];
        for dots in [".", "..", "%2e", "%2E%2e", ".%2E", "%2e."] {
            for path in [
                dots.to_owned(),
                format!("a/{dots}"),
                format!("{dots}/a"),
                format!("all/{dots}"),
                format!("all/a/{dots}/b"),
                format!("all/a/b/{dots}"),
                format!("opt/{dots}"),
            ] {
                check(&routes, &[(&path, None)]);
            }
        }
        check(
            &routes,
            &[
                ("...", Some("[id] ...")),
                (".a", Some("[id] .a")),
                ("all/..a/%2e%2e%2e", Some("all/[...slug] ..a/%2e%2e%2e")),
                ("%252e%252e", Some("[id] %252e%252e")),
                ("..%2Fx", Some("[id] ..%2Fx")),
            ],
        );
    }

    #[test]
    fn h07_empty_segments_match_nothing() {
        check(
            &[
                "",
                "a/b",
                "[id]",
                "a/[id]",
                "[id]/[name]",
                "all/[...slug]",
                "opt/[[...slug]]",
            ],
            &[
                ("/", None),
                ("//", None),
                ("a//b", None),
                ("/a/b", None),
                ("/a", None),
                ("all/", None),
                ("all//", None),
                ("all/a//b", None),
                ("all/a/", None),
                ("opt/", None),
                ("opt//a", None),
            ],
        );
    }

    #[test]
    fn h08_a_trailing_slash_matches_nothing() {
        check(
            &[
                "admin",
                "[id]",
                "[id]/[name]",
                "x/[...slug]",
                "y/[[...slug]]",
            ],
            &[
                ("admin/", None),
                ("a/", None),
                ("a/b/", None),
                ("x/a/", None),
                ("y/", None),
            ],
        );
    }

    #[test]
    fn h17_brackets_in_a_path_are_plain_text() {
        check(
            &["[id]", "x/[...slug]", "users"],
            &[
                ("[id]", Some("[id] [id]")),
                ("x/[...slug]", Some("x/[...slug] [...slug]")),
                ("{x}", Some("[id] {x}")),
                ("_middleware", Some("[id] _middleware")),
                ("users.rs", Some("[id] users.rs")),
            ],
        );
        check(
            &["users"],
            &[("[id]", None), ("users.rs", None), ("_middleware", None)],
        );
    }

    #[test]
    fn h18_paths_are_not_tidied_up() {
        check(
            &["admin"],
            &[
                ("Admin", None),
                ("admin;v=1", None),
                ("admin%20", None),
                ("admin%00", None),
            ],
        );
    }

    #[test]
    fn a_parameter_takes_one_segment() {
        check(
            &["[id]", "posts/[post]/comments/[comment]"],
            &[
                ("", None),
                ("1", Some("[id] 1")),
                ("a+b", Some("[id] a+b")),
                ("é", Some("[id] é")),
                ("1/2", None),
                ("posts/1/comments", None),
                (
                    "posts/1/comments/22",
                    Some("posts/[post]/comments/[comment] 1 22"),
                ),
            ],
        );
    }

    #[test]
    fn catch_alls_take_the_rest() {
        check(
            &["req/[...slug]", "opt/[[...slug]]"],
            &[
                ("req", None),
                ("req/a", Some("req/[...slug] a")),
                ("req/a/b/c", Some("req/[...slug] a/b/c")),
                ("opt", Some("opt/[[...slug]]")),
                ("opt/a", Some("opt/[[...slug]] a")),
                ("opt/a/b/c", Some("opt/[[...slug]] a/b/c")),
                ("option", None),
            ],
        );
        check(
            &["[[...all]]"],
            &[("", Some("[[...all]]")), ("a/b", Some("[[...all]] a/b"))],
        );
        check(&["[...all]"], &[("", None), ("a", Some("[...all] a"))]);
    }

    #[test]
    fn h20_text_before_parameter_before_catch_all() {
        check(
            &["x", "x/y", "x/[id]", "x/[...rest]", "[page]", "[[...all]]"],
            &[
                ("x", Some("x")),
                ("x/y", Some("x/y")),
                ("x/z", Some("x/[id] z")),
                ("x/y/z", Some("x/[...rest] y/z")),
                ("z", Some("[page] z")),
                ("z/z", Some("[[...all]] z/z")),
                ("", Some("[[...all]]")),
            ],
        );
    }

    #[test]
    fn a_choice_that_leads_nowhere_is_taken_back() {
        check(
            &[
                "a/[x]/c",
                "[y]/b",
                "a/b/c/d",
                "[y]/b/[z]/[...rest]",
                "[y]/[...all]",
            ],
            &[
                ("a/b", Some("[y]/b a")),
                ("a/b/c", Some("a/[x]/c b")),
                ("a/b/c/d", Some("a/b/c/d")),
                ("a/b/c/e", Some("[y]/b/[z]/[...rest] a c e")),
                ("a/x/d", Some("[y]/[...all] a x/d")),
                ("a/b/d", Some("[y]/[...all] a b/d")),
            ],
        );
        // Depth first: the catch-all below the text comes before the parameter beside it.
        check(
            &["auth/[...next]", "[post]/comments", "[post]"],
            &[
                ("auth/comments", Some("auth/[...next] comments")),
                ("auth", Some("[post] auth")),
                ("x/comments", Some("[post]/comments x")),
            ],
        );
    }

    #[test]
    fn first_letters_tell_only_what_cannot_match() {
        check(
            &["p/[id]", "é/[...rest]"],
            &[
                ("p/1", Some("p/[id] 1")),
                // `0` is `p` modulo 64.
                ("0/1", None),
                ("P/1", None),
                ("", None),
                ("%C3%A9/1", Some("é/[...rest] 1")),
            ],
        );
        check(&["p/[id]", "[[...all]]"], &[("", Some("[[...all]]"))]);
        check(&["x", "[id]/y"], &[("z/y", Some("[id]/y z"))]);
    }

    #[test]
    fn long_and_similar_texts_are_told_apart() {
        let long = "organization-secrets-of-all-selected-repositories";
        let like = "organization-secrets-of-ALL-SELECTED-repositories-too";
        let same_ends = "organization-variables-of-selected-repositories00";
        assert_eq!(long.len(), same_ends.len());
        check(
            &[
                long,
                same_ends,
                "notifications/[id]",
                "notifications",
                "notification",
            ],
            &[
                (long, Some(long)),
                (same_ends, Some(same_ends)),
                (like, None),
                ("organization-secrets-of-ALL-selected-repositories", None),
                ("notifications/1", Some("notifications/[id] 1")),
                ("notification", Some("notification")),
                ("notificationz", None),
            ],
        );
        let below = |text: &str| format!("{text}/[id]");
        let (a, b) = (
            below("0123456789abcdef0123456789"),
            below("01234567_9abcdef_123456789"),
        );
        check(
            &[&a, &b],
            &[
                ("0123456789abcdef0123456789/x", Some(&format!("{a} x"))),
                ("01234567_9abcdef_123456789/x", Some(&format!("{b} x"))),
                ("01234567_9abcdef0123456789/x", None),
                ("a\0/x", None),
            ],
        );
    }

    #[test]
    fn more_than_four_parameters_are_captured() {
        check(
            &["[a]/[b]/[c]/[d]/[e]/[...f]", "[a]/[b]/[c]/[d]/[e]/x/y"],
            &[
                (
                    "1/2/3/4/5/6/7",
                    Some("[a]/[b]/[c]/[d]/[e]/[...f] 1 2 3 4 5 6/7"),
                ),
                ("1/2/3/4/5/x/y", Some("[a]/[b]/[c]/[d]/[e]/x/y 1 2 3 4 5")),
                (
                    "1/2/3/4/5/x/z",
                    Some("[a]/[b]/[c]/[d]/[e]/[...f] 1 2 3 4 5 x/z"),
                ),
                ("1/2/3/4/5", None),
            ],
        );
    }

    #[test]
    fn h19_long_paths_are_refused_or_taken() {
        let tree = tree(&["all/[...slug]", "[a]/[b]/[c]", "[a]/[b]/x/[...rest]"]);
        let segments = format!("all{}", "/a".repeat(30_000));
        assert_eq!(tree.at(&segments).unwrap().captures.get(0), Some(4..60_003));
        assert!(tree.at(&segments[2..]).is_none());
        let long = format!("all/{}", "a".repeat(65_530));
        assert!(tree.at(&long).is_some());
    }

    fn conflict(first: &str, second: &str) -> Option<InsertError> {
        let mut tree = tree(&[first]);
        let result = tree.insert(Pattern::parse(second).unwrap(), String::new());
        assert_eq!(tree.len(), if result.is_ok() { 2 } else { 1 });
        result.err()
    }

    #[test]
    fn h20_conflicts_are_errors_in_either_order() {
        use InsertErrorKind as Kind;
        for (one, other, kind) in [
            ("a", "a", Kind::Duplicate),
            ("", "", Kind::Duplicate),
            ("a/[id]", "a/[id]", Kind::Duplicate),
            ("[...a]", "[...a]", Kind::Duplicate),
            ("[[...a]]", "[[...a]]", Kind::Duplicate),
            ("[id]", "[slug]", Kind::ParameterNames),
            ("[id]/a", "[slug]/b", Kind::ParameterNames),
            ("x/[id]/[a]", "x/[id]/[b]/c", Kind::ParameterNames),
            ("[id]/[...a]", "[slug]/[...a]", Kind::ParameterNames),
            ("[...a]", "[...b]", Kind::ParameterNames),
            ("x/[[...a]]", "x/[[...b]]", Kind::ParameterNames),
            ("[...a]", "[[...b]]", Kind::CatchAlls),
            ("x/[...a]", "x/[[...a]]", Kind::CatchAlls),
            ("", "[[...a]]", Kind::OptionalCatchAll),
            ("x", "x/[[...a]]", Kind::OptionalCatchAll),
            ("[x]", "[x]/[[...a]]", Kind::OptionalCatchAll),
            ("Users", "users", Kind::LetterCase),
            ("Users/a", "users/b", Kind::LetterCase),
            ("x/É", "x/é/[id]", Kind::LetterCase),
        ] {
            for (first, second) in [(one, other), (other, one)] {
                let error = conflict(first, second).unwrap();
                assert_eq!(error.kind(), kind, "{first} then {second}");
                assert_eq!(error.existing().to_string(), first);
                assert_eq!(error.pattern().to_string(), second);
            }
        }
    }

    #[test]
    fn routes_that_only_look_alike_live_side_by_side() {
        for (one, other) in [
            ("[id]", "[...rest]"),
            ("[id]", "[[...rest]]"),
            ("[id]", "[...id]"),
            ("[id]/a", "[id]/b"),
            ("a/[id]", "b/[slug]"),
            ("a", "[[...rest]]"),
            ("x", "x/[...rest]"),
            ("Users", "x/users"),
            ("[Id]", "x/[id]"),
        ] {
            assert_eq!(conflict(one, other), None, "{one} {other}");
            assert_eq!(conflict(other, one), None, "{other} {one}");
        }
    }

    #[test]
    fn conflicts_name_both_routes() {
        for (first, second, message) in [
            ("a/[id]", "a/[id]", "there are two routes `a/[id]`"),
            (
                "a/[id]",
                "a/[slug]/b",
                "routes `a/[slug]/b` and `a/[id]` have different names for the same parameter",
            ),
            (
                "[[...a]]",
                "[...b]",
                "routes `[...b]` and `[[...a]]` have a required and an optional catch-all at the \
                 same level",
            ),
            (
                "[[...a]]",
                "",
                "routes `/` and `[[...a]]` match the same path, as an optional catch-all matches \
                 without its segments",
            ),
            (
                "Users",
                "users/x",
                "routes `users/x` and `Users` differ only in the case of letters",
            ),
        ] {
            assert_eq!(conflict(first, second).unwrap().to_string(), message);
        }
    }

    #[test]
    fn a_refused_route_leaves_no_trace() {
        let mut tree = tree(&["a/b/[id]"]);
        let refused = Pattern::parse("a/b/[slug]/c").unwrap();
        assert!(tree.insert(refused, String::new()).is_err());
        assert!(tree.at("a/b/1/c").is_none());
        let added = Pattern::parse("a/B").unwrap();
        assert!(tree.insert(added, String::new()).is_err());
        assert_eq!(format!("{tree:?}"), r#"["a/b/[id]"]"#);
    }

    #[test]
    fn routes_are_listed_in_the_order_they_are_tried() {
        let tree = tree(&["[[...x]]", "b", "[id]/c", "a/[...x]", "[id]", "a"]);
        let listed: Vec<_> = tree.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(listed, ["a", "a/[...x]", "b", "[id]", "[id]/c", "[[...x]]"]);
        assert_eq!(tree.len(), 6);
        assert!(!tree.is_empty());
    }
}
