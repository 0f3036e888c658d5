//! [`Answer`]: a response, read from the bytes of a connection.

/// A response that was received as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The reason phrase.
    pub reason: String,
    /// The header fields as they came, in order; their names are in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, without the framing of chunks.
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of the first field of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers_of(name).into_iter().next()
    }

    /// The values of all fields of this name.
    #[must_use]
    pub fn headers_of(&self, name: &str) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// The body as text.
    ///
    /// # Panics
    ///
    /// When it is not UTF-8.
    #[must_use]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// When it is not JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("{error} in {}", String::from_utf8_lossy(&self.body));
        })
    }

    /// The fields that CORS adds to a response; none when no `CorsLayer` is at work.
    #[must_use]
    pub fn cors_headers(&self) -> Vec<&str> {
        self.headers
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| name.starts_with("access-control-"))
            .collect()
    }

    /// Reads the response to a request with `method` from all the bytes that a connection gave
    /// until it was closed. Interim responses (1xx) are skipped.
    ///
    /// # Panics
    ///
    /// When the bytes are not one whole response.
    #[must_use]
    pub fn parse(method: &str, bytes: &[u8]) -> Self {
        let shown = || String::from_utf8_lossy(bytes).into_owned();
        let (head, rest) =
            split(bytes, b"\r\n\r\n").unwrap_or_else(|| panic!("no whole head in {:?}", shown()));
        let head = std::str::from_utf8(head).expect("a head of text");
        let mut lines = head.split("\r\n");
        let (status, reason) = lines
            .next()
            .and_then(|line| line.split_once(' '))
            .map(|(_, line)| line.split_once(' ').unwrap_or((line, "")))
            .and_then(|(status, reason)| Some((status.parse::<u16>().ok()?, reason)))
            .unwrap_or_else(|| panic!("no status line in {:?}", shown()));
        if status < 200 && status != 101 {
            return Self::parse(method, rest);
        }
        let headers = lines
            .map(|line| {
                let (name, value) = line.split_once(':').expect("a header field with a colon");
                (name.to_ascii_lowercase(), value.trim().to_owned())
            })
            .collect();
        let mut answer = Self {
            status,
            reason: reason.to_owned(),
            headers,
            body: Vec::new(),
        };
        answer.body = if method == "HEAD" || matches!(status, 101 | 204 | 304) {
            assert!(rest.is_empty(), "a body where none may be: {:?}", shown());
            Vec::new()
        } else if answer.header("transfer-encoding") == Some("chunked") {
            unchunk(rest).unwrap_or_else(|| panic!("broken chunks in {:?}", shown()))
        } else {
            if let Some(length) = answer.header("content-length") {
                assert_eq!(length, rest.len().to_string(), "content-length");
            }
            rest.to_vec()
        };
        answer
    }
}

fn split<'a>(bytes: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes
        .windows(separator.len())
        .position(|window| window == separator)?;
    Some((&bytes[..at], &bytes[at + separator.len()..]))
}

/// The content of a chunked body (RFC 9112 section 7.1) without extensions and trailers.
fn unchunk(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let (size, rest) = split(bytes, b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(size).ok()?, 16).ok()?;
        let (chunk, rest) = rest.split_at_checked(size)?;
        let rest = rest.strip_prefix(b"\r\n")?;
        if size == 0 {
            return rest.is_empty().then_some(body);
        }
        body.extend_from_slice(chunk);
        bytes = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_a_body_with_a_length() {
        let answer = Answer::parse(
            "GET",
            b"HTTP/1.1 200 OK\r\nX-One: 1\r\nContent-Length: 2\r\n\r\nok",
        );
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("x-one"), Some("1"));
        assert_eq!(answer.text(), "ok");
    }

    #[test]
    fn parses_chunks_after_an_interim_response() {
        let bytes =
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\
            2\r\nok\r\nB\r\n, all of it\r\n0\r\n\r\n";
        assert_eq!(Answer::parse("GET", bytes).text(), "ok, all of it");
    }

    #[test]
    fn the_answer_to_head_has_a_length_and_no_body() {
        let answer = Answer::parse("HEAD", b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n");
        assert_eq!(answer.body, b"");
    }

    #[test]
    #[should_panic(expected = "broken chunks")]
    fn chunks_that_end_early_are_a_failure() {
        let bytes = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n";
        let _ = Answer::parse("GET", bytes);
    }
}
