//! What a handler gave, and what becomes of it before it is sent.

use std::{any::Any, fmt};

use axum_core::response::IntoResponse;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header, request::Parts};
use http_body::Body as HttpBody;

use super::{
    ApiResponse, ResponseBody,
    error::{ErrorContext, Reported},
    panic_text,
};
use crate::{
    error::ApiError,
    etag,
    headers::has_header,
    route::{MatchedRoute, Route},
};

/// What a handler gave, on its way to a response.
#[derive(Debug)]
pub struct Reply {
    pub(crate) response: Box<Response<ResponseBody>>,
    pub(crate) conditional: Option<Conditional>,
}

/// The entity tag of a response is one of ours, so `If-None-Match` applies. Left in the extensions
/// where an [`ApiResponse`] had to become an ordinary response first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conditional {
    /// A 304 keeps the content type: the handler chose it, or called `json`.
    KeepType,
    /// The content type came from `send`, and goes with the body.
    DropType,
}

impl Reply {
    /// The result of a handler. The response types of this crate take no detour through a boxed
    /// body.
    pub(crate) fn from_handler<R: IntoResponse + 'static>(result: R) -> Self {
        let mut slot = Some(result);
        let any: &mut dyn Any = &mut slot;
        if let Some(response) = any.downcast_mut::<Option<ApiResponse>>() {
            return response
                .take()
                .map_or_else(Self::nothing, ApiResponse::into_reply);
        }
        if let Some(result) = any.downcast_mut::<Option<Result<ApiResponse, ApiError>>>() {
            return match result.take() {
                Some(Ok(response)) => response.into_reply(),
                Some(Err(error)) => Self::from_response(error.into_response()),
                None => Self::nothing(),
            };
        }
        slot.map_or_else(Self::nothing, |result| {
            Self::from_response(result.into_response())
        })
    }

    /// A request that an extractor refused.
    pub(crate) fn from_rejection(rejection: impl IntoResponse) -> Self {
        Self::from_response(rejection.into_response())
    }

    pub(crate) fn from_response<B: Into<ResponseBody>>(response: Response<B>) -> Self {
        let mut response = response.map(Into::into);
        let conditional = response.extensions_mut().remove::<Conditional>();
        Self {
            response: Box::new(response),
            conditional,
        }
    }

    /// 500 in place of a handler that panicked.
    pub(crate) fn from_panic(panic: &(dyn Any + Send)) -> Self {
        let error = Panicked(panic_text(panic).to_owned());
        Self::from_rejection(ApiError::internal(error))
    }

    fn nothing() -> Self {
        Self {
            response: Box::default(),
            conditional: None,
        }
    }
}

/// What must be known of a request when its answer is finished.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    head: bool,
    /// The headers of a conditional GET or HEAD.
    conditions: Option<Box<HeaderMap>>,
    /// What `on_error` may want to see, kept only where there is such a hook.
    for_hook: Option<Box<(MatchedRoute, Parts)>>,
    #[cfg(feature = "preview")]
    wrong_cookies: Option<super::preview::WrongCookies>,
}

impl Asked {
    #[inline]
    pub(crate) fn of(method: &Method, headers: &HeaderMap) -> Self {
        let head = method == Method::HEAD;
        let conditional =
            (head || method == Method::GET) && has_header(headers, &header::IF_NONE_MATCH);
        Self {
            head,
            conditions: conditional.then(|| Box::new(conditions(headers))),
            for_hook: None,
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

    #[inline]
    pub(crate) fn keep_for_hook(&mut self, route: &MatchedRoute, parts: &Parts) {
        if route.settings().errors.wants_parts() {
            self.for_hook = Some(Box::new((route.clone(), parts.clone())));
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

/// Makes a reply ready to be sent: errors in the form that the application chose, 304 for a client
/// that has the body already, no body where there may be none.
#[inline]
pub(crate) fn finish(reply: &mut Reply, route: &Route, asked: &Asked) {
    let Reply {
        response,
        conditional,
    } = reply;
    if let Some(reported) = response.extensions_mut().remove::<Reported>() {
        **response = write_error(&reported, route, asked);
    }
    #[cfg(feature = "preview")]
    if let Some(wrong) = &asked.wrong_cookies {
        wrong.clear(response, route);
    }
    if let Some(conditional) = conditional
        && response.status().is_success()
        && !has_no_body(response.status())
        && let Some(conditions) = &asked.conditions
        && let Some(tag) = response.headers().get(header::ETAG)
        && etag::is_fresh(conditions, tag.as_bytes())
    {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = ResponseBody::empty();
        if *conditional == Conditional::DropType {
            response.headers_mut().remove(header::CONTENT_TYPE);
        }
    }
    match response.status() {
        StatusCode::NOT_MODIFIED if response.body().is_end_stream() => {
            drop_framing(response.headers_mut());
        }
        status if has_no_body(status) => drop_body(response),
        _ if asked.head => keep_length_only(response),
        _ => correct_length(response),
    }
}

fn write_error(reported: &Reported, route: &Route, asked: &Asked) -> Response<ResponseBody> {
    reported.log(Some(route.pattern()));
    let kept = asked.for_hook.as_deref();
    let context = ErrorContext {
        route: kept.map(|(route, _)| route),
        parts: kept.map(|(_, parts)| parts),
    };
    route.settings().errors.write(reported.error(), &context)
}

/// RFC 9110, sections 15.2, 15.3.5 and 15.4.5.
#[inline]
pub(crate) fn has_no_body(status: StatusCode) -> bool {
    status.is_informational()
        || status == StatusCode::NO_CONTENT
        || status == StatusCode::NOT_MODIFIED
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

/// A length that a handler has set is replaced by the true one: the server would send it as it is,
/// and a client would take the rest of the body for the next answer, or wait for more.
#[inline]
fn correct_length(response: &mut Response<ResponseBody>) {
    if has_header(response.headers(), &header::CONTENT_LENGTH)
        && let Some(length) = response.body().size_hint().exact()
    {
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
}

/// HEAD: the headers of the answer to GET, with the length, and nothing else (RFC 9110, section
/// 9.3.2).
pub(crate) fn keep_length_only(response: &mut Response<ResponseBody>) {
    if response.body().is_end_stream() {
        return;
    }
    if let Some(length) = response.body().size_hint().exact()
        && !response.headers().contains_key(header::TRANSFER_ENCODING)
    {
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    *response.body_mut() = ResponseBody::empty();
}

#[derive(Debug)]
struct Panicked(String);

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the handler panicked: {}", self.0)
    }
}

impl std::error::Error for Panicked {}
