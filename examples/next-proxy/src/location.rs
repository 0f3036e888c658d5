//! Redirects of the upstream server to itself.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header::LOCATION, uri::Authority};

use crate::host::is_plain;

const REFRESH: HeaderName = HeaderName::from_static("refresh");

/// Takes the upstream server's own origin out of `Location` and `Refresh`, as `proxy_redirect
/// default` does in nginx: clients cannot reach it, and find the same path at the proxy.
///
/// Next.js makes such URLs of `new URL('/x', req.url)`.
pub(crate) fn remove_origin(headers: &mut HeaderMap, upstream: &Authority) {
    for (name, before_url) in [(LOCATION, ""), (REFRESH, "url=")] {
        let relative = headers.get(&name).and_then(|value| {
            let value = std::str::from_utf8(value.as_bytes()).ok()?;
            let start = value.to_ascii_lowercase().find(before_url)? + before_url.len();
            let (before, url) = value.split_at(start);
            HeaderValue::from_str(&format!("{before}{}", own_path(url, upstream)?)).ok()
        });
        if let Some(relative) = relative {
            headers.insert(name, relative);
        }
    }
}

/// Path, query and fragment of a URL, when it is one of the upstream server.
fn own_path(url: &str, upstream: &Authority) -> Option<String> {
    let (scheme, rest) = url.split_once("//")?;
    let default_port = match &*scheme.to_ascii_lowercase() {
        "http:" | "" => 80,
        "https:" => 443,
        _ => return None,
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let authority: Authority = authority.parse().ok()?;
    let same_host = authority.host().eq_ignore_ascii_case(upstream.host());
    let same_port =
        authority.port_u16().unwrap_or(default_port) == upstream.port_u16().unwrap_or(80);
    if !is_plain(&authority) || !same_port || !(same_host || is_itself(authority.host())) {
        return None;
    }
    // Two slashes, of either kind, would start a host; browsers leave out tabs.
    let after_slash = path.strip_prefix('/').unwrap_or_default();
    let hides_host = after_slash.starts_with(['/', '\\', '\t']);
    let dot = if hides_host { "/." } else { "" };
    let slash = if path.starts_with('/') { "" } else { "/" };
    Some(format!("{dot}{slash}{path}"))
}

/// Whether a server that says this name means the machine it runs on.
///
/// Next.js calls itself `localhost`, by whatever address it is reached.
fn is_itself(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback() || address.is_unspecified())
}

#[cfg(test)]
mod tests {
    use axum::http::header::CONTENT_LOCATION;

    use super::*;

    #[test]
    fn urls_of_the_upstream_server_become_paths() {
        for (upstream, url, expected) in [
            ("a:3001", "http://a:3001/x?y=1#z", Some("/x?y=1#z")),
            ("a:3001", "HTTP://A:3001/x", Some("/x")),
            ("a:3001", "//a:3001/x", Some("/x")),
            ("a:3001", "http://a:3001", Some("/")),
            ("a:3001", "http://a:3001?y", Some("/?y")),
            ("a:3001", "http://a:3001#z", Some("/#z")),
            (
                "a:3001",
                "http://a:3001/?to=http://b/",
                Some("/?to=http://b/"),
            ),
            // It speaks of https where `X-Forwarded-Proto` does.
            ("a:3001", "https://a:3001/x", Some("/x")),
            ("a:3001", "http://localhost:3001/x", Some("/x")),
            ("a:3001", "http://127.0.0.1:3001/x", Some("/x")),
            ("a:3001", "http://[::1]:3001/x", Some("/x")),
            ("a:3001", "http://0.0.0.0:3001/x", Some("/x")),
            ("127.0.0.1:3001", "http://localhost:3001/x", Some("/x")),
            ("a", "http://a/x", Some("/x")),
            ("a", "http://a:80/x", Some("/x")),
            ("a:80", "http://a/x", Some("/x")),
            // A host must not come out of the path.
            ("a", "http://a//evil.example", Some("/.//evil.example")),
            ("a", "http://a/\\evil.example", Some("/./\\evil.example")),
            ("a", "http://a/\t/evil.example", Some("/./\t/evil.example")),
            ("a", "http://a/.//evil.example", Some("/.//evil.example")),
            // Others.
            ("a:3001", "/x", None),
            ("a:3001", "x", None),
            ("a:3001", "", None),
            ("a:3001", "http://a/x", None),
            ("a:3001", "http://a:3000/x", None),
            ("a:3001", "http://b:3001/x", None),
            ("a:3001", "http://a:3001.example/x", None),
            ("a:3001", "http://a:3001@example/x", None),
            ("a:3001", "http://user@a:3001/x", None),
            ("a:3001", "/x?to=http://a:3001/x", None),
            ("a", "https://a/x", None),
            ("a", "ftp://a/x", None),
            ("a", "http:///x", None),
            ("a", "://", None),
        ] {
            let upstream = upstream.parse().unwrap();
            assert_eq!(own_path(url, &upstream).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn only_redirects_are_rewritten() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            (LOCATION, "http://a/x"),
            (REFRESH, "5; URL=http://a/é"),
            (CONTENT_LOCATION, "http://a/x"),
        ] {
            headers.insert(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        remove_origin(&mut headers, &"a".parse().unwrap());
        assert_eq!(headers[LOCATION], "/x");
        assert_eq!(headers[REFRESH], "5; URL=/é".as_bytes());
        assert_eq!(headers[CONTENT_LOCATION], "http://a/x");
    }
}
