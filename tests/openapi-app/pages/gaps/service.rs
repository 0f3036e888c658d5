pub fn service() -> axum::routing::MethodRouter {
    axum::routing::any(async || "all")
}
