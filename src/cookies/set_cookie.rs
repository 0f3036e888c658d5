//! Writing `Set-Cookie`, checked.

use std::fmt::{self, Write as _};

use cookie::{
    Cookie, SameSite,
    time::{OffsetDateTime, UtcOffset},
};
use http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::headers::is_token_byte;

/// The longest name and value together, in bytes (RFC 6265bis, section 5.7).
const MAX_NAME_AND_VALUE: usize = 4096;

/// The longest attribute value in bytes (RFC 6265bis, section 5.6).
const MAX_ATTRIBUTE: usize = 1024;

/// What JavaScript's `encodeURIComponent` escapes.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// The value of a `Set-Cookie` header that sets `cookie`.
///
/// Byte for byte what `cookie.serialize` of npm writes: the value percent-encoded as
/// `encodeURIComponent` does it, and the attributes `Max-Age`, `Domain`, `Path`, `Expires`,
/// `HttpOnly`, `Secure`, `Partitioned`, `SameSite` in this order.
///
/// ```
/// use tower_api_routes::cookies::{Cookie, SameSite, set_cookie_value};
///
/// let cookie = Cookie::build(("session", "a b"))
///     .path("/")
///     .http_only(true)
///     .same_site(SameSite::Lax)
///     .build();
/// assert_eq!(set_cookie_value(&cookie)?, "session=a%20b; Path=/; HttpOnly; SameSite=Lax");
/// # Ok::<(), tower_api_routes::cookies::SetCookieError>(())
/// ```
///
/// # Errors
///
/// Whatever would end as another cookie than the one meant, or as none: browsers drop it without a
/// word.
///
/// - The name is empty or no token (RFC 9110, section 5.6.2).
/// - Name and value have more than 4096 bytes together, or path or domain more than 1024.
/// - The path does not begin with `/`, or has a `;`, a control character or one beyond ASCII.
/// - The domain is no host name.
/// - The date of expiry lies before the year 1601 or after 9999.
/// - `SameSite=None` or `Partitioned` without `Secure`. (`Secure` is never added by itself.)
/// - A name that begins with `__Secure-` without `Secure`; one that begins with `__Http-` without
///   `Secure` or without `HttpOnly`; one that begins with `__Host-` without `Secure`, without
///   `Path=/` or with a domain; one that begins with `__Host-Http-` without all of these and
///   `HttpOnly`. The case of the letters does not matter (RFC 6265bis, section 4.1.3).
pub fn set_cookie_value(cookie: &Cookie<'_>) -> Result<HeaderValue, SetCookieError> {
    let refuse = |problem| SetCookieError {
        cookie: cookie.name().chars().take(64).collect(),
        problem,
    };
    check(cookie).map_err(refuse)?;
    let mut text = String::with_capacity(cookie.name().len() + cookie.value().len() + 96);
    write(&mut text, cookie).map_err(|fmt::Error| refuse("it cannot be formatted"))?;
    let pair = text.find(';').unwrap_or(text.len());
    if pair > MAX_NAME_AND_VALUE + 1 {
        return Err(refuse("name and value have more than 4096 bytes together"));
    }
    HeaderValue::try_from(text).map_err(|_| refuse("it cannot stand in a header"))
}

fn check(cookie: &Cookie<'_>) -> Result<(), &'static str> {
    check_name(cookie.name())?;
    if let Some(path) = cookie.path() {
        check_path(path)?;
    }
    if let Some(domain) = cookie.domain() {
        check_domain(domain)?;
    }
    if let Some(date) = cookie.expires_datetime() {
        check_date(date)?;
    }
    check_secure(cookie)
}

fn check_name(name: &str) -> Result<(), &'static str> {
    match name {
        "" => Err("the name is empty"),
        _ if name.bytes().all(is_token_byte) => Ok(()),
        _ => Err("the name has a character that no name may have"),
    }
}

fn check_path(path: &str) -> Result<(), &'static str> {
    if !path.starts_with('/') {
        Err("the path does not begin with a slash")
    } else if path.len() > MAX_ATTRIBUTE {
        Err("the path has more than 1024 bytes")
    } else if path
        .bytes()
        .any(|byte| byte == b';' || !matches!(byte, b' '..=b'~'))
    {
        Err("the path has a character that no path may have")
    } else {
        Ok(())
    }
}

