//! [`Rewrites`]: what a Next.js that stands in front is told, so that it hands on the requests for the
//! routes of a tree.

use std::fmt;

use crate::routing::{Pattern, RouteTree, Segment};

/// The `rewrites()` of a `next.config.js` for the routes of a tree; see [`Report::rewrites`](super::Report::rewrites).
///
/// Parameters are called `p0`, `p1` and so on: Next.js takes letters and digits alone, and matches no path to a
/// name such as `post-id`. Next.js compares paths without regard to the case of letters.
///
/// `Display` writes them as JSON, and [`to_module`](Self::to_module) as a JavaScript module.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rewrites {
    /// The routes without parameters: they come before the files of Next.js.
    pub before_files: Vec<Rewrite>,
    /// The routes with parameters: they come after the files and static routes of Next.js, and before its dynamic routes.
    pub after_files: Vec<Rewrite>,
}

/// One entry of `rewrites()`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rewrite {
    /// The paths that are handed on: `/api/posts/:p0`.
    pub source: String,
    /// Where they go: `http://127.0.0.1:4000/api/posts/:p0`, or the source itself for what Next.js answers.
    pub destination: String,
}

/// Who answers a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// A Rust file.
    Rust,
    /// A file of Next.js.
    Foreign,
    /// Whatever Next.js has there: a `LEAVE` names it.
    Left,
}

impl Rewrites {
    /// `routes` are patterns below `mount`; `origin` is where the server of the Rust files listens.
    pub(super) fn new<'r>(
        routes: impl Iterator<Item = (&'r str, Owner)>,
        mount: &str,
        origin: &str,
    ) -> Self {
        let mut tree = RouteTree::new();
        for (route, owner) in routes {
            if let Ok(pattern) = Pattern::parse(route) {
                // What conflicts was an error of the build.
                drop(tree.insert(pattern, owner));
            }
        }
        let routes: Vec<_> = tree.iter().collect();
        let mut rewrites = Self {
            before_files: Vec::new(),
            after_files: Vec::new(),
        };
        for (index, (pattern, owner)) in routes.iter().enumerate() {
            // Whether a later one of ours would take paths of it.
            let is_hidden = || {
                let later = routes.iter().skip(index + 1);
                let mut ours = later.filter(|(_, owner)| **owner == Owner::Rust);
                ours.any(|(other, _)| overlap(pattern.segments(), other.segments()))
            };
            let (list, origin) = match owner {
                Owner::Rust if pattern.is_static() => (&mut rewrites.before_files, origin),
                Owner::Rust => (&mut rewrites.after_files, origin),
                // Next.js looks for such files before `afterFiles`.
                Owner::Foreign if pattern.is_static() => continue,
                // A path of Next.js itself, which then tries its own dynamic routes.
                Owner::Foreign | Owner::Left if is_hidden() => (&mut rewrites.after_files, ""),
                Owner::Foreign | Owner::Left => continue,
            };
            list.push(rewrite(pattern, mount, origin.trim_end_matches('/')));
        }
        rewrites
    }

    /// A module for `next.config.js`: `import { rewrites } from './rewrites.mjs'`.
    #[must_use]
    pub fn to_module(&self) -> String {
        format!("export async function rewrites() {{\n  return {self};\n}}\n")
    }
}

/// The entry of a route. Names are counted by parameter, and say nothing of those of the file.
fn rewrite(pattern: &Pattern, mount: &str, origin: &str) -> Rewrite {
    let mount = mount.trim_end_matches('/');
    let (mut source, mut target) = (String::new(), String::new());
    let whole = mount.split('/').skip(1).map(Part::Text);
    let below = pattern.segments().iter().map(|segment| match segment {
        Segment::Static(text) => Part::Text(text),
        Segment::Dynamic(_) => Part::Parameter(""),
        Segment::CatchAll(_) => Part::Parameter("+"),
        Segment::OptionalCatchAll(_) => Part::Parameter("*"),
    });
    let mut names = (0..).map(|number| format!(":p{number}"));
    let mut name = || names.next().unwrap_or_default();
    for part in whole.chain(below) {
        let (from, to) = match part {
            Part::Text(text) if !needs_escape(text) => (text.to_owned(), text.to_owned()),
            // The destination knows no escapes, so the text goes through a parameter.
            Part::Text(text) => {
                let name = name();
                (format!("{name}({})", escape(text)), name)
            }
            Part::Parameter(modifier) => {
                let name = format!("{}{modifier}", name());
                (name.clone(), name)
            }
        };
        source += &format!("/{from}");
        target += &format!("/{to}");
    }
    if source.is_empty() {
        (source, target) = ("/".to_owned(), "/".to_owned());
    }
    Rewrite {
        source,
        destination: format!("{origin}{target}"),
    }
}

