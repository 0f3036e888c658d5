//! The constant that stands for the routes of a directory.

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
}
