//! Headers in every way to set them.

use tower_api_routes::ApiResponse;

use crate::pages_api::_lib::Failure;

/// Sets the headers of `kind`.
pub(crate) fn set(kind: &str, res: ApiResponse) -> Result<ApiResponse, Failure> {
    Ok(match kind {
        "set-header-array" => res
            .set_cookie(("a", "1"))
            .append_header("set-cookie", "b=2; Path=/")
            .append_header("x-multi", "one")
            .append_header("x-multi", "two"),
        "set-header-number" => res.header("x-num", 12),
        "set-header-empty" => res.header("x-empty", ""),
        "set-header-twice" => res.header("X-One", "first").header("x-one", "second"),
        "dup-cookies" => res
            .set_cookie(("a", "1"))
            .set_cookie(("a", "1"))
            .set_cookie(("b", "2"))
            .set_cookie(("a", "2")),
        "cookie-number" => res.header("set-cookie", 5),
        "append-header" => res
            .append_header("x-app", "one")
            .append_header("x-app", "two")
            .append_header("set-cookie", "a=1")
            .append_header("set-cookie", "b=2"),
        "remove-header" => res.header("x-gone", "1").remove_header("x-gone"),
        "bad-header-value" => res.header("x-bad", "line\nbreak"),
        "bad-header-name" => res.header("X Bad", "1"),
        "utf8-header-value" => res.header("x-latin", "é"),
        "unicode-header-value" => res.header("x-uni", "✓"),
        _ => return Err(Failure("no such kind")),
    })
}
