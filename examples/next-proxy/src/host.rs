//! Which host a request is for.

use axum::http::{HeaderMap, HeaderValue, Uri, Version, header::HOST, uri::Authority};

/// Makes `Host` the one host that the request is for (RFC 9112, section 3.2).
///
/// A whole URL in the request line outweighs the header. HTTP/1.0 may leave out both.
///
/// # Errors
///
/// When it is not clear which host is meant: of two, each server on the way might take another.
pub(crate) fn settle_host(
    uri: &Uri,
    version: Version,
    headers: &mut HeaderMap,
) -> Result<(), UnclearHost> {
    let mut lines = headers.get_all(HOST).iter();
    match (lines.next(), lines.next()) {
        (None, _) if version < Version::HTTP_11 => {}
        (Some(line), None) if is_host(line) => {}
        _ => return Err(UnclearHost),
    }
    if let Some(authority) = uri.authority() {
        let host = HeaderValue::from_str(authority.as_str()).ok();
        let host = host.filter(is_host).ok_or(UnclearHost)?;
        headers.insert(HOST, host);
    }
    Ok(())
}

/// The request names no host, more than one, or what is none.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UnclearHost;

fn is_host(value: &HeaderValue) -> bool {
    Authority::try_from(value.as_bytes()).is_ok_and(|authority| is_plain(&authority))
}

/// Whether this is a host, with or without a port, and nothing beside it.
pub(crate) fn is_plain(authority: &Authority) -> bool {
    let host = authority.host().len();
    let length = authority
        .port()
        .map_or(host, |port| host + ":".len() + port.as_str().len());
    host > 0 && authority.as_str().len() == length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_for_one_host() {
        let (old, new) = (Version::HTTP_10, Version::HTTP_11);
        for (version, uri, hosts, expected) in [
            (new, "/", &["a.example"][..], Ok(Some("a.example"))),
            (new, "/", &["a:80"], Ok(Some("a:80"))),
            (new, "/", &["[::1]:80"], Ok(Some("[::1]:80"))),
            (new, "http://b:81/", &["a"], Ok(Some("b:81"))),
            (new, "http://b/", &[], Err(UnclearHost)),
            (old, "/", &[], Ok(None)),
            (old, "http://b/", &[], Ok(Some("b"))),
            (new, "/", &[], Err(UnclearHost)),
            (new, "/", &["a", "a"], Err(UnclearHost)),
            (old, "/", &["a", "b"], Err(UnclearHost)),
            (new, "http://b/", &["a", "b"], Err(UnclearHost)),
            (new, "/", &[""], Err(UnclearHost)),
            (new, "/", &["a, b"], Err(UnclearHost)),
            (new, "/", &["a b"], Err(UnclearHost)),
            (new, "/", &["a/b"], Err(UnclearHost)),
            (new, "/", &["http://a"], Err(UnclearHost)),
            (new, "/", &["user@a"], Err(UnclearHost)),
            (new, "/", &["user@a:80"], Err(UnclearHost)),
            (new, "/", &["a:b"], Err(UnclearHost)),
            (new, "/", &["a:99999"], Err(UnclearHost)),
            (new, "/", &[":80"], Err(UnclearHost)),
            (new, "http://user@b/", &["a"], Err(UnclearHost)),
        ] {
            let mut headers = HeaderMap::new();
            for host in hosts {
                headers.append(HOST, HeaderValue::from_static(host));
            }
            let settled = settle_host(&uri.parse().unwrap(), version, &mut headers);
            let host = headers.get(HOST).map(|host| host.to_str().unwrap());
            assert_eq!(settled.map(|()| host), expected, "{uri} {hosts:?}");
        }
    }
}
