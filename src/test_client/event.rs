//! [`ReceivedEvent`]: server-sent events, read as browsers read them (WHATWG HTML, section 9.2.6).

use std::{collections::VecDeque, mem::take};

use serde::de::DeserializeOwned;

/// A server-sent event that has arrived.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReceivedEvent {
    name: String,
    data: String,
    id: Option<String>,
}

impl ReceivedEvent {
    /// Its name; `message` where it has none.
    #[must_use]
    pub fn name(&self) -> &str {
        match self.name.as_str() {
            "" => "message",
            name => name,
        }
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
}

/// Makes events of bytes, however they are cut.
#[derive(Debug, Default)]
pub(super) struct EventReader {
    line: Vec<u8>,
    /// The last byte was a carriage return: a line feed belongs to it.
    after_return: bool,
    /// The event so far; there is none without data.
    event: ReceivedEvent,
    has_data: bool,
    complete: VecDeque<ReceivedEvent>,
}

impl EventReader {
    pub(super) fn next(&mut self) -> Option<ReceivedEvent> {
        self.complete.pop_front()
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
        let line = take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            _ if line.is_empty() => {
                let event = take(&mut self.event);
                let is_complete = take(&mut self.has_data);
                self.complete.extend(is_complete.then_some(event));
            }
            "event" => value.clone_into(&mut self.event.name),
            "data" => {
                if std::mem::replace(&mut self.has_data, true) {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            "id" if !value.contains('\0') => self.event.id = Some(value.to_owned()),
            // A comment, or a field that a test does not ask for.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::response::Event;

    fn read(pieces: &[&[u8]]) -> Vec<(String, String)> {
        let mut reader = EventReader::default();
        for piece in pieces {
            reader.feed(piece);
        }
        std::iter::from_fn(|| reader.next())
            .map(|event| (event.name().to_owned(), event.data))
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
        let found = (event.name(), event.data(), event.id());
        assert_eq!(found, ("n", "a\nb", Some("7")));
    }
}