/// Whether there is a path that both match.
fn overlap(one: &[Segment], other: &[Segment]) -> bool {
    match (one.split_first(), other.split_first()) {
        (None, None) => true,
        (None, Some((segment, _))) | (Some((segment, _)), None) => {
            matches!(segment, Segment::OptionalCatchAll(_))
        }
        (Some((one, _)), Some((other, _))) if one.is_catch_all() || other.is_catch_all() => true,
        (Some((Segment::Static(one), _)), Some((Segment::Static(other), _))) if one != other => {
            false
        }
        (Some((_, one)), Some((_, other))) => overlap(one, other),
    }
}

enum Part<'p> {
    Text(&'p str),
    /// With what `path-to-regexp` calls its modifier.
    Parameter(&'static str),
}

/// What has a meaning in the patterns of `path-to-regexp`.
fn needs_escape(text: &str) -> bool {
    text.contains(['(', ')', '{', '}', ':', '*', '+', '?', '\\'])
}

/// The text as a regular expression.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        if !letter.is_ascii_alphanumeric() && !matches!(letter, '-' | '_' | '~' | '%') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// JSON, as `rewrites()` returns it.
impl fmt::Display for Rewrites {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, name: &str, list: &[Rewrite]| {
            write!(f, "  \"{name}\": [")?;
            for (index, it) in list.iter().enumerate() {
                let comma = if index == 0 { "" } else { "," };
                let (source, destination) = (text(&it.source), text(&it.destination));
                write!(
                    f,
                    "{comma}\n    {{ \"source\": {source}, \"destination\": {destination} }}"
                )?;
            }
            f.write_str(if list.is_empty() { "]" } else { "\n  ]" })
        };
        f.write_str("{\n")?;
        list(f, "beforeFiles", &self.before_files)?;
        f.write_str(",\n")?;
        list(f, "afterFiles", &self.after_files)?;
        f.write_str("\n}")
    }
}

