//! Every body is read and parsed before the handler runs, as in Next.js: invalid JSON never reaches
//! one.

use tower_api_routes::BodyParserLayer;

pub fn layer() -> BodyParserLayer {
    BodyParserLayer::new().eager(true)
}
