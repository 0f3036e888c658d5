//! What a `CONFIG` says, as far as its text tells.
//!
//! `ApiConfig::new().body_limit("500kb")` is a chain of calls with literals, and read. Whatever else a constant may be
//! made of is code that the compiler alone knows the value of, and is shown as it is written.

use proc_macro2::{Delimiter, TokenTree};
use tower_api_routes::build::RouteFile;

/// The limits of a route, each as a person writes it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) body: String,
    pub(crate) idle: String,
    pub(crate) total: String,
}

/// What the application chose for all routes, or the crate.
const DEFAULT: &str = "default";

impl Limits {
    pub(crate) fn of(route: &RouteFile) -> Self {
        let mut each: Vec<_> = route.configs().map(of_text).collect();
        let mut limits = match each.len() {
            // Nobody chose a limit for the body of a service, which reads it as it comes.
            0 if route.functions().any(|it| it == "service") => without_parser(Self::all(DEFAULT)),
            0 => Self::all(DEFAULT),
            _ => each.remove(0),
        };
        // Under several conditions, in this order.
        for other in each {
            for (one, other) in [
                (&mut limits.body, other.body),
                (&mut limits.idle, other.idle),
                (&mut limits.total, other.total),
            ] {
                if *one != other {
                    one.push_str(&format!(" or {other}"));
                }
            }
        }
        limits
    }

    fn all(text: &str) -> Self {
        let text = || text.to_owned();
        Self {
            body: text(),
            idle: text(),
            total: text(),
        }
    }
}

fn of_text(text: &str) -> Limits {
    let Some(calls) = calls(text) else {
        return Limits::all(&format!("in code: {text}"));
    };
    let mut limits = Limits::all(DEFAULT);
    let mut has_parser = true;
    for (name, argument) in calls {
        match name.as_str() {
            "body_limit" => limits.body = argument.trim_matches('"').to_owned(),
            "body_limit_bytes" => limits.body = format!("{argument} bytes"),
            "body_limit_size" => limits.body = argument,
            "no_body_limit" => limits.body = "none".to_owned(),
            "body_idle_timeout" => limits.idle = duration(&argument),
            "no_body_idle_timeout" => limits.idle = "none".to_owned(),
            "body_total_timeout" => limits.total = duration(&argument),
            "no_body_total_timeout" => limits.total = "none".to_owned(),
            "body_parser" => has_parser = argument != "false",
            _ => {}
        }
    }
    match has_parser {
        true => limits,
        false => without_parser(limits),
    }
}

/// With the parser off there is no limit and no total deadline but one that is set.
fn without_parser(limits: Limits) -> Limits {
    let or_none = |text: String| match text.as_str() {
        DEFAULT => "none".to_owned(),
        _ => text,
    };
    Limits {
        body: or_none(limits.body),
        total: or_none(limits.total),
        ..limits
    }
}

/// `Duration::from_secs(5)` is `5s`; what is no such call is itself.
fn duration(argument: &str) -> String {
    for (call, unit) in [
        ("from_secs", "s"),
        ("from_millis", "ms"),
        ("from_mins", "min"),
        ("from_hours", "h"),
    ] {
        let number = argument.split_once(&format!("Duration::{call}("));
        if let Some((_, rest)) = number
            && let Some(number) = rest.strip_suffix(')')
            && number.bytes().all(|it| it.is_ascii_digit() || it == b'_')
        {
            return format!("{}{unit}", number.replace('_', ""));
        }
    }
    argument.to_owned()
}

/// The calls after `ApiConfig::new()`, each with its argument; `None` where that is not all there is.
fn calls(text: &str) -> Option<Vec<(String, String)>> {
    let tokens: Vec<_> = text
        .parse::<proc_macro2::TokenStream>()
        .ok()?
        .into_iter()
        .collect();
    let is_start = |it: &TokenTree| match it {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        _ => false,
    };
    let end = tokens.iter().position(|it| !is_start(it))?;
    let (start, rest) = tokens.split_at_checked(end)?;
    let start: String = start.iter().map(ToString::to_string).collect();
    let mut calls = Vec::new();
    let mut rest = match rest {
        [TokenTree::Group(_), rest @ ..] if start.ends_with("ApiConfig::new") => rest,
        _ => return None,
    };
    while let [
        dot,
        TokenTree::Ident(name),
        TokenTree::Group(arguments),
        after @ ..,
    ] = rest
    {
        if dot.to_string() != "." || arguments.delimiter() != Delimiter::Parenthesis {
            return None;
        }
        let argument = arguments.stream().to_string();
        calls.push((
            name.to_string(),
            argument.replace(" :: ", "::").replace(" (", "("),
        ));
        rest = after;
    }
    rest.is_empty().then_some(calls)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_where_they_are_written_out() {
        for (text, body, idle, total) in [
            ("ApiConfig::new()", "default", "default", "default"),
            (
                "ApiConfig::new().body_limit(\"500kb\")",
                "500kb",
                "default",
                "default",
            ),
            (
                "tower_api_routes::ApiConfig::new().body_limit(\"1mb\").no_body_limit()\
                 .body_idle_timeout(Duration::from_secs(5)).body_total_timeout(std::time::Duration::from_millis(1_500))",
                "none",
                "5s",
                "1500ms",
            ),
            (
                "ApiConfig::new().body_limit_bytes(10 * KB)",
                "10 * KB bytes",
                "default",
                "default",
            ),
            (
                "ApiConfig::new().body_parser(false).body_total_timeout(Duration::from_secs(60))",
                "none",
                "default",
                "60s",
            ),
            (
                "shared::CONFIG",
                "in code: shared::CONFIG",
                "in code: shared::CONFIG",
                "in code: shared::CONFIG",
            ),
            (
                "ApiConfig::new().f(1) + 1",
                "in code: ApiConfig::new().f(1) + 1",
                "in code: ApiConfig::new().f(1) + 1",
                "in code: ApiConfig::new().f(1) + 1",
            ),
        ] {
            let Limits {
                body: b,
                idle: i,
                total: t,
            } = of_text(text);
            assert_eq!(
                (b.as_str(), i.as_str(), t.as_str()),
                (body, idle, total),
                "{text}"
            );
        }
    }
}
