//! `/api/health`

pub async fn get() -> &'static str {
    "ok"
}
