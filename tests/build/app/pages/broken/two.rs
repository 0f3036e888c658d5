//! The second route that the layer wraps.

pub async fn get() {}
