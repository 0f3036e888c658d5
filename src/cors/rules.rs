//! The rules of a layer, and what they say to one request: in two steps, as the request is gone when
//! its response comes.
//!
//! [`Rules::answer`] looks at the request before the inner service gets it; [`Rules::write`] writes
//! what was found into the headers of the response, whoever made it. Both are plain functions over
//! headers; the service around them is in `service.rs`.

use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};

use super::{error::CorsError, fields, origin::AllowOrigin};

/// Everything a layer was told, as the header values it will send.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) origin: AllowOrigin,
    pub(super) credentials: bool,
    pub(super) allow_methods: Option<HeaderValue>,
    pub(super) allow_headers: AllowHeaders,
    pub(super) expose_headers: Option<HeaderValue>,
    pub(super) max_age: Option<HeaderValue>,
    pub(super) every_options: bool,
    pub(super) preflight_continue: bool,
    pub(super) preflight_status: StatusCode,
}

#[derive(Debug, Clone)]
pub(super) enum AllowHeaders {
    /// What the preflight asks for.
    Requested,
    Listed(Option<HeaderValue>),
}

/// What one request will be told.
#[derive(Debug)]
pub(super) struct Answer {
    allow_origin: Option<HeaderValue>,
    is_preflight: bool,
    /// The names that a preflight asks for, if they can be sent back.
    requested_headers: Option<HeaderValue>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            origin: AllowOrigin::Any,
            credentials: false,
            allow_methods: Some(HeaderValue::from_static("GET,HEAD,PUT,PATCH,POST,DELETE")),
            allow_headers: AllowHeaders::Requested,
            expose_headers: None,
            max_age: None,
            every_options: false,
            preflight_continue: false,
            preflight_status: StatusCode::NO_CONTENT,
        }
    }
}

impl Rules {
    /// With credentials, `*` means nobody (origin) or the name `*` (lists) to a browser (Fetch,
    /// "CORS protocol and credentials").
    pub(super) fn check(&self) -> Result<(), CorsError> {
        if !self.preflight_status.is_success() {
            let status = self.preflight_status.as_u16();
            return Err(CorsError(format!(
                "preflight status {status} is not a success"
            )));
        }
        if !self.credentials {
            return Ok(());
        }
        let has_wildcard =
            |names: &Option<HeaderValue>| names.as_ref().is_some_and(fields::has_wildcard);
        let allows_any_header =
            matches!(&self.allow_headers, AllowHeaders::Listed(names) if has_wildcard(names));
        for (is_wildcard, what) in [
            (matches!(self.origin, AllowOrigin::Any), "the origin"),
            (has_wildcard(&self.allow_methods), "the allowed methods"),
            (allows_any_header, "the allowed headers"),
            (has_wildcard(&self.expose_headers), "the exposed headers"),
        ] {
            if is_wildcard {
                return Err(CorsError(format!(
                    "`*` for {what} cannot be combined with credentials"
                )));
            }
        }
        Ok(())
    }

    pub(super) fn answer<B>(&self, request: &Request<B>) -> Answer {
        let headers = request.headers();
        let is_preflight = self.is_preflight(request);
        let requested_headers = if is_preflight && self.mirrors_headers() {
            fields::requested_headers(headers).cloned()
        } else {
            None
        };
        Answer {
            allow_origin: self.origin.answer(headers),
            is_preflight,
            requested_headers,
        }
    }

    /// Whether the answer goes out without asking the handler.
    pub(super) fn ends_here(&self, answer: &Answer) -> bool {
        answer.is_preflight && !self.preflight_continue
    }

    /// Writes the answer into a response.
    ///
    /// Origin and credentials are decided here alone: what the response says about them is
    /// replaced or taken out.
    pub(super) fn write(&self, answer: Answer, response: &mut HeaderMap) {
        response.remove(header::ACCESS_CONTROL_ALLOW_CREDENTIALS);
        match answer.allow_origin {
            Some(origin) => {
                response.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
                if self.credentials {
                    response.insert(
                        header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
                        HeaderValue::from_static("true"),
                    );
                }
            }
            None => {
                response.remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
            }
        }
        let mut set = |name, value: &Option<HeaderValue>| {
            if let Some(value) = value {
                response.insert(name, value.clone());
            }
        };
        set(header::ACCESS_CONTROL_EXPOSE_HEADERS, &self.expose_headers);
        if answer.is_preflight {
            let allow_headers = match &self.allow_headers {
                AllowHeaders::Requested => &answer.requested_headers,
                AllowHeaders::Listed(names) => names,
            };
            set(header::ACCESS_CONTROL_ALLOW_METHODS, &self.allow_methods);
            set(header::ACCESS_CONTROL_ALLOW_HEADERS, allow_headers);
            set(header::ACCESS_CONTROL_MAX_AGE, &self.max_age);
        }
        if self.origin.varies() {
            fields::add_vary(response, "Origin");
        }
        if answer.is_preflight && self.mirrors_headers() {
            fields::add_vary(response, "Access-Control-Request-Headers");
        }
    }

