pub async fn get() -> String {
    String::new()
}
