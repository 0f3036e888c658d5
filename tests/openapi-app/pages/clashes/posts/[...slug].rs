//! Whatever else there is.

pub async fn get() -> &'static str {
    "more"
}

pub async fn delete() {}
