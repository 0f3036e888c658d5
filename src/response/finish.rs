//! What becomes of an answer before it is sent: HTTP's own rules, on its way out through the layers.
//!
//! [`finish`] runs once for the handler and once for each layer around the route. The rules for what the
//! handler gave come first, and those that depend on what the layers have done to it come with the
//! outermost:
//!
//! | | each time | the outermost |
//! | --- | --- | --- |
//! | an error | is logged and written in the form of the application | |
//! | `Json(…)` of a handler | gets its entity tag ([`Untagged`]) | |
//! | an entity tag | is noted, with the coding of the body ([`Tagged`]) | becomes weak if a layer has changed the coding; a client that has the answer gets a 304 |
//! | 204, 205, 304 and 1xx | lose their body | |
//! | a `Content-Length` that is wrong | is corrected | |
//! | the answer to HEAD | keeps its body | loses it, and states its length |
//! | the reason phrase | | becomes the one that Node.js writes |
//!
//! So the answer `hello` to `HEAD /api/hello` passes a layer that compresses as five bytes, like the
//! answer to `GET`, and leaves the route with `Content-Length: 5` and no body.

use std::sync::Arc;

use axum_core::response::IntoResponse;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Version, header, request::Parts};
use http_body::Body as HttpBody;

use super::{
    body::ResponseBody,
    error::{Reported, rewrite_error},
    handler_response::HandlerResponse,
    status::{complete_phrase, has_no_body},
    tagged::{Conditional, Tagged},
    untagged::Untagged,
};
use crate::{
    error::ApiError,
    etag,
    headers::has_header,
    route::{ErrorContext, MatchedRoute, Route},
};

/// What must be known of a request when its answer is finished.
#[derive(Debug, Default)]
pub(crate) struct FinishContext {
    head: Option<Head>,
    /// The headers that make a GET or HEAD conditional; `None` without `If-None-Match`.
    conditions: Option<Box<HeaderMap>>,
    /// What `on_error` may want to see, kept only where there is such a hook.
    for_hook: Option<Box<(MatchedRoute, Parts)>>,
    #[cfg(feature = "preview")]
    wrong_cookies: Option<super::preview::WrongCookies>,
}

impl FinishContext {
    /// `outermost`: the answer leaves the route with this future.
    #[inline]
    pub(crate) fn of(matched: &MatchedRoute, parts: &Parts, outermost: bool) -> Self {
        let head = Head::asked(parts);
        let conditional = outermost
            && (head.is_some() || parts.method == Method::GET)
            && has_header(&parts.headers, &header::IF_NONE_MATCH);
        let has_hook = matched.settings().on_error.is_some();
        Self {
            head,
            conditions: conditional.then(|| Box::new(conditions(&parts.headers))),
            for_hook: has_hook.then(|| Box::new((matched.clone(), parts.clone()))),
            #[cfg(feature = "preview")]
            wrong_cookies: None,
        }
    }

    /// Remembers to clear the preview cookies if the handler finds them to be wrong.
    #[cfg(feature = "preview")]
    pub(crate) fn watch_preview(&mut self, route: &MatchedRoute, parts: &mut Parts) {
        if route.settings().preview.is_some() {
            let wrong = super::preview::WrongCookies::default();
            parts.extensions.insert(wrong.clone());
            self.wrong_cookies = Some(wrong);
        }
    }
}

fn conditions(headers: &HeaderMap) -> HeaderMap {
    let mut kept = HeaderMap::new();
    for name in [
        header::IF_NONE_MATCH,
        header::IF_MODIFIED_SINCE,
        header::CACHE_CONTROL,
    ] {
        for value in headers.get_all(&name) {
            kept.append(name.clone(), value.clone());
        }
    }
    kept
}

/// Makes the response of a handler or a layer ready for the layer that comes next, or ready to be sent
/// where it is the `outermost` one of its route.
#[inline]
pub(crate) fn finish(
    finished: &mut HandlerResponse,
    route: &Arc<Route>,
    context: &FinishContext,
    outermost: bool,
) {
    let HandlerResponse {
        response,
        conditional,
        untagged,
    } = finished;
    if response.status().is_informational() && !switches_protocols(response) {
        let error = ApiError::internal("the handler answered with an interim status");
        **response = error.into_response().map(ResponseBody::from);
    }
    if let Some(reported) = response.extensions_mut().remove::<Reported>() {
        answer_error(response, &reported, route, context);
    }
    let tagged = Untagged::settle(response, std::mem::take(untagged), route.settings.etag);
    *conditional = conditional.or(tagged);
    #[cfg(feature = "preview")]
    if let Some(wrong) = &context.wrong_cookies {
        wrong.clear(response, route);
    }
    if outermost {
        let noted = Tagged::settle(response);
        if let Some(conditional) = conditional.or(noted) {
            revalidate(response, conditional, context);
        }
        complete_phrase(response);
    } else {
        Tagged::note(response, *conditional);
    }
    let has_ended = response.body().is_end_stream();
    match (response.status(), context.head) {
        (StatusCode::NOT_MODIFIED, _) if has_ended => drop_framing(response.headers_mut()),
        (status, _) if has_no_body(status) => drop_body(response),
        (_, Some(head)) if outermost => head.finish(response),
        // The length that goes with an empty body is the handler's own to name.
        (_, Some(_)) if has_ended => {}
        _ => correct_length(response),
    }
    if outermost {
        response.body_mut().watch(route);
    }
}

