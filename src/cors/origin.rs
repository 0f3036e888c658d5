//! Which origins may read an answer, and what `Access-Control-Allow-Origin` says to a request.
//!
//! With the list `https://a.example`, `https://b.example`, a request with `Origin: https://b.example`
//! is told `https://b.example`, and one with another origin, or none, is told nothing. With `*` each
//! is told `*`.

use std::{fmt, sync::Arc};

use http::{HeaderMap, HeaderValue, Uri, header};

use super::error::CorsError;

/// The longest `Origin` that is looked at, in bytes. A host name has at most 253.
const MAX_ORIGIN_LEN: usize = 1024;

/// Who may read the answer.
#[derive(Clone)]
pub(super) enum AllowOrigin {
    /// Everybody: `*`.
    Any,
    /// This value, whoever asks.
    Fixed(HeaderValue),
    /// The origins of this list.
    List(Arc<[Box<str>]>),
    /// The origins that this function accepts.
    Predicate(Arc<dyn Fn(&str) -> bool + Send + Sync>),
}

impl AllowOrigin {
    pub(super) fn list(origins: impl IntoIterator<Item: AsRef<str>>) -> Result<Self, CorsError> {
        let origins: Vec<Box<str>> = origins
            .into_iter()
            .map(|origin| Box::from(origin.as_ref()))
            .collect();
        if let [only] = origins.as_slice()
            && &**only == "*"
        {
            return Ok(Self::Any);
        }
        for origin in &origins {
            if &**origin == "*" {
                return Err(CorsError(
                    "`*` cannot stand beside named origins".to_owned(),
                ));
            }
            check(origin)?;
        }
        Ok(Self::List(origins.into()))
    }

    pub(super) fn fixed(origin: &str) -> Result<Self, CorsError> {
        check(origin)?;
        HeaderValue::from_str(origin)
            .map(Self::Fixed)
            .map_err(|_| no_origin(origin))
    }

    /// The value of `Access-Control-Allow-Origin` for this request.
    pub(super) fn answer(&self, request: &HeaderMap) -> Option<HeaderValue> {
        match self {
            Self::Any => Some(HeaderValue::from_static("*")),
            Self::Fixed(value) => Some(value.clone()),
            Self::List(origins) => single_origin(request)
                .filter(|asked| origins.iter().any(|origin| *asked == &**origin))
                .cloned(),
            Self::Predicate(accepts) => single_origin(request)
                .filter(|asked| asked.to_str().is_ok_and(|asked| accepts(asked)))
                .cloned(),
        }
    }

    /// Whether caches must tell origins apart.
    pub(super) fn varies(&self) -> bool {
        !matches!(self, Self::Any)
    }
}

impl fmt::Debug for AllowOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("Any"),
            Self::Fixed(value) => f.debug_tuple("Fixed").field(value).finish(),
            Self::List(origins) => f.debug_tuple("List").field(origins).finish(),
            Self::Predicate(_) => f.write_str("Predicate"),
        }
    }
}

/// The request's `Origin`, unless there are several or it is too long to be one.
fn single_origin(request: &HeaderMap) -> Option<&HeaderValue> {
    let mut origins = request.get_all(header::ORIGIN).into_iter();
    match (origins.next(), origins.next()) {
        (Some(origin), None) if origin.len() <= MAX_ORIGIN_LEN => Some(origin),
        _ => None,
    }
}

/// Whether a browser can send this text as `Origin`.
///
/// Browsers send scheme, host and a port that is not the scheme's default, in lower case
/// (Fetch, "serializing a request origin"). Anything else would never match.
fn check(origin: &str) -> Result<(), CorsError> {
    if serialized(origin).as_deref() == Some(origin) {
        Ok(())
    } else {
        Err(no_origin(origin))
    }
}

fn no_origin(text: &str) -> CorsError {
    CorsError(format!(
        "`{text}` is not an origin: expected `scheme://host` or `scheme://host:port`, in lower case, \
         without path or default port"
    ))
}

