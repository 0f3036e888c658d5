//! What a route file's `CONFIG` says.

use std::time::Duration;

use crate::byte_size::ByteSize;

/// How one route reads its body and answers: Next.js's `export const config = { api: … }`.
///
/// Everything is checked when the constant is compiled:
///
/// ```
/// use tower_api_routes::ApiConfig;
///
/// pub const CONFIG: ApiConfig = ApiConfig::new().body_limit("500kb");
/// ```
///
/// | Setting | Default | Next.js |
/// |---|---|---|
/// | [`body_limit`](Self::body_limit) | `1mb` | `bodyParser.sizeLimit` |
/// | [`body_parser`](Self::body_parser) | `true` | `bodyParser` |
/// | [`body_idle_timeout`](Self::body_idle_timeout) | 10 seconds | – |
/// | [`body_total_timeout`](Self::body_total_timeout) | 30 seconds | – |
/// | [`json_memory_limit`](Self::json_memory_limit) | 8 × the body limit, at least `1mb` | – |
/// | [`max_form_fields`](Self::max_form_fields) | 1000 | 1000, the rest is dropped |
/// | [`response_limit`](Self::response_limit) | `4mb` | `responseLimit` |
/// | [`extended_connect`](Self::extended_connect) | `false` | – |
///
/// With the parser off the body is a stream: then there is no limit and no total deadline unless
/// one is set here, as an upload may be large and slow. The idle deadline stays. An extractor that
/// collects such a body after all still stops at `1mb`, be it of this crate or of axum. A service that is a route has the
/// limits of its own extractors, 2 MiB for those of axum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiConfig {
    body_limit: Setting<ByteSize>,
    pub(crate) body_parser: bool,
    pub(crate) body_idle_timeout: Option<Duration>,
    body_total_timeout: Setting<Duration>,
    /// In bytes, unless it follows the body limit.
    json_memory: Option<u64>,
    pub(crate) max_form_fields: usize,
    pub(crate) response_limit: Option<ByteSize>,
    extended_connect: bool,
    /// Nobody has chosen it: the parser is off because the route is a service.
    of_service: bool,
}

/// A setting whose default depends on another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Setting<T> {
    Default,
    Off,
    Set(T),
}

const DEFAULT_BODY_LIMIT: ByteSize = ByteSize::new("1mb");
const DEFAULT_RESPONSE_LIMIT: ByteSize = ByteSize::new("4mb");
/// Enough for the plain objects of a route whose bodies are short by its own limit.
const LEAST_JSON_MEMORY: u64 = 1024 * 1024;
const DEFAULT_IDLE_TIMEOUT: Duration = Duration::from_secs(10);
const DEFAULT_TOTAL_TIMEOUT: Duration = Duration::from_secs(30);

