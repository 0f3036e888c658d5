#![no_main]

#[path = "../../tests/support/checks.rs"]
#[allow(dead_code, reason = "every target uses its own part")]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::body(bytes));
