//! Entity tags, and the layers that an answer passes after it has got one.

use http::{HeaderMap, HeaderValue, Response, header};

/// The entity tag of a response is one of ours, so `If-None-Match` applies. In [`Tagged`] where an
/// `ApiResponse` had to become an ordinary response first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conditional {
    /// A 304 keeps the content type: the handler chose it, or called `json`.
    KeepType,
    /// The content type came from `send`, and goes with the body.
    DropType,
}

/// The entity tag of an answer and the coding of the bytes that it names, from before a layer could
/// change them. In the extensions of the response until it leaves its route.
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
