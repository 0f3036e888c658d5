//! The body of a request, raw and parsed.

use std::{
    borrow::Cow,
    fmt,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use http::HeaderMap;
use serde::{Deserialize, Serialize, Serializer};

use super::{
    charset::Charset,
    content_type::{BodyKind, Media},
    fault::Fault,
    form, json,
};
use crate::{config::ApiConfig, error::ApiError, multi_map::MultiMap};

/// The body of a request: its bytes, and what they mean by the `Content-Type`.
///
/// The bytes are parsed when they are first asked for, at most once, and stay available. A clone is
/// cheap and shares the result.
///
/// | `Content-Type` | [`value`](Self::value) |
/// |---|---|
/// | `application/json`, `application/ld+json`, `…+json` | [`BodyValue::Json`]; an empty body is `{}` |
/// | `application/x-www-form-urlencoded` | [`BodyValue::Form`] |
/// | `text/…`, none, or a malformed one | [`BodyValue::Text`] |
/// | anything else | [`BodyValue::Bytes`] |
///
/// Next.js knows only the first two JSON types, and turns everything that is neither JSON nor a
/// form into a string: [`text`](Self::text) does so too.
///
/// As an extractor it reads the body, or takes what a
/// [`BodyParserLayer`](super::BodyParserLayer) has read.
///
/// It serializes as `JSON.stringify(req.body)` would show it in Next.js.
#[derive(Clone)]
pub struct ParsedBody {
    inner: Arc<Inner>,
}

struct Inner {
    raw: Bytes,
    media: Media,
    config: ApiConfig,
    value: OnceLock<Result<BodyValue, Fault>>,
}

/// What a body means.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum BodyValue {
    /// Any JSON value. Of a repeated key, the last value counts. Integers that fit into 64 bits
    /// are exact; all other numbers are doubles, and a number that no double can hold is refused.
    Json(serde_json::Value),
    /// The pairs of a form.
    Form(MultiMap),
    /// Text, decoded by the `charset` of the `Content-Type`.
    Text(String),
    /// The bytes of any other type.
    Bytes(Bytes),
}

impl ParsedBody {
    pub(crate) fn new(headers: &HeaderMap, raw: Bytes, config: &ApiConfig) -> Self {
        Self::from_media(Media::of(headers), raw, config)
    }

    pub(super) fn from_media(media: Media, raw: Bytes, config: &ApiConfig) -> Self {
        Self {
            inner: Arc::new(Inner {
                raw,
                media,
                config: config.clone(),
                value: OnceLock::new(),
            }),
        }
    }

    /// How the body was read.
    pub(super) fn config(&self) -> &ApiConfig {
        &self.inner.config
    }

    /// The bytes as they arrived.
    #[must_use]
    pub fn raw(&self) -> &Bytes {
        &self.inner.raw
    }

    /// What the `Content-Type` says the body is.
    #[must_use]
    pub fn kind(&self) -> BodyKind {
        self.inner.media.untyped().kind
    }

    /// What the body means, parsed at the first call.
    ///
    /// # Errors
    ///
    /// 400 `Invalid JSON`; 400 `Invalid body` for a charset that is not known; 413 for JSON that takes
    /// more memory, or a form of more fields, than the [`ApiConfig`] allows.
    pub fn value(&self) -> Result<&BodyValue, ApiError> {
        match self.inner.value.get_or_init(|| self.inner.parse()) {
            Ok(value) => Ok(value),
            Err(fault) => Err(fault.clone().into()),
        }
    }

