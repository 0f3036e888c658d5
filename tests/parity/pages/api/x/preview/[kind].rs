//! Preview and draft mode in every form.

use std::time::Duration;

use serde_json::json;
use tower_api_routes::{ApiError, ApiRequest, ApiResponse, preview::PreviewOptions};

use crate::pages_api::_lib::Failure;

pub async fn handler(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let kind = req.param("kind").unwrap_or_default();
    if kind == "redirect" {
        let res = res.set_preview_data(&json!({ "a": 1 }), &PreviewOptions::new());
        return Ok(res.redirect("/posts/1"));
    }
    let (res, chained) = match once(&kind, res) {
        Ok(res) => (res, true),
        Err(res) => (more(&kind, *res)?, false),
    };
    Ok(res.json(&json!({ "chained": chained })))
}

/// The kinds of one call; the response comes back where it is none of them.
fn once(kind: &str, res: ApiResponse) -> Result<ApiResponse, Box<ApiResponse>> {
    let session = PreviewOptions::new();
    let empty = json!({});
    Ok(match kind {
        "object" => res.set_preview_data(&json!({ "a": 1 }), &session),
        "string" => res.set_preview_data("str", &session),
        "number" => res.set_preview_data(&7, &session),
        "null" => res.set_preview_data(&(), &session),
        "max-age" => res.set_preview_data(&empty, &session.max_age(Duration::from_secs(60))),
        "max-age-0" => res.set_preview_data(&empty, &session.max_age(Duration::ZERO)),
        "max-age-float" => {
            res.set_preview_data(&empty, &session.max_age(Duration::from_millis(1500)))
        }
        "path" => res.set_preview_data(&empty, &session.path("/docs")),
        "max-age-path" => {
            let hour = session.max_age(Duration::from_secs(3600));
            res.set_preview_data(&empty, &hour.path("/docs"))
        }
        "bad-path" => res.set_preview_data(&empty, &session.path("/d\noc")),
        "too-big" => res.set_preview_data(&"a".repeat(2000), &session),
        "clear" => res.clear_preview_data(None),
        "clear-path" => res.clear_preview_data(Some("/docs")),
        "draft-noarg" | "draft-true" => res.set_draft_mode(true),
        "draft-false" => res.set_draft_mode(false),
        _ => return Err(Box::new(res)),
    })
}

/// The kinds of several calls.
fn more(kind: &str, res: ApiResponse) -> Result<ApiResponse, Failure> {
    let session = PreviewOptions::new();
    let data = json!({ "a": 1 });
    let mine = |res: ApiResponse| res.append_header("set-cookie", "mine=1; Path=/");
    Ok(match kind {
        "keeps-cookie" => mine(res).set_preview_data(&data, &session),
        "keeps-cookies" => res
            .append_header("set-cookie", "mine=1")
            .append_header("set-cookie", "yours=2")
            .set_preview_data(&data, &session),
        "twice" => res
            .set_preview_data(&json!({ "n": 1 }), &session)
            .set_preview_data(&json!({ "n": 2 }), &session),
        "clear-twice" => res.clear_preview_data(None).clear_preview_data(None),
        "set-clear" => res
            .set_preview_data(&data, &session)
            .clear_preview_data(None),
        "clear-keeps-cookie" => mine(res).clear_preview_data(None),
        "draft-keeps-cookie" => mine(res).set_draft_mode(true),
        "draft-twice" => res.set_draft_mode(true).set_draft_mode(false),
        _ => return Err(Failure("no such kind")),
    })
}
