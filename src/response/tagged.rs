//! [`Tagged`]: the entity tag that an answer had before the layers of its route could change its body.
//!
//! A strong tag names the exact bytes of a body. `res.json(…)` tags the plain text as `"abc"`; a
//! layer that then compresses it leaves the tag alone, so that `"abc"` would name two different
//! texts. What was tagged is noted in the extensions of the response, and compared when the
//! response leaves its route:
//!
//! ```text
//! the handler gives      etag: "abc"                             noted: "abc", no coding
//! a layer compresses     etag: "abc"    content-encoding: gzip
//! the client gets        etag: W/"abc"  content-encoding: gzip   the coding is another one
//! ```

use http::{HeaderMap, HeaderValue, Response, header};

/// The entity tag of a response was made here, so that `If-None-Match` is answered with 304; and what
/// becomes of the content type then. It is kept in [`Tagged`] where an `ApiResponse` had to become an
/// ordinary response first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conditional {
    /// A 304 keeps the content type: the handler chose it, or called `json`.
    KeepType,
    /// The content type came from `send`, and goes with the body.
    DropType,
}

/// The entity tag of an answer and the content codings of the bytes that it names. In the extensions of
/// the response until it leaves its route.
#[derive(Debug, Clone)]
pub(crate) struct Tagged {
    tag: HeaderValue,
    codings: Vec<HeaderValue>,
    conditional: Option<Conditional>,
}

impl Tagged {
    /// Notes the tag of `response`, if it has one and none was noted further in. A tag that a handler
    /// has set itself, which is not `conditional`, is noted too.
    pub(crate) fn note<B>(response: &mut Response<B>, conditional: Option<Conditional>) {
        if response.extensions().get::<Self>().is_some() {
            return;
        }
        if let Some(tag) = response.headers().get(header::ETAG) {
            let tagged = Self {
                tag: tag.clone(),
                codings: codings(response.headers()).cloned().collect(),
                conditional,
            };
            response.extensions_mut().insert(tagged);
        }
    }

    /// Takes what was noted of `response`, and makes its tag a weak one where the coding is no longer
    /// the noted one: the same tag would name two texts, the plain and the coded one (RFC 9110,
    /// section 8.8.3.3). A layer that has set a tag itself knows what that one names.
    #[inline]
    pub(crate) fn settle<B>(response: &mut Response<B>) -> Option<Conditional> {
        let tagged = response.extensions_mut().remove::<Self>()?;
        let headers = response.headers_mut();
        if headers.get(header::ETAG) == Some(&tagged.tag)
            && !codings(headers).eq(&tagged.codings)
            && let Some(weak) = weak(&tagged.tag)
        {
            headers.insert(header::ETAG, weak);
        }
        tagged.conditional
    }
}

fn codings(headers: &HeaderMap) -> impl Iterator<Item = &HeaderValue> {
    headers.get_all(header::CONTENT_ENCODING).iter()
}

/// The weak form of a strong tag.
fn weak(tag: &HeaderValue) -> Option<HeaderValue> {
    if tag.as_bytes().starts_with(b"W/") {
        return None;
    }
    HeaderValue::from_bytes(&[b"W/", tag.as_bytes()].concat()).ok()
}
