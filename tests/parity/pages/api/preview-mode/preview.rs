//! Switches preview mode on, with the query as its data.

use std::time::Duration;

use tower_api_routes::{ApiRequest, ApiResponse, State, preview::PreviewOptions};

use crate::App;

pub async fn handler(State(app): State<App>, req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let query = req.query();
    if query.contains("tooBig") {
        let data = "a".repeat(2000);
        return match app.keys.seal(&data, &PreviewOptions::new()) {
            Ok(_) => res.status(200).end(),
            Err(_) => res.status(500).body("too big"),
        };
    }
    let mut options = PreviewOptions::new();
    if let Some(seconds) = query.get("cookieMaxAge").and_then(|text| text.parse().ok()) {
        options = options.max_age(Duration::from_secs(seconds));
    }
    if let Some(path) = query.get("cookiePath") {
        options = options.path(path.to_owned());
    }
    res.set_preview_data(query, &options).status(200).end()
}
