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
    /// A dynamic route of Next.js itself that has to come before one of them stands here too, and leads to itself.
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
    /// `routes` are patterns below `mount`, each with whether Next.js answers it itself; `origin` is where their
    /// server listens.
    pub(super) fn new<'r>(
        routes: impl Iterator<Item = (&'r str, bool)>,
        mount: &str,
        origin: &str,
    ) -> Self {
        let mut tree = RouteTree::new();
        for (pattern, is_foreign) in routes {
            if let Ok(pattern) = Pattern::parse(pattern) {
                // What conflicts was an error of the build.
                drop(tree.insert(pattern, is_foreign));
            }
        }
        let origin = origin.trim_end_matches('/');
        let mut rewrites = Self {
            before_files: Vec::new(),
            after_files: Vec::new(),
        };
        // Foreign routes that come before the next route of this server.
        let mut kept = Vec::new();
        for (pattern, is_foreign) in tree.iter() {
            match (pattern.is_static(), is_foreign) {
                (true, false) => rewrites.before_files.push(rewrite(pattern, mount, origin)),
                // A file of Next.js comes before all of `afterFiles`.
                (true, true) => {}
                (false, true) => kept.push(rewrite(pattern, mount, "")),
                (false, false) => {
                    rewrites.after_files.append(&mut kept);
                    rewrites.after_files.push(rewrite(pattern, mount, origin));
                }
            }
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
    let mut number = 0;
    for part in whole.chain(below) {
        let (from, to) = match part {
            Part::Text(text) if !needs_escape(text) => (text.to_owned(), text.to_owned()),
            // The destination knows no escapes, so the text goes through a parameter.
            Part::Text(text) => {
                let name = parameter(&mut number);
                (format!("{name}({})", escape(text)), name)
            }
            Part::Parameter(modifier) => {
                let name = parameter(&mut number) + modifier;
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

/// The next parameter: `:p0`, `:p1`.
fn parameter(number: &mut usize) -> String {
    let name = format!(":p{number}");
    *number += 1;
    name
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

    fn here(routes: &[&str], mount: &str, origin: &str) -> Rewrites {
        Rewrites::new(routes.iter().map(|it| (*it, false)), mount, origin)
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
        let rewrites = here(&routes, "/api", "http://127.0.0.1:4000/");
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

    #[test]
    fn text_with_a_meaning_goes_through_a_parameter() {
        let routes = ["c++", "(x)/[id]", "a b", "v1.2"];
        let rewrites = here(&routes, "/", "");
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
    fn dynamic_routes_of_next_js_keep_their_place_before_those_that_moved() {
        let routes = [
            ("docs/[...slug]", false),
            ("docs/[id]", true),
            ("docs/about", true),
            ("docs/[id]/likes", true),
            ("[...rest]", true),
        ];
        let rewrites = Rewrites::new(routes.into_iter(), "/api", "http://a");
        assert_eq!(rewrites.before_files, []);
        assert_eq!(
            entries(&rewrites.after_files),
            [
                ("/api/docs/:p0", "/api/docs/:p0"),
                ("/api/docs/:p0/likes", "/api/docs/:p0/likes"),
                ("/api/docs/:p0+", "http://a/api/docs/:p0+"),
            ]
        );
    }

    #[test]
    fn they_are_written_as_json_and_as_a_module() {
        let rewrites = here(&["c++", "x"], "/api", "http://a");
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
