//! The bytes of a request.

use std::net::SocketAddr;

/// A request to this address that is whole: `host`, `connection: close` and, for a body,
/// `content-length` are added unless given.
pub(crate) fn bytes(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Vec<u8> {
    let has = |name: &str| {
        headers
            .iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(name))
    };
    let mut request = format!("{method} {path} HTTP/1.1\r\n");
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    if !has("host") {
        request += &format!("host: {address}\r\n");
    }
    if !has("connection") {
        request += "connection: close\r\n";
    }
    let with_body = !body.is_empty() || matches!(method, "POST" | "PUT" | "PATCH");
    if with_body && !has("content-length") && !has("transfer-encoding") {
        request += &format!("content-length: {}\r\n", body.len());
    }
    request += "\r\n";
    let mut bytes = request.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}