/// Makes an answer to a client that has its body already a 304: with the headers that it would have
/// otherwise, but those of the body (RFC 9110, section 15.4.5).
fn revalidate(
    response: &mut Response<ResponseBody>,
    conditional: Conditional,
    context: &FinishContext,
) {
    if response.status().is_success()
        && !has_no_body(response.status())
        && let Some(conditions) = &context.conditions
        && let Some(tag) = response.headers().get(header::ETAG)
        && etag::is_fresh(conditions, tag.as_bytes())
    {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = ResponseBody::empty();
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_ENCODING);
        if conditional == Conditional::DropType {
            headers.remove(header::CONTENT_TYPE);
        }
    }
}

fn answer_error(
    response: &mut Response<ResponseBody>,
    reported: &Reported,
    route: &Route,
    context: &FinishContext,
) {
    reported.log(Some(&route.pattern));
    let kept = context.for_hook.as_deref();
    let for_hook = kept.map(|(matched, parts)| ErrorContext {
        route: (!route.is_fallback()).then_some(matched),
        parts,
    });
    let (settings, error) = (&route.settings, reported.error());
    rewrite_error(response, settings, error, for_hook.as_ref());
}

fn drop_body(response: &mut Response<ResponseBody>) {
    // A connection that was upgraded goes on after its 101.
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        let body = std::mem::take(response.body_mut());
        let headers = response.headers_mut();
        // The type goes with the body; a handler that sent none has meant it.
        if !body.is_end_stream() {
            headers.remove(header::CONTENT_TYPE);
        }
        drop_framing(headers);
    }
}

fn drop_framing(headers: &mut HeaderMap) {
    headers.remove(header::CONTENT_LENGTH);
    headers.remove(header::TRANSFER_ENCODING);
}

/// A 1xx is no answer, but for one that goes on with another protocol (RFC 9110, section 15.2.2).
fn switches_protocols(response: &Response<ResponseBody>) -> bool {
    response.status() == StatusCode::SWITCHING_PROTOCOLS
        && response.headers().contains_key(header::UPGRADE)
}

/// A length that a handler has set is replaced by the true one: the server would send it as it is,
/// and a client would take the rest of the body for the next answer, or wait for more.
#[inline]
fn correct_length(response: &mut Response<ResponseBody>) {
    if has_header(response.headers(), &header::CONTENT_LENGTH)
        && let Some(length) = response.body().size_hint().exact()
    {
        let headers = response.headers_mut();
        // Both together are an error (RFC 9112, section 6.2).
        headers.remove(header::TRANSFER_ENCODING);
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
}

/// A request for the headers of the answer to GET (RFC 9110, section 9.3.2).
///
/// The handler answers it as a GET, and its body stays until the answer has passed the layers of the
/// route: those that look at it, or change it, do what they do to the answer to GET.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head {
    version: Version,
    may_be_coded: bool,
}

impl Head {
    #[inline]
    pub(crate) fn asked(parts: &Parts) -> Option<Self> {
        (parts.method == Method::HEAD).then(|| Self {
            version: parts.version,
            may_be_coded: parts
                .headers
                .get_all(header::ACCEPT_ENCODING)
                .iter()
                .any(|value| !value.is_empty() && value != "identity"),
        })
    }

    /// Drops the body of an answer that leaves its route, and states its length.
    ///
    /// Over HTTP/1, hyper sends no body in answer to HEAD, whatever it is given. So there is still one
    /// to be seen, of the right length, and a layer around the routes that compresses treats it as it
    /// would treat the body of the answer to GET. Over HTTP/2 hyper would send what such a layer makes
    /// of it: there is none, the layer does nothing, and the length is left out where it would have
    /// done something, as a wrong one would be worse (RFC 9110, section 8.6).
    pub(crate) fn finish(self, response: &mut Response<ResponseBody>) {
        if response.body().is_end_stream() {
            return;
        }
        let length = std::mem::take(response.body_mut()).size_hint().exact();
        let headers = response.headers_mut();
        if let Some(length) = length
            && !headers.contains_key(header::TRANSFER_ENCODING)
        {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        if self.version < Version::HTTP_2 {
            *response.body_mut() = ResponseBody::unsent(length);
        } else if !has_header(headers, &header::CONTENT_LENGTH)
            || self.may_be_coded && !has_header(headers, &header::CONTENT_ENCODING)
        {
            leave_length_out(headers, self.version);
        }
    }
}

/// axum gives an answer without a length that of its body, which is none here. A length that is there
/// and belongs to the connection alone stops it, and the server takes that one out (RFC 9113, section
/// 8.2.2).
fn leave_length_out(headers: &mut HeaderMap, version: Version) {
    if version == Version::HTTP_2 {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(0));
        headers.insert(
            header::CONNECTION,
            HeaderValue::from_static("content-length"),
        );
    } else {
        headers.remove(header::CONTENT_LENGTH);
    }
}
