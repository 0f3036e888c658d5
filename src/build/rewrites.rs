//! [`Rewrites`]: what a Next.js that stands in front is told, so that it hands on the requests for the
//! routes of a tree.

use std::fmt;

use crate::routing::{Pattern, RouteTree, Segment};

/// The `rewrites()` of a `next.config.js` for the routes of a tree; see [`Report::rewrites`](super::Report::rewrites).
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
    /// Where they go: `http://127.0.0.1:4000/api/posts/:p0`.
    pub destination: String,
}

impl Rewrites {
    /// `routes` are patterns below `mount`; `origin` is where their server listens.
    pub(super) fn new<'r>(
        routes: impl Iterator<Item = &'r str>,
        mount: &str,
        origin: &str,
    ) -> Self {
        let mut tree = RouteTree::new();
        for pattern in routes.filter_map(|it| Pattern::parse(it).ok()) {
            // What conflicts was an error of the build.
            drop(tree.insert(pattern, ()));
        }
        let mut rewrites = Self {
            before_files: Vec::new(),
            after_files: Vec::new(),
        };
        for (pattern, ()) in tree.iter() {
            let list = match pattern.is_static() {
                true => &mut rewrites.before_files,
                false => &mut rewrites.after_files,
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

/// Names of parameters are neutral, as Next.js takes letters and digits alone, and matches no path with a
/// name such as `post-id`.
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
    for (number, part) in whole.chain(below).enumerate() {
        let (from, to) = match part {
            Part::Text(text) if !needs_escape(text) => (text.to_owned(), text.to_owned()),
            // The destination knows no escapes, so the text goes through a parameter.
            Part::Text(text) => (
                format!(":p{number}({})", escape(text)),
                format!(":p{number}"),
            ),
            Part::Parameter(modifier) => {
                let name = format!(":p{number}{modifier}");
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
        let rewrites = Rewrites::new(routes.into_iter(), "/api", "http://127.0.0.1:4000/");
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
                ("/api/docs/:p2+", "http://127.0.0.1:4000/api/docs/:p2+"),
                ("/api/posts/:p2", "http://127.0.0.1:4000/api/posts/:p2"),
                (
                    "/api/posts/:p2/likes",
                    "http://127.0.0.1:4000/api/posts/:p2/likes"
                ),
                ("/api/shop/:p2*", "http://127.0.0.1:4000/api/shop/:p2*"),
                (
                    "/api/teams/:p2/:p3",
                    "http://127.0.0.1:4000/api/teams/:p2/:p3"
                ),
            ]
        );
    }

    #[test]
    fn text_with_a_meaning_goes_through_a_parameter() {
        let routes = ["c++", "(x)/[id]", "a b", "v1.2"];
        let rewrites = Rewrites::new(routes.into_iter(), "/", "");
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
        let rewrites = Rewrites::new(["c++", "x"].into_iter(), "/api", "http://a");
        let json = r#"{
  "beforeFiles": [
    { "source": "/api/:p1(c\\+\\+)", "destination": "http://a/api/:p1" },
    { "source": "/api/x", "destination": "http://a/api/x" }
  ],
  "afterFiles": []
}"#;
        assert_eq!(rewrites.to_string(), json);
        let module = format!("export async function rewrites() {{\n  return {json};\n}}\n");
        assert_eq!(rewrites.to_module(), module);
    }
}
