//! What Next.js answered to the same questions: the order of routes, and what a route captures.

use serde_json::Value;
use tower_api_routes::routing::{
    InsertErrorKind, Pattern, PatternErrorKind, RouteTree, Segment, path,
};

fn vectors(json: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(json).unwrap();
    file["vectors"].as_array().unwrap().clone()
}

/// Pages that Next.js takes and we refuse: brackets that are not a whole parameter.
const REFUSED: [&str; 3] = ["/api/[...]", "/api/[]", "/api/[id]x"];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Refusal {
    Pattern(PatternErrorKind),
    Insert(InsertErrorKind),
}

fn sort(pages: &[&str]) -> Result<Vec<String>, Refusal> {
    let mut tree = RouteTree::new();
    for page in pages {
        let pattern = Pattern::parse(page).map_err(|error| Refusal::Pattern(error.kind()))?;
        tree.insert(pattern, ())
            .map_err(|error| Refusal::Insert(error.kind()))?;
    }
    Ok(tree
        .iter()
        .map(|(pattern, ())| format!("/{pattern}"))
        .collect())
}

/// What is wrong with any page or any two of them.
fn refusals(pages: &[&str]) -> Vec<Refusal> {
    let pairs = pages
        .iter()
        .flat_map(|one| pages.iter().map(|other| [*one, *other]));
    let pairs = pairs.filter(|[one, other]| one != other);
    pairs.filter_map(|pair| sort(&pair).err()).collect()
}

/// Our kind for an error text of Next.js.
fn kind(text: &str) -> Refusal {
    use InsertErrorKind as Insert;
    use PatternErrorKind as Kind;
    let kinds = [
        ("Catch-all must be", Refusal::Pattern(Kind::CatchAllNotLast)),
        (
            "You cannot use different slug names",
            Refusal::Insert(Insert::ParameterNames),
        ),
        (
            "You cannot have the same slug name",
            Refusal::Pattern(Kind::RepeatedName),
        ),
        (
            "You cannot have the slug names",
            Refusal::Pattern(Kind::SimilarNames),
        ),
        ("You cannot use both an", Refusal::Insert(Insert::CatchAlls)),
        (
            "You cannot define a route",
            Refusal::Insert(Insert::OptionalCatchAll),
        ),
        (
            "Segment names may not start",
            Refusal::Pattern(Kind::DottedName),
        ),
        (
            "Optional route parameters",
            Refusal::Pattern(Kind::Brackets),
        ),
    ];
    kinds
        .into_iter()
        .find(|(start, _)| text.starts_with(start))
        .unwrap()
        .1
}

#[test]
fn routes_sort_as_in_next_js() {
    let vectors = vectors(include_str!("vectors/routes-sort.json"));
    let (mut compared, mut other_kind) = (0, 0);
    for vector in &vectors {
        let pages = vector["pages"].as_array().unwrap();
        let pages: Vec<&str> = pages.iter().map(|it| it.as_str().unwrap()).collect();
        let ours = sort(&pages);
        if pages.iter().any(|page| REFUSED.contains(page)) {
            assert!(matches!(ours, Err(Refusal::Pattern(_))), "{pages:?}");
            continue;
        }
        compared += 1;
        match (&vector["sorted"], ours) {
            (Value::Array(sorted), Ok(ours)) => {
                let sorted: Vec<&str> = sorted.iter().map(|it| it.as_str().unwrap()).collect();
                assert_eq!(ours, sorted);
            }
            // On purpose: `A` beside `a` is one file on some systems. The order is the same.
            (Value::Array(sorted), Err(Refusal::Insert(InsertErrorKind::LetterCase))) => {
                let patterns = pages.iter().map(|it| Pattern::parse(it).unwrap());
                let mut patterns: Vec<_> = patterns.collect();
                patterns.sort();
                let ours = patterns.iter().map(|it| format!("/{it}"));
                assert!(ours.eq(sorted.iter().map(|it| it.as_str().unwrap())));
            }
            (Value::Null, Err(ours)) => {
                // Where several things are wrong, we may name another one first.
                let theirs = kind(vector["error"].as_str().unwrap());
                other_kind += usize::from(ours != theirs);
                let malformed = pages.iter().any(|page| Pattern::parse(page).is_err());
                assert!(
                    ours == theirs || malformed || refusals(&pages).contains(&theirs),
                    "{pages:?}: {ours:?}, not {theirs:?}"
                );
            }
            (_, ours) => panic!("{pages:?}: {ours:?}"),
        }
    }
    assert_eq!(compared, vectors.len() - REFUSED.len());
    assert!(other_kind < 20, "{other_kind}");
}

/// The values of one page for one path, decoded: `None` when it does not match.
fn params(page: &str, path: &str) -> Option<Result<Value, path::MalformedPath>> {
    let mut tree = RouteTree::new();
    tree.insert(Pattern::parse(page).unwrap(), ()).unwrap();
    let path = path.strip_prefix('/').unwrap();
    let found = tree.at(path)?;
    let decode = |range| path::decode_segment(&path[range]).map(|it| Value::from(it.into_owned()));
    let parameters = found
        .pattern
        .segments()
        .iter()
        .filter(|it| it.name().is_some());
    let pairs: Result<Vec<Value>, _> = parameters
        .zip(found.captures.iter())
        .map(|(segment, range)| {
            let value = if let Segment::Dynamic(_) = segment {
                decode(range)?
            } else {
                path::segments(&path[range])
                    .map(|segment| path::decode_segment(segment).map(Value::from))
                    .collect::<Result<Value, _>>()?
            };
            Ok(Value::from(vec![Value::from(segment.name()), value]))
        })
        .collect();
    Some(pairs.map(Value::from))
}

#[test]
fn routes_match_as_in_next_js() {
    let vectors = vectors(include_str!("vectors/route-match.json"));
    let mut compared = 0;
    for vector in &vectors {
        let page = vector["page"].as_str().unwrap();
        let path = vector["path"].as_str().unwrap();
        let ours = params(page, path);
        // On purpose: empty segments and dots match nothing here, while Next.js captures them.
        // Before this the router redirects what can be tidied up, as Next.js does.
        if path
            .split('/')
            .skip(1)
            .any(|it| it.is_empty() || path::is_dot_segment(it))
        {
            assert_eq!(ours, None, "{page} {path}");
            continue;
        }
        compared += 1;
        match (&vector["params"], ours) {
            (Value::Null, None) => {}
            (Value::String(error), Some(Err(_))) => assert!(error.starts_with("ERR"), "{error}"),
            (expected, Some(Ok(ours))) => assert_eq!(ours, *expected, "{page} {path}"),
            (expected, ours) => panic!("{page} {path}: {ours:?}, not {expected}"),
        }
    }
    assert!(compared > 300, "{compared} of {}", vectors.len());
}
