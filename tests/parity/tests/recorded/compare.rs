//! Where an answer differs from the recorded one.
//!
//! The order and the letter case of headers, and whether a body has a length or comes in chunks,
//! are left to the HTTP server.

use std::collections::BTreeMap;

use data_encoding::{BASE64, HEXLOWER};
use sha2::{Digest, Sha256};

use crate::{case::Recorded, client::Answer};

/// The parts of an answer that differ, each with what was expected and what came.
#[derive(Debug, Default)]
pub(crate) struct Differences(pub(crate) BTreeMap<Part, String>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Status,
    Reason,
    Headers,
    Body,
    /// What became of the connection.
    Connection,
}

impl Differences {
    pub(crate) fn parts(&self) -> Vec<Part> {
        self.0.keys().copied().collect()
    }

    fn check(&mut self, part: Part, recorded: impl AsRef<str>, got: impl AsRef<str>) {
        let (recorded, got) = (recorded.as_ref(), got.as_ref());
        if recorded != got {
            let line = format!("{} -> {}", short(recorded), short(got));
            let lines = self.0.entry(part).or_default();
            *lines = format!("{lines}{line}; ");
        }
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

pub(crate) fn compare(recorded: &Recorded, answer: &Answer, host: &str) -> Differences {
    let mut found = Differences::default();
    let status = |status: Option<u16>| status.map_or("none".to_owned(), |it| it.to_string());
    found.check(Part::Status, status(recorded.status), status(answer.status));
    let reason = recorded.reason.as_deref().unwrap_or_default();
    found.check(Part::Reason, reason, &answer.reason);
    let error = |error: Option<&str>| error.unwrap_or("complete").to_owned();
    let ends = [error(recorded.error.as_deref()), error(answer.error)];
    found.check(Part::Connection, &ends[0], &ends[1]);
    let follow_up = |it: &Option<serde_json::Value>| format!("{it:?}");
    found.check(
        Part::Connection,
        follow_up(&recorded.follow_up),
        follow_up(&answer.follow_up),
    );
    compare_headers(&mut found, recorded, answer);
    compare_body(&mut found, recorded, answer, host);
    found
}

/// Values by lower-case name, in their order.
type Headers = BTreeMap<String, Vec<String>>;

fn by_name(headers: &[(String, String)]) -> Headers {
    let mut map = Headers::new();
    for (name, value) in headers {
        let name = name.to_ascii_lowercase();
        if !matches!(name.as_str(), "date" | "connection" | "keep-alive") {
            map.entry(name).or_default().push(mask(value));
        }
    }
    map
}

/// Hides what is random in preview cookies, as the recording does.
fn mask(value: &str) -> String {
    for (name, hidden) in [
        ("__prerender_bypass=", "<PREVIEW_MODE_ID>"),
        ("__next_preview_data=", "<PREVIEW_JWT>"),
    ] {
        if let Some(rest) = value.strip_prefix(name)
            && let Some((secret, attributes)) = rest.split_once(';')
            && secret.len() >= 32
        {
            return format!("{name}{hidden};{attributes}");
        }
    }
    value.to_owned()
}

fn compare_headers(found: &mut Differences, recorded: &Recorded, answer: &Answer) {
    let expected = by_name(&recorded.headers);
    let got = by_name(&answer.headers);
    let names_host = recorded
        .body
        .as_ref()
        .is_some_and(|it| it.contains("<HOST>"));
    let names: std::collections::BTreeSet<_> = expected.keys().chain(got.keys()).collect();
    for name in names {
        let (one, other) = (expected.get(name), got.get(name));
        let is_framing = matches!(name.as_str(), "content-length" | "transfer-encoding");
        if is_framing && (one.is_none() || other.is_none() || names_host) {
            continue;
        }
        let show = |values: Option<&Vec<String>>| {
            values.map_or(format!("no {name}"), |it| {
                format!("{name}: {}", it.join(" | "))
            })
        };
        found.check(Part::Headers, show(one), show(other));
    }
}

fn compare_body(found: &mut Differences, recorded: &Recorded, answer: &Answer, host: &str) {
    let got = answer.body.as_deref().unwrap_or_default();
    let shown = || String::from_utf8_lossy(got).into_owned();
    if let Some(title) = &recorded.next_page {
        found.check(Part::Body, format!("page {title:?}"), shown());
    } else if let Some(sum) = &recorded.body_sha256 {
        found.check(Part::Body, sum, HEXLOWER.encode(&Sha256::digest(got)));
    } else if let Some(bytes) = &recorded.body_base64 {
        found.check(Part::Body, bytes, BASE64.encode(got));
    } else {
        let text = recorded.body.as_deref().unwrap_or_default();
        found.check(Part::Body, text.replace("<HOST>", host), shown());
    }
}
