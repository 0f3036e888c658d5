//! Cookies that clients cannot change.

use axum_core::extract::{FromRef, FromRequestParts};
pub use cookie::Key;
use cookie::{Cookie, CookieJar};
use http::request::Parts;

use super::Cookies;
use crate::error::ApiError;

/// Cookies that a key makes and reads, by hand and as an extractor.
macro_rules! keyed_cookies {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name {
            cookies: Cookies,
            key: Key,
        }

        impl $name {
            /// Those among `cookies` that were made with this key.
            #[must_use]
            pub fn new(cookies: Cookies, key: Key) -> Self {
                Self { cookies, key }
            }
        }

        impl<S> FromRequestParts<S> for $name
        where
            S: Send + Sync,
            Key: FromRef<S>,
        {
            type Rejection = ApiError;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
                let cookies = Cookies::from_request_parts(parts, state).await?;
                Ok(Self::new(cookies, Key::from_ref(state)))
            }
        }
    };
}

/// The length of an HMAC-SHA256 in Base64: what the `cookie` crate puts in front of the value.
#[cfg(feature = "signed-cookies")]
const SIGNATURE: usize = 44;

#[cfg(feature = "signed-cookies")]
keyed_cookies! {
    /// Cookies that clients can read but not change: their values carry a signature (HMAC-SHA256) of
    /// name and value.
    ///
    /// ```
    /// use tower_api_routes::{
    ///     Cookies,
    ///     cookies::{Key, SignedCookies, set_cookie_value},
    /// };
    ///
    /// let signed = SignedCookies::new(Cookies::default(), Key::generate());
    /// let cookie = signed.sign(("user", "7"));
    /// let header = set_cookie_value(&cookie)?;
    /// # Ok::<(), tower_api_routes::cookies::SetCookieError>(())
    /// ```
    ///
    /// As an extractor it takes the key out of the state: `Key: FromRef<State>`.
    SignedCookies
}

#[cfg(feature = "signed-cookies")]
impl SignedCookies {
    /// The value of the first cookie named `name` that was signed with this key for this name.
    /// Cookies without such a signature do not exist here.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        let jar = CookieJar::new();
        let jar = jar.signed(&self.key);
        self.cookies.get_all(name).find_map(|text| {
            let (signature, value) = text.split_at_checked(SIGNATURE)?;
            let signed = format!("{signature}{name}={value}");
            jar.verify(Cookie::new(name.to_owned(), signed))?;
            Some(value.to_owned())
        })
    }

    /// Signs the name and the value of `cookie`; to be set like any other.
    #[must_use]
    pub fn sign(&self, cookie: impl Into<Cookie<'static>>) -> Cookie<'static> {
        let mut cookie = cookie.into();
        let (name, value) = cookie.name_value();
        let mut jar = CookieJar::new();
        jar.signed_mut(&self.key)
            .add((name.to_owned(), format!("{name}={value}")));
        let signed = jar
            .get(name)
            .and_then(|signed| signed.value().get(..SIGNATURE));
        let signed = format!("{}{value}", signed.unwrap_or_default());
        cookie.set_value(signed);
        cookie
    }
}

#[cfg(feature = "private-cookies")]
keyed_cookies! {
    /// Cookies that clients can neither read nor change: their values are encrypted (AES-256-GCM) for
    /// their name.
    ///
    /// ```
    /// use tower_api_routes::{
    ///     Cookies,
    ///     cookies::{Key, PrivateCookies, set_cookie_value},
    /// };
    ///
    /// let private = PrivateCookies::new(Cookies::default(), Key::generate());
    /// let cookie = private.seal(("user", "7"));
    /// let header = set_cookie_value(&cookie)?;
    /// # Ok::<(), tower_api_routes::cookies::SetCookieError>(())
    /// ```
    ///
    /// As an extractor it takes the key out of the state: `Key: FromRef<State>`.
    PrivateCookies
}

