//! Splits source text into tokens (those of rustc, by `proc_macro2`), and reads them step by step.
//!
//! Nothing here calls itself, so that no file is too deep for the stack of the build script. The
//! compiler is less patient: nested too deep, it dies of a stack overflow and names no file. What
//! comes near that is refused here, by its name.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// How deep `(`, `[` and `{` may nest. The compiler dies of some 500 blocks in one another.
pub(super) const MAX_DEPTH: usize = 256;

/// How many tokens may follow each other without a `,`, a `;`, an attribute or a block between
/// them: operators and generics nest without delimiters. The compiler dies of some 2,500 `&`.
pub(super) const MAX_RUN: usize = 2_048;

/// Why nothing can be told of a source file.
#[derive(Debug, PartialEq)]
pub(super) enum Unreadable {
    /// It is no Rust: the compiler says where, and says it better.
    NotRust(String),
    /// It is refused, with these words.
    Refused(String),
}

/// The tokens at the top level of a source file.
pub(super) fn tokens(text: &str) -> Result<Vec<TokenTree>, Unreadable> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = without_shebang(text);
    let Ok(stream) = text.parse::<TokenStream>() else {
        // What has no tokens can be measured roughly alone, and need not compile.
        return Err(match rough_depth(text) > MAX_DEPTH {
            true => too_deep(),
            false => Unreadable::NotRust("it cannot be split into tokens".to_owned()),
        });
    };
    let tokens: Vec<_> = stream.into_iter().collect();
    measure(&tokens)?;
    Ok(tokens)
}

/// The text without a first line such as `#!/usr/bin/env run`, which is no inner attribute.
fn without_shebang(text: &str) -> &str {
    match text.strip_prefix("#!") {
        Some(rest) if !rest.trim_start().starts_with('[') => rest
            .find('\n')
            .and_then(|end| rest.get(end..))
            .unwrap_or_default(),
        _ => text,
    }
}

fn too_deep() -> Unreadable {
    Unreadable::Refused(format!(
        "nests brackets, parentheses or braces more than {MAX_DEPTH} deep; \
         make functions or constants of the inner parts"
    ))
}

fn measure(tokens: &[TokenTree]) -> Result<(), Unreadable> {
    let top = tokens.iter().cloned().collect::<TokenStream>();
    // The groups on the way to a token, and how many tokens of each came since the last separator.
    let mut open = vec![(top.into_iter(), 0_usize)];
    // What a macro is given is no expression: it may be of any length.
    let mut in_macro: Option<usize> = None;
    let mut before = [None, None];
    while let Some((rest, run)) = open.last_mut() {
        let Some(token) = rest.next() else {
            open.pop();
            in_macro = in_macro.filter(|depth| open.len() > *depth);
            continue;
        };
        let is_input = matches!(&before, [Some(name), Some(bang)]
            if is_macro_name(name) && is_punct(bang, '!'));
        before = [before[1].take(), Some(token.clone())];
        *run = if is_separator(&token) { 0 } else { *run + 1 };
        if *run > MAX_RUN && in_macro.is_none() {
            return Err(Unreadable::Refused(format!(
                "has an expression or a type of more than {MAX_RUN} tokens without a `,`, a `;` \
                 or a block; make functions, constants or types of its parts"
            )));
        }
        if let TokenTree::Group(group) = token {
            if open.len() > MAX_DEPTH {
                return Err(too_deep());
            }
            if is_input && in_macro.is_none() {
                in_macro = Some(open.len());
            }
            open.push((group.stream().into_iter(), 0));
        }
    }
    Ok(())
}

/// Whether a `!` after it is that of a macro call, and no negation: `html!(..)`, not `return !(..)`.
fn is_macro_name(token: &TokenTree) -> bool {
    const BEFORE_EXPRESSIONS: [&str; 7] = ["break", "else", "if", "in", "match", "return", "while"];
    match token {
        TokenTree::Ident(name) => !BEFORE_EXPRESSIONS.iter().any(|it| name == it),
        _ => false,
    }
}

fn is_separator(token: &TokenTree) -> bool {
    match token {
        TokenTree::Punct(punct) => matches!(punct.as_char(), ',' | ';' | '#'),
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    }
}

/// How deep delimiters nest if none of them stands in a string or a comment.
fn rough_depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// A place in a list of tokens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'t>(&'t [TokenTree]);

impl<'t> Cursor<'t> {
    pub(super) fn new(tokens: &'t [TokenTree]) -> Self {
        Self(tokens)
    }

