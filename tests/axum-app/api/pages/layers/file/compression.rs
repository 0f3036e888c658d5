//! tower-http's `CompressionLayer`: the answer is compressed for whoever takes that.

use tower_http::compression::CompressionLayer;

pub fn layer() -> CompressionLayer {
    CompressionLayer::new()
}

pub async fn get() -> String {
    "inside ".repeat(1000)
}
