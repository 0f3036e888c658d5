//! A plain route.

pub async fn get() -> &'static str {
    "a_b"
}
