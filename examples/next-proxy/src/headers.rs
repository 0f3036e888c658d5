//! What a proxy takes out of headers and puts in.

use std::net::IpAddr;

use axum::http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{
        AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, COOKIE, DATE, ETAG, EXPECT,
        FORWARDED, HOST, LAST_MODIFIED, LOCATION, ORIGIN, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION,
        RANGE, REFERER, SET_COOKIE, STRICT_TRANSPORT_SECURITY, TE, TRANSFER_ENCODING, UPGRADE,
        USER_AGENT, VARY, VIA, WWW_AUTHENTICATE,
    },
};

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");

/// Removes what is meant for one connection, not for the whole way (RFC 9110, section 7.6.1).
///
/// What `Connection` names goes too, but for [what is always meant for the other
/// end](is_end_to_end).
pub(crate) fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<_> = connection_options(headers)
        .filter_map(|name| HeaderName::from_bytes(name).ok())
        .filter(|name| !is_end_to_end(name))
        .collect();
    for name in named {
        headers.remove(name);
    }
    for name in [
        CONNECTION,
        KEEP_ALIVE,
        PROXY_AUTHENTICATE,
        PROXY_AUTHORIZATION,
        PROXY_CONNECTION,
        TE,
        TRANSFER_ENCODING,
        UPGRADE,
    ] {
        headers.remove(name);
    }
}

/// What `Connection` must not name, "a field that is intended for all recipients of the content"
/// (RFC 9110, section 7.6.1).
///
/// A client could otherwise make the server behind see another host, another length or a request
/// without the credentials that a proxy in front has checked or added.
fn is_end_to_end(name: &HeaderName) -> bool {
    const NAMES: [HeaderName; 19] = [
        AUTHORIZATION,
        CACHE_CONTROL,
        COOKIE,
        DATE,
        ETAG,
        EXPECT,
        FORWARDED,
        HOST,
        LAST_MODIFIED,
        LOCATION,
        ORIGIN,
        RANGE,
        REFERER,
        SET_COOKIE,
        STRICT_TRANSPORT_SECURITY,
        USER_AGENT,
        VARY,
        VIA,
        WWW_AUTHENTICATE,
    ];
    const PREFIXES: [&str; 6] = [
        "accept",
        "access-control-",
        "content-",
        "if-",
        "sec-",
        "x-forwarded-",
    ];
    NAMES.contains(name)
        || *name == X_REAL_IP
        || PREFIXES
            .iter()
            .any(|prefix| name.as_str().starts_with(prefix))
}

/// Says for whom the request is made. What the client says of that itself is not believed.
///
/// Behind another proxy, whose word counts, its `X-Forwarded-*` would be kept instead.
pub(crate) fn set_forwarded(headers: &mut HeaderMap, client: IpAddr) {
    let forged: Vec<_> = headers
        .keys()
        .filter(|name| name.as_str().starts_with("x-forwarded-"))
        .cloned()
        .collect();
    for name in forged {
        headers.remove(name);
    }
    headers.remove(FORWARDED);
    headers.remove(X_REAL_IP);
    if let Ok(client) = HeaderValue::from_str(&client.to_canonical().to_string()) {
        headers.insert(X_FORWARDED_FOR, client);
    }
    if let Some(host) = headers.get(HOST).cloned() {
        headers.insert(X_FORWARDED_HOST, host);
    }
    headers.insert(X_FORWARDED_PROTO, HeaderValue::from_static("http"));
}

/// Whether the body has no transfer coding but `chunked`, which hyper takes off.
///
/// It leaves others as they are: once `Transfer-Encoding` is gone the body would pass for plain.
pub(crate) fn is_plain_or_chunked(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    codings
        .next()
        .is_none_or(|coding| coding.as_bytes().eq_ignore_ascii_case(b"chunked"))
        && codings.next().is_none()
}

/// Leaves the one `Content-Length` that holds (RFC 9112, section 6.3).
///
/// Chunks outweigh it, and a length that is said twice is said once. hyper has refused lengths that
/// differ, except in an answer to `HEAD`, which then goes on without.
pub(crate) fn settle_length(headers: &mut HeaderMap) {
    let length = one_length(headers).filter(|_| !headers.contains_key(TRANSFER_ENCODING));
    match length {
        Some(length) => headers.insert(CONTENT_LENGTH, HeaderValue::from(length)),
        None => headers.remove(CONTENT_LENGTH),
    };
}

fn one_length(headers: &HeaderMap) -> Option<u64> {
    let mut lengths = headers
        .get_all(CONTENT_LENGTH)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .map(|length| {
            let length = length.trim_ascii();
            let digits = length.iter().all(u8::is_ascii_digit);
            std::str::from_utf8(length)
                .ok()?
                .parse()
                .ok()
                .filter(|_| digits)
        });
    let length = lengths.next()??;
    lengths.all(|other| other == Some(length)).then_some(length)
}

