//! [`Untagged`]: JSON of a handler with extractors, before its route has given it an entity tag.
//!
//! `Json(value)` becomes a response without knowing the route, whose options say how tags are made. So it
//! leaves a mark, and `finish` makes of it what `res.json(&value)` would have answered. Where no route of
//! this crate is around it, nothing looks at the mark, and the answer stays plain.
//!
//! Such a response takes a box for its body and two allocations for the mark. Where a `Json<T>` is all that
//! a handler returns, which most do, [`into_json`] has the text handed over without any of them:
//!
//! ```text
//! into_json(result)                      notes that the text is asked for
//!   └ Json::into_response(self)          takes the note, and leaves the text in its place
//! into_json finds the text               and drops the empty response that came with it
//! ```

use std::{any::type_name, cell::Cell};

use axum_core::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderValue, header};

use super::{body::ResponseBody, status::has_no_body, tagged::Conditional};
use crate::{etag::EtagAlgorithm, json};

/// The body of a response is JSON text that is to be tagged. In the extensions of the response until the
/// `finish` that comes next. It holds nothing, as the tag is made of the body that is there by then.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Untagged;

impl Untagged {
    /// Tags a response that is `marked`, here or in its extensions, unless it names a tag already, and says
    /// whether a 304 may answer it.
    #[inline]
    pub(crate) fn settle(
        response: &mut http::Response<ResponseBody>,
        marked: bool,
        algorithm: EtagAlgorithm,
    ) -> Option<Conditional> {
        let noted = response.extensions_mut().remove::<Self>().is_some();
        let is_tagged = algorithm != EtagAlgorithm::Off && !has_no_body(response.status());
        if !(marked || noted) || !is_tagged {
            return None;
        }
        let tag: HeaderValue = algorithm.of_text(response.body_mut().whole()?)?;
        response.headers_mut().entry(header::ETAG).or_insert(tag);
        Some(Conditional::KeepType)
    }
}

#[derive(Default)]
enum Handover {
    #[default]
    None,
    Asked,
    Text(Bytes),
}

thread_local! {
    static HANDOVER: Cell<Handover> = const { Cell::new(Handover::None) };
}

/// The response of a `Json`, whose text `write` makes.
pub(crate) fn json_response(
    write: impl FnOnce() -> Result<Bytes, serde_json::Error>,
) -> Result<Response, serde_json::Error> {
    // Before anything of the application runs, which may have a `Json` of its own.
    let asked = matches!(HANDOVER.take(), Handover::Asked);
    let text = write()?;
    if asked {
        HANDOVER.set(Handover::Text(text));
        return Ok(Response::default());
    }
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, json::CONTENT_TYPE);
    response.extensions_mut().insert(Untagged);
    Ok(response)
}

/// The text of a result that is JSON, or the response that the result is.
#[expect(clippy::result_large_err, reason = "it is taken apart at once")]
pub(super) fn into_json<R: IntoResponse>(result: R) -> Result<Bytes, Response> {
    if !is_json::<R>() {
        return Err(result.into_response());
    }
    HANDOVER.set(Handover::Asked);
    let response = result.into_response();
    match HANDOVER.take() {
        Handover::Text(text) => Ok(text),
        Handover::None | Handover::Asked => Err(response),
    }
}

/// Whether `R` is a `Json<T>` or a `Result<Json<T>, ApiError>`, whatever the `T`. Of anything else that has a
/// `Json` in it, nobody knows what becomes of that one's response. Nothing but the name tells such types; it
/// is a constant, so that the compiler removes the comparison.
fn is_json<R>() -> bool {
    const JSON: &str = "tower_api_routes::body::extract::Json<";
    let name = type_name::<R>();
    let ok = name
        .strip_prefix("core::result::Result<")
        .and_then(|rest| rest.strip_suffix(", tower_api_routes::error::ApiError>"));
    ok.unwrap_or(name).starts_with(JSON)
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;
    use crate::{body::Json, error::ApiError};

    type Nested = Json<Result<u8, ApiErrorLike>>;
    struct ApiErrorLike;

    #[test]
    fn json_alone_is_told_by_its_name() {
        assert!(is_json::<Json<u8>>());
        assert!(is_json::<Nested>());
        assert!(is_json::<Result<Json<Vec<String>>, ApiError>>());
        assert!(!is_json::<Result<Json<u8>, StatusCode>>());
        assert!(!is_json::<Result<Json<Vec<ApiError>>, Vec<ApiError>>>());
        assert!(!is_json::<(StatusCode, Json<u8>)>());
        assert!(!is_json::<Option<Json<u8>>>());
        assert!(!is_json::<String>());
    }

    #[test]
    fn the_text_is_handed_over_once() {
        assert_eq!(into_json(Json(1)).unwrap(), "1");
        assert_eq!(into_json(Ok::<_, ApiError>(Json(2))).unwrap(), "2");
        let failed = into_json(Err::<Json<u8>, _>(ApiError::not_found("no")));
        assert_eq!(failed.unwrap_err().status(), 404);
        let broken = std::collections::BTreeMap::from([((), 1)]);
        assert_eq!(into_json(Json(broken)).unwrap_err().status(), 500);
        // None of them leaves anything behind for the next.
        let response = Json(3).into_response();
        assert!(response.extensions().get::<Untagged>().is_some());
        assert!(into_json((StatusCode::CREATED, Json(4))).is_err());
    }

    /// A value that makes a response of its own while it is written.
    struct Devious;

    impl serde::Serialize for Devious {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let inner = Json("inner").into_response();
            assert!(inner.extensions().get::<Untagged>().is_some());
            serializer.serialize_str("outer")
        }
    }

    #[test]
    fn json_within_json_keeps_its_own_text() {
        assert_eq!(into_json(Json(Devious)).unwrap(), "\"outer\"");
    }
}
