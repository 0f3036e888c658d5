//! [`CorsLayer`]: the options, and the check that they go together.
//!
//! A type parameter keeps options that were not checked out of a stack of layers. An option that can
//! be wrong turns a `CorsLayer<Checked>` into a `CorsLayer<Unchecked>`, which is no [`Layer`]; only
//! [`build`](CorsLayer::build) turns it back:
//!
//! ```text
//! CorsLayer::new()                      CorsLayer<Checked>     the defaults are sound
//!     .max_age(hour)                    CorsLayer<Checked>     no time is wrong
//!     .origin(["https://example.com"])  CorsLayer<Unchecked>   a text may be no origin
//!     .build()?                         CorsLayer<Checked>     a layer
//! ```

use std::{marker::PhantomData, sync::Arc, time::Duration};

use http::{HeaderValue, Method, StatusCode};
use tower_layer::Layer;

use super::{
    error::CorsError,
    fields,
    origin::AllowOrigin,
    rules::{AllowHeaders, Rules},
    service::Cors,
};

/// Marks a [`CorsLayer`] whose rules are sound: it is a [`Layer`].
#[derive(Debug, Clone, Copy)]
pub struct Checked;

/// Marks a [`CorsLayer`] that [`build`](CorsLayer::build) has yet to check.
#[derive(Debug, Clone, Copy)]
pub struct Unchecked;

/// Lets other sites read the answers of a route, a directory or any service.
///
/// `C` says whether the rules are [`Checked`]. Methods that take something that can be wrong give
/// a `CorsLayer<Unchecked>`, which [`build`](CorsLayer::build) turns into a layer:
///
/// ```
/// use tower_api_routes::cors::{CorsError, CorsLayer};
///
/// fn cors() -> Result<CorsLayer, CorsError> {
///     CorsLayer::new().origin(["https://example.com"]).build()
/// }
/// # cors().unwrap();
/// ```
///
/// ```compile_fail
/// # use tower_api_routes::CorsLayer;
/// // not built
/// let service = tower::ServiceBuilder::new().layer(CorsLayer::new().origin(["*"])).service(());
/// ```
///
/// See the [module](super) for an example and the rules.
#[derive(Debug, Clone)]
#[must_use]
pub struct CorsLayer<C = Checked> {
    rules: Rules,
    /// The first thing that was wrong.
    error: Option<CorsError>,
    checked: PhantomData<C>,
}

impl CorsLayer {
    /// Any site may read the answers, without credentials (cookies, TLS client certificates,
    /// HTTP authentication): `Access-Control-Allow-Origin: *`.
    ///
    /// The other defaults are those of npm's cors: methods `GET,HEAD,PUT,PATCH,POST,DELETE`, the
    /// header names that the preflight asks for, no exposed header, no maximum age.
    ///
    /// This differs from micro-cors, which allows credentials beside `*`; browsers refuse that.
    pub fn new() -> Self {
        Self {
            rules: Rules::default(),
            error: None,
            checked: PhantomData,
        }
    }
}

impl Default for CorsLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<C> CorsLayer<C> {
    /// The origins that may read the answers. The default is `["*"]`: any, without credentials.
    ///
    /// Each is `scheme://host` or `scheme://host:port` as browsers send it: in lower case, without
    /// path, trailing slash or default port, international names in their `xn--` form. `null` is
    /// refused, because any sandboxed page can send it. No origin at all allows nobody. For
    /// patterns there is [`origin_if`](Self::origin_if).
    pub fn origin(self, origins: impl IntoIterator<Item: AsRef<str>>) -> CorsLayer<Unchecked> {
        self.keep(AllowOrigin::list(origins), |rules, it| rules.origin = it)
    }

    /// The origins that this function accepts may read the answers.
    ///
    /// It gets the bytes of the `Origin` header, at most 1,024 of visible ASCII, and runs at each
    /// request that has one. Compare whole host names: `ends_with("example.com")` also accepts
    /// `https://evil-example.com`.
    ///
    /// ```
    /// # use tower_api_routes::CorsLayer;
    /// let cors = CorsLayer::new().origin_if(|origin| {
    ///     origin.strip_prefix("https://").is_some_and(|host| host.ends_with(".example.com"))
    /// });
    /// ```
    ///
    /// `|_| true` reflects every origin. With credentials, every site may then act as the user.
    pub fn origin_if(mut self, accepts: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.rules.origin = AllowOrigin::Predicate(Arc::new(accepts));
        self
    }

    /// Always names this origin, whatever the request says, as npm's cors does with a string.
    ///
    /// Browsers compare it themselves. Valid is what [`origin`](Self::origin) takes, without `*`.
    pub fn fixed_origin(self, origin: impl AsRef<str>) -> CorsLayer<Unchecked> {
        self.keep(AllowOrigin::fixed(origin.as_ref()), |rules, it| {
            rules.origin = it;
        })
    }

    /// Whether browsers may send credentials and show the answer to such requests:
    /// `Access-Control-Allow-Credentials`. The default is `false`.
    ///
    /// Needs named origins, methods and headers: no `*` anywhere.
    pub fn allow_credentials(self, allow: bool) -> CorsLayer<Unchecked> {
        self.keep(Ok(allow), |rules, it| rules.credentials = it)
    }

