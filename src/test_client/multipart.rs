//! [`MultipartForm`]: the body of a form with files (RFC 7578).

use bytes::Bytes;

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
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
struct Part {
    head: String,
    content: Bytes,
}

impl MultipartForm {
    /// A form without fields.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field of text.
    #[must_use]
    pub fn text(mut self, name: &str, value: impl Into<String>) -> Self {
        self.parts.push(Part {
            head: format!(
                "content-disposition: form-data; name=\"{}\"\r\n",
                escape(name)
            ),
            content: Bytes::from(value.into()),
        });
        self
    }

    /// Adds a file.
    ///
    /// # Panics
    ///
    /// When the content type has a line break.
    #[track_caller]
    #[must_use]
    pub fn file(
        mut self,
        name: &str,
        file_name: &str,
        content_type: &str,
        content: impl Into<Bytes>,
    ) -> Self {
        assert!(
            !content_type.contains(['\r', '\n']),
            "no content type: {content_type:?}"
        );
        self.parts.push(Part {
            head: format!(
                "content-disposition: form-data; name=\"{}\"; filename=\"{}\"\r\n\
                content-type: {content_type}\r\n",
                escape(name),
                escape(file_name)
            ),
            content: content.into(),
        });
        self
    }

    /// The content type and the bytes of the body.
    pub(super) fn encode(&self) -> (String, Vec<u8>) {
        let boundary = self.boundary();
        let mut bytes = Vec::new();
        for Part { head, content } in &self.parts {
            bytes.extend_from_slice(format!("--{boundary}\r\n{head}\r\n").as_bytes());
            bytes.extend_from_slice(content);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        (format!("multipart/form-data; boundary={boundary}"), bytes)
    }

    /// The first of `boundary-0`, `boundary-1`, … that stands in no content.
    fn boundary(&self) -> String {
        let is_free = |boundary: &String| {
            let mut parts = self.parts.iter();
            parts.all(|part| memchr::memmem::find(&part.content, boundary.as_bytes()).is_none())
        };
        (0..u64::MAX)
            .map(|number| format!("boundary-{number}"))
            .find(is_free)
            .unwrap_or_default()
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
        assert_eq!(content_type, "multipart/form-data; boundary=boundary-0");
        let expected = "--boundary-0\r\n\
            content-disposition: form-data; name=\"a%22b\"\r\n\r\n\
            1\r\n\
            --boundary-0\r\n\
            content-disposition: form-data; name=\"f\"; filename=\"x%0D%0Ay\"\r\n\
            content-type: text/plain\r\n\r\n\
            two\r\n\
            --boundary-0--\r\n";
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    }

    #[test]
    fn the_boundary_stands_in_no_content() {
        let form = MultipartForm::new().text("a", "--boundary-0--boundary-1");
        assert_eq!(form.boundary(), "boundary-2");
    }
}
