#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tower_api_routes_fuzz::check("cookies", bytes));