    /// The body as text, whatever its type: decoded by its charset, malformed bytes replaced by
    /// U+FFFD, without a byte order mark.
    ///
    /// # Errors
    ///
    /// 400 `Invalid body` for a charset that is not known.
    pub fn text(&self) -> Result<Cow<'_, str>, ApiError> {
        let charset = self.inner.media.charset.ok_or(Fault::Charset)?;
        Ok(charset.decode(&self.inner.raw))
    }

    /// The JSON body as a value of your own type, straight from its bytes; `T` may borrow from
    /// them. An empty body is `{}`.
    ///
    /// # Errors
    ///
    /// 415 if the body is not JSON in UTF-8; 400 `Invalid JSON`; 400 naming the field if the JSON
    /// is not a `T`, such as `invalid body: user.age: expected a whole number from 0 to 255`; 413 if
    /// what is untyped in `T` takes more memory than the [`ApiConfig`] allows.
    pub fn json<'a, T: Deserialize<'a>>(&'a self) -> Result<T, ApiError> {
        json::expect(self.inner.media)?;
        json::typed(&self.inner.raw, self.config().json_memory())
    }

    /// The form body as a value of your own type.
    ///
    /// # Errors
    ///
    /// 415 if the body is not a form; 413 for too many fields; 400 naming the field if the form is
    /// not a `T`.
    pub fn form<T: for<'a> Deserialize<'a>>(&self) -> Result<T, ApiError> {
        let Inner {
            media, raw, config, ..
        } = &*self.inner;
        form::expect(*media)?;
        if let BodyValue::Form(fields) = self.value()? {
            return form::typed(fields);
        }
        // A form to RFC 9110 and none to Next.js.
        let charset = media.charset.ok_or(Fault::Charset)?;
        form::typed(&form::untyped(charset, raw, config.max_form_fields)?)
    }
}

impl Inner {
    fn charset(&self) -> Result<Charset, Fault> {
        self.media.untyped().charset.ok_or(Fault::Charset)
    }

    fn parse(&self) -> Result<BodyValue, Fault> {
        let charset = self.charset()?;
        match self.media.untyped().kind {
            BodyKind::Json => {
                json::untyped(charset, &self.raw, self.config.json_memory()).map(BodyValue::Json)
            }
            BodyKind::Form => {
                form::untyped(charset, &self.raw, self.config.max_form_fields).map(BodyValue::Form)
            }
            BodyKind::Text => Ok(BodyValue::Text(charset.decode(&self.raw).into_owned())),
            BodyKind::Bytes => Ok(BodyValue::Bytes(self.raw.clone())),
        }
    }
}

impl Serialize for ParsedBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let failed = |error: ApiError| serde::ser::Error::custom(error);
        match self.value().map_err(failed)? {
            BodyValue::Bytes(_) => self.text().map_err(failed)?.serialize(serializer),
            value => value.serialize(serializer),
        }
    }
}

impl Serialize for BodyValue {
    /// Bytes are shown as UTF-8 text, the malformed ones replaced by U+FFFD.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Json(value) => value.serialize(serializer),
            Self::Form(fields) => fields.serialize(serializer),
            Self::Text(text) => text.serialize(serializer),
            Self::Bytes(bytes) => Charset::Utf8.decode(bytes).serialize(serializer),
        }
    }
}

