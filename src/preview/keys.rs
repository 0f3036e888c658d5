//! [`PreviewKeys`]: the preview mode id and the two keys, which Next.js makes anew at every build.

use std::{
    fmt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use data_encoding::HEXLOWER;
use serde_json::Value;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{
    error::PreviewKeyError,
    next_dir,
    seal::Sealer,
    token::{self, Signer},
};

/// How long an id or a key is at least: 16 bytes in hexadecimal, and twice that in what Next.js
/// makes for a key.
const MIN_LENGTH: usize = 32;

/// The id and the keys that make and check the cookies of preview mode.
///
/// Next.js makes new ones at every build, which ends the preview sessions of the build before. Share
/// them between all processes that serve one site: by
/// [`from_next_dir`](Self::from_next_dir) with a Next.js front end, by [`new`](Self::new)
/// from your own configuration without one.
///
/// A clone shares the keys. They are wiped from memory with the last clone, and no `Debug` shows them.
#[derive(Clone)]
pub struct PreviewKeys {
    pub(super) secrets: Arc<Secrets>,
    pub(super) secure: bool,
}

pub(super) struct Secrets {
    id: Zeroizing<String>,
    pub(super) signer: Signer,
    pub(super) sealer: Sealer,
    has_warned: AtomicBool,
}

impl PreviewKeys {
    /// Keys from their texts, used as they are: Next.js takes the hexadecimal digits themselves for the
    /// bytes of a key.
    ///
    /// # Errors
    ///
    /// When one of the three is shorter than 32 characters or all zeros, when the id has a character
    /// that no cookie can hold, or when the operating system has no random numbers.
    pub fn new(id: &str, signing_key: &str, encryption_key: &str) -> Result<Self, PreviewKeyError> {
        check("id", id)?;
        check("signing key", signing_key)?;
        check("encryption key", encryption_key)?;
        if !id.bytes().all(is_cookie_octet) {
            let message = "the preview mode id has a character that no cookie can hold";
            return Err(PreviewKeyError::new(message));
        }
        let unusable = || PreviewKeyError::new("the preview mode signing key cannot be used");
        Ok(Self {
            secrets: Arc::new(Secrets {
                id: Zeroizing::new(id.to_owned()),
                signer: token::signer(signing_key).ok_or_else(unusable)?,
                sealer: Sealer::new(encryption_key).map_err(PreviewKeyError::no_random)?,
                has_warned: AtomicBool::new(false),
            }),
            secure: true,
        })
    }

    /// The keys of the Next.js whose `.next` directory (or `distDir`) this is: those of its build, or of its
    /// development server.
    ///
    /// Read are, in this order, and the first that has keys counts:
    ///
    /// 1. `prerender-manifest.json`, of `next build`,
    /// 2. `server/preview-props.json`, of `next build` since Next.js 16,
    /// 3. `dev/server/preview-props.json`, of `next dev`, which writes new keys at each start.
    ///
    /// So a build wins. Where there has been one on the machine of a developer, give `.next/dev` for the keys of
    /// `next dev`. With those, the cookies are for plain HTTP as [`secure(false)`](Self::secure) makes them, as
    /// `next dev` sends them.
    ///
    /// ```no_run
    /// use tower_api_routes::{RouterOptions, preview::PreviewKeys};
    ///
    /// let options = RouterOptions::new().preview(PreviewKeys::from_next_dir("../web/.next")?);
    /// # Ok::<(), tower_api_routes::BoxError>(())
    /// ```
    ///
    /// It reads files, and belongs to the start of a program. When to start it again, and how the keys get to
    /// another machine, is in the [module docs](super).
    ///
    /// # Errors
    ///
    /// When none of the files is there or has keys, when one of them cannot be read or is no JSON, when a key is
    /// missing, and as [`new`](Self::new). The error names the file.
    pub fn from_next_dir(dir: impl AsRef<Path>) -> Result<Self, PreviewKeyError> {
        let (path, file, is_dev) = next_dir::find(dir.as_ref())?;
        let keys = Self::from_file(&file).map_err(|error| error.of_file(&path))?;
        Ok(keys.secure(!is_dev))
    }

    /// The keys of a Next.js build, from the text of its `.next/prerender-manifest.json` or
    /// `.next/server/preview-props.json`.
    ///
    /// # Errors
    ///
    /// When the text is no JSON, when a key is missing, and as [`new`](Self::new).
    pub fn from_manifest_json(manifest: &str) -> Result<Self, PreviewKeyError> {
        Self::from_file(&next_dir::parse(manifest)?)
    }

    fn from_file(file: &Value) -> Result<Self, PreviewKeyError> {
        let preview = next_dir::preview(file);
        let field = |name| {
            let text = preview.and_then(|preview| preview.get(name)?.as_str());
            let missing = || format!("the preview mode keys have no text `{name}`");
            text.ok_or_else(|| PreviewKeyError::new(missing()))
        };
        Self::new(
            field("previewModeId")?,
            field("previewModeSigningKey")?,
            field("previewModeEncryptionKey")?,
        )
    }

    /// New random keys, for a site that one process serves: preview sessions end with it.
    ///
    /// # Errors
    ///
    /// When the operating system has no random numbers.
    pub fn generate() -> Result<Self, PreviewKeyError> {
        let id = random_text::<16>()?;
        let signing_key = random_text::<32>()?;
        let encryption_key = random_text::<32>()?;
        Self::new(&id, &signing_key, &encryption_key)
    }

    /// Whether the cookies are for HTTPS: `Secure; SameSite=None`, which lets a CMS on another site
    /// show the preview in a frame. True by default; `false` gives `SameSite=Lax`, as `next dev` does.
    #[must_use]
    pub fn secure(mut self, secure: bool) -> Self {
        self.secure = secure;
        self
    }

    /// Derives what the first [`seal`](Self::seal) would otherwise derive, for a start-up that has
    /// the tens of milliseconds which a request should not wait for.
    pub fn warm_up(&self) {
        self.secrets.sealer.warm_up();
    }

    pub(super) fn id(&self) -> &str {
        &self.secrets.id
    }

    /// Whether this is the id, in a time that does not depend on the first difference.
    pub(super) fn is_id(&self, id: &str) -> bool {
        self.id().as_bytes().ct_eq(id.as_bytes()).into()
    }

    /// Says so once where `id` is one of Next.js, and not this one. It says nothing else of it: it is the key to
    /// another build's drafts, or a forgery.
    pub(super) fn warn_of_another_build(&self, id: &str) {
        // Once that is done, a forged pair takes as long with the right id as with a wrong one.
        if self.secrets.has_warned.load(Ordering::Relaxed) {
            return;
        }
        let is_of_next = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_of_next && !self.is_id(id) && !self.secrets.has_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "preview cookies of another build: the keys here are not those of the Next.js in front; \
                 restart after each build, and give both the same keys"
            );
        }
    }
}

