//! Where a redirect leads, and with what (RFC 9110, section 10.2.2, and Fetch, "HTTP-redirect fetch").

use http::{HeaderName, Method, Response, StatusCode, Uri, header, request::Parts};

/// What a request says of its body, which a redirect to another method drops with it.
pub(super) const HEADERS_OF_BODIES: [HeaderName; 5] = [
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::CONTENT_LENGTH,
    header::CONTENT_LOCATION,
    header::CONTENT_TYPE,
];

/// The method and the target that a redirect asks for, if `response` is one to a path of the same host.
/// With another method there is no body.
pub(super) fn next<B>(request: &Parts, response: &Response<B>) -> Option<(Method, Uri)> {
    let method = &request.method;
    let to_get = match response.status() {
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => method == Method::POST,
        StatusCode::SEE_OTHER => method != Method::HEAD,
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => false,
        _ => return None,
    };
    let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
    let host = request.headers.get(header::HOST)?.to_str().ok()?;
    let uri = on_host(location, host)?;
    Some((if to_get { Method::GET } else { method.clone() }, uri))
}

/// The path and query of a `Location`, which begins with a slash or with `http`; `None` for those of
/// other hosts.
fn on_host(location: &str, host: &str) -> Option<Uri> {
    let uri: Uri = location.parse().ok()?;
    let is_here = match uri.authority() {
        Some(authority) => {
            matches!(uri.scheme_str(), Some("http" | "https"))
                && authority.as_str().eq_ignore_ascii_case(host)
        }
        None => !location.starts_with("//"),
    };
    let target = uri.path_and_query().filter(|_| is_here)?;
    Some(Uri::from(target.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: Method, uri: &'static str) -> Parts {
        let request = http::Request::builder().method(method).uri(uri);
        let request = request.header("host", "localhost").body(());
        request.unwrap().into_parts().0
    }

    fn redirect(status: u16, location: &str) -> Response<()> {
        let response = Response::builder().status(status);
        response.header("location", location).body(()).unwrap()
    }

    #[test]
    fn a_location_is_a_path_or_a_url_of_the_host() {
        for (location, uri) in [
            ("/x", "/x"),
            ("/x?y#z", "/x?y"),
            ("/x//y", "/x//y"),
            ("/x:y", "/x:y"),
            ("http://LOCALHOST/x?y", "/x?y"),
            ("https://localhost", "/"),
            ("https://other.example/x", ""),
            ("//other.example/x", ""),
            ("http://localhost:3000/x", ""),
            ("mailto:a@b.example", ""),
            ("javascript://localhost/%0aalert(1)", ""),
            ("localhost", ""),
            ("", ""),
        ] {
            let next = next(
                &request(Method::GET, "/a/b/c?q=1"),
                &redirect(302, location),
            );
            let found = next.map_or_else(String::new, |(_, uri)| uri.to_string());
            assert_eq!(found, uri, "{location}");
        }
    }

    #[test]
    fn the_method_changes_as_fetch_changes_it() {
        for (status, method, to) in [
            (301, Method::POST, Method::GET),
            (302, Method::POST, Method::GET),
            (301, Method::PUT, Method::PUT),
            (302, Method::HEAD, Method::HEAD),
            (303, Method::DELETE, Method::GET),
            (303, Method::HEAD, Method::HEAD),
            (307, Method::POST, Method::POST),
            (308, Method::POST, Method::POST),
        ] {
            let found = next(&request(method.clone(), "/a"), &redirect(status, "/b"));
            assert_eq!(
                found,
                Some((to, Uri::from_static("/b"))),
                "{status} {method}"
            );
        }
        for status in [200, 201, 300, 304] {
            let found = next(&request(Method::GET, "/a"), &redirect(status, "/b"));
            assert_eq!(found, None, "{status}");
        }
    }
}
