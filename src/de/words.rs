//! What serde says it expected, in words for a client, who need not know Rust: `u8` is "a whole
//! number from 0 to 255", `struct User` is "an object".

/// The kind of value that serde means by `expected`, if that is one of serde's own.
pub(crate) fn in_words(expected: &str) -> Option<&'static str> {
    let (first, _) = expected.split_once(' ').unwrap_or((expected, ""));
    Some(match expected {
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "usize" => "a whole number from 0 to 18446744073709551615",
        "i8" => "a whole number from -128 to 127",
        "i16" => "a whole number from -32768 to 32767",
        "i32" => "a whole number from -2147483648 to 2147483647",
        "i64" | "isize" => "a whole number from -9223372036854775808 to 9223372036854775807",
        "u128" | "i128" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "a character" => "one character",
        "a string" | "a borrowed string" | "string or map" => "a string",
        "a sequence" => "a list",
        "a map" => "an object",
        "unit" => "null",
        "newtype variant" | "tuple variant" | "struct variant" => "a variant without data",
        _ if expected.starts_with("a nonzero ") => "a whole number other than 0",
        _ if expected.starts_with("a tuple of ") || expected.starts_with("an array of ") => {
            "a list of fixed length"
        }
        _ => match first {
            "struct" => "an object",
            "tuple" => "a list",
            "enum" | "value" => "one of the variants",
            _ => return None,
        },
    })
}
