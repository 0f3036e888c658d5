//! WebSockets: which requests open one, and the tunnel that it is.

use axum::{
    body::HttpBody,
    extract::Request,
    http::{
        HeaderMap, HeaderValue, Method, Version,
        header::{CONNECTION, UPGRADE},
    },
};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional;

use crate::headers::connection_options;

const WEBSOCKET: HeaderValue = HeaderValue::from_static("websocket");

/// Whether a WebSocket is to be opened (RFC 6455, section 4.1): by a `GET` without a body, and not
/// in HTTP/1.0, where an upgrade is ignored (RFC 9110, section 7.8).
pub(crate) fn opens(request: &Request) -> bool {
    request.method() == Method::GET
        && request.version() == Version::HTTP_11
        && request.body().is_end_stream()
        && is_agreed(request.headers())
}

/// Whether these headers ask for a WebSocket, or agree to one.
///
/// No other protocol is let through: with `Upgrade: h2c` a client could send requests through the
/// tunnel that never pass the route files.
pub(crate) fn is_agreed(headers: &HeaderMap) -> bool {
    let mut protocols = headers.get_all(UPGRADE).iter();
    connection_options(headers).any(|option| option.eq_ignore_ascii_case(b"upgrade"))
        && protocols
            .next()
            .is_some_and(|it| it.as_bytes().eq_ignore_ascii_case(WEBSOCKET.as_bytes()))
        && protocols.next().is_none()
}

/// Asks for a WebSocket, or agrees to one.
pub(crate) fn agree(headers: &mut HeaderMap) {
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, WEBSOCKET);
}

/// Carries bytes both ways until both sides are done, or one is gone.
pub(crate) async fn tunnel(client: OnUpgrade, upstream: OnUpgrade) {
    // Where one of them is gone already there is nothing to carry.
    if let (Ok(client), Ok(upstream)) = (client.await, upstream.await) {
        let _ = copy_bidirectional(&mut TokioIo::new(client), &mut TokioIo::new(upstream)).await;
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn request(method: Method, version: Version, lines: &[(&str, &str)], body: &str) -> Request {
        let mut request = Request::builder().method(method).version(version);
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        request.body(Body::from(body.to_owned())).unwrap()
    }

    #[test]
    fn only_websockets_are_tunnelled() {
        for (lines, expected) in [
            (
                &[("connection", "Upgrade"), ("upgrade", "websocket")][..],
                true,
            ),
            (
                &[
                    ("connection", "keep-alive, upgrade"),
                    ("upgrade", "WebSocket"),
                ],
                true,
            ),
            (&[("upgrade", "websocket")], false),
            (&[("connection", "upgrade")], false),
            (&[("connection", "upgrade"), ("upgrade", "h2c")], false),
            (
                &[("connection", "upgrade"), ("upgrade", "websocket, h2c")],
                false,
            ),
            (
                &[
                    ("connection", "upgrade"),
                    ("upgrade", "websocket"),
                    ("upgrade", "h2c"),
                ],
                false,
            ),
        ] {
            let request = request(Method::GET, Version::HTTP_11, lines, "");
            assert_eq!(opens(&request), expected, "{lines:?}");
            assert_eq!(is_agreed(request.headers()), expected, "{lines:?}");
        }
    }

    #[test]
    fn only_an_empty_get_of_http_1_1_opens_one() {
        let lines = [("connection", "upgrade"), ("upgrade", "websocket")];
        for (method, version, body, expected) in [
            (Method::GET, Version::HTTP_11, "", true),
            (Method::GET, Version::HTTP_10, "", false),
            (Method::GET, Version::HTTP_11, "hi", false),
            (Method::POST, Version::HTTP_11, "", false),
            (Method::HEAD, Version::HTTP_11, "", false),
        ] {
            let request = request(method, version, &lines, body);
            assert_eq!(opens(&request), expected, "{request:?}");
        }
    }
}