impl fmt::Debug for ParsedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParsedBody")
            .field("kind", &self.kind())
            .field("bytes", &self.raw().len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn body(content_type: &str, raw: impl Into<Bytes>) -> ParsedBody {
        let mut headers = HeaderMap::new();
        if let Ok(value) = content_type.parse() {
            headers.insert(http::header::CONTENT_TYPE, value);
        }
        ParsedBody::new(&headers, raw.into(), &ApiConfig::new())
    }

    /// What `JSON.stringify(req.body)` shows, or the error.
    fn shown(content_type: &str, raw: &'static [u8]) -> String {
        let body = body(content_type, raw);
        match body.value() {
            Ok(_) => serde_json::to_string(&body).unwrap(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_body_is_what_its_type_says() {
        let table: [(&str, &[u8], &str); 16] = [
            ("application/json", b"[1]", "[1]"),
            ("application/ld+json", b"{\"a\":1}", r#"{"a":1}"#),
            ("application/problem+json", b"null", "null"),
            ("application/json", b"", "{}"),
            ("application/json", b"\xef\xbb\xbf", "{}"),
            ("application/json", b" ", "400: Invalid JSON"),
            ("application/json;", b"{\"a\":1}", r#""{\"a\":1}""#),
            (
                "application/x-www-form-urlencoded",
                b"a=1&a=2&b",
                r#"{"a":["1","2"],"b":""}"#,
            ),
            ("application/x-www-form-urlencoded", b"", "{}"),
            ("text/plain", b"a\xffb", "\"a\u{fffd}b\""),
            ("text/plain", b"", "\"\""),
            ("", b"{}", "\"{}\""),
            ("application/octet-stream", b"abc", "\"abc\""),
            ("text/plain; charset=latin1", b"\xe9", "\"é\""),
            ("application/octet-stream; charset=latin1", b"\xe9", "\"é\""),
            (
                "application/json; charset=utf-16le",
                b"[\x001\x00]\x00",
                "[1]",
            ),
        ];
        for (content_type, raw, expected) in table {
            assert_eq!(shown(content_type, raw), expected, "{content_type} {raw:?}");
        }
    }

    #[test]
    fn h35_an_unknown_charset_is_refused_whatever_the_type() {
        for kind in [
            "application/json",
            "text/plain",
            "application/x-www-form-urlencoded",
            "a/b",
        ] {
            let content_type = format!("{kind}; charset=foo-1");
            assert_eq!(
                shown(&content_type, b"{}"),
                "400: Invalid body",
                "{content_type}"
            );
            assert!(body(&content_type, "").text().is_err());
        }
    }

    #[test]
    fn the_bytes_stay_beside_the_value() {
        let body = body("application/json", "{\"a\": 1}");
        let clone = body.clone();
        assert_eq!(body.value().unwrap(), &BodyValue::Json(json!({ "a": 1 })));
        assert_eq!(clone.raw().as_ref(), b"{\"a\": 1}");
        assert_eq!(clone.text().unwrap(), "{\"a\": 1}");
        assert!(std::ptr::eq(body.value().unwrap(), clone.value().unwrap()));
    }

    #[test]
    fn typed_values_borrow_from_the_body() {
        let body = body("application/json", "{\"name\":\"Ada\"}");
        let names: std::collections::BTreeMap<&str, &str> = body.json().unwrap();
        assert_eq!(names["name"], "Ada");
        assert!(body.raw().as_ptr_range().contains(&names["name"].as_ptr()));
    }

    #[test]
    fn h34_typed_values_need_their_own_type() {
        let json = "415: unsupported content-type, expected application/json";
        let table = [
            ("text/plain", json),
            ("application/json , text/plain", json),
            ("", json),
            (
                "application/json; charset=latin1",
                "415: unsupported charset, expected utf-8",
            ),
            (
                "application/json; charset=utf-16",
                "415: unsupported charset, expected utf-8",
            ),
            ("application/json; charset=x", "400: Invalid body"),
        ];
        for (content_type, expected) in table {
            let body = body(content_type, "{}");
            let error = body.json::<serde_json::Value>().unwrap_err();
            assert_eq!(error.to_string(), expected, "{content_type}");
        }
        let body = body("application/json", "{}");
        assert_eq!(
            body.form::<serde_json::Value>().unwrap_err().to_string(),
            "415: unsupported content-type, expected application/x-www-form-urlencoded"
        );
    }

    #[test]
    fn h30_a_form_of_too_many_fields_is_refused() {
        let form = |fields: usize| {
            body(
                "application/x-www-form-urlencoded",
                vec!["a"; fields].join("&"),
            )
        };
        assert!(form(1000).value().is_ok());
        let error = form(1001).value().unwrap_err();
        assert_eq!(error.to_string(), "413: Body has too many fields");
        assert!(form(1001).form::<serde_json::Value>().is_err());
    }

    proptest! {
        #[test]
        fn any_body_is_parsed_or_refused(kind in "(application/json|text/plain|application/x-www-form-urlencoded|a/b)(; charset=(utf-16|latin1|ascii|gbk))?", raw: Vec<u8>) {
            let body = body(&kind, raw.clone());
            if body.value().is_ok() {
                prop_assert!(serde_json::to_string(&body).is_ok());
            }
            let _ = body.json::<serde_json::Value>();
            let _ = body.form::<serde_json::Value>();
            prop_assert_eq!(body.raw().as_ref(), raw.as_slice());
        }
    }
}
