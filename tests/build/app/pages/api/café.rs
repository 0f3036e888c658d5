//! A plain route.

pub async fn get() -> &'static str {
    "café"
}
