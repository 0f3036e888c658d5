//! The paths, ids and tags of operations, from the patterns of their routes.

use http::Method;
use percent_encoding::percent_decode_str;

use crate::routing::Segment;

/// The segments of each path of a route: with an optional catch-all there are two.
pub(super) fn variants(segments: &[Segment]) -> Vec<&[Segment]> {
    match segments {
        [before @ .., Segment::OptionalCatchAll(_)] => vec![before, segments],
        _ => vec![segments],
    }
}

/// The path as a document has it: `/api/posts/{id}`.
pub(super) fn template(mount: &str, segments: &[Segment]) -> String {
    let mut path = mount.to_owned();
    for segment in segments {
        path.push('/');
        match segment {
            // As it stands in a URL.
            Segment::Static(text) => path.push_str(text),
            _ => path.push_str(&format!("{{{}}}", segment.name().unwrap_or_default())),
        }
    }
    match path.is_empty() {
        true => "/".to_owned(),
        false => path,
    }
}

/// What two paths have in common that differ in the names of parameters alone.
pub(super) fn hierarchy(segments: &[Segment]) -> String {
    let texts = segments.iter().map(|segment| match segment {
        Segment::Static(text) => text,
        _ => "{}",
    });
    texts.collect::<Vec<_>>().join("/")
}

/// The tag of a path: its first segment below the mount, unless that is a parameter.
pub(super) fn tag(segments: &[Segment]) -> Option<String> {
    match segments.first()? {
        Segment::Static(text) => Some(percent_decode_str(text).decode_utf8_lossy().into_owned()),
        _ => None,
    }
}

/// The method and the words of the path: `getPostsById`.
pub(super) fn operation_id(method: &Method, segments: &[Segment]) -> String {
    let mut id = method.as_str().to_ascii_lowercase();
    for segment in segments {
        match segment {
            Segment::Static(text) => {
                push_words(&mut id, &percent_decode_str(text).decode_utf8_lossy());
            }
            _ => {
                id.push_str("By");
                push_words(&mut id, segment.name().unwrap_or_default());
            }
        }
    }
    if segments.is_empty() {
        id.push_str("Root");
    }
    id
}

/// Adds the words of a text, each with a capital at its beginning.
fn push_words(id: &mut String, text: &str) {
    for word in text.split(|it: char| !it.is_alphanumeric()) {
        let mut chars = word.chars();
        id.extend(chars.next().into_iter().flat_map(char::to_uppercase));
        id.push_str(chars.as_str());
    }
}

/// What a comment says in short, and the rest: its first paragraph in one line, and what follows.
pub(super) fn summary(lines: &[&str]) -> (Option<String>, Option<String>) {
    // A comment between `/**` and `*/` is one text of several lines.
    let lines = lines.iter().flat_map(|it| it.split('\n'));
    let lines: Vec<_> = lines.map(|it| it.strip_prefix(' ').unwrap_or(it)).collect();
    let text = lines.join("\n");
    let text = text.trim();
    let (first, rest) = text.split_once("\n\n").unwrap_or((text, ""));
    let first: Vec<_> = first.lines().map(str::trim).collect();
    let some = |text: &str| Some(text.trim().to_owned()).filter(|it| !it.is_empty());
    (some(&first.join(" ")), some(rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::Pattern;

    #[test]
    fn patterns_become_paths_ids_and_tags() {
        for (pattern, paths, ids, of_tag) in [
            ("", &["/api"][..], &["getRoot"][..], None),
            ("posts", &["/api/posts"], &["getPosts"], Some("posts")),
            (
                "posts/[id]",
                &["/api/posts/{id}"],
                &["getPostsById"],
                Some("posts"),
            ),
            (
                "[user-name]",
                &["/api/{user-name}"],
                &["getByUserName"],
                None,
            ),
            (
                "spa ce/é.json",
                &["/api/spa%20ce/%C3%A9.json"],
                &["getSpaCeÉJson"],
                Some("spa ce"),
            ),
            (
                "files/[...path]",
                &["/api/files/{path}"],
                &["getFilesByPath"],
                Some("files"),
            ),
            (
                "docs/[[...slug]]",
                &["/api/docs", "/api/docs/{slug}"],
                &["getDocs", "getDocsBySlug"],
                Some("docs"),
            ),
        ] {
            let pattern = Pattern::parse(pattern).unwrap();
            let variants = variants(pattern.segments());
            let found: Vec<_> = variants.iter().map(|it| template("/api", it)).collect();
            assert_eq!(found, paths, "{pattern}");
            let found: Vec<_> = variants
                .iter()
                .map(|it| operation_id(&Method::GET, it))
                .collect();
            assert_eq!(found, ids, "{pattern}");
            assert_eq!(tag(pattern.segments()).as_deref(), of_tag, "{pattern}");
        }
        assert_eq!(template("", &[]), "/");
    }

    #[test]
    fn the_first_paragraph_of_a_comment_is_its_summary() {
        for (lines, short, long) in [
            (&[][..], None, None),
            (&[""], None, None),
            (&[" Lists posts."], Some("Lists posts."), None),
            (
                &[
                    " Lists",
                    " posts.",
                    "",
                    " The newest",
                    " first.",
                    "",
                    "   code",
                ],
                Some("Lists posts."),
                Some("The newest\nfirst.\n\n  code"),
            ),
            (
                &["\n Lists posts.\n\n All.\n"],
                Some("Lists posts."),
                Some("All."),
            ),
        ] {
            let (found, rest) = summary(lines);
            assert_eq!(
                (found.as_deref(), rest.as_deref()),
                (short, long),
                "{lines:?}"
            );
        }
    }
}
