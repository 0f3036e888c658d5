//! `res.redirect` in every form.

use tower_api_routes::{ApiError, ApiRequest, ApiResponse};

use crate::pages_api::_lib::Failure;

pub async fn handler(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let kind = req.param("kind").unwrap_or_default();
    if let Ok(status) = kind.parse::<u16>() {
        return Ok(res.redirect_with(status, "/target"));
    }
    Ok(match &*kind {
        "string" | "then-json" => res.redirect("/target"),
        "absolute" => res.redirect("https://example.com/a?b=c&d=e#f"),
        "empty" => res.redirect(""),
        "status-empty" => res.redirect_with(307, ""),
        "relative" => res.redirect("next"),
        "unicode" => res.redirect("/café"),
        "unicode-wide" => res.redirect("/✓"),
        "newline" => res.redirect("/a\r\nX-Injected: 1"),
        "space" => res.redirect("/a b"),
        "encoded" => res.redirect("/%E2%9C%93"),
        // A status is a number; a text is a target.
        "string-status" => res.redirect("301"),
        "with-cookie" => res
            .append_header("set-cookie", "a=1; Path=/")
            .redirect_with(302, "/target"),
        "after-status" => res.status(201).redirect("/target"),
        "back" => res.redirect("back"),
        "protocol-relative" => res.redirect("//evil.example/x"),
        "javascript" => res.redirect("javascript:alert(1)"),
        // Redirects without a target, or to an object, cannot be written.
        _ => return Err(Failure("no such kind").into()),
    })
}
