//! What is printed, with colour where a person reads it.

use std::fmt;

use anstyle::{AnsiColor, Style};

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const GREEN: Style = AnsiColor::Green.on_default().bold();
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const RED: Style = AnsiColor::Red.on_default().bold();

/// `text` in a style. What prints it takes the style away where it is not wanted.
pub(crate) fn styled(style: Style, text: impl fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

/// `1 route`, `2 routes`.
pub(crate) fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// A line in the form of cargo's errors.
pub(crate) fn error(text: &dyn fmt::Display) {
    anstream::eprintln!("{}: {text}", styled(RED, "error"));
}

/// A line in the form of cargo's help.
pub(crate) fn help(text: &dyn fmt::Display) {
    anstream::eprintln!("{}: {text}", styled(BOLD, "help"));
}

/// A line in the form of cargo's warnings.
pub(crate) fn warning(text: &dyn fmt::Display) {
    anstream::eprintln!("{}: {text}", styled(YELLOW, "warning"));
}

/// Rows in columns that are as wide as their widest cell. The first row is the head.
pub(crate) fn table(rows: &[Vec<String>]) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<_> = (0..columns)
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|it| it.chars().count()).max().unwrap_or_default()
        })
        .collect();
    for (index, row) in rows.iter().enumerate() {
        let cells = row.iter().zip(&widths);
        let line: Vec<_> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        let line = line.join("  ");
        let line = line.trim_end();
        match index {
            0 => anstream::println!("{}", styled(BOLD, line)),
            _ => anstream::println!("{line}"),
        }
    }
}
