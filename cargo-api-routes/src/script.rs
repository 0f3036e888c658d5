//! The calls of `compile` in a build script, read from its text: nothing of it is run.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use tower_api_routes::build::RouteDir;

/// What a build script compiles.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Script {
    /// In the order of the text. Of two calls for one directory the last counts, as in the build.
    pub(crate) dirs: Vec<RouteDir>,
    /// Why there may be more: a sentence for each call that cannot be read.
    pub(crate) unread: Vec<String>,
}

impl Script {
    pub(crate) fn read(text: &str) -> Self {
        let mut script = Self::default();
        match text.parse::<TokenStream>() {
            Ok(tokens) => {
                let aliases = aliases(&tokens);
                script.calls(tokens, &aliases);
            }
            Err(error) => script.unread.push(format!("it is no Rust ({error})")),
        }
        script
    }

    fn calls(&mut self, tokens: TokenStream, aliases: &[String]) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            let TokenTree::Group(group) = token else {
                continue;
            };
            let before = tokens.get(..index).unwrap_or_default();
            if group.delimiter() == Delimiter::Parenthesis && is_compile(before, aliases) {
                self.call(&group.stream());
            }
            self.calls(group.stream(), aliases);
        }
    }

    fn call(&mut self, arguments: &TokenStream) {
        let tokens: Vec<_> = arguments.clone().into_iter().collect();
        let tokens = match tokens.as_slice() {
            [tokens @ .., last] if is(last, ',') => tokens,
            tokens => tokens,
        };
        // Another function of this name: ours takes one argument.
        if tokens.is_empty() || tokens.iter().any(|it| is(it, ',')) {
            return;
        }
        match route_dir(tokens) {
            Some(dir) => {
                self.dirs.retain(|it| it.directory() != dir.directory());
                self.dirs.push(dir);
            }
            None => {
                let text = text(arguments);
                self.unread.push(format!(
                    "`compile({text})` is no directory that can be read from the text alone"
                ));
            }
        }
    }
}

/// Whether the tokens before a group make it a call of `compile`, and neither a method (`cc::Build::compile`)
/// nor a function of another crate (`slint_build::compile`).
fn is_compile(before: &[TokenTree], aliases: &[String]) -> bool {
    let [before @ .., TokenTree::Ident(name)] = before else {
        return false;
    };
    if name != "compile" {
        return false;
    }
    match before {
        [.., TokenTree::Ident(module), first, second] if is(first, ':') && is(second, ':') => {
            module == "build" || aliases.iter().any(|it| module == it)
        }
        [.., last] if is(last, '.') || is(last, ':') => false,
        [.., TokenTree::Ident(word)] => word != "fn",
        _ => true,
    }
}

/// The names of `use .. build as NAME`.
fn aliases(tokens: &TokenStream) -> Vec<String> {
    let tokens: Vec<_> = tokens.clone().into_iter().collect();
    let mut found: Vec<_> = tokens
        .windows(3)
        .filter_map(|it| match it {
            [
                TokenTree::Ident(module),
                TokenTree::Ident(word),
                TokenTree::Ident(name),
            ] if module == "build" && word == "as" => Some(name.to_string()),
            _ => None,
        })
        .collect();
    for token in tokens {
        if let TokenTree::Group(group) = token {
            found.extend(aliases(&group.stream()));
        }
    }
    found
}

/// The directory that an argument is: `"pages/api"`, or `RouteDir::new("pages/api")` and calls on it.
fn route_dir(tokens: &[TokenTree]) -> Option<RouteDir> {
    let tokens = match tokens {
        [first, tokens @ ..] if is(first, '&') => tokens,
        tokens => tokens,
    };
    if let [first @ TokenTree::Literal(_), calls @ ..] = tokens {
        let dir = RouteDir::new(literal(first)?);
        return follow(dir, calls);
    }
    let start = tokens
        .iter()
        .position(|it| matches!(it, TokenTree::Group(_)))?;
    let (path, calls) = tokens.split_at_checked(start)?;
    let is_path = |it: &TokenTree| matches!(it, TokenTree::Ident(_)) || is(it, ':');
    let [before @ .., TokenTree::Ident(function)] = path else {
        return None;
    };
    let [TokenTree::Group(arguments), calls @ ..] = calls else {
        return None;
    };
    let is_made = function == "new" || function == "from";
    if !is_made || before.is_empty() || !before.iter().all(is_path) {
        return None;
    }
    follow(RouteDir::new(only_literal(&arguments.stream())?), calls)
}

/// What the calls after a directory make of it; `None` where one of them is unknown.
fn follow(mut dir: RouteDir, calls: &[TokenTree]) -> Option<RouteDir> {
    let mut rest = calls;
    while let [
        dot,
        TokenTree::Ident(name),
        TokenTree::Group(arguments),
        after @ ..,
    ] = rest
    {
        if !is(dot, '.') {
            return None;
        }
        let arguments = arguments.stream();
        let is_empty = arguments.is_empty();
        dir = match name.to_string().as_str() {
            "foreign" if is_empty => dir.foreign(),
            "foreign_pages" => dir.foreign_pages(only_literal(&arguments)?),
            "foreign_app" => dir.foreign_app(only_literal(&arguments)?),
            "page_extensions" => dir.page_extensions(list(&arguments)?),
            "to_owned" | "to_string" | "into" | "clone" if is_empty => dir,
            _ => return None,
        };
        rest = after;
    }
    rest.is_empty().then_some(dir)
}

