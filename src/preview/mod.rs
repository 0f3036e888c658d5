//! Preview and draft mode: two cookies that let an editor see what is not published yet.
//!
//! The cookies are those of Next.js, to the byte: a Next.js front end and a Rust API that share the
//! keys of one build accept each other's.
//!
//! - [`BYPASS_COOKIE`] holds the preview mode id. Alone, it is *draft mode*.
//! - [`DATA_COOKIE`] holds data of the application, encrypted and signed. With the other, it is
//!   *preview mode*.
//!
//! ```
//! use std::time::Duration;
//!
//! use tower_api_routes::preview::{Preview, PreviewKeys, PreviewOptions};
//!
//! let keys = PreviewKeys::generate()?;
//!
//! // The two Set-Cookie lines that turn preview mode on for an hour.
//! let options = PreviewOptions::new().max_age(Duration::from_secs(3600));
//! let [bypass, data] = keys.seal(&serde_json::json!({ "post": 7 }), &options)?;
//!
//! // What the browser sends back.
//! let value = |line: &http::HeaderValue| {
//!     let (_, rest) = line.to_str().unwrap().split_once('=').unwrap();
//!     rest.split(';').next().unwrap().to_owned()
//! };
//! let Preview::Data(data) = keys.read(Some(&value(&bypass)), Some(&value(&data))) else {
//!     panic!("preview mode is on");
//! };
//! assert_eq!(data.text(), r#"{"post":7}"#);
//! # Ok::<(), tower_api_routes::BoxError>(())
//! ```
//!
//! # Keys
//!
//! Next.js makes new keys at every `next build`, and `next dev` at every start.
//! [`PreviewKeys::from_next_dir`] reads them from the `.next` directory when the program starts; so restart it after
//! a build, and after a restart of `next dev`. With keys of another build it sees no preview mode, takes the
//! cookies of the browser away, and warns once in the log.
//!
//! A program in another container or on another machine needs the keys of the build that runs in front. Either
//! copy one file into its image, from the stage or the job that ran `next build`, and give the directory around
//! it:
//!
//! ```text
//! COPY --from=web /app/.next/prerender-manifest.json /app/.next/
//! ```
//!
//! or hand the three texts over as secrets of the deployment, and to [`PreviewKeys::new`]. Both sides change
//! together then: with every build, both are rolled out. Whoever has the keys can see what is not published; they
//! belong in no repository and no public image.
//!
//! Without a Next.js in front, three random texts in the configuration do
//! (`openssl rand -hex 32`), which do not change with builds. [`PreviewKeys::generate`] is for tests and for a
//! program that runs once: with it, each process has keys of its own, and a restart ends all preview sessions.
//!
//! # What it costs
//!
//! The format asks for 100,000 rounds of PBKDF2 between a key and what it encrypts, tens of
//! milliseconds of one core, far more without optimisation. Next.js spends them on every request in
//! preview mode. Here a process spends them once, at its first [`PreviewKeys::seal`] or ahead of it in
//! [`PreviewKeys::warm_up`], and once for each data cookie that another process made and signed.
//! Without a good signature, nothing is derived or decrypted.
//!
//! A development build is faster with this in its `Cargo.toml`:
//!
//! ```toml
//! [profile.dev.package.sha2]
//! opt-level = 3
//! ```

mod cookie;
mod error;
mod keys;
mod next_dir;
mod seal;
mod token;

use std::time::{SystemTime, UNIX_EPOCH};

use http::HeaderValue;
use serde::{Deserialize, Serialize};

pub use self::{
    cookie::PreviewOptions,
    error::{PreviewError, PreviewErrorKind, PreviewKeyError},
    keys::PreviewKeys,
};
use self::{cookie::SetCookie, error::Failure};

/// The cookie with the preview mode id.
pub const BYPASS_COOKIE: &str = "__prerender_bypass";

/// The cookie with the encrypted preview data.
pub const DATA_COOKIE: &str = "__next_preview_data";

/// What the two cookies of a request say.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Preview {
    /// Neither cookie came along.
    None,
    /// The id is right, and there is no data: draft mode.
    Draft,
    /// The id is right, and so is the data: preview mode.
    Data(PreviewData),
    /// Anything else: one cookie missing, another id, data that is expired, forged or from another
    /// build. Answer as for `None`, and take both cookies away with [`PreviewKeys::clear`].
    Invalid,
}

impl Preview {
    /// Whether preview or draft mode is on.
    #[must_use]
    pub fn is_on(&self) -> bool {
        matches!(self, Self::Draft | Self::Data(_))
    }
}

/// The data of preview mode: valid JSON text, as the sealing side wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewData(String);

impl PreviewData {
    /// The JSON text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The data as a value.
    ///
    /// # Errors
    ///
    /// When the data has another shape than `T`.
    pub fn parse<'de, T: Deserialize<'de>>(&'de self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.0)
    }
}

