#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tower_api_routes_fuzz::check("if_none_match", bytes));
