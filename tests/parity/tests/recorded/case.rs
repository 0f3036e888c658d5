//! What was sent to Next.js, and what it answered.

use std::collections::HashMap;

use data_encoding::BASE64;
use serde::Deserialize;
use serde_json::Value;

/// A recorded request.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) group: String,
    pub(crate) method: String,
    path: String,
    #[serde(default)]
    headers: Headers,
    body: Option<Body>,
    framing: Option<Framing>,
    /// Bytes in a chunk.
    chunk_size: Option<usize>,
    /// Milliseconds between two writes.
    pub(crate) slow: Option<u64>,
    /// A length that may be a lie.
    content_length: Option<Value>,
    #[serde(default)]
    no_terminator: bool,
    #[serde(default)]
    pub(crate) half_close: bool,
    /// The body waits for `100 Continue`.
    #[serde(default)]
    pub(crate) expect_continue: bool,
    http_version: Option<String>,
    /// The whole request.
    raw: Option<String>,
    pub(crate) timeout_ms: Option<u64>,
    /// A second request on the same connection.
    pub(crate) follow_up: Option<FollowUp>,
    #[serde(default)]
    #[allow(dead_code, reason = "tells what a recorder must mind")]
    may_crash: bool,
    #[serde(default)]
    #[allow(dead_code, reason = "every case runs, whatever its tags")]
    tags: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct FollowUp {
    pub(crate) path: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Headers {
    Map(serde_json::Map<String, Value>),
    List(Vec<(String, String)>),
}

impl Default for Headers {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

impl Headers {
    fn pairs(&self) -> Vec<(&str, &str)> {
        match self {
            Self::Map(map) => map
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default()))
                .collect(),
            Self::List(list) => list
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect(),
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Body {
    Text(String),
    Base64(String),
    Repeat(Repeat),
}

#[derive(Debug, Clone, Deserialize)]
struct Repeat {
    #[serde(default)]
    prefix: String,
    unit: String,
    count: usize,
    #[serde(default)]
    suffix: String,
}

impl Body {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.clone().into_bytes(),
            Self::Base64(text) => BASE64.decode(text.as_bytes()).unwrap(),
            Self::Repeat(it) => {
                format!("{}{}{}", it.prefix, it.unit.repeat(it.count), it.suffix).into_bytes()
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Framing {
    Length,
    Chunked,
    None,
}

impl Case {
    /// The cases whose answers this request quotes.
    pub(crate) fn needs(&self) -> Vec<&str> {
        let values = self.headers.pairs().into_iter().map(|(_, value)| value);
        values
            .chain([self.path.as_str()])
            .flat_map(|text| text.split("{{").skip(1))
            .filter_map(|rest| rest.split("}}").next()?.split(':').nth(1))
            .collect()
    }

    /// The writes that make the request.
    pub(crate) fn writes(&self, quotes: &Quotes<'_>) -> Vec<Vec<u8>> {
        if let Some(raw) = &self.raw {
            return vec![latin1(&quotes.fill(raw))];
        }
        let body = self.body.as_ref().map(Body::bytes);
        let mut writes = vec![self.head(quotes, body.as_deref())];
        let body = body.unwrap_or_default();
        if self.framing == Some(Framing::Chunked) {
            for chunk in body.chunks(self.chunk_size.unwrap_or(65_536)) {
                writes.push(format!("{:x}\r\n", chunk.len()).into_bytes());
                writes.push(chunk.to_vec());
                writes.push(b"\r\n".to_vec());
            }
            if !self.no_terminator {
                writes.push(b"0\r\n\r\n".to_vec());
            }
        } else if !body.is_empty() {
            writes.push(body);
        }
        writes
    }

    fn head(&self, quotes: &Quotes<'_>, body: Option<&[u8]>) -> Vec<u8> {
        let version = self.http_version.as_deref().unwrap_or("1.1");
        let path = quotes.fill(&self.path);
        let mut head = format!("{} {path} HTTP/{version}\r\n", self.method);
        let mut line = |name: &str, value: &str| head += &format!("{name}: {value}\r\n");
        let headers = self.headers.pairs();
        if !headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("host"))
        {
            line("Host", quotes.host);
        }
        for (name, value) in headers {
            line(name, &quotes.fill(value));
        }
        let default = if body.is_some() {
            Framing::Length
        } else {
            Framing::None
        };
        match self.framing.unwrap_or(default) {
            Framing::Length => {
                let length = match &self.content_length {
                    Some(Value::String(text)) => text.clone(),
                    Some(number) => number.to_string(),
                    None => body.unwrap_or_default().len().to_string(),
                };
                line("Content-Length", &length);
            }
            Framing::Chunked => line("Transfer-Encoding", "chunked"),
            Framing::None => {}
        }
        latin1(&(head + "\r\n"))
    }
}

/// Characters up to U+00FF as the bytes that they were recorded as.
fn latin1(text: &str) -> Vec<u8> {
    text.chars()
        .map(|char| u8::try_from(u32::from(char)).unwrap())
        .collect()
}

/// Headers by case, for the requests that quote them.
pub(crate) type Answers = HashMap<String, Vec<(String, String)>>;

/// What stands for `{{…}}` in requests.
#[derive(Debug)]
pub(crate) struct Quotes<'a> {
    pub(crate) host: &'a str,
    pub(crate) answers: &'a Answers,
}

impl Quotes<'_> {
    fn fill(&self, text: &str) -> String {
        let mut parts = text.split("{{");
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (quote, rest) = part.split_once("}}").unwrap();
            filled += &self.quote(quote);
            filled += rest;
        }
        filled
    }

    fn quote(&self, quote: &str) -> String {
        let mut words = quote.split(':');
        let (what, case, name) = (words.next(), words.next(), words.next());
        let empty = Vec::new();
        let headers = self.answers.get(case.unwrap_or_default()).unwrap_or(&empty);
        let lines = |wanted: &str| {
            headers
                .iter()
                .filter(|(name, _)| name.eq_ignore_ascii_case(wanted))
                .map(|(_, value)| value.as_str())
                .collect::<Vec<_>>()
        };
        match (what, name) {
            (Some("host"), _) => self.host.to_owned(),
            (Some("header"), Some(name)) => {
                lines(name).first().copied().unwrap_or_default().to_owned()
            }
            (Some("cookies"), name) => lines("set-cookie")
                .into_iter()
                .filter_map(|line| line.split(';').next())
                .filter(|pair| name.is_none_or(|name| pair.split('=').next() == Some(name)))
                .collect::<Vec<_>>()
                .join("; "),
            _ => panic!("no such quote: {quote}"),
        }
    }
}

/// What Next.js answered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Recorded {
    pub(crate) status: Option<u16>,
    pub(crate) reason: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<String>,
    pub(crate) body_base64: Option<String>,
    pub(crate) body_sha256: Option<String>,
    /// The title, where the body was an HTML page.
    pub(crate) next_page: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) follow_up: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct Recording {
    results: HashMap<String, Recorded>,
}

/// The recorded requests, and the answers by name.
pub(crate) fn recorded() -> (Vec<Case>, HashMap<String, Recorded>) {
    let cases = serde_json::from_str(include_str!("../../data/cases.json")).unwrap();
    let recording: Recording =
        serde_json::from_str(include_str!("../../data/expected.json")).unwrap();
    (cases, recording.results)
}
