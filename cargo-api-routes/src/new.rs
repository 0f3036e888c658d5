//! `new`: a route file with its parameters ready, unless the tree would refuse it.

use std::{collections::HashSet, fs, io::Write};

use clap::{Args, ValueEnum, builder::PossibleValuesParser};
use tower_api_routes::{
    build::{BuildErrors, METHOD_FUNCTIONS, Report, RouteDir},
    routing::{FileRole, Pattern, Segment},
};

use crate::{
    Failure, Verdict,
    engine::trees,
    output,
    package::{Location, Package},
};

/// Write a route file with its parameters ready; refused, with the words of the build, where the tree would refuse it
#[derive(Debug, Args)]
pub(crate) struct New {
    /// The route as a file name without its extension: `posts/[id]`, `docs/[...slug]`, `shop/index`
    name: String,
    /// One function for each of these methods [default: one `handler` for every method with the style `next`, else `get`]
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "METHODS",
        ignore_case = true,
        value_parser = PossibleValuesParser::new(METHOD_FUNCTIONS)
    )]
    methods: Vec<String>,
    /// Handlers with extractors, or with `req` and `res` as in Next.js
    #[arg(long, default_value = "extractors")]
    style: Style,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Style {
    Extractors,
    Next,
}

impl New {
    pub(crate) fn run(&self, location: &Location) -> Result<Verdict, Failure> {
        let package = location.package()?;
        let dir = package.only_dir()?;
        let name = below(&self.name, dir);
        let file = format!("{}/{name}.rs", dir.directory());
        let path = package.root.join(&file);
        if path.exists() {
            output::error(&format!("{file}: is there already"));
            return Ok(Verdict::Bad);
        }
        let text = self.text(name);
        if let Err(errors) = package.builder().overlay_file(&file, &text).try_compile() {
            let known = errors_now(&package);
            let new = errors
                .iter()
                .map(ToString::to_string)
                .filter(|it| !known.contains(it));
            let new: Vec<_> = new.collect();
            if !new.is_empty() {
                new.iter().for_each(|it| output::error(it));
                if let Some(foreign) = foreign_file(&package, name) {
                    output::help(&format!(
                        "to move the route here, remove `{foreign}` (or rename it to `{foreign}.old`, to read it \
                         while you write) and run this again"
                    ));
                }
                return Ok(Verdict::Bad);
            }
        }
        // A name such as `_db` or `x_test` makes no route.
        let planned = package.builder().overlay_file(&file, &text).try_compile();
        let url = planned.map(|it| url(&it, &file));
        if url == Ok(None) {
            output::error(&format!(
                "{file}: would be no route: `_`, `_test` and dots keep files out of the tree"
            ));
            return Ok(Verdict::Bad);
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        // Another program may have written it by now.
        let mut written =
            fs::File::create_new(&path).map_err(|error| format!("{file}: {error}"))?;
        written.write_all(text.as_bytes())?;
        let url = match url {
            Ok(Some(url)) => format!(" ({url})"),
            // The tree has other errors.
            _ => String::new(),
        };
        anstream::println!("{} {file}{url}", output::styled(output::GREEN, "wrote"));
        Ok(Verdict::Good)
    }

    fn text(&self, name: &str) -> String {
        let pattern = Pattern::parse(name.trim_end_matches("/index")).unwrap_or_default();
        let params: Vec<_> = pattern
            .segments()
            .iter()
            .filter(|it| it.name().is_some())
            .collect();
        // A tuple has no place for an optional catch-all that matches nothing.
        let is_open = matches!(params.as_slice(), [_, .., Segment::OptionalCatchAll(_)]);
        match self.style {
            Style::Extractors if !is_open => self.with_extractors(&params),
            _ => self.with_request(&params, is_open),
        }
    }

    fn with_extractors(&self, params: &[&Segment]) -> String {
        let names = variables(params, &[]);
        let types: Vec<_> = match params {
            [param] => vec![type_of(param)],
            params => params.iter().copied().map(type_in_tuple).collect(),
        };
        let (imports, argument) = match (names.as_slice(), types.as_slice()) {
            ([], _) | (_, []) => ("ApiError, Json", String::new()),
            ([name], [of]) if of.starts_with("Option") => {
                ("ApiError, Json, Params", format!("{name}: {of}"))
            }
            ([name], [of]) => (
                "ApiError, Json, Params",
                format!("Params({name}): Params<{of}>"),
            ),
            (names, types) => (
                "ApiError, Json, Params",
                format!(
                    "Params(({})): Params<({})>",
                    names.join(", "),
                    types.join(", ")
                ),
            ),
        };
        let mut text = format!("use tower_api_routes::{{{imports}}};\n");
        let value = match names.as_slice() {
            [] => "\"{method}\"".to_owned(),
            [name] if argument.starts_with("Params") => name.clone(),
            [name] => format!("{name}.map(|it| it.0)"),
            names => format!("({})", names.join(", ")),
        };
        let result = match (names.as_slice(), types.as_slice()) {
            ([], _) | (_, []) => "&'static str".to_owned(),
            (_, [of]) if of.starts_with("Option") => "Option<Vec<String>>".to_owned(),
            (_, [of]) => of.clone(),
            (_, types) => format!("({})", types.join(", ")),
        };
        for method in self.functions("get") {
            let value = value.replace("{method}", method);
            let head = format!("pub async fn {method}");
            let result = format!("Result<Json<{result}>, ApiError>");
            text.push_str(&function(
                &head,
                &argument,
                &result,
                &format!("    Ok(Json({value}))\n"),
            ));
        }
        text
    }

    /// The names of the functions to write.
    fn functions<'a>(&'a self, default: &'a str) -> Vec<&'a str> {
        match self.methods.as_slice() {
            [] => vec![default],
            methods => {
                let is_meant =
                    |it: &&str| methods.iter().any(|method| method.eq_ignore_ascii_case(it));
                METHOD_FUNCTIONS.iter().copied().filter(is_meant).collect()
            }
        }
    }

    /// With `req.params`, or parameter by parameter.
    fn with_request(&self, params: &[&Segment], one_by_one: bool) -> String {
        let mut text = "use tower_api_routes::{ApiError, ApiRequest, ApiResponse};\n".to_owned();
        let names = variables(params, &["req", "res"]);
        let types: Vec<_> = params.iter().copied().map(type_in_tuple).collect();
        let (pattern, of) = match (names.as_slice(), types.as_slice()) {
            ([name], [of]) => (name.clone(), of.clone()),
            _ => (
                format!("({})", names.join(", ")),
                format!("({})", types.join(", ")),
            ),
        };
        for function in self.functions("handler") {
            let (request, body) = match names.as_slice() {
                [] => (
                    "_req",
                    "    Ok(res.status(200).json(\"Hello\"))\n".to_owned(),
                ),
                names => {
                    let reads = match one_by_one {
                        true => params
                            .iter()
                            .zip(names)
                            .map(|it| read(it.0, it.1))
                            .collect(),
                        false => format!("    let {pattern}: {of} = req.params()?;\n"),
                    };
                    (
                        "req",
                        format!("{reads}    Ok(res.status(200).json(&{pattern}))\n"),
                    )
                }
            };
            let head = format!("pub async fn {function}");
            let arguments = format!("{request}: ApiRequest, res: ApiResponse");
            text.push_str(&self::function(
                &head,
                &arguments,
                "Result<ApiResponse, ApiError>",
                &body,
            ));
        }
        text
    }
}

/// Reads one parameter from the query, which has those of the route too.
fn read(param: &Segment, variable: &str) -> String {
    let name = param.name().unwrap_or_default();
    match param {
        Segment::Dynamic(_) => {
            format!("    let {variable} = req.query().get({name:?}).unwrap_or_default();\n")
        }
        _ => format!("    let {variable}: Vec<_> = req.query().get_all({name:?}).collect();\n"),
    }
}

/// A function with at most two arguments, of which the only one goes to a line of its own where rustfmt would put it there.
fn function(head: &str, arguments: &str, result: &str, body: &str) -> String {
    const WIDTH: usize = 100;
    let line = format!("{head}({arguments}) -> {result} {{");
    let line = match line.chars().count() > WIDTH {
        true => format!("{head}(\n    {arguments},\n) -> {result} {{"),
        false => line,
    };
    format!("\n{line}\n{body}}}\n")
}

/// The file of the foreign route that the new file would be, if there is one.
fn foreign_file(package: &Package, name: &str) -> Option<String> {
    let Ok(FileRole::Route(pattern)) = FileRole::of(&format!("{name}.rs")) else {
        return None;
    };
    let (report, pattern) = (package.report().ok()?, pattern.to_string());
    let mut foreign = report.foreign();
    let (_, file) = foreign.find(|(route, _)| *route == pattern)?;
    file.map(str::to_owned)
}

/// The name below the directory. A URL, `/api/bar`, and a path of the package, `pages/api/bar`, mean `bar`.
fn below<'n>(name: &'n str, dir: &RouteDir) -> &'n str {
    let name = name.trim_end_matches(".rs");
    let mount = dir.default_mount();
    for above in [dir.directory(), mount.trim_end_matches('/')] {
        match name.strip_prefix(above) {
            Some("" | "/") => return "index",
            Some(rest) if rest.starts_with('/') => return rest.trim_start_matches('/'),
            _ => {}
        }
    }
    name.trim_start_matches('/')
}

