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

#[cfg(test)]
mod tests {
    use std::{
        collections::HashMap,
        num::{NonZeroI32, NonZeroU8},
    };

    use serde::{Deserialize, de::DeserializeOwned};

    use super::*;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only read by serde")]
    struct Named {
        n: u8,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only read by serde")]
    struct Pair(u8, u8);

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only read by serde")]
    enum Variants {
        Unit,
    }

    /// What serde says that it expected, where it finds this JSON in place of a `T`.
    fn expected<T: DeserializeOwned>(json: &str) -> String {
        let Err(error) = serde_json::from_str::<T>(json) else {
            panic!("{json} is taken");
        };
        let error = error.to_string();
        let (_, expected) = error.split_once("expected ").expect(&error);
        let (expected, _) = expected.split_once(" at line ").expect(&error);
        expected.to_owned()
    }

    /// The same where the JSON is a value already, as serde has it inside of `flatten` and enums.
    fn expected_of_value<T: DeserializeOwned>(json: &str) -> String {
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        let error = T::deserialize(value).err().unwrap().to_string();
        let (_, expected) = error.split_once("expected ").expect(&error);
        expected.to_owned()
    }

    #[test]
    fn what_serde_expects_is_said_without_rust() {
        let whole = "a whole number";
        let table = [
            (expected::<u8>("[]"), "a whole number from 0 to 255"),
            (expected::<u16>("[]"), "a whole number from 0 to 65535"),
            (expected::<u32>("[]"), "a whole number from 0 to 4294967295"),
            (
                expected::<u64>("[]"),
                "a whole number from 0 to 18446744073709551615",
            ),
            (
                expected::<usize>("[]"),
                "a whole number from 0 to 18446744073709551615",
            ),
            (expected::<i8>("[]"), "a whole number from -128 to 127"),
            (expected::<i16>("[]"), "a whole number from -32768 to 32767"),
            (
                expected::<i32>("[]"),
                "a whole number from -2147483648 to 2147483647",
            ),
            (
                expected::<i64>("[]"),
                "a whole number from -9223372036854775808 to 9223372036854775807",
            ),
            (
                expected::<isize>("[]"),
                "a whole number from -9223372036854775808 to 9223372036854775807",
            ),
            (expected_of_value::<u128>("[]"), whole),
            (expected_of_value::<i128>("[]"), whole),
            (expected::<f32>("[]"), "a number"),
            (expected::<f64>("[]"), "a number"),
            (expected::<NonZeroU8>("0"), "a whole number other than 0"),
            (expected::<NonZeroI32>("0"), "a whole number other than 0"),
            (expected::<bool>("[]"), "true or false"),
            (expected::<char>("[]"), "one character"),
            (expected::<String>("[]"), "a string"),
            (expected::<Vec<u8>>("7"), "a list"),
            (expected::<HashMap<String, u8>>("7"), "an object"),
            (expected::<()>("7"), "null"),
            (expected::<(u8, u8)>("7"), "a list of fixed length"),
            (expected::<[u8; 3]>("7"), "a list of fixed length"),
            (expected::<Named>("7"), "an object"),
            (expected::<Pair>("7"), "a list"),
            (expected::<Variants>("7"), "one of the variants"),
            (expected_of_value::<Variants>("7"), "a string"),
        ];
        for (serde, words) in &table {
            assert_eq!(in_words(serde), Some(*words), "{serde}");
        }
    }
}