    /// The methods that a preflight may ask for: `Access-Control-Allow-Methods`. The default is
    /// `GET,HEAD,PUT,PATCH,POST,DELETE`; no method at all leaves the header out.
    ///
    /// Browsers send GET, HEAD and POST without asking.
    pub fn allow_methods(mut self, methods: impl IntoIterator<Item = Method>) -> Self {
        self.rules.allow_methods = fields::methods(methods);
        self
    }

    /// The headers that a preflight may ask for: `Access-Control-Allow-Headers`, spelt as given.
    /// The default is to send back what it asks for; no name at all leaves the header out.
    pub fn allow_headers(self, names: impl IntoIterator<Item: AsRef<str>>) -> CorsLayer<Unchecked> {
        self.keep(fields::header_names(names), |rules, it| {
            rules.allow_headers = AllowHeaders::Listed(it);
        })
    }

    /// The headers of the answer that scripts may read beside the safelisted ones:
    /// `Access-Control-Expose-Headers`, spelt as given. The default is none.
    pub fn expose_headers(
        self,
        names: impl IntoIterator<Item: AsRef<str>>,
    ) -> CorsLayer<Unchecked> {
        self.keep(fields::header_names(names), |rules, it| {
            rules.expose_headers = it;
        })
    }

    /// How long browsers may remember the answer to a preflight, in whole seconds:
    /// `Access-Control-Max-Age`. The default is not to say, which means 5 seconds (Fetch).
    ///
    /// Browsers cap it: Chromium at 2 hours, Firefox at 24.
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.rules.max_age = Some(HeaderValue::from(max_age.as_secs()));
        self
    }

    /// Whether preflights reach the handler, which then makes the answer; the headers are added to
    /// it. The default is `false`.
    pub fn preflight_continue(mut self, handled: bool) -> Self {
        self.rules.preflight_continue = handled;
        self
    }

    /// The status of the answer to a preflight; the `optionsSuccessStatus` of npm's cors. The
    /// default is 204; some old clients want 200. Browsers take any success.
    pub fn preflight_status(self, status: StatusCode) -> CorsLayer<Unchecked> {
        self.keep(Ok(status), |rules, it| rules.preflight_status = it)
    }

    /// Whether every `OPTIONS` is a preflight, as npm's cors and micro-cors have it, also without
    /// `Origin` and `Access-Control-Request-Method`. The default is `false`.
    pub fn every_options(mut self, preflight: bool) -> Self {
        self.rules.every_options = preflight;
        self
    }

    /// Checks the rules.
    ///
    /// # Errors
    ///
    /// - `*` as origin, method or header beside credentials
    /// - `*` beside named origins
    /// - an origin that no browser sends
    /// - a name that is no header name
    /// - a preflight status outside 200 to 299
    pub fn build(self) -> Result<CorsLayer, CorsError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        self.rules.check()?;
        Ok(CorsLayer {
            rules: self.rules,
            error: None,
            checked: PhantomData,
        })
    }

    /// Sets a value, or keeps the first error for [`build`](Self::build).
    fn keep<T>(
        mut self,
        value: Result<T, CorsError>,
        set: impl FnOnce(&mut Rules, T),
    ) -> CorsLayer<Unchecked> {
        match value {
            Ok(value) => set(&mut self.rules, value),
            Err(error) => {
                self.error.get_or_insert(error);
            }
        }
        CorsLayer {
            rules: self.rules,
            error: self.error,
            checked: PhantomData,
        }
    }
}

impl<S> Layer<S> for CorsLayer {
    type Service = Cors<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Cors::new(inner, self.rules.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_has_the_rules_that_were_set() {
        let layer = CorsLayer::new()
            .allow_methods([Method::PUT])
            .max_age(Duration::from_millis(60_999))
            .expose_headers(["X-Total"])
            .preflight_status(StatusCode::OK)
            .build()
            .unwrap();
        assert_eq!(layer.rules.allow_methods.unwrap(), "PUT");
        assert_eq!(layer.rules.max_age.unwrap(), "60");
        assert_eq!(layer.rules.expose_headers.unwrap(), "X-Total");
        assert_eq!(layer.rules.preflight_status, StatusCode::OK);
    }

    #[test]
    fn the_first_mistake_is_the_error() {
        let origin = || CorsLayer::new().origin(["example.com"]);
        let message = |layer: CorsLayer<Unchecked>| layer.build().unwrap_err().to_string();
        let first = message(origin());
        assert!(first.starts_with("`example.com` is not an origin"));
        assert_eq!(message(origin().allow_headers(["x y"])), first);
        assert_eq!(
            message(origin().preflight_status(StatusCode::NOT_FOUND)),
            first
        );
        // A mistake is not mended by what comes after it.
        assert_eq!(message(origin().origin(["https://example.com"])), first);
        assert_eq!(
            message(CorsLayer::new().allow_credentials(true)),
            "`*` for the origin cannot be combined with credentials"
        );
    }
}