/// The literals of `["a", "b"]`, `&["a"]` or `vec!["a"]`.
fn list(tokens: &TokenStream) -> Option<Vec<String>> {
    let tokens: Vec<_> = tokens.clone().into_iter().collect();
    let tokens = match tokens.as_slice() {
        [tokens @ .., last] if is(last, ',') => tokens,
        tokens => tokens,
    };
    let (TokenTree::Group(group), before) = tokens.split_last()? else {
        return None;
    };
    let before: String = before.iter().map(ToString::to_string).collect();
    if !matches!(before.as_str(), "" | "&" | "vec!") || group.delimiter() == Delimiter::Brace {
        return None;
    }
    let items = group.stream().into_iter().filter(|it| !is(it, ','));
    items.map(|it| literal(&it)).collect()
}

/// The text of the one argument of a call, if it is a literal.
fn only_literal(tokens: &TokenStream) -> Option<String> {
    let tokens: Vec<_> = tokens.clone().into_iter().collect();
    match tokens.as_slice() {
        [one] => literal(one),
        [one, comma] if is(comma, ',') => literal(one),
        _ => None,
    }
}

/// The text of a literal such as `"pages/api"`. No name of a directory needs an escape.
fn literal(token: &TokenTree) -> Option<String> {
    let text = token.to_string();
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains(['"', '\\'])).then(|| inner.to_owned())
}

fn is(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(it) if it.as_char() == sign)
}

/// The tokens as a person writes them, nearly.
fn text(tokens: &TokenStream) -> String {
    let mut text = tokens.to_string();
    for (spaced, plain) in [
        (" :: ", "::"),
        (" . ", "."),
        (" (", "("),
        (" ,", ","),
        ("& ", "&"),
        (" !", "!"),
    ] {
        text = text.replace(spaced, plain);
    }
    text.trim_end_matches([' ', ',']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every directory of a script in which nothing is unreadable.
    fn dirs(text: &str) -> Vec<RouteDir> {
        let Script { dirs, unread } = Script::read(text);
        assert!(unread.is_empty(), "{text}: {unread:?}");
        dirs
    }

    #[test]
    fn directories_are_read_in_their_order() {
        for (text, expected) in [
            (
                "fn main() { tower_api_routes::build::compile(\"pages/api\"); }",
                &["pages/api"][..],
            ),
            (
                "use tower_api_routes::build; fn main() { if x { build::compile(\"a\"); } build::compile(\"b/c\",); }",
                &["a", "b/c"],
            ),
            (
                "use tower_api_routes::build as routes; fn main() { routes::compile(\"a\".to_owned()); }",
                &["a"],
            ),
            (
                "fn main() { compile(&String::from(\"a\")); compile(\"b\") }",
                &["a", "b"],
            ),
            (
                "fn main() { compile(\"a\"); compile(\"b\"); compile(\"a\") }",
                &["b", "a"],
            ),
            // Neither ours nor calls.
            (
                "fn main() { cc::Build::new().file(\"x.c\").compile(\"x\"); slint_build::compile(\"ui.slint\"); \
                 compile(\"a\", \"b\"); compile(); // compile(\"c\")\n }",
                &[],
            ),
            ("fn compile(dir: &str) {} fn main() { \"compile\"; }", &[]),
        ] {
            let found = dirs(text);
            let found: Vec<_> = found.iter().map(RouteDir::directory).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn foreign_routes_are_those_of_the_build() {
        let api = || RouteDir::new("pages/api");
        for (argument, expected) in [
            ("RouteDir::new(\"pages/api\")", api()),
            ("RouteDir::new(\"pages/api\").foreign()", api().foreign()),
            (
                "\n tower_api_routes::build::RouteDir::new(\n \"pages/api\",\n )\n .foreign()\n .foreign_app(\"../web/app/api\"),\n",
                api().foreign().foreign_app("../web/app/api"),
            ),
            (
                "build::RouteDir::from(\"pages/api\").foreign_pages(\"../web/pages/api\").page_extensions([\"api.ts\", \"js\"])",
                api()
                    .foreign_pages("../web/pages/api")
                    .page_extensions(["api.ts", "js"]),
            ),
            (
                "RouteDir::new(\"pages/api\").page_extensions(vec![\"js\",]).foreign()",
                api().page_extensions(["js"]).foreign(),
            ),
        ] {
            let found = dirs(&format!("fn main() {{ build::compile({argument}); }}"));
            assert_eq!(found, [expected], "{argument}");
        }
    }

    #[test]
    fn what_is_too_clever_is_said() {
        for argument in [
            "DIR",
            "dir()",
            "RouteDir::new(DIR)",
            "RouteDir::new(\"a\").foreign_pages(WEB)",
            "RouteDir::new(\"a\").other()",
            "RouteDir::new(\"a\").page_extensions(extensions())",
            "concat!(\"a\", \"b\")",
            "&format!(\"{x}/api\")",
            "\"a\\\\b\"",
        ] {
            let script = Script::read(&format!("fn main() {{ compile({argument}); }}"));
            let expected = format!(
                "`compile({argument})` is no directory that can be read from the text alone"
            );
            assert_eq!(script.unread, [expected]);
            assert!(script.dirs.is_empty(), "{argument}");
        }
        let broken = Script::read("fn main() {");
        assert!(
            broken.unread[0].starts_with("it is no Rust ("),
            "{broken:?}"
        );
    }
}
