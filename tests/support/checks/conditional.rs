//! `If-None-Match`.

use std::sync::LazyLock;

use axum::body::Body;
use http::{HeaderMap, HeaderValue, Request, header};
use tower_api_routes::{ApiRequest, ApiResponse, FsRouter, router::any};

use super::answer;

static TAGGED: LazyLock<FsRouter> = LazyLock::new(|| {
    let handler = async |_: ApiRequest, res: ApiResponse| res.send(true);
    FsRouter::builder().route("", any(handler)).build().unwrap()
});

/// The tag of `true`, as Next.js makes it.
const TAG: &[u8] = br#""ywwejgvrps4""#;

/// Lines of headers: 304 for a GET or HEAD whose client has the tag, as RFC 9110 §13.1.2 compares it, and the
/// whole answer for every other. The first byte of a line says which header it is.
pub(crate) fn if_none_match(lines: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in lines.split(|byte| *byte == b'\n').take(16) {
        let Some((kind, value)) = line.split_first() else {
            continue;
        };
        let name = match kind {
            b'c' => header::CACHE_CONTROL,
            b'm' => header::IF_MODIFIED_SINCE,
            _ => header::IF_NONE_MATCH,
        };
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(name, value);
        }
    }
    let fresh = has_tag(&headers) && !asks_past_the_cache(&headers);
    for (method, expected) in [("GET", fresh), ("HEAD", fresh), ("POST", false)] {
        let mut request = Request::builder().method(method).uri("/");
        *request.headers_mut().unwrap() = headers.clone();
        let response = answer(&*TAGGED, request.body(Body::empty()).unwrap());
        let status = if expected { 304 } else { 200 };
        assert_eq!(response.status(), status, "{method} {headers:?}");
        assert_eq!(response.headers()[header::ETAG], TAG, "{method}");
        let has_body = !expected && method != "HEAD";
        let body: &[u8] = if has_body { b"true" } else { b"" };
        assert_eq!(response.body(), body, "{method} {headers:?}");
    }
}

/// The members of all lists in the headers of this name.
fn members(headers: &HeaderMap, name: header::HeaderName) -> Vec<String> {
    let lines = headers.get_all(name).into_iter();
    // Bytes above ASCII are other letters than those of a tag, whichever.
    let lines = lines.map(|line| line.as_bytes().iter().map(|byte| char::from(*byte)));
    let lines: Vec<String> = lines.map(Iterator::collect).collect();
    let members = lines.iter().flat_map(|line| line.split(','));
    members
        .map(|member| member.trim_matches([' ', '\t']).to_owned())
        .collect()
}

fn has_tag(headers: &HeaderMap) -> bool {
    let tag = std::str::from_utf8(TAG).unwrap();
    let weak = format!("W/{tag}");
    let is_star = |line: &HeaderValue| {
        let text = line.to_str().unwrap_or_default();
        text.trim_matches([' ', '\t']) == "*"
    };
    headers.get_all(header::IF_NONE_MATCH).iter().any(is_star)
        || members(headers, header::IF_NONE_MATCH)
            .iter()
            .any(|member| *member == tag || *member == weak)
}

fn asks_past_the_cache(headers: &HeaderMap) -> bool {
    let dates = headers.get_all(header::IF_MODIFIED_SINCE);
    dates.iter().any(|date| !date.is_empty())
        || members(headers, header::CACHE_CONTROL)
            .iter()
            .any(|directive| directive == "no-cache")
}