impl ApiConfig {
    /// The defaults.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            body_limit: Setting::Default,
            body_parser: true,
            body_idle_timeout: Some(DEFAULT_IDLE_TIMEOUT),
            body_total_timeout: Setting::Default,
            json_memory: None,
            max_form_fields: 1000,
            response_limit: Some(DEFAULT_RESPONSE_LIMIT),
            extended_connect: false,
            of_service: false,
        }
    }

    /// The largest body, as a text such as `"500kb"` (see [`ByteSize`]). `"0"` allows the empty
    /// body alone. A larger body is answered with 413 and `Body exceeded 500kb limit`.
    ///
    /// # Panics
    ///
    /// If `limit` is not a size; in a `const` that is a compile error.
    #[must_use]
    pub const fn body_limit(self, limit: &str) -> Self {
        self.body_limit_size(ByteSize::new(limit))
    }

    /// The largest body, in bytes.
    #[must_use]
    pub const fn body_limit_bytes(self, limit: u64) -> Self {
        self.body_limit_size(ByteSize::bytes(limit))
    }

    /// The largest body, as a size that was read at run time.
    #[must_use]
    pub const fn body_limit_size(mut self, limit: ByteSize) -> Self {
        self.body_limit = Setting::Set(limit);
        self
    }

    /// Bodies of any size. A client can then fill the memory of a handler that buffers them.
    #[must_use]
    pub const fn no_body_limit(mut self) -> Self {
        self.body_limit = Setting::Off;
        self
    }

    /// Whether the body is read and parsed (the default), or left to the handler as a stream.
    #[must_use]
    pub const fn body_parser(mut self, on: bool) -> Self {
        self.body_parser = on;
        self
    }

    /// How long the client may pause within a body before the answer is 408. Time that the handler
    /// takes between two reads does not count.
    ///
    /// Deadlines need a tokio runtime with its timers enabled; without any tokio runtime they are
    /// not enforced.
    ///
    /// # Panics
    ///
    /// If `timeout` is zero, which would refuse almost every body.
    #[must_use]
    pub const fn body_idle_timeout(mut self, timeout: Duration) -> Self {
        assert!(
            !timeout.is_zero(),
            "a zero timeout would refuse almost every body: use no_body_idle_timeout"
        );
        self.body_idle_timeout = Some(timeout);
        self
    }

    /// A client may pause for as long as the total deadline allows.
    #[must_use]
    pub const fn no_body_idle_timeout(mut self) -> Self {
        self.body_idle_timeout = None;
        self
    }

    /// How long the server waits for the client in all while a body arrives, before the answer is
    /// 408.
    ///
    /// # Panics
    ///
    /// If `timeout` is zero, which would refuse almost every body.
    #[must_use]
    pub const fn body_total_timeout(mut self, timeout: Duration) -> Self {
        assert!(
            !timeout.is_zero(),
            "a zero timeout would refuse almost every body: use no_body_total_timeout"
        );
        self.body_total_timeout = Setting::Set(timeout);
        self
    }

    /// A body may take as long as its pauses stay within the idle deadline.
    #[must_use]
    pub const fn no_body_total_timeout(mut self) -> Self {
        self.body_total_timeout = Setting::Off;
        self
    }

    /// How much memory the untyped values of a JSON body may take, as a text such as `"20mb"`; more
    /// is answered with 413 and `Body takes too much memory`.
    ///
    /// A text of 7 bytes, `{"":0},`, becomes an object of 700, so that the body limit alone says
    /// little about memory. Untyped is what `req.body()` gives, a `serde_json::Value` wherever it is
    /// in a type of yours, and what serde buffers for `#[serde(flatten)]` and for untagged and
    /// internally tagged enums. Fields of other types do not count. docs/security.md has the formula.
    ///
    /// # Panics
    ///
    /// If `limit` is not a size; in a `const` that is a compile error.
    #[must_use]
    pub const fn json_memory_limit(mut self, limit: &str) -> Self {
        self.json_memory = Some(ByteSize::new(limit).as_bytes());
        self
    }

    /// Untyped JSON may take any memory: up to 160 times the length of the body.
    #[must_use]
    pub const fn no_json_memory_limit(mut self) -> Self {
        self.json_memory = Some(u64::MAX);
        self
    }

    /// How many pairs a form body may hold. More are answered with 413; Next.js drops them.
    #[must_use]
    pub const fn max_form_fields(mut self, fields: usize) -> Self {
        self.max_form_fields = fields;
        self
    }

    /// From which size on a response is logged as too large for an API, as a text such as `"4mb"`.
    /// The response itself is never changed.
    ///
    /// # Panics
    ///
    /// If `limit` is not a size; in a `const` that is a compile error.
    #[must_use]
    pub const fn response_limit(mut self, limit: &str) -> Self {
        self.response_limit = Some(ByteSize::new(limit));
        self
    }

    /// Responses of any size, without a word in the log.
    #[must_use]
    pub const fn no_response_limit(mut self) -> Self {
        self.response_limit = None;
        self
    }

    /// Whether requests with the method CONNECT reach the route over HTTP/2: that is how a WebSocket is
    /// opened there (extended CONNECT, RFC 8441). Without it they match no route, as a server takes any
    /// 2xx for the start of a tunnel, whoever answers it. Over HTTP/1.1 a WebSocket is opened by a GET and
    /// needs no setting.
    #[must_use]
    pub const fn extended_connect(mut self, on: bool) -> Self {
        self.extended_connect = on;
        self
    }

    /// What holds for a service without a `CONFIG`: its body is a stream.
    pub(crate) const fn of_service() -> Self {
        let mut config = Self::new().body_parser(false);
        config.of_service = true;
        config
    }

    pub(crate) const fn is_of_service(&self) -> bool {
        self.of_service
    }

    pub(crate) const fn takes_connect(&self) -> bool {
        self.extended_connect
    }

    pub(crate) const fn max_body(&self) -> Option<ByteSize> {
        match self.body_limit {
            Setting::Set(limit) => Some(limit),
            Setting::Default if self.body_parser => Some(DEFAULT_BODY_LIMIT),
            Setting::Default | Setting::Off => None,
        }
    }

    /// The largest body that is read into memory. One that is not limited as a stream still is
    /// when it is buffered, unless the limit was switched off by name.
    pub(crate) const fn max_buffered(&self) -> Option<ByteSize> {
        match self.body_limit {
            Setting::Set(limit) => Some(limit),
            Setting::Default => Some(DEFAULT_BODY_LIMIT),
            Setting::Off => None,
        }
    }

    pub(crate) const fn total_deadline(&self) -> Option<Duration> {
        match self.body_total_timeout {
            Setting::Set(timeout) => Some(timeout),
            Setting::Default if self.body_parser => Some(DEFAULT_TOTAL_TIMEOUT),
            Setting::Default | Setting::Off => None,
        }
    }

    /// The most bytes that the untyped values of a JSON body may take.
    pub(crate) fn json_memory(&self) -> usize {
        let limit = match (self.json_memory, self.max_buffered()) {
            (Some(limit), _) => limit,
            (None, Some(body)) => body.as_bytes().saturating_mul(8).max(LEAST_JSON_MEMORY),
            (None, None) => u64::MAX,
        };
        usize::try_from(limit).unwrap_or(usize::MAX)
    }
}

