//! Where a redirect leads, and with what (RFC 9110, section 10.2.2, and Fetch, "HTTP-redirect fetch").

use http::{HeaderValue, Method, Response, StatusCode, Uri, header};

/// The request that a redirect asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Redirect {
    pub(super) method: Method,
    pub(super) uri: Uri,
    /// Whether it is sent with the body of the first.
    pub(super) body: bool,
}

/// The redirect that a response is, if it leads to the same host.
pub(super) fn of<B>(
    method: &Method,
    uri: &Uri,
    host: Option<&HeaderValue>,
    response: &Response<B>,
) -> Option<Redirect> {
    let to_get = match response.status() {
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => method == Method::POST,
        StatusCode::SEE_OTHER => method != Method::GET && method != Method::HEAD,
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => false,
        _ => return None,
    };
    let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
    let reference = on_host(location, host?.to_str().ok()?)?;
    Some(Redirect {
        method: if to_get { Method::GET } else { method.clone() },
        uri: resolve(uri, reference).parse().ok()?,
        body: !to_get,
    })
}

/// A `Location` without scheme and host; `None` for those of others.
fn on_host<'l>(location: &'l str, host: &str) -> Option<&'l str> {
    let scheme = location.find("//").filter(|end| {
        let scheme = location.get(..*end).unwrap_or_default();
        ["", "http:", "https:"]
            .iter()
            .any(|known| scheme.eq_ignore_ascii_case(known))
    });
    let Some(scheme) = scheme else {
        // `mailto:` and the like; a colon after the first slash is one of a path.
        let colon = location.find(':').unwrap_or(usize::MAX);
        let other = location.find(['/', '?', '#']).unwrap_or(usize::MAX);
        return (colon >= other).then_some(location);
    };
    let rest = location.get(scheme + 2..)?;
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let path = if path.starts_with('/') { path } else { "/" };
    authority.eq_ignore_ascii_case(host).then_some(path)
}

/// A reference as seen from `base` (RFC 3986, section 5.2), without its fragment.
fn resolve(base: &Uri, reference: &str) -> String {
    let reference = reference.split('#').next().unwrap_or_default();
    if reference.is_empty() {
        return base.to_string();
    }
    let (path, query) = match reference.split_once('?') {
        Some((path, query)) => (path, format!("?{query}")),
        None => (reference, String::new()),
    };
    let directory = base
        .path()
        .rsplit_once('/')
        .map_or("", |(before, _)| before);
    let path = match path {
        "" => base.path().to_owned(),
        path if path.starts_with('/') => without_dots(path),
        path => without_dots(&format!("{directory}/{path}")),
    };
    format!("{path}{query}")
}

/// Takes `.` and `..` out of a path that begins with `/` (RFC 3986, section 5.2.4).
fn without_dots(path: &str) -> String {
    let mut kept = Vec::new();
    for segment in path.split('/').skip(1) {
        match segment {
            "." => {}
            ".." => {
                kept.pop();
            }
            segment => kept.push(segment),
        }
    }
    if path.ends_with("/.") || path.ends_with("/..") {
        kept.push("");
    }
    format!("/{}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(location: &str) -> Option<String> {
        let mut response = Response::new(());
        *response.status_mut() = StatusCode::FOUND;
        let location = HeaderValue::try_from(location).unwrap();
        response.headers_mut().insert(header::LOCATION, location);
        let host = HeaderValue::from_static("localhost");
        let uri = Uri::from_static("/a/b/c?q=1");
        of(&Method::GET, &uri, Some(&host), &response).map(|it| it.uri.to_string())
    }

    #[test]
    fn a_location_is_seen_from_the_path_before() {
        for (location, uri) in [
            ("/x", "/x"),
            ("/x?y#z", "/x?y"),
            ("x", "/a/b/x"),
            ("x:y", ""),
            ("./x:y", "/a/b/x:y"),
            ("../x/./y", "/a/x/y"),
            ("../../../..", "/"),
            (".", "/a/b/"),
            ("?p", "/a/b/c?p"),
            ("#top", "/a/b/c?q=1"),
            ("//localhost/x", "/x"),
            ("http://LOCALHOST/x?y", "/x?y"),
            ("https://localhost", "/"),
            ("/x//y", "/x//y"),
            ("https://other.example/x", ""),
            ("//other.example/x", ""),
            ("http://localhost:3000/x", ""),
            ("mailto:a@b.example", ""),
            ("javascript://localhost/%0aalert(1)", ""),
        ] {
            assert_eq!(to(location).unwrap_or_default(), uri, "{location}");
        }
    }

    #[test]
    fn the_method_changes_as_fetch_changes_it() {
        let uri = Uri::from_static("/a");
        for (status, method, next, body) in [
            (301, Method::POST, Method::GET, false),
            (302, Method::POST, Method::GET, false),
            (301, Method::PUT, Method::PUT, true),
            (302, Method::HEAD, Method::HEAD, true),
            (303, Method::DELETE, Method::GET, false),
            (303, Method::HEAD, Method::HEAD, true),
            (307, Method::POST, Method::POST, true),
            (308, Method::POST, Method::POST, true),
        ] {
            let response = Response::builder().status(status).header("location", "/b");
            let response = response.body(()).unwrap();
            let host = HeaderValue::from_static("localhost");
            let redirect = of(&method, &uri, Some(&host), &response).unwrap();
            assert_eq!(
                (redirect.method, redirect.body),
                (next, body),
                "{status} {method}"
            );
        }
        for status in [200, 201, 300, 304] {
            let response = Response::builder().status(status).header("location", "/b");
            let response = response.body(()).unwrap();
            let host = HeaderValue::from_static("localhost");
            assert_eq!(
                of(&Method::GET, &uri, Some(&host), &response),
                None,
                "{status}"
            );
        }
    }
}
