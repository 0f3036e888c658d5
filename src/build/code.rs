//! Source code, line by line.

use std::{fmt, fmt::Write};

#[derive(Default)]
pub(super) struct Code {
    pub(super) text: String,
    depth: usize,
}

impl Code {
    pub(super) fn line(&mut self, line: impl fmt::Display) {
        let width = 4 * self.depth;
        // Writing to a `String` never fails.
        let _ = writeln!(self.text, "{:width$}{line}", "");
    }

    /// A line of which the compiler may complain, with a comment for who reads that.
    pub(super) fn line_of(&mut self, line: impl fmt::Display, comment: impl fmt::Display) {
        // The name of a file may have anything in it.
        let comment = comment.to_string().replace(char::is_control, " ");
        self.line(format_args!("{line} // {comment}"));
    }

    pub(super) fn block(
        &mut self,
        open: impl fmt::Display,
        close: &str,
        inner: impl FnOnce(&mut Self),
    ) {
        self.line(open);
        self.depth += 1;
        inner(self);
        self.depth -= 1;
        self.line(close);
    }

    pub(super) fn cfg<'c>(&mut self, conditions: impl IntoIterator<Item = &'c String>) {
        for condition in conditions {
            self.line(format_args!("#[cfg({condition})]"));
        }
    }
}
