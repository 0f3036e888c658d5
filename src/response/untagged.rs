//! [`Untagged`]: JSON of a handler with extractors, before its route has given it an entity tag.
//!
//! `Json(value)` becomes a response without knowing the route, whose options say how tags are made. So it
//! leaves a mark, and `finish` makes of it what `res.json(&value)` would have answered. Where no route of
//! this crate is around it, nothing looks at the mark, and the answer stays plain.

use http::{HeaderValue, Response, header};

use super::{body::ResponseBody, status::has_no_body, tagged::Conditional};
use crate::etag::EtagAlgorithm;

/// The body of a response is JSON text that is to be tagged. In the extensions of the response until the
/// `finish` that comes next. It holds nothing, as the tag is made of the body that is there by then.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Untagged;

impl Untagged {
    /// Tags a marked response, unless it names a tag already, and says whether a 304 may answer it.
    #[inline]
    pub(crate) fn settle(
        response: &mut Response<ResponseBody>,
        algorithm: EtagAlgorithm,
    ) -> Option<Conditional> {
        response.extensions_mut().remove::<Self>()?;
        if algorithm == EtagAlgorithm::Off || has_no_body(response.status()) {
            return None;
        }
        let tag: HeaderValue = algorithm.of_text(response.body_mut().whole()?)?;
        response.headers_mut().entry(header::ETAG).or_insert(tag);
        Some(Conditional::KeepType)
    }
}
