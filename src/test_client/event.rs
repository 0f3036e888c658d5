//! [`ReceivedEvent`]: server-sent events, read as browsers read them (WHATWG HTML, section 9.2.6).

use std::{collections::VecDeque, time::Duration};

use serde::de::DeserializeOwned;

/// A server-sent event that has arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedEvent {
    name: String,
    data: String,
    id: Option<String>,
    retry: Option<Duration>,
}

impl ReceivedEvent {
    /// Its name; `message` where it has none.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its data, whose lines are separated by `\n`.
    #[must_use]
    pub fn data(&self) -> &str {
        &self.data
    }

    /// Its data, which is JSON, as a `T`.
    ///
    /// # Panics
    ///
    /// When it is no `T`.
    #[track_caller]
    #[must_use]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_str(&self.data) {
            Ok(value) => value,
            Err(error) => {
                let name = std::any::type_name::<T>();
                panic!("the data of the event is no {name}: {error}\n\n{self:#?}")
            }
        }
    }

    /// The id that it was sent with.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// How long a client is to wait before it connects again, if the event says so.
    #[must_use]
    pub fn retry(&self) -> Option<Duration> {
        self.retry
    }
}

/// Makes events of bytes, however they are cut.
#[derive(Debug, Default)]
pub(super) struct EventReader {
    line: Vec<u8>,
    /// The last byte was a carriage return: a line feed belongs to it.
    after_return: bool,
    /// A byte order mark is read over in the first line.
    is_begun: bool,
    fields: Fields,
    events: VecDeque<ReceivedEvent>,
}

/// The lines of an event so far.
#[derive(Debug, Default)]
struct Fields {
    name: String,
    data: Option<String>,
    id: Option<String>,
    retry: Option<Duration>,
}

impl EventReader {
    pub(super) fn next(&mut self) -> Option<ReceivedEvent> {
        self.events.pop_front()
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let after_return = std::mem::replace(&mut self.after_return, *byte == b'\r');
            match byte {
                b'\n' if after_return => {}
                b'\r' | b'\n' => self.end_line(),
                byte => self.line.push(*byte),
            }
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        let line = match std::mem::replace(&mut self.is_begun, true) {
            false => line.strip_prefix('\u{feff}').unwrap_or(&line),
            true => &line,
        };
        if line.is_empty() {
            self.events.extend(std::mem::take(&mut self.fields).event());
            return;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        self.fields.set(field, value);
    }
}

impl Fields {
    /// A line without a name before its colon is a comment.
    fn set(&mut self, field: &str, value: &str) {
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            "id" if !value.contains('\0') => self.id = Some(value.to_owned()),
            "retry" if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.retry = value.parse().ok().map(Duration::from_millis);
            }
            _ => {}
        }
    }

    /// There is no event without data.
    fn event(self) -> Option<ReceivedEvent> {
        Some(ReceivedEvent {
            data: self.data?,
            name: match self.name {
                name if name.is_empty() => "message".to_owned(),
                name => name,
            },
            id: self.id,
            retry: self.retry,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::Event;

    fn read(pieces: &[&[u8]]) -> Vec<(String, String)> {
        let mut reader = EventReader::default();
        for piece in pieces {
            reader.feed(piece);
        }
        std::iter::from_fn(|| reader.next())
            .map(|event| (event.name, event.data))
            .collect()
    }

    fn message(data: &str) -> (String, String) {
        ("message".to_owned(), data.to_owned())
    }

    #[test]
    fn events_are_made_of_lines_as_browsers_do_it() {
        for (text, expected) in [
            ("data: a\n\n", vec![message("a")]),
            (
                "data:a\r\rdata: b\r\n\r\n",
                vec![message("a"), message("b")],
            ),
            ("data\ndata:  x\n\n", vec![message("\n x")]),
            ("data\n\n", vec![message("")]),
            ("\u{feff}data: a\n\n", vec![message("a")]),
            (": comment\n\n", vec![]),
            ("event: e\n\ndata: a\n\n", vec![message("a")]),
            (
                "event: e\ndata: a\n\n",
                vec![("e".to_owned(), "a".to_owned())],
            ),
            ("data: not ended\n", vec![]),
            ("other: x\ndata: a:b\n\n", vec![message("a:b")]),
        ] {
            assert_eq!(read(&[text.as_bytes()]), expected, "{text:?}");
        }
    }

    #[test]
    fn it_does_not_matter_where_the_pieces_are_cut() {
        let text = "event: é\r\ndata: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n".as_bytes();
        let whole = read(&[text]);
        assert_eq!(whole.len(), 2);
        for at in 0..text.len() {
            let (before, after) = text.split_at(at);
            assert_eq!(read(&[before, after]), whole, "{at}");
        }
    }

    #[test]
    fn what_the_crate_writes_is_read_back() {
        let sent = Event::new("a\nb")
            .name("n")
            .id("7")
            .retry(Duration::from_secs(3));
        let mut reader = EventReader::default();
        reader.feed(sent.to_string().as_bytes());
        let event = reader.next().unwrap();
        let found = (event.name(), event.data(), event.id(), event.retry());
        let expected = ("n", "a\nb", Some("7"), Some(Duration::from_secs(3)));
        assert_eq!(found, expected);
    }
}
