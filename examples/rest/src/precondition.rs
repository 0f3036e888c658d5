//! Optimistic concurrency (RFC 9110, section 13.1.1): who changes a user must say, in `If-Match`,
//! which version of it is meant, so that no change of somebody else is lost.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, StatusCode, header::IF_MATCH, request::Parts},
};
use tower_api_routes::ApiError;

/// The entity tag of a version.
pub(crate) fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// The `If-Match` header.
#[derive(Debug)]
pub(crate) struct IfMatch {
    tags: Vec<HeaderValue>,
}

impl IfMatch {
    fn of(headers: &HeaderMap) -> Self {
        Self {
            tags: headers.get_all(IF_MATCH).iter().cloned().collect(),
        }
    }

    /// # Errors
    ///
    /// 428 without the header (RFC 6585), 412 when it names other versions.
    pub(crate) fn check(&self, version: i64) -> Result<(), ApiError> {
        if self.tags.is_empty() {
            return Err(ApiError::new(
                StatusCode::PRECONDITION_REQUIRED,
                "send the ETag of the user in If-Match",
            ));
        }
        let current = etag(version);
        let matches = self
            .tags
            .iter()
            .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
            .map(<[u8]>::trim_ascii)
            .any(|tag| tag == b"*" || tag == current.as_bytes());
        if matches { Ok(()) } else { Err(changed()) }
    }
}

/// 412: somebody else was first.
pub(crate) fn changed() -> ApiError {
    ApiError::new(
        StatusCode::PRECONDITION_FAILED,
        "the user was changed: get it again",
    )
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        let cases: [(&[&str], u16); 10] = [
            (&[], 428),
            (&[""], 412),
            (&["\"7\""], 200),
            (&["*"], 200),
            (&["\"6\""], 412),
            (&["7"], 412),
            // The comparison is strong.
            (&["W/\"7\""], 412),
            (&["\"5\", \"7\""], 200),
            (&["\"5\"", "\"7\""], 200),
            (&["\"77\""], 412),
        ];
        for (lines, status) in cases {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(IF_MATCH, line.parse().unwrap());
            }
            let result = IfMatch::of(&headers).check(7);
            let found = result.map_or_else(|error| error.status().as_u16(), |()| 200);
            assert_eq!(found, status, "{lines:?}");
        }
    }
}
