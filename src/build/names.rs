//! Makes identifiers of file names: `[id].rs` is the module `id`, `a-b.rs` is `a_b`, `type.rs` is
//! `r#type`.

/// The words that are no names, in any edition (The Rust Reference, "Keywords"), but for those that
/// `r#` makes no names either.
#[rustfmt::skip]
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// The name of the outermost module of a tree: `pages/api` → `pages_api`.
pub(super) fn root_name(dir: &str) -> String {
    identifier(&sanitized(dir))
}

/// The nearest identifier, which may still be a keyword.
pub(super) fn sanitized(stem: &str) -> String {
    let stem = stem
        .trim_start_matches(['[', '('])
        .trim_end_matches([']', ')'])
        .trim_start_matches("...");
    let mut name: String = stem
        .chars()
        .map(|it| if it.is_ascii_alphanumeric() { it } else { '_' })
        .collect();
    // `_` alone is no name, nor is what begins with a digit.
    if name.is_empty() || name == "_" || name.starts_with(|it: char| it.is_ascii_digit()) {
        name.insert(0, '_');
    }
    if name == "_" {
        name.push('_');
    }
    name
}

/// The name as source code must spell it.
pub(super) fn identifier(name: &str) -> String {
    match name {
        "self" | "Self" | "super" | "crate" => format!("{name}_"),
        _ if KEYWORDS.contains(&name) => format!("r#{name}"),
        _ => name.to_owned(),
    }
}

/// The name, with the first number that makes it free.
pub(super) fn free_name(base: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut name = identifier(base);
    let mut number = 2_usize;
    while taken(&name) {
        name = identifier(&format!("{base}_{number}"));
        number += 1;
    }
    name
}
