//! See `tests/answers.rs`.
