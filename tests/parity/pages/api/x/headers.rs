//! The headers of the request, as Node.js lists them.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use serde_json::{Map, Value};
use tower_api_routes::{ApiRequest, ApiResponse};

/// Of these, the first counts.
const SINGLE: [HeaderName; 17] = [
    header::AGE,
    header::AUTHORIZATION,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::ETAG,
    header::EXPIRES,
    header::FROM,
    header::HOST,
    header::IF_MODIFIED_SINCE,
    header::IF_UNMODIFIED_SINCE,
    header::LAST_MODIFIED,
    header::LOCATION,
    header::MAX_FORWARDS,
    header::PROXY_AUTHORIZATION,
    header::REFERER,
    header::RETRY_AFTER,
    header::USER_AGENT,
];

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let skip =
        |name: &str| matches!(name, "host" | "connection") || name.starts_with("x-forwarded");
    res.json(&list(req.headers(), |name| !skip(name)))
}

/// The headers by name, Latin-1 read as text.
pub(crate) fn list(headers: &HeaderMap, keep: impl Fn(&str) -> bool) -> Map<String, Value> {
    headers
        .keys()
        .filter(|name| keep(name.as_str()))
        .map(|name| (name.to_string(), value(headers, name)))
        .collect()
}

fn value(headers: &HeaderMap, name: &HeaderName) -> Value {
    let mut lines = headers.get_all(name).iter().map(text);
    if SINGLE.contains(name) {
        return lines.next().unwrap_or_default().into();
    }
    let lines: Vec<String> = lines.collect();
    match *name {
        header::SET_COOKIE => lines.into(),
        header::COOKIE => lines.join("; ").into(),
        _ => lines.join(", ").into(),
    }
}

fn text(value: &HeaderValue) -> String {
    value.as_bytes().iter().copied().map(char::from).collect()
}