#[cfg(feature = "private-cookies")]
impl PrivateCookies {
    /// The decrypted value of the first cookie named `name` that was sealed with this key for this
    /// name. Other cookies do not exist here.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        let jar = CookieJar::new();
        let jar = jar.private(&self.key);
        self.cookies.get_all(name).find_map(|text| {
            let cookie = jar.decrypt(Cookie::new(name.to_owned(), text.to_owned()))?;
            Some(cookie.value().to_owned())
        })
    }

    /// Encrypts the value of `cookie`; to be set like any other.
    #[must_use]
    pub fn seal(&self, cookie: impl Into<Cookie<'static>>) -> Cookie<'static> {
        let cookie = cookie.into();
        let name = cookie.name().to_owned();
        let mut jar = CookieJar::new();
        jar.private_mut(&self.key).add(cookie);
        jar.get(&name)
            .cloned()
            .unwrap_or_else(|| Cookie::new(name, ""))
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, header};

    use super::*;
    use crate::cookies::set_cookie_value;

    /// What a browser sends back for these cookies.
    fn sent_back(cookies: &[&Cookie<'_>]) -> Cookies {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(header::COOKIE, set_cookie_value(cookie).unwrap());
        }
        Cookies::from_headers(&headers).unwrap()
    }

    fn key(byte: u8) -> Key {
        Key::from(&[byte; 64])
    }

    #[cfg(feature = "signed-cookies")]
    #[test]
    fn a_changed_signed_cookie_does_not_exist() {
        let jar = |cookies| SignedCookies::new(cookies, key(1));
        let value = "7; ✓=\"";
        let cookie = jar(Cookies::default()).sign(("user", value));
        assert!(cookie.value().ends_with(value));
        assert_eq!(
            jar(sent_back(&[&cookie])).get("user").as_deref(),
            Some(value)
        );
        assert_eq!(jar(sent_back(&[&cookie])).get("role"), None);
        assert_eq!(
            SignedCookies::new(sent_back(&[&cookie]), key(2)).get("user"),
            None
        );

        let mut renamed = cookie.clone();
        renamed.set_name("role");
        assert_eq!(jar(sent_back(&[&renamed])).get("role"), None);

        for at in 0..cookie.value().len() {
            let mut bytes = cookie.value().as_bytes().to_vec();
            bytes[at] ^= 1;
            let Ok(text) = String::from_utf8(bytes) else {
                continue;
            };
            let changed = Cookie::new("user", text);
            assert_eq!(jar(sent_back(&[&changed])).get("user"), None, "{at}");
            // A planted cookie in front does not hide the real one.
            assert!(jar(sent_back(&[&changed, &cookie])).get("user").is_some());
        }
        for text in ["", "7", "✓✓✓✓✓✓✓✓✓✓✓✓✓✓✓✓✓✓✓✓"] {
            assert_eq!(
                jar(sent_back(&[&Cookie::new("user", text)])).get("user"),
                None
            );
        }
    }

    #[cfg(feature = "private-cookies")]
    #[test]
    fn a_changed_private_cookie_does_not_exist() {
        let jar = |cookies| PrivateCookies::new(cookies, key(1));
        let cookie = jar(Cookies::default()).seal(Cookie::build(("user", "secret ✓")).path("/"));
        assert!(!cookie.value().contains("secret"));
        assert_eq!(cookie.path(), Some("/"));
        assert_eq!(
            jar(sent_back(&[&cookie])).get("user").as_deref(),
            Some("secret ✓")
        );
        assert_eq!(
            PrivateCookies::new(sent_back(&[&cookie]), key(2)).get("user"),
            None
        );

        let mut renamed = cookie.clone();
        renamed.set_name("role");
        assert_eq!(jar(sent_back(&[&renamed])).get("role"), None);

        for at in 0..cookie.value().len() {
            let mut text = cookie.value().to_owned();
            let other = if text.as_bytes()[at] == b'A' {
                "B"
            } else {
                "A"
            };
            text.replace_range(at..=at, other);
            let changed = Cookie::new("user", text);
            assert_eq!(jar(sent_back(&[&changed])).get("user"), None, "{at}");
            assert!(jar(sent_back(&[&changed, &cookie])).get("user").is_some());
        }
        assert_eq!(
            jar(sent_back(&[&Cookie::new("user", "x")])).get("user"),
            None
        );
    }
}