fn serialized(origin: &str) -> Option<String> {
    let uri: Uri = origin.parse().ok()?;
    let scheme = uri.scheme_str()?.to_ascii_lowercase();
    let host = uri.host().filter(|host| !host.contains('*'))?;
    let host = host.to_ascii_lowercase();
    Some(match (scheme.as_str(), uri.port_u16()) {
        ("http", Some(80)) | ("https", Some(443)) | (_, None) => format!("{scheme}://{host}"),
        (_, Some(port)) => format!("{scheme}://{host}:{port}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_what_browsers_send() {
        for (text, valid) in [
            ("https://example.com", true),
            ("http://localhost:3000", true),
            ("https://xn--bcher-kva.example", true),
            ("http://[::1]:8080", true),
            ("chrome-extension://abcdef", true),
            ("https://example.com/", false),
            ("https://example.com/path", false),
            ("https://example.com?x", false),
            ("https://example.com#x", false),
            ("https://user@example.com", false),
            ("https://Example.com", false),
            ("HTTPS://example.com", false),
            ("https://example.com:443", false),
            ("http://example.com:80", false),
            ("http://example.com:443", true),
            ("https://example.com:", false),
            ("https://example.com:08080", false),
            ("https://example.com:99999", false),
            ("https://*.example.com", false),
            ("https://a.example, https://b.example", false),
            ("https://bücher.example", false),
            (" https://example.com", false),
            ("example.com", false),
            ("//example.com", false),
            ("https://", false),
            ("file:///x", false),
            ("null", false),
            ("*", false),
            ("", false),
            ("https://a.example\r\nx: y", false),
        ] {
            assert_eq!(check(text).is_ok(), valid, "{text:?}");
        }
    }

    fn asking(origins: &[&[u8]]) -> HeaderMap {
        let lines = origins
            .iter()
            .map(|it| HeaderValue::from_bytes(it).unwrap());
        lines.map(|line| (header::ORIGIN, line)).collect()
    }

    #[test]
    fn an_origin_is_told_what_the_rule_says_of_it() {
        let https = AllowOrigin::Predicate(Arc::new(|origin| origin.starts_with("https://")));
        let list = AllowOrigin::list(["https://a.example", "https://b.example"]).unwrap();
        let fixed = AllowOrigin::fixed("https://a.example").unwrap();
        let (a, b) = ("https://a.example", "https://b.example");
        let long = format!("https://{}", "a".repeat(MAX_ORIGIN_LEN - 8));
        let over = format!("{long}a");
        for (asked, by_list, by_predicate) in [
            (&[][..], None, None),
            (&[a.as_bytes()], Some(a), Some(a)),
            (&[b.as_bytes()], Some(b), Some(b)),
            (&[b"https://c.example"], None, Some("https://c.example")),
            (&[b"https://A.example"], None, Some("https://A.example")),
            (
                &[b"https://a.example:8443"],
                None,
                Some("https://a.example:8443"),
            ),
            (&[b"http://a.example"], None, None),
            (&[b"null"], None, None),
            (&[b"https://a.example", b"https://a.example"], None, None),
            (&[b"https://\xff.example"], None, None),
            (&[long.as_bytes()], None, Some(&*long)),
            (&[over.as_bytes()], None, None),
        ] {
            let request = asking(asked);
            let told = |rule: &AllowOrigin| {
                let value = rule.answer(&request);
                value.map(|value| value.to_str().unwrap().to_owned())
            };
            assert_eq!(told(&list).as_deref(), by_list, "{asked:?}");
            assert_eq!(told(&https).as_deref(), by_predicate, "{asked:?}");
            assert_eq!(told(&fixed).as_deref(), Some(a), "{asked:?}");
            assert_eq!(told(&AllowOrigin::Any).as_deref(), Some("*"), "{asked:?}");
        }
        // A fixed origin too, as npm's cors has it.
        assert!(list.varies() && https.varies() && fixed.varies());
        assert!(!AllowOrigin::Any.varies());
    }

    #[test]
    fn a_rule_names_the_text_that_is_no_origin() {
        for wrong in ["*", "https://a.example/", ""] {
            let message = no_origin(wrong).to_string();
            assert!(message.starts_with(&format!("`{wrong}` is not an origin: ")));
            let fixed = AllowOrigin::fixed(wrong).unwrap_err();
            assert_eq!(fixed.to_string(), message);
        }
        let list = AllowOrigin::list(["https://a.example", "b.example"]).unwrap_err();
        assert_eq!(list, no_origin("b.example"));
    }

    #[test]
    fn a_lone_wildcard_is_any_origin() {
        assert!(matches!(AllowOrigin::list(["*"]), Ok(AllowOrigin::Any)));
        assert_eq!(
            AllowOrigin::list(["https://a.example", "*"])
                .unwrap_err()
                .to_string(),
            "`*` cannot stand beside named origins"
        );
    }
}
