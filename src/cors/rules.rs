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