/// The path of the route of a file, where the tree is mounted unless the application says otherwise.
fn url(report: &Report, file: &str) -> Option<String> {
    trees(report, None).iter().find_map(|tree| {
        let route = tree.routes.iter().find(|it| it.origin() == file)?;
        Some(tree.path(*route))
    })
}

/// What is wrong with the tree without the new file.
fn errors_now(package: &Package) -> HashSet<String> {
    let errors = package.report().err();
    let errors = errors.iter().flat_map(BuildErrors::iter);
    errors.map(ToString::to_string).collect()
}

/// The names of the parameters as those of variables, none of them twice and none of `taken`.
fn variables(params: &[&Segment], taken: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for param in params {
        let name = variable(param);
        let is_free = |it: &String| !taken.contains(&it.as_str()) && !names.contains(it);
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let free = std::iter::once(name.clone()).chain(numbered).find(is_free);
        names.extend(free);
    }
    names
}

/// The name of a parameter as that of a variable: `post-id` is `post_id`.
fn variable(segment: &Segment) -> String {
    let name = segment.name().unwrap_or_default();
    let mut text = String::new();
    for char in name.chars() {
        if char.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        match char.is_alphanumeric() {
            true => text.extend(char.to_lowercase()),
            false => text.push('_'),
        }
    }
    let is_name = text.starts_with(|it: char| it.is_alphabetic());
    // `type` is a keyword, `type_` and `param_1` are names.
    match (is_name, is_keyword(&text)) {
        (true, false) => text,
        (true, true) => format!("{text}_"),
        (false, _) => format!("param_{text}"),
    }
}

