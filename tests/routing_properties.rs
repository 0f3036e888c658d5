//! Properties of the route tree against a slow matcher that is plainly right.

use proptest::{collection::vec, prelude::*, sample::select};
use tower_api_routes::routing::{InsertError, Pattern, RouteTree, Segment, path};

fn build(patterns: &[Pattern]) -> Result<RouteTree<Pattern>, InsertError> {
    let mut tree = RouteTree::new();
    for pattern in patterns {
        tree.insert(pattern.clone(), pattern.clone())?;
    }
    Ok(tree)
}

/// Those patterns that fit beside the ones before them.
fn fitting(patterns: Vec<Pattern>) -> Vec<Pattern> {
    let mut tree = RouteTree::new();
    patterns
        .into_iter()
        .filter(|pattern| tree.insert(pattern.clone(), ()).is_ok())
        .collect()
}

/// Sorts as Next.js does, and tries one pattern after the other.
fn slow_match(patterns: &[Pattern], path: &str) -> Option<(Pattern, Vec<String>)> {
    let mut sorted = patterns.to_vec();
    sorted.sort_by_key(order);
    sorted
        .into_iter()
        .find_map(|pattern| captures(&pattern, path).map(|values| (pattern, values)))
}

/// At each level: the route that ends, text, `[a]`, `[...a]`, `[[...a]]`.
fn order(pattern: &Pattern) -> Vec<(u8, String)> {
    let rank = |segment: &Segment| match segment {
        Segment::Static(text) => (0, text.to_string()),
        Segment::Dynamic(_) => (1, String::new()),
        Segment::CatchAll(_) => (2, String::new()),
        _ => (3, String::new()),
    };
    pattern.segments().iter().map(rank).collect()
}

fn captures(pattern: &Pattern, path: &str) -> Option<Vec<String>> {
    let parts: Vec<&str> = path::segments(path).collect();
    if parts
        .iter()
        .any(|it| it.is_empty() || path::is_dot_segment(it))
    {
        return None;
    }
    let mut values = Vec::new();
    let mut rest = parts.as_slice();
    for segment in pattern.segments() {
        match (segment, rest) {
            (Segment::Static(text), [first, others @ ..]) if **text == **first => rest = others,
            (Segment::Dynamic(_), [first, others @ ..]) => {
                values.push((*first).to_owned());
                rest = others;
            }
            (Segment::CatchAll(_) | Segment::OptionalCatchAll(_), [_, ..]) => {
                values.push(rest.join("/"));
                rest = &[];
            }
            (Segment::OptionalCatchAll(_), []) => {}
            _ => return None,
        }
    }
    rest.is_empty().then_some(values)
}

/// Few and similar words, so that routes and paths meet often.
const WORDS: [&str; 10] = [
    "a",
    "b",
    "ab",
    "a.b",
    "12345678",
    "123456789",
    "1234567890abcdef",
    "1234567890abcdefg",
    "1234567890abcdeXg",
    "12345678_0abcdefg_long_segment",
];

fn pattern() -> impl Strategy<Value = Pattern> {
    let dynamic = |depth: usize| format!("[p{depth}]");
    let segment = prop_oneof![3 => select(&WORDS[..]).prop_map(Some), 2 => Just(None)];
    let end = select(&["", "", "", "[...rest]", "[[...rest]]"][..]);
    (vec(segment, 0..7), end).prop_map(move |(segments, end)| {
        let mut names: Vec<String> = segments
            .into_iter()
            .enumerate()
            .map(|(depth, text)| text.map_or_else(|| dynamic(depth), str::to_owned))
            .collect();
        if !end.is_empty() {
            names.push(end.to_owned());
        }
        Pattern::parse(&names.join("/")).unwrap()
    })
}

/// Patterns with clashing names and letter case too.
fn wild_pattern() -> impl Strategy<Value = Pattern> {
    let names = [
        "a", "A", "b", "[x]", "[y]", "[...x]", "[...z]", "[[...x]]", "[[...z]]",
    ];
    vec(select(names.to_vec()), 0..4)
        .prop_map(|names| names.join("/"))
        .prop_filter_map("no pattern", |text| Pattern::parse(&text).ok())
}

fn request_path() -> impl Strategy<Value = String> {
    let odd = ["", ".", "..", "%2e", "x", "%2F", "é", "aa", "A", "\0"];
    let segment = prop_oneof![8 => select(&WORDS[..]), 1 => select(odd.to_vec())];
    vec(segment, 0..8).prop_map(|segments| segments.join("/"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_tree_finds_what_the_slow_matcher_finds(
        patterns in vec(pattern(), 0..24),
        paths in vec(request_path(), 1..24),
    ) {
        let patterns = fitting(patterns);
        let tree = build(&patterns).unwrap();
        for path in paths {
            let found = tree.at(&path).map(|found| {
                let values = found.captures.iter().map(|range| path[range].to_owned());
                (found.value.clone(), values.collect::<Vec<_>>())
            });
            prop_assert_eq!(found, slow_match(&patterns, &path), "{:?}", path);
        }
    }

    #[test]
    fn the_order_of_insertion_plays_no_part(
        (one, other) in vec(wild_pattern(), 0..8)
            .prop_flat_map(|patterns| (Just(patterns.clone()), Just(patterns).prop_shuffle())),
        paths in vec(request_path(), 1..8),
    ) {
        match (build(&one), build(&other)) {
            (Ok(one), Ok(other)) => {
                prop_assert!(one.iter().eq(other.iter()));
                for path in paths {
                    let value = |tree: &RouteTree<Pattern>| tree.at(&path).map(|it| it.value.clone());
                    prop_assert_eq!(value(&one), value(&other));
                }
            }
            (one, other) => prop_assert_eq!(one.is_err(), other.is_err()),
        }
    }

    #[test]
    fn a_pattern_reads_as_it_is_written(text in "[a-c.\\[\\]/é %]{0,12}") {
        if let Ok(pattern) = Pattern::parse(&text) {
            prop_assert_eq!(Pattern::parse(&pattern.to_string()), Ok(pattern));
        }
    }

    #[test]
    fn h09_a_redirect_stays_on_its_host(path in "[/\\\\a.%2F]{0,12}") {
        if let Some(target) = path::collapse(&path) {
            prop_assert!(target.starts_with('/'));
            prop_assert!(!target[1..].starts_with(['/', '\\']));
            prop_assert_eq!(path::collapse(&target), None);
            let trimmed = path::trim_trailing_slash(&target);
            prop_assert!(trimmed.is_none_or(|it| it.starts_with('/') && !it.ends_with('/')));
        }
    }

    #[test]
    fn a_path_is_well_formed_when_its_segments_decode(path in "[a/%2eEcC9fF8é]{0,12}") {
        let decodes = path::segments(&path).all(|it| path::decode_segment(it).is_ok());
        prop_assert_eq!(path::is_well_formed(&path), decodes);
    }

    #[test]
    fn what_is_encoded_decodes(text in "\\PC{0,12}") {
        let encoded = path::encode_static(&text);
        prop_assert!(encoded.is_ascii());
        prop_assert_eq!(path::decode_segment(&encoded).unwrap(), text.as_str());
    }
}
