//! In the one directory with a dot that is served.

pub async fn get() -> &'static str {
    "well known"
}