impl fmt::Debug for PreviewKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreviewKeys")
            .field("secure", &self.secure)
            .finish_non_exhaustive()
    }
}

fn check(name: &str, text: &str) -> Result<(), PreviewKeyError> {
    let problem = if text.len() < MIN_LENGTH {
        let length = text.len();
        format!("is {length} characters long, at least {MIN_LENGTH} are needed")
    } else if text.bytes().all(|byte| byte == b'0' || byte == 0) {
        "is all zeros".to_owned()
    } else {
        return Ok(());
    };
    let message = format!("the preview mode {name} {problem}");
    Err(PreviewKeyError::new(message))
}

/// RFC 6265 §4.1.1, without the escapes that a reader would decode.
fn is_cookie_octet(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';' | b'\\' | b'%')
}

/// `N` random bytes in hexadecimal, from the operating system: keys are rare, and need no generator
/// of our own.
fn random_text<const N: usize>() -> Result<Zeroizing<String>, PreviewKeyError> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut_slice()).map_err(PreviewKeyError::no_random)?;
    Ok(Zeroizing::new(HEXLOWER.encode(bytes.as_slice())))
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::atomic::AtomicUsize};

    use serde_json::json;
    use tracing::{Dispatch, Event, Metadata, Subscriber, span};

    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef";

    fn new_keys() -> PreviewKeys {
        PreviewKeys::new(ID, &"1".repeat(64), &"2".repeat(64)).unwrap()
    }

    /// Counts what is logged.
    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Subscriber for Count {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }

        fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
            span::Id::from_u64(1)
        }

        fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

        fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

        fn event(&self, _: &Event<'_>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }

        fn enter(&self, _: &span::Id) {}

        fn exit(&self, _: &span::Id) {}
    }

    /// How many warnings there are when keys are asked for these ids.
    fn warnings(ids: &[&str]) -> usize {
        let log = Dispatch::new(Count::default());
        let keys = new_keys();
        tracing::dispatcher::with_default(&log, || {
            for id in ids {
                let _ = keys.clone().read(Some(id), Some("forged"));
            }
        });
        log.downcast_ref::<Count>()
            .unwrap()
            .0
            .load(Ordering::Relaxed)
    }

    #[test]
    fn an_id_of_another_build_is_one_warning_and_a_forged_one_is_none() {
        let other = "f".repeat(32);
        let upper = "F".repeat(32);
        for (id, expected) in [
            (&*other, 1),
            (&upper, 1),
            (ID, 0),
            ("", 0),
            (&other[1..], 0),
            (&"f".repeat(33), 0),
            (&"g".repeat(32), 0),
        ] {
            assert_eq!(warnings(&[id]), expected, "{id}");
        }
        assert_eq!(warnings(&[&other, &other, &upper]), 1);
        assert_eq!(warnings(&[ID, "x", &other, ID]), 1);
    }

    #[test]
    fn an_id_has_only_characters_that_a_cookie_holds() {
        for byte in 0..=0x7f_u8 {
            let id = format!("{}{}", &ID[1..], char::from(byte));
            let is_held = matches!(
                byte,
                b'!' | b'#' | b'$' | b'&'..=b'+' | b'-'..=b':' | b'<'..=b'[' | b']'..=b'~'
            );
            let keys = PreviewKeys::new(&id, &"1".repeat(64), &"2".repeat(64));
            assert_eq!(keys.is_ok(), is_held, "{byte:#x}");
        }
    }

    #[test]
    fn keys_of_a_development_server_are_for_plain_http() {
        let props = json!({
            "previewModeId": ID,
            "previewModeSigningKey": "1".repeat(64),
            "previewModeEncryptionKey": "2".repeat(64),
        });
        for (file, is_secure) in [
            ("server/preview-props.json", true),
            ("dev/server/preview-props.json", false),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, props.to_string()).unwrap();
            let keys = PreviewKeys::from_next_dir(dir.path()).unwrap();
            assert_eq!((keys.id(), keys.secure), (ID, is_secure), "{file}");

            fs::write(&path, r#"{"previewModeId":"a"}"#).unwrap();
            let error = PreviewKeys::from_next_dir(dir.path()).unwrap_err();
            let missing = "the preview mode keys have no text `previewModeSigningKey`";
            assert_eq!(error.to_string(), format!("{}: {missing}", path.display()));
        }
    }
}