/// A string of JSON.
fn text(value: &str) -> String {
    let mut text = String::from("\"");
    for letter in value.chars() {
        match letter {
            '"' | '\\' => text.extend(['\\', letter]),
            letter if letter.is_control() => text += &format!("\\u{:04x}", u32::from(letter)),
            letter => text.push(letter),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours<'r>(routes: &[&'r str]) -> Vec<(&'r str, Owner)> {
        routes.iter().map(|it| (*it, Owner::Rust)).collect()
    }

    fn entries(list: &[Rewrite]) -> Vec<(&str, &str)> {
        list.iter()
            .map(|it| (it.source.as_str(), it.destination.as_str()))
            .collect()
    }

    #[test]
    fn static_routes_come_before_files_and_dynamic_ones_after_them() {
        let routes = [
            "posts/[id]",
            "",
            "docs/[...slug]",
            "posts/new",
            "shop/[[...path]]",
            "teams/[team-id]/[member]",
            "posts/[id]/likes",
        ];
        let rewrites = Rewrites::new(ours(&routes).into_iter(), "/api", "http://127.0.0.1:4000/");
        assert_eq!(
            entries(&rewrites.before_files),
            [
                ("/api", "http://127.0.0.1:4000/api"),
                ("/api/posts/new", "http://127.0.0.1:4000/api/posts/new"),
            ]
        );
        assert_eq!(
            entries(&rewrites.after_files),
            [
                ("/api/docs/:p0+", "http://127.0.0.1:4000/api/docs/:p0+"),
                ("/api/posts/:p0", "http://127.0.0.1:4000/api/posts/:p0"),
                (
                    "/api/posts/:p0/likes",
                    "http://127.0.0.1:4000/api/posts/:p0/likes"
                ),
                ("/api/shop/:p0*", "http://127.0.0.1:4000/api/shop/:p0*"),
                (
                    "/api/teams/:p0/:p1",
                    "http://127.0.0.1:4000/api/teams/:p0/:p1"
                ),
            ]
        );
    }

    /// Those with the owners `!` (a file of Next.js), `?` (left to it) or none, as `source > destination`.
    fn after_files(routes: &[&'static str]) -> Vec<String> {
        let owned = routes.iter().map(|it| match it.split_at(1) {
            ("!", route) => (route, Owner::Foreign),
            ("?", route) => (route, Owner::Left),
            _ => (*it, Owner::Rust),
        });
        let after = Rewrites::new(owned, "/api", "http://rust").after_files;
        let written = |it: &Rewrite| format!("{} > {}", it.source, it.destination);
        after.iter().map(written).collect()
    }

    #[test]
    fn a_dynamic_route_of_next_js_leads_to_itself_where_one_of_ours_would_take_its_path() {
        let itself = "/api/docs/:p0 > /api/docs/:p0";
        for (ours, is_hidden) in [
            ("docs/[...slug]", true),
            ("docs/[[...slug]]", true),
            ("[...all]", true),
            ("[[...all]]", true),
            ("[a]/[b]", true),
            ("[a]/[b]/c", false),
            ("[a]/[b]/[...c]", false),
            ("[a]/[b]/[[...c]]", true),
            ("users/[...slug]", false),
            ("[a]", false),
            // Tried before it, here and there.
            ("docs/about", false),
        ] {
            let after = after_files(&["!docs/[id]", ours]);
            assert_eq!(
                after.first().is_some_and(|it| it == itself),
                is_hidden,
                "{ours}: {after:?}"
            );
            let is_dynamic = ours.contains('[');
            let expected = usize::from(is_dynamic) + usize::from(is_hidden);
            assert_eq!(after.len(), expected, "{ours}: {after:?}");
        }
        assert_eq!(
            after_files(&["![lang]/about", "[lang]/[...rest]"]),
            [
                "/api/:p0/about > /api/:p0/about",
                "/api/:p0/:p1+ > http://rust/api/:p0/:p1+"
            ]
        );
        // One that comes later in both takes nothing.
        assert_eq!(
            after_files(&["!docs/[...slug]", "docs/[id]"]),
            ["/api/docs/:p0 > http://rust/api/docs/:p0"]
        );
    }

    #[test]
    fn static_files_of_next_js_need_no_entry_and_what_is_left_to_it_does() {
        assert_eq!(
            after_files(&["!posts/new", "?posts/old", "posts/[id]", "?users/x"]),
            [
                "/api/posts/old > /api/posts/old",
                "/api/posts/:p0 > http://rust/api/posts/:p0"
            ]
        );
    }

    #[test]
    fn text_with_a_meaning_goes_through_a_parameter() {
        let routes = ["c++", "(x)/[id]", "a b", "v1.2"];
        let rewrites = Rewrites::new(ours(&routes).into_iter(), "/", "");
        assert_eq!(
            entries(&rewrites.before_files),
            [
                ("/a%20b", "/a%20b"),
                (r"/:p0(c\+\+)", "/:p0"),
                ("/v1.2", "/v1.2"),
            ]
        );
        assert_eq!(
            entries(&rewrites.after_files),
            [(r"/:p0(\(x\))/:p1", "/:p0/:p1")]
        );
    }

    #[test]
    fn they_are_written_as_json_and_as_a_module() {
        let rewrites = Rewrites::new(ours(&["c++", "x"]).into_iter(), "/api", "http://a");
        let json = r#"{
  "beforeFiles": [
    { "source": "/api/:p0(c\\+\\+)", "destination": "http://a/api/:p0" },
    { "source": "/api/x", "destination": "http://a/api/x" }
  ],
  "afterFiles": []
}"#;
        assert_eq!(rewrites.to_string(), json);
        let module = format!("export async function rewrites() {{\n  return {json};\n}}\n");
        assert_eq!(rewrites.to_module(), module);
    }
}
