//! axum's `Extension`: a value for the handlers.

use axum::Extension;

pub fn layer() -> Extension<&'static str> {
    Extension("from the layer")
}

pub async fn get(Extension(text): Extension<&'static str>) -> &'static str {
    text
}