fn check_domain(domain: &str) -> Result<(), &'static str> {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    if domain.len() > MAX_ATTRIBUTE {
        Err("the domain has more than 1024 bytes")
    } else if domain.split('.').all(is_label) {
        Ok(())
    } else {
        Err("the domain is no host name")
    }
}

fn check_date(date: OffsetDateTime) -> Result<(), &'static str> {
    match date.checked_to_offset(UtcOffset::UTC) {
        Some(date) if (1601..=9999).contains(&date.year()) => Ok(()),
        _ => Err("the date of expiry is not between the years 1601 and 9999"),
    }
}

fn check_secure(cookie: &Cookie<'_>) -> Result<(), &'static str> {
    let is_secure = cookie.secure() == Some(true);
    let is_http_only = cookie.http_only() == Some(true);
    let has_prefix = |prefix: &str| {
        let start = cookie.name().get(..prefix.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    if cookie.same_site() == Some(SameSite::None) && !is_secure {
        Err("SameSite=None needs Secure")
    } else if cookie.partitioned() == Some(true) && !is_secure {
        Err("Partitioned needs Secure")
    } else if has_prefix("__Secure-") && !is_secure {
        Err("a name that begins with __Secure- needs Secure")
    } else if has_prefix("__Http-") && !(is_secure && is_http_only) {
        Err("a name that begins with __Http- needs Secure and HttpOnly")
    } else if has_prefix("__Host-")
        && !(is_secure && cookie.path() == Some("/") && cookie.domain().is_none())
    {
        Err("a name that begins with __Host- needs Secure, Path=/ and no Domain")
    } else if has_prefix("__Host-Http-") && !is_http_only {
        Err("a name that begins with __Host-Http- needs HttpOnly")
    } else {
        Ok(())
    }
}

fn write(text: &mut String, cookie: &Cookie<'_>) -> fmt::Result {
    let value = utf8_percent_encode(cookie.value(), COMPONENT);
    write!(text, "{}={value}", cookie.name())?;
    if let Some(age) = cookie.max_age() {
        write!(text, "; Max-Age={}", age.whole_seconds().max(0))?;
    }
    if let Some(domain) = cookie.domain() {
        write!(text, "; Domain={domain}")?;
    }
    if let Some(path) = cookie.path() {
        write!(text, "; Path={path}")?;
    }
    if let Some(date) = cookie.expires_datetime() {
        write_date(text, date)?;
    }
    if cookie.http_only() == Some(true) {
        text.push_str("; HttpOnly");
    }
    if cookie.secure() == Some(true) {
        text.push_str("; Secure");
    }
    if cookie.partitioned() == Some(true) {
        text.push_str("; Partitioned");
    }
    if let Some(same_site) = cookie.same_site() {
        write!(text, "; SameSite={same_site}")?;
    }
    Ok(())
}

/// As JavaScript's `toUTCString` and RFC 9110 (`IMF-fixdate`) have it.
fn write_date(text: &mut String, date: OffsetDateTime) -> fmt::Result {
    let date = date.checked_to_offset(UtcOffset::UTC).ok_or(fmt::Error)?;
    let (weekday, month) = (date.weekday().to_string(), date.month().to_string());
    let (hour, minute, second) = date.to_hms();
    write!(
        text,
        "; Expires={weekday:.3}, {:02} {month:.3} {:04} {hour:02}:{minute:02}:{second:02} GMT",
        date.day(),
        date.year(),
    )
}

/// A cookie that may not or cannot be set.
///
/// Its text names the cookie and what is wrong with it, and never shows the value. It is an error
/// of the program, not of the client: `?` makes it a 500 whose details only the log has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetCookieError {
    cookie: String,
    problem: &'static str,
}

impl fmt::Display for SetCookieError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cookie {:?}: {}", self.cookie, self.problem)
    }
}

impl std::error::Error for SetCookieError {}

#[cfg(test)]
mod tests;
