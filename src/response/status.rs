//! What a status says of a response: whether it has a body, and the reason phrase of its status line
//! (HTTP/1.1).

use http::{Response, StatusCode};
use hyper::ext::ReasonPhrase;

/// The longest phrase in bytes. Clients and proxies limit the status line, often to some kilobytes,
/// and no program reads the phrase.
const MAX: usize = 256;

/// Whether a response of this status has no body: RFC 9110, sections 15.2, 15.3.5, 15.3.6 and 15.4.5.
#[inline]
pub(crate) fn has_no_body(status: StatusCode) -> bool {
    status.is_informational()
        || matches!(
            status,
            StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED
        )
}

/// The message of an error as a phrase; `None` where it is too long for one, or has a line break.
pub(crate) fn phrase_of_message(message: &str) -> Option<ReasonPhrase> {
    if message.len() > MAX {
        return None;
    }
    ReasonPhrase::try_from(message.as_bytes()).ok()
}

/// Gives a response the reason phrase that Node.js writes, where hyper would write another one or
/// `<none>`. One that was set stays, unless it is too long.
#[inline]
pub(crate) fn complete_phrase<B>(response: &mut Response<B>) {
    let standard = phrase(response.status());
    let extensions = response.extensions_mut();
    match extensions.get::<ReasonPhrase>() {
        Some(own) if own.as_bytes().len() <= MAX => return,
        Some(_) => {
            extensions.remove::<ReasonPhrase>();
        }
        None => {}
    }
    if let Some(phrase) = standard {
        extensions.insert(ReasonPhrase::from_static(phrase.as_bytes()));
    }
}

fn phrase(status: StatusCode) -> Option<&'static str> {
    match status.as_u16() {
        // Most answers, without a look at the table of phrases.
        200 => None,
        203 => Some("Non-Authoritative Information"),
        418 => Some("I'm a Teapot"),
        509 => Some("Bandwidth Limit Exceeded"),
        _ if status.canonical_reason().is_none() => Some("unknown"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_those_of_node() {
        for (status, expected) in [
            (200, None),
            (203, Some("Non-Authoritative Information")),
            (299, Some("unknown")),
            (404, None),
            (418, Some("I'm a Teapot")),
            (499, Some("unknown")),
            (509, Some("Bandwidth Limit Exceeded")),
            (999, Some("unknown")),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(phrase(status), expected, "{status}");
        }
    }

    #[test]
    fn a_phrase_that_was_set_stays() {
        let mut response = Response::new(());
        *response.status_mut() = StatusCode::IM_A_TEAPOT;
        let own = ReasonPhrase::from_static(b"Short and Stout");
        response.extensions_mut().insert(own.clone());
        complete_phrase(&mut response);
        assert_eq!(response.extensions().get(), Some(&own));
    }
}
