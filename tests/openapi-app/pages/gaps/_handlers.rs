pub async fn get() -> String {
    "get".to_owned()
}

pub async fn put() -> String {
    "put".to_owned()
}