impl Default for ApiConfig {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UPLOAD: ApiConfig = ApiConfig::new().body_parser(false);

    fn limit(config: &ApiConfig) -> Option<String> {
        config.max_body().map(|limit| limit.to_string())
    }

    #[test]
    fn the_defaults_are_those_of_next() {
        let config = ApiConfig::default();
        assert_eq!(limit(&config).as_deref(), Some("1mb"));
        assert!(config.body_parser);
        assert_eq!(config.body_idle_timeout, Some(Duration::from_secs(10)));
        assert_eq!(config.total_deadline(), Some(Duration::from_secs(30)));
        assert_eq!(config.json_memory(), 8 << 20);
        assert_eq!(config.max_form_fields, 1000);
        assert_eq!(config.response_limit, Some(ByteSize::new("4mb")));
    }

    #[test]
    fn a_stream_has_no_limit_unless_one_is_set() {
        assert_eq!(limit(&UPLOAD), None);
        assert_eq!(limit(&UPLOAD.body_limit("5gb")).as_deref(), Some("5gb"));
        assert_eq!(
            limit(&ApiConfig::new().body_limit("5gb").body_parser(false)).as_deref(),
            Some("5gb")
        );
        assert_eq!(UPLOAD.max_buffered(), Some(ByteSize::new("1mb")));
        assert_eq!(UPLOAD.no_body_limit().max_buffered(), None);
        assert_eq!(UPLOAD.total_deadline(), None);
        assert_eq!(UPLOAD.body_idle_timeout, Some(Duration::from_secs(10)));
    }

    #[test]
    fn the_memory_of_json_follows_the_body_limit() {
        let new = ApiConfig::new;
        for (config, bytes) in [
            (new().body_limit("2mb"), 16 << 20),
            (new().body_limit("1kb"), 1 << 20),
            (new().body_limit("1kb").json_memory_limit("3kb"), 3 << 10),
            (new().body_limit_bytes(u64::MAX), usize::MAX),
            (new().no_body_limit(), usize::MAX),
            (new().no_json_memory_limit(), usize::MAX),
            (UPLOAD, 8 << 20),
        ] {
            assert_eq!(config.json_memory(), bytes, "{config:?}");
        }
    }

    #[test]
    fn what_is_switched_off_stays_off() {
        let config = ApiConfig::new()
            .no_body_limit()
            .no_body_idle_timeout()
            .no_body_total_timeout()
            .no_response_limit();
        assert_eq!(limit(&config), None);
        assert_eq!(config.body_idle_timeout, None);
        assert_eq!(config.total_deadline(), None);
        assert_eq!(config.response_limit, None);
    }

    #[test]
    fn h26_zero_allows_nothing() {
        let config = ApiConfig::new().body_limit("0");
        assert_eq!(config.max_body().map(ByteSize::as_bytes), Some(0));
        let config = ApiConfig::new().body_limit_bytes(u64::MAX);
        assert_eq!(config.max_body().map(ByteSize::as_bytes), Some(u64::MAX));
    }
}