/// What `Connection` lists; bytes that are no ASCII do not hide their neighbours.
pub(crate) fn connection_options(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    headers
        .get_all(CONNECTION)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let line = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), value.parse().unwrap())
        };
        lines.iter().map(line).collect()
    }

    #[test]
    fn hop_by_hop_headers_are_removed() {
        let mut map = headers(&[
            ("connection", "close, X-Hop"),
            ("connection", "x-hop2 , ,\"?"),
            ("x-hop", "1"),
            ("x-hop2", "1"),
            ("keep-alive", "timeout=5"),
            ("proxy-authorization", "Basic YTpi"),
            ("te", "trailers"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "h2c"),
            ("x-end", "1"),
            ("content-length", "1"),
        ]);
        remove_hop_by_hop(&mut map);
        assert_eq!(map, headers(&[("x-end", "1"), ("content-length", "1")]));
    }

    #[test]
    fn forwarded_headers_are_not_believed() {
        let mut map = headers(&[
            ("host", "example.com"),
            ("forwarded", "for=1.2.3.4"),
            ("x-forwarded-for", "1.2.3.4"),
            ("x-forwarded-for", "5.6.7.8"),
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-port", "1"),
            ("x-real-ip", "1.2.3.4"),
        ]);
        set_forwarded(&mut map, "::ffff:127.0.0.1".parse().unwrap());
        assert_eq!(
            map,
            headers(&[
                ("host", "example.com"),
                ("x-forwarded-for", "127.0.0.1"),
                ("x-forwarded-host", "example.com"),
                ("x-forwarded-proto", "http"),
            ])
        );
    }

    /// Names beside the one that is tested are removed, or it was not tested.
    #[test]
    fn a_connection_names_what_is_its_own() {
        for (connection, name, stays) in [
            ("x-hop", "x-hop", false),
            ("X-Hop", "x-hop", false),
            ("close,x-hop\t,", "x-hop", false),
            ("http2-settings", "http2-settings", false),
            ("keep-alive", "keep-alive", false),
            ("x-forwarded", "x-forwarded", false),
            ("host", "host", true),
            ("HOST", "host", true),
            ("content-length", "content-length", true),
            ("content-type", "content-type", true),
            ("authorization", "authorization", true),
            ("cookie", "cookie", true),
            ("set-cookie", "set-cookie", true),
            ("cache-control", "cache-control", true),
            ("origin", "origin", true),
            ("if-none-match", "if-none-match", true),
            ("accept", "accept", true),
            ("accept-encoding", "accept-encoding", true),
            ("range", "range", true),
            ("sec-websocket-key", "sec-websocket-key", true),
            ("sec-fetch-site", "sec-fetch-site", true),
            ("x-forwarded-for", "x-forwarded-for", true),
            ("x-real-ip", "x-real-ip", true),
            ("content-security-policy", "content-security-policy", true),
            (
                "access-control-allow-origin",
                "access-control-allow-origin",
                true,
            ),
            // Never, whoever names it.
            ("transfer-encoding", "transfer-encoding", false),
            ("proxy-authorization", "proxy-authorization", false),
        ] {
            let mut map = headers(&[("connection", connection), ("connection", "x-beside")]);
            map.insert(HeaderName::from_static(name), HeaderValue::from_static("1"));
            map.insert("x-beside", HeaderValue::from_static("1"));
            remove_hop_by_hop(&mut map);
            assert_eq!(map.contains_key(name), stays, "{connection}");
            assert_eq!(map.len(), usize::from(stays), "{connection}");
        }
    }

    #[test]
    fn bytes_that_are_not_ascii_hide_no_names() {
        for connection in [
            &b"x-hop, \xe9"[..],
            b"\xe9,x-hop",
            b"\xff\xfe , x-hop , \"",
            "é, x-hop, 日本".as_bytes(),
        ] {
            let mut map = headers(&[("x-hop", "1"), ("x-end", "1")]);
            map.insert(CONNECTION, HeaderValue::from_bytes(connection).unwrap());
            remove_hop_by_hop(&mut map);
            assert_eq!(map, headers(&[("x-end", "1")]), "{connection:?}");
        }
    }

    #[test]
    fn one_length_holds_and_none_beside_chunks() {
        for (lines, expected) in [
            (&[][..], None),
            (&[("content-length", "5")], Some("5")),
            (&[("content-length", "5, 5")], Some("5")),
            (
                &[("content-length", "5"), ("content-length", "5")],
                Some("5"),
            ),
            (
                &[("content-length", "05"), ("content-length", "5")],
                Some("5"),
            ),
            (&[("content-length", "5"), ("content-length", "6")], None),
            (&[("content-length", "5, 6")], None),
            (&[("content-length", "5,")], None),
            (&[("content-length", "+5")], None),
            (&[("content-length", "")], None),
            (&[("content-length", "18446744073709551616")], None),
            (
                &[("content-length", "5"), ("transfer-encoding", "chunked")],
                None,
            ),
        ] {
            let mut map = headers(lines);
            settle_length(&mut map);
            let lengths: Vec<_> = map.get_all(CONTENT_LENGTH).iter().collect();
            assert_eq!(lengths, Vec::from_iter(expected), "{lines:?}");
        }
    }

    #[test]
    fn chunked_is_the_only_coding() {
        for (lines, expected) in [
            (&[][..], true),
            (&[("transfer-encoding", "chunked")], true),
            (&[("transfer-encoding", "Chunked")], true),
            (&[("transfer-encoding", "gzip")], false),
            (&[("transfer-encoding", "gzip, chunked")], false),
            (
                &[
                    ("transfer-encoding", "gzip"),
                    ("transfer-encoding", "chunked"),
                ],
                false,
            ),
            (&[("transfer-encoding", "")], false),
        ] {
            assert_eq!(is_plain_or_chunked(&headers(lines)), expected, "{lines:?}");
        }
    }
}
