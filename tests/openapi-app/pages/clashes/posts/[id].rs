//! A post.

pub async fn get() -> &'static str {
    "a post"
}
