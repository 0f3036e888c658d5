//! A route of the second tree.

pub async fn get() -> &'static str {
    "admin users"
}
