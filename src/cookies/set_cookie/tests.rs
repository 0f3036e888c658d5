use cookie::{Cookie, CookieBuilder, Expiration, time::Duration};
use serde_json::{Map, Value};

use super::*;

fn written(cookie: impl Into<Cookie<'static>>) -> Result<String, String> {
    match set_cookie_value(&cookie.into()) {
        Ok(value) => Ok(value.to_str().unwrap().to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn cookie(name: &'static str) -> CookieBuilder<'static> {
    Cookie::build((name, "v"))
}

#[test]
fn everything_at_once_in_the_order_of_npm() {
    let date = OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap();
    let all = cookie("n")
        .same_site(SameSite::None)
        .partitioned(true)
        .secure(true)
        .http_only(true)
        .expires(date.to_offset(UtcOffset::from_hms(5, 30, 0).unwrap()))
        .path("/p")
        .domain("D.example")
        .max_age(Duration::milliseconds(10_900));
    assert_eq!(
        written(all).unwrap(),
        "n=v; Max-Age=10; Domain=D.example; Path=/p; Expires=Tue, 14 Nov 2023 22:13:20 GMT; \
         HttpOnly; Secure; Partitioned; SameSite=None"
    );
    assert_eq!(written(cookie("n")).unwrap(), "n=v");
    assert_eq!(
        written(cookie("n").expires(Expiration::Session)).unwrap(),
        "n=v"
    );
    assert_eq!(
        written(cookie("n").max_age(Duration::seconds(-5))).unwrap(),
        "n=v; Max-Age=0"
    );
    assert_eq!(
        written(cookie("n").secure(false).http_only(false)).unwrap(),
        "n=v"
    );
    let removal = written(cookie("n").path("/").removal()).unwrap();
    assert!(
        removal.starts_with("n=; Max-Age=0; Path=/; Expires="),
        "{removal}"
    );
}

#[test]
fn h47_nothing_is_injected() {
    for (cookie, message) in [
        (
            cookie("a;b"),
            r#"cookie "a;b": the name has a character that no name may have"#,
        ),
        (
            cookie("a\r\nb"),
            r#"cookie "a\r\nb": the name has a character that no name may have"#,
        ),
        (
            cookie("a=b"),
            r#"cookie "a=b": the name has a character that no name may have"#,
        ),
        (
            cookie("é"),
            r#"cookie "é": the name has a character that no name may have"#,
        ),
        (cookie(""), r#"cookie "": the name is empty"#),
        (
            cookie("a").path("/; Secure"),
            r#"cookie "a": the path has a character that no path may have"#,
        ),
        (
            cookie("a").path("/\n"),
            r#"cookie "a": the path has a character that no path may have"#,
        ),
        (
            cookie("a").path("/é"),
            r#"cookie "a": the path has a character that no path may have"#,
        ),
        (
            cookie("a").path("docs"),
            r#"cookie "a": the path does not begin with a slash"#,
        ),
        (
            cookie("a").path(""),
            r#"cookie "a": the path does not begin with a slash"#,
        ),
        (
            cookie("a").domain("e\r\n"),
            r#"cookie "a": the domain is no host name"#,
        ),
        (
            cookie("a").domain("e; Path=/"),
            r#"cookie "a": the domain is no host name"#,
        ),
        (
            cookie("a").domain(""),
            r#"cookie "a": the domain is no host name"#,
        ),
        (
            cookie("a").domain("a..b"),
            r#"cookie "a": the domain is no host name"#,
        ),
        (
            cookie("a").domain("-a.b"),
            r#"cookie "a": the domain is no host name"#,
        ),
    ] {
        assert_eq!(written(cookie).unwrap_err(), message);
    }
    let value = Cookie::new("a", "v; Domain=evil\r\nX: 1\0é");
    assert_eq!(
        written(value).unwrap(),
        "a=v%3B%20Domain%3Devil%0D%0AX%3A%201%00%C3%A9"
    );
}

#[test]
fn h48_what_browsers_would_drop_is_refused() {
    let host = || cookie("__Host-s").secure(true).path("/");
    let needs_host =
        r#"cookie "__Host-s": a name that begins with __Host- needs Secure, Path=/ and no Domain"#;
    assert_eq!(written(host()).unwrap(), "__Host-s=v; Path=/; Secure");
    let host_http = || {
        cookie("__Host-Http-s")
            .secure(true)
            .path("/")
            .http_only(true)
    };
    let host_http_is_host = r#"cookie "__Host-Http-s": a name that begins with __Host- needs Secure, Path=/ and no Domain"#;
    let http = cookie("__Http-s").secure(true).http_only(true);
    assert_eq!(written(http).unwrap(), "__Http-s=v; HttpOnly; Secure");
    assert_eq!(
        written(host_http()).unwrap(),
        "__Host-Http-s=v; Path=/; HttpOnly; Secure"
    );
    for (cookie, message) in [
        (host().secure(false), needs_host),
        (host().path("/docs"), needs_host),
        (host().domain("example.com"), needs_host),
        (cookie("__Host-s").secure(true), needs_host),
        (
            cookie("__hOST-s"),
            r#"cookie "__hOST-s": a name that begins with __Host- needs Secure, Path=/ and no Domain"#,
        ),
        (
            cookie("__Secure-s"),
            r#"cookie "__Secure-s": a name that begins with __Secure- needs Secure"#,
        ),
        (
            cookie("__Http-s").secure(true),
            r#"cookie "__Http-s": a name that begins with __Http- needs Secure and HttpOnly"#,
        ),
        (
            cookie("__hTTP-s").http_only(true),
            r#"cookie "__hTTP-s": a name that begins with __Http- needs Secure and HttpOnly"#,
        ),
        (
            host_http().http_only(false),
            r#"cookie "__Host-Http-s": a name that begins with __Host-Http- needs HttpOnly"#,
        ),
        (
            cookie("__HOST-HTTP-s").secure(true).path("/"),
            r#"cookie "__HOST-HTTP-s": a name that begins with __Host-Http- needs HttpOnly"#,
        ),
        (host_http().secure(false), host_http_is_host),
        (host_http().path("/docs"), host_http_is_host),
        (host_http().domain("example.com"), host_http_is_host),
        (
            cookie("a").same_site(SameSite::None),
            r#"cookie "a": SameSite=None needs Secure"#,
        ),
        (
            cookie("a").partitioned(true),
            r#"cookie "a": Partitioned needs Secure"#,
        ),
        (
            cookie("a").path(format!("/{}", "p".repeat(1024))),
            r#"cookie "a": the path has more than 1024 bytes"#,
        ),
        (
            cookie("a").domain("d.".repeat(512) + "e"),
            r#"cookie "a": the domain has more than 1024 bytes"#,
        ),
        (
            cookie("a").expires(OffsetDateTime::from_unix_timestamp(-99_999_999_999).unwrap()),
            r#"cookie "a": the date of expiry is not between the years 1601 and 9999"#,
        ),
        (
            Cookie::build(("a", "x".repeat(4096))),
            r#"cookie "a": name and value have more than 4096 bytes together"#,
        ),
    ] {
        assert_eq!(written(cookie).unwrap_err(), message);
    }
    assert!(written(Cookie::new("a", "x".repeat(4095))).is_ok());
    assert!(written(Cookie::new("a", "é".repeat(1000))).is_err());
    assert!(written(cookie("a").path(format!("/{}", "p".repeat(1023)))).is_ok());
}

/// The recorded options as a cookie; `None` where the type cannot say it.
fn recorded(name: &str, value: &str, options: &Map<String, Value>) -> Option<Cookie<'static>> {
    let mut cookie = Cookie::new(name.to_owned(), value.to_owned());
    for (option, value) in options {
        match (option.as_str(), value) {
            ("maxAge", Value::Null) | ("sameSite", Value::Bool(false)) => {}
            ("maxAge", value) => cookie.set_max_age(Duration::seconds_f64(value.as_f64()?)),
            ("domain", Value::String(domain)) => cookie.set_domain(domain.clone()),
            ("path", Value::String(path)) => cookie.set_path(path.clone()),
            ("expires", value) => {
                let seconds = value.as_i64()? / 1000;
                cookie.set_expires(OffsetDateTime::from_unix_timestamp(seconds).ok()?);
            }
            ("httpOnly", Value::Bool(on)) => cookie.set_http_only(*on),
            ("secure", Value::Bool(on)) => cookie.set_secure(*on),
            ("sameSite", Value::Bool(true)) => cookie.set_same_site(SameSite::Strict),
            ("sameSite", Value::String(site)) => cookie.set_same_site(match site.as_str() {
                "lax" => SameSite::Lax,
                "Strict" => SameSite::Strict,
                _ => return None,
            }),
            _ => panic!("unknown option {option}"),
        }
    }
    Some(cookie)
}

#[test]
fn recorded_cookies() {
    let text = include_str!("../../../tests/vectors/cookie-serialize.json");
    let file: Value = serde_json::from_str(text).unwrap();
    let mut refused = Vec::new();
    for vector in file["vectors"].as_array().unwrap() {
        let text = |key: &str| vector[key].as_str().unwrap();
        let cookie = recorded(
            text("name"),
            text("value"),
            vector["options"].as_object().unwrap(),
        );
        let written = cookie.map_or(Err(String::new()), written);
        match (vector["ok"].as_str(), written) {
            (Some(expected), Ok(written)) => assert_eq!(written, expected),
            (None, Ok(written)) => panic!("{written} is an error in npm's cookie"),
            (Some(_), Err(_)) => refused.push(text("name")),
            (None, Err(_)) => {}
        }
    }
    // No tokens: browsers and servers disagree on how to read them back.
    assert_eq!(refused, ["a b", "a;b", "é"]);
}

#[test]
fn a_domain_has_at_most_1024_bytes() {
    let labels = vec!["a".repeat(63); 15].join(".");
    for (last, length, fits) in [("bb", 1024, true), ("bbb", 1025, false)] {
        let domain = format!("{labels}.{}.{last}", "a".repeat(61));
        assert_eq!(domain.len(), length);
        assert_eq!(written(cookie("a").domain(domain)).is_ok(), fits);
    }
}
