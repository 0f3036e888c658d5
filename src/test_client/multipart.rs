//! [`MultipartForm`]: the body of a form with files (RFC 7578).

use bytes::Bytes;

/// Stands between the fields, and in none of them.
const BOUNDARY: &str = "tower-api-routes-test-boundary";

/// A form with files, sent as `multipart/form-data`.
///
/// ```
/// use tower_api_routes::test_client::{MultipartForm, TestRequest};
///
/// let form = MultipartForm::new()
///     .text("title", "A cat")
///     .file("picture", "cat.png", "image/png", b"\x89PNG".as_slice());
/// let request = TestRequest::post("/api/pictures").multipart(&form);
/// ```
#[derive(Debug, Clone, Default)]
pub struct MultipartForm {
    encoded: Vec<u8>,
}

impl MultipartForm {
    /// A form without fields.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field of text.
    #[track_caller]
    #[must_use]
    pub fn text(self, name: &str, value: impl Into<String>) -> Self {
        self.field(&format!("name=\"{}\"", escape(name)), &value.into().into())
    }

    /// Adds a file.
    ///
    /// # Panics
    ///
    /// When the content type has a line break.
    #[track_caller]
    #[must_use]
    pub fn file(
        self,
        name: &str,
        file_name: &str,
        content_type: &str,
        content: impl Into<Bytes>,
    ) -> Self {
        assert!(
            !content_type.contains(['\r', '\n']),
            "no content type: {content_type:?}"
        );
        let (name, file_name) = (escape(name), escape(file_name));
        self.field(
            &format!("name=\"{name}\"; filename=\"{file_name}\"\r\ncontent-type: {content_type}"),
            &content.into(),
        )
    }

    #[track_caller]
    fn field(mut self, head: &str, content: &Bytes) -> Self {
        let has_boundary = memchr::memmem::find(content, BOUNDARY.as_bytes()).is_some();
        assert!(!has_boundary, "a field has the boundary {BOUNDARY} in it");
        let head = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; {head}\r\n\r\n");
        self.encoded.extend_from_slice(head.as_bytes());
        self.encoded.extend_from_slice(content);
        self.encoded.extend_from_slice(b"\r\n");
        self
    }

    /// The content type and the bytes of the body.
    pub(super) fn encode(&self) -> (String, Vec<u8>) {
        let end = format!("--{BOUNDARY}--\r\n");
        (
            format!("multipart/form-data; boundary={BOUNDARY}"),
            [&self.encoded, end.as_bytes()].concat(),
        )
    }
}

/// A name as browsers write it (WHATWG HTML, "multipart/form-data encoding algorithm").
fn escape(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_between_boundaries() {
        let form = MultipartForm::new()
            .text("a\"b", "1")
            .file("f", "x\r\ny", "text/plain", "two");
        let (content_type, bytes) = form.encode();
        assert_eq!(
            content_type,
            format!("multipart/form-data; boundary={BOUNDARY}")
        );
        let expected = "--BOUNDARY\r\n\
            content-disposition: form-data; name=\"a%22b\"\r\n\r\n\
            1\r\n\
            --BOUNDARY\r\n\
            content-disposition: form-data; name=\"f\"; filename=\"x%0D%0Ay\"\r\n\
            content-type: text/plain\r\n\r\n\
            two\r\n\
            --BOUNDARY--\r\n";
        let expected = expected.replace("BOUNDARY", BOUNDARY);
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    }

    #[test]
    #[should_panic(expected = "a field has the boundary")]
    fn the_boundary_stands_in_no_content() {
        let _ = MultipartForm::new().text("a", format!("--{BOUNDARY}--"));
    }
}
