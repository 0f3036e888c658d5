//! A plain route.

pub async fn get() -> &'static str {
    "spa ce"
}
