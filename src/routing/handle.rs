//! What follows from the name of a directory with routes: the constant that stands for them, and where
//! they are mounted.

/// `PAGES_API` for `pages/api`: letters in upper case, `_` for whatever is neither letter nor digit.
pub(crate) fn handle_name(directory: &str) -> String {
    let mut name: String = directory
        .chars()
        .map(|it| {
            if it.is_ascii_alphanumeric() {
                it.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect();
    // `_` alone is no name, nor is what begins with a digit.
    if name == "_" || !name.starts_with(|it: char| it == '_' || it.is_ascii_uppercase()) {
        name.insert(0, '_');
    }
    name
}

/// `./pages/api/` is `pages/api`.
pub(crate) fn normalize(directory: &str) -> &str {
    directory
        .strip_prefix("./")
        .unwrap_or(directory)
        .trim_end_matches('/')
}

/// The mount of a directory: what follows `pages`, or else its last part.
pub(crate) fn mount_of(directory: &str) -> String {
    let parts: Vec<_> = normalize(directory).split('/').collect();
    let below = parts
        .iter()
        .rposition(|part| *part == "pages")
        .map_or(parts.len().saturating_sub(1), |pages| pages + 1);
    let below = parts.get(below..).unwrap_or_default();
    format!("/{}", below.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_an_identifier_in_upper_case() {
        for (directory, name) in [
            ("pages/api", "PAGES_API"),
            ("pages", "PAGES"),
            ("type", "TYPE"),
            ("src/pages/api-v2", "SRC_PAGES_API_V2"),
            ("404", "_404"),
            ("-", "__"),
            ("\u{e9}", "__"),
        ] {
            assert_eq!(handle_name(directory), name);
        }
    }

    #[test]
    fn mount_is_what_follows_pages() {
        for (directory, mount) in [
            ("pages/api", "/api"),
            ("./pages/api/", "/api"),
            ("src/pages/api/v2", "/api/v2"),
            ("pages", "/"),
            ("routes", "/routes"),
            ("src/routes", "/routes"),
        ] {
            assert_eq!(mount_of(directory), mount, "{directory}");
        }
    }
}
