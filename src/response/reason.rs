//! The reason phrase of a status line (HTTP/1.1).

use http::{Response, StatusCode};
use hyper::ext::ReasonPhrase;

/// Gives a response the reason phrase that Node.js writes, where hyper would write another one or
/// `<none>`. One that was set stays.
#[inline]
pub(crate) fn complete<B>(response: &mut Response<B>) {
    let Some(phrase) = phrase(response.status()) else {
        return;
    };
    let extensions = response.extensions_mut();
    if extensions.get::<ReasonPhrase>().is_none() {
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
        complete(&mut response);
        assert_eq!(response.extensions().get(), Some(&own));
    }
}