    /// Fetch: a preflight is an `OPTIONS` with `Origin` and `Access-Control-Request-Method`.
    fn is_preflight<B>(&self, request: &Request<B>) -> bool {
        let headers = request.headers();
        request.method() == Method::OPTIONS
            && (self.every_options
                || (headers.contains_key(header::ORIGIN)
                    && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)))
    }

    fn mirrors_headers(&self) -> bool {
        matches!(self.allow_headers, AllowHeaders::Requested)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> AllowOrigin {
        AllowOrigin::list(["https://a.example"]).unwrap()
    }

    fn value(text: &'static str) -> Option<HeaderValue> {
        Some(HeaderValue::from_static(text))
    }

    /// Rules that are sound with credentials.
    fn with_credentials() -> Rules {
        Rules {
            origin: list(),
            credentials: true,
            allow_headers: AllowHeaders::Listed(value("X-Token")),
            expose_headers: value("X-Total"),
            ..Rules::default()
        }
    }

    fn request(method: Method, headers: &[(&'static str, &str)]) -> Request<()> {
        let mut request = Request::new(());
        *request.method_mut() = method;
        for (name, value) in headers {
            request.headers_mut().append(*name, value.parse().unwrap());
        }
        request
    }

    fn header_map(fields: &[(&'static str, &str)]) -> HeaderMap {
        request(Method::GET, fields).headers().clone()
    }

    /// What a response with these fields becomes for this request.
    fn written(
        rules: &Rules,
        request: &Request<()>,
        response: &[(&'static str, &str)],
    ) -> HeaderMap {
        let mut headers = header_map(response);
        rules.write(rules.answer(request), &mut headers);
        headers
    }

    const ORIGIN: (&str, &str) = ("origin", "https://a.example");
    const FOREIGN: (&str, &str) = ("origin", "https://b.example");
    const ASKS: (&str, &str) = ("access-control-request-method", "PUT");
    const ASKS_HEADERS: (&str, &str) = ("access-control-request-headers", "x-token");

    const ALLOW_ORIGIN: &str = "access-control-allow-origin";
    const CREDENTIALS: &str = "access-control-allow-credentials";
    const METHODS: &str = "access-control-allow-methods";
    const HEADERS: &str = "access-control-allow-headers";
    const EXPOSE: &str = "access-control-expose-headers";
    const MAX_AGE: &str = "access-control-max-age";
    const DEFAULT_METHODS: (&str, &str) = (METHODS, "GET,HEAD,PUT,PATCH,POST,DELETE");

    #[test]
    fn a_wildcard_and_credentials_exclude_each_other() {
        type Change = fn(&mut Rules);
        let cases: [(&str, Change); 4] = [
            ("the origin", |rules| rules.origin = AllowOrigin::Any),
            ("the allowed methods", |rules| {
                rules.allow_methods = value("GET,*");
            }),
            ("the allowed headers", |rules| {
                rules.allow_headers = AllowHeaders::Listed(value("*"));
            }),
            ("the exposed headers", |rules| {
                rules.expose_headers = value("*,X-Total");
            }),
        ];
        assert_eq!(with_credentials().check(), Ok(()));
        for (what, change) in cases {
            let mut rules = with_credentials();
            change(&mut rules);
            let expected = format!("`*` for {what} cannot be combined with credentials");
            assert_eq!(rules.check(), Err(CorsError(expected)));
            rules.credentials = false;
            assert_eq!(rules.check(), Ok(()), "{what}");
        }
        let unnamed = Rules {
            allow_methods: None,
            allow_headers: AllowHeaders::Requested,
            expose_headers: None,
            ..with_credentials()
        };
        assert_eq!(unnamed.check(), Ok(()));
    }

    #[test]
    fn a_preflight_is_answered_with_success() {
        for (status, is_sound) in [
            (199, false),
            (200, true),
            (204, true),
            (299, true),
            (300, false),
            (500, false),
        ] {
            let rules = Rules {
                preflight_status: StatusCode::from_u16(status).unwrap(),
                ..Rules::default()
            };
            let expected = CorsError(format!("preflight status {status} is not a success"));
            assert_eq!(rules.check(), if is_sound { Ok(()) } else { Err(expected) });
        }
    }

    #[test]
    fn a_preflight_is_an_options_with_both_fields_unless_every_options_is_one() {
        let get = Method::GET;
        let options = Method::OPTIONS;
        for (method, headers, is_preflight, is_with_every_options) in [
            (&options, &[ORIGIN, ASKS][..], true, true),
            (&options, &[FOREIGN, ASKS], true, true),
            (&options, &[ORIGIN], false, true),
            (&options, &[ASKS], false, true),
            (&options, &[], false, true),
            (&get, &[ORIGIN, ASKS], false, false),
            (&get, &[], false, false),
        ] {
            let request = request(method.clone(), headers);
            for (every_options, expected) in [(false, is_preflight), (true, is_with_every_options)]
            {
                let what = format!("{method} {headers:?} {every_options}");
                let rules = Rules {
                    every_options,
                    ..Rules::default()
                };
                let answer = rules.answer(&request);
                assert_eq!(answer.is_preflight, expected, "{what}");
                assert_eq!(rules.ends_here(&answer), expected, "{what}");
                let continued = Rules {
                    preflight_continue: true,
                    ..rules
                };
                assert!(!continued.ends_here(&continued.answer(&request)), "{what}");
            }
        }
    }

    #[test]
    fn an_answer_names_who_may_read_it() {
        let any = Rules::default();
        let listed = with_credentials();
        let by_list = ("vary", "Origin");
        for (rules, sent, expected) in [
            (&any, &[][..], &[(ALLOW_ORIGIN, "*")][..]),
            (&any, &[ORIGIN], &[(ALLOW_ORIGIN, "*")]),
            (&listed, &[], &[(EXPOSE, "X-Total"), by_list]),
            (&listed, &[FOREIGN], &[(EXPOSE, "X-Total"), by_list]),
            (
                &listed,
                &[ORIGIN],
                &[
                    (ALLOW_ORIGIN, "https://a.example"),
                    (CREDENTIALS, "true"),
                    (EXPOSE, "X-Total"),
                    by_list,
                ],
            ),
        ] {
            let request = request(Method::GET, sent);
            // What the handler says of origin and credentials does not count.
            for before in [
                &[][..],
                &[(ALLOW_ORIGIN, "https://c.example"), (CREDENTIALS, "true")],
            ] {
                let after = written(rules, &request, before);
                assert_eq!(after, header_map(expected), "{sent:?} {before:?}");
            }
        }
    }

    #[test]
    fn a_preflight_is_told_methods_headers_and_age() {
        let aged = Rules {
            max_age: value("60"),
            ..Rules::default()
        };
        let silent = Rules {
            allow_methods: None,
            allow_headers: AllowHeaders::Listed(None),
            ..Rules::default()
        };
        let any = (ALLOW_ORIGIN, "*");
        let by_headers = ("vary", "Access-Control-Request-Headers");
        for (rules, sent, expected) in [
            (
                &aged,
                &[ORIGIN, ASKS, ASKS_HEADERS][..],
                &[
                    any,
                    DEFAULT_METHODS,
                    (HEADERS, "x-token"),
                    (MAX_AGE, "60"),
                    by_headers,
                ][..],
            ),
            (
                &aged,
                &[ORIGIN, ASKS],
                &[any, DEFAULT_METHODS, (MAX_AGE, "60"), by_headers],
            ),
            (
                &with_credentials(),
                &[ORIGIN, ASKS, ASKS_HEADERS],
                &[
                    (ALLOW_ORIGIN, "https://a.example"),
                    (CREDENTIALS, "true"),
                    (EXPOSE, "X-Total"),
                    DEFAULT_METHODS,
                    (HEADERS, "X-Token"),
                    ("vary", "Origin"),
                ],
            ),
            (&silent, &[ORIGIN, ASKS, ASKS_HEADERS], &[any]),
            // No preflight: it is told nothing of them.
            (&aged, &[ORIGIN, ASKS_HEADERS], &[any]),
        ] {
            let after = written(rules, &request(Method::OPTIONS, sent), &[]);
            assert_eq!(after, header_map(expected), "{sent:?}");
        }
    }
}
