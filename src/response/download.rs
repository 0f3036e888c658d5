//! Downloads: a name for what the client saves (RFC 6266).

use http::{HeaderValue, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::api_response::ApiResponse;

/// What RFC 8187 lets stand in an extended value, besides letters and digits.
const ATTR_CHAR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

impl<T> ApiResponse<T> {
    /// Has the client save the body under `name` instead of showing it: `Content-Disposition:
    /// attachment`. Any name is safe here: path separators, quotes and control characters become
    /// `_`, and a name that is not ASCII is sent in both forms of RFC 6266.
    ///
    /// The body comes from [`body`](Self::body), [`stream`](Self::stream) or `send`.
    pub fn attachment(mut self, name: &str) -> Self {
        let clean: String = name
            .chars()
            .map(|char| match char {
                '/' | '\\' | '"' => '_',
                char if char.is_control() => '_',
                char => char,
            })
            .collect();
        let ascii: String = clean
            .chars()
            .map(|char| if char.is_ascii() { char } else { '_' })
            .collect();
        let mut value = format!("attachment; filename=\"{ascii}\"");
        if ascii != clean {
            value.push_str("; filename*=UTF-8''");
            value.extend(utf8_percent_encode(&clean, ATTR_CHAR));
        }
        match HeaderValue::try_from(value) {
            Ok(value) => {
                self.headers_mut()
                    .insert(header::CONTENT_DISPOSITION, value);
                self
            }
            Err(error) => self.fail(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out() {
        for (name, value) in [
            ("report.pdf", r#"attachment; filename="report.pdf""#),
            ("a\"; x=\"b", r#"attachment; filename="a_; x=_b""#),
            (
                "../../etc/passwd",
                r#"attachment; filename=".._.._etc_passwd""#,
            ),
            (
                "a\r\nSet-Cookie: x",
                r#"attachment; filename="a__Set-Cookie: x""#,
            ),
            (
                "Übung 1.txt",
                "attachment; filename=\"_bung 1.txt\"; filename*=UTF-8''%C3%9Cbung%201.txt",
            ),
        ] {
            let response = ApiResponse::new().attachment(name);
            assert_eq!(response.headers()[header::CONTENT_DISPOSITION], value);
        }
    }
}