/// Whether a word is a keyword of Rust (The Rust Reference, "Keywords").
fn is_keyword(word: &str) -> bool {
    #[rustfmt::skip]
    const KEYWORDS: &[&str] = &[
        "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
        "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
        "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
        "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
    ];
    KEYWORDS.contains(&word)
}

fn type_of(segment: &Segment) -> String {
    match segment {
        Segment::OptionalCatchAll(_) => "Option<Params<Vec<String>>>".to_owned(),
        Segment::CatchAll(_) => "Vec<String>".to_owned(),
        _ => "String".to_owned(),
    }
}

/// The type of a parameter among others, or of one that `req.params` reads: an optional catch-all is a list, which may be empty.
fn type_in_tuple(segment: &Segment) -> String {
    match segment.name() {
        Some(_) if matches!(segment, Segment::Dynamic(_)) => "String".to_owned(),
        _ => "Vec<String>".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_named_by_its_file_or_its_url() {
        for (dir, name, expected) in [
            ("pages/api", "posts/[id]", "posts/[id]"),
            ("pages/api", "posts/[id].rs", "posts/[id]"),
            ("pages/api", "/posts", "posts"),
            ("pages/api", "/api/posts/[id]", "posts/[id]"),
            ("pages/api", "pages/api/posts.rs", "posts"),
            ("pages/api", "/api", "index"),
            ("pages/api", "/api/", "index"),
            ("pages/api", "/apis", "apis"),
            // Below the directory there may be such a name, too.
            ("pages/api", "api/posts", "api/posts"),
            ("pages", "/a/b", "a/b"),
            ("src/routes", "/routes/a", "a"),
        ] {
            assert_eq!(below(name, &RouteDir::new(dir)), expected, "{dir} {name}");
        }
    }
}
