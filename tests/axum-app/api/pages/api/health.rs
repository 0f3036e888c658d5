//! Open to everybody.

pub async fn get() -> &'static str {
    "up"
}