impl PreviewKeys {
    /// The two `Set-Cookie` values that turn preview mode on with this data, bypass cookie first.
    ///
    /// Both are session cookies unless [`PreviewOptions::max_age`] says otherwise; the data then
    /// expires on the server too.
    ///
    /// # Errors
    ///
    /// When the data is no JSON, when it is too long (a token over 2,048 characters; about 600 bytes
    /// of JSON fit), when the path cannot stand in a cookie, or when the operating system has no
    /// random numbers.
    pub fn seal<T>(
        &self,
        data: &T,
        options: &PreviewOptions,
    ) -> Result<[HeaderValue; 2], PreviewError>
    where
        T: Serialize + ?Sized,
    {
        self.seal_at(data, options, now())
    }

    fn seal_at<T>(
        &self,
        data: &T,
        options: &PreviewOptions,
        now: u64,
    ) -> Result<[HeaderValue; 2], PreviewError>
    where
        T: Serialize + ?Sized,
    {
        let text = crate::json::to_bytes(data).map_err(Failure::Data)?;
        let length = text.len();
        if length > token::MAX_LENGTH {
            return Err(Failure::TooLong(length).into());
        }
        let sealed = self.secrets.sealer.seal(text.into())?;
        let max_age = options.max_age_seconds();
        let token = token::sign(&self.secrets.signer, &sealed, now, max_age);
        if token.len() > token::MAX_LENGTH {
            return Err(Failure::TooLong(length).into());
        }
        let cookie = |name, value| {
            let cookie = self.cookie(name, value, options.path_text());
            SetCookie { max_age, ..cookie }.to_header()
        };
        Ok([
            cookie(BYPASS_COOKIE, self.id())?,
            cookie(DATA_COOKIE, &token)?,
        ])
    }

    /// The two `Set-Cookie` values that turn preview and draft mode off, bypass cookie first.
    ///
    /// A browser removes a cookie only when the path is the one it was set with: `None` is `/`.
    ///
    /// # Errors
    ///
    /// When the path cannot stand in a cookie.
    pub fn clear(&self, path: Option<&str>) -> Result<[HeaderValue; 2], PreviewError> {
        let cookie = |name| {
            let cookie = self.cookie(name, "", path.unwrap_or("/"));
            let expired = true;
            SetCookie { expired, ..cookie }.to_header()
        };
        Ok([cookie(BYPASS_COOKIE)?, cookie(DATA_COOKIE)?])
    }

    /// The `Set-Cookie` value that turns draft mode on, or off.
    ///
    /// # Errors
    ///
    /// None today: the id was checked when the keys were made.
    pub fn draft(&self, enable: bool) -> Result<HeaderValue, PreviewError> {
        let expired = !enable;
        let cookie = self.cookie(BYPASS_COOKIE, self.id(), "/");
        SetCookie { expired, ..cookie }.to_header()
    }

    /// A cookie of a session.
    fn cookie<'c>(&self, name: &'static str, value: &'c str, path: &'c str) -> SetCookie<'c> {
        SetCookie {
            name,
            value,
            max_age: None,
            path,
            expired: false,
            secure: self.secure,
        }
    }

    /// What the values of [`BYPASS_COOKIE`] and [`DATA_COOKIE`] say; an empty value is a missing one.
    ///
    /// Comparisons take the same time wherever the first difference is, and every forged pair fails
    /// alike, for the same few microseconds.
    ///
    /// An id of the form of Next.js's that is another one is a warning in the log, once for the keys and all their
    /// clones: the program should have been restarted, or given other keys.
    #[must_use]
    pub fn read(&self, bypass: Option<&str>, data: Option<&str>) -> Preview {
        let preview = self.read_at(bypass, data, now());
        if let (Preview::Invalid, Some(id)) = (&preview, bypass) {
            self.warn_of_another_build(id);
        }
        preview
    }

    fn read_at(&self, bypass: Option<&str>, data: Option<&str>, now: u64) -> Preview {
        let bypass = bypass.filter(|id| !id.is_empty());
        let data = data.filter(|token| !token.is_empty());
        match (bypass, data) {
            (None, None) => Preview::None,
            (Some(id), None) if self.is_id(id) => Preview::Draft,
            (Some(id), Some(token)) => {
                // Both are checked, and the id is looked at where the signature is good: beside a forged token, a
                // right id is the same work as a wrong one.
                let verified = token::verify(&self.secrets.signer, token, now);
                match (verified, self.is_id(id)) {
                    (Some(sealed), true) => self.open(&sealed),
                    _ => Preview::Invalid,
                }
            }
            _ => Preview::Invalid,
        }
    }

    fn open(&self, sealed: &[u8]) -> Preview {
        self.secrets
            .sealer
            .open(sealed)
            .and_then(|text| String::from_utf8(text).ok())
            .filter(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok())
            .map_or(Preview::Invalid, |text| Preview::Data(PreviewData(text)))
    }
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |age| age.as_secs())
}

#[cfg(test)]
mod tests;