    /// What is left.
    pub(super) fn rest(&self) -> &'t [TokenTree] {
        self.0
    }

    pub(super) fn next(&mut self) -> Option<&'t TokenTree> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    /// Takes the next token if it is this identifier or keyword.
    pub(super) fn keyword(&mut self, keyword: &str) -> bool {
        let is_next = matches!(self.0, [TokenTree::Ident(ident), ..] if ident == keyword);
        self.skip_if(is_next)
    }

    /// Takes the next token if it is this character.
    pub(super) fn punct(&mut self, char: char) -> bool {
        let is_next = matches!(self.0, [token, ..] if is_punct(token, char));
        self.skip_if(is_next)
    }

    fn skip_if(&mut self, is_next: bool) -> bool {
        if is_next {
            self.next();
        }
        is_next
    }

    /// Takes the next token if it is an identifier: its name.
    pub(super) fn name(&mut self) -> Option<String> {
        let [TokenTree::Ident(ident), rest @ ..] = self.0 else {
            return None;
        };
        self.0 = rest;
        Some(ident.to_string())
    }

    /// Takes the next token if it is a group: what is in it.
    pub(super) fn group(&mut self, delimiter: Delimiter) -> Option<TokenStream> {
        match self.0 {
            [TokenTree::Group(group), rest @ ..] if group.delimiter() == delimiter => {
                self.0 = rest;
                Some(group.stream())
            }
            _ => None,
        }
    }

    /// Takes all tokens before the first that is outside of `<..>` and as `is_end` says, and that
    /// one too.
    pub(super) fn until(&mut self, is_end: impl Fn(&TokenTree) -> bool) -> Option<&'t [TokenTree]> {
        let (mut depth, mut may_be_arrow) = (0_usize, false);
        for (at, token) in self.0.iter().enumerate() {
            // The `>` of `->` closes nothing.
            let is_arrow =
                std::mem::replace(&mut may_be_arrow, is_punct(token, '-')) && is_punct(token, '>');
            if depth == 0 && !is_arrow && is_end(token) {
                let (before, rest) = self.0.split_at_checked(at)?;
                self.0 = rest;
                self.next();
                return Some(before);
            }
            if is_punct(token, '<') {
                depth += 1;
            } else if is_punct(token, '>') && !is_arrow {
                depth = depth.saturating_sub(1);
            }
        }
        None
    }
}

pub(super) fn is_punct(token: &TokenTree, char: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == char)
}

pub(super) fn is_block(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(open: &str, inner: &str, close: &str, times: usize) -> String {
        format!(
            "const X: u8 = {}{inner}{};",
            open.repeat(times),
            close.repeat(times)
        )
    }

    fn refused(text: &str) -> Option<String> {
        match tokens(text) {
            Err(Unreadable::Refused(message)) => Some(message),
            _ => None,
        }
    }

    #[test]
    fn what_a_macro_is_given_may_be_long() {
        let words = "word ".repeat(3_000);
        assert_eq!(
            refused(&format!("fn f() {{ html!(<div> {words} </div>) }}")),
            None
        );
        assert!(refused(&format!("fn f() {{ (a {words}) }}")).is_some());
        assert!(refused(&format!("fn f() {{ return !(a {words}) }}")).is_some());
    }

    #[test]
    fn a_first_line_for_the_shell_is_passed_over() {
        assert_eq!(tokens("#!/usr/bin/env run\nfn f() {}").unwrap().len(), 4);
        assert_eq!(tokens("#![allow(unused)]\nfn f() {}").unwrap().len(), 7);
        assert_eq!(tokens("#!/usr/bin/env run").unwrap().len(), 0);
    }

    #[test]
    fn delimiters_nest_up_to_the_limit() {
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("{", "}"),
            ("if a {", "}"),
            ("f(|| [", "])"),
        ] {
            let each = open.matches(['(', '[', '{']).count();
            let most = MAX_DEPTH / each;
            assert_eq!(refused(&nested(open, "1", close, most)), None, "{open}");
            for times in [most + 1, 50_000] {
                let message = refused(&nested(open, "1", close, times));
                assert!(
                    message.is_some_and(|it| it.contains("more than 256 deep")),
                    "{open}"
                );
            }
        }
    }

    #[test]
    fn what_nests_without_delimiters_is_measured_in_tokens() {
        for (open, inner, close) in [
            ("!", "true", ""),
            ("&", "1", ""),
            ("- ", "1", ""),
            ("", "1", "+1"),
            ("", "x", ".a()"),
            ("", "x", "?"),
            ("|| ", "1", ""),
            ("A<", "1", ">"),
            ("", "x", " as u8"),
        ] {
            assert_eq!(
                refused(&nested(open, inner, close, 500)),
                None,
                "{open}{close}"
            );
            let message = refused(&nested(open, inner, close, 50_000));
            assert!(
                message.is_some_and(|it| it.contains("more than 2048 tokens")),
                "{open}{close}"
            );
        }
    }

    #[test]
    fn length_and_strings_are_no_depth() {
        let brackets = "(".repeat(50_000);
        for text in [
            format!("const X: [u8; 9] = [{}];", "1, ".repeat(50_000)),
            format!("fn a() {{ {} }}", "b(c)?; ".repeat(50_000)),
            format!("{}\nfn a() {{}}", "/// ((((\n".repeat(5_000)),
            format!("{}\nfn a() {{}}", "//! ((((\n".repeat(5_000)),
            format!("const X: &str = \"{brackets}\";"),
            format!("const X: &str = r#\"{brackets}\"#;"),
            format!("/* {brackets} */ // {brackets}"),
            format!("{} {}", "/*".repeat(50_000), "*/".repeat(50_000)),
            "const X: char = '(';".repeat(50_000),
        ] {
            assert!(tokens(&text).is_ok(), "{}", &text[..40]);
        }
    }

    #[test]
    fn what_cannot_be_split_is_measured_roughly() {
        let message = refused(&"(".repeat(50_000));
        assert!(message.is_some_and(|it| it.contains("more than 256 deep")));
        for text in ["\"", "fn a() {", "}", "'"] {
            assert!(
                matches!(tokens(text), Err(Unreadable::NotRust(_))),
                "{text}"
            );
        }
    }
}
