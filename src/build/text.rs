//! Tokens as text for people.

use proc_macro2::{Delimiter, Spacing, TokenTree};

use super::tokens::is_punct;

/// Writes tokens on one line as a person would write most of them: `Duration::from_secs(5)`, where the
/// tokens alone would come as `Duration :: from_secs (5)`.
pub(super) fn text(tokens: &[TokenTree]) -> String {
    let mut text = String::new();
    write(&mut text, tokens.iter().cloned());
    text
}

/// Calls itself for each pair of brackets, of which `tokens` allows no more than 256 in one another.
fn write(text: &mut String, tokens: impl Iterator<Item = TokenTree>) {
    let mut tokens = tokens.peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => (" { ", " }"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                write(text, group.stream().into_iter());
                text.push_str(close);
            }
            TokenTree::Punct(punct) => {
                let is_arrow =
                    punct.as_char() == '-' && tokens.peek().is_some_and(|it| is_punct(it, '>'));
                if is_arrow {
                    text.push(' ');
                }
                // Neither colon of `::`.
                let is_colon = punct.as_char() == ':'
                    && punct.spacing() == Spacing::Alone
                    && !text.ends_with(':');
                text.push(punct.as_char());
                let is_separator = is_colon || matches!(punct.as_char(), ',' | ';');
                if is_separator && tokens.peek().is_some() {
                    text.push(' ');
                }
            }
            word => {
                let after_word =
                    text.ends_with(|it: char| it.is_alphanumeric() || "_\"}])>".contains(it));
                if after_word {
                    text.push(' ');
                }
                text.push_str(&word.to_string());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::tokens::tokens;

    #[test]
    fn tokens_are_written_as_people_write_them() {
        for (source, written) in [
            (
                "ApiConfig :: new () . body_limit ( \"5 kb\" )",
                "ApiConfig::new().body_limit(\"5 kb\")",
            ),
            (
                "layer() -> impl Layer<S> where S: A {a(b,c)}",
                "layer() -> impl Layer<S> where S: A { a(b, c) }",
            ),
            ("use a::{b as c, d}", "use a:: { b as c, d }"),
        ] {
            assert_eq!(text(&tokens(source).unwrap()), written);
        }
    }
}
