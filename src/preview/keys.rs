//! [`PreviewKeys`]: the preview mode id and the two keys, which Next.js makes anew at every build.

use std::{fmt, sync::Arc};

use data_encoding::HEXLOWER;
use serde_json::Value;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{
    error::{KeyProblem, PreviewKeyError},
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
/// [`from_manifest_json`](Self::from_manifest_json) with a Next.js front end, by [`new`](Self::new)
/// from your own configuration without one.
///
/// A clone shares the keys. They are wiped from memory with the last clone, and no `Debug` shows them.
#[derive(Clone)]
pub struct PreviewKeys {
    secrets: Arc<Secrets>,
    secure: bool,
}

struct Secrets {
    id: Zeroizing<String>,
    signer: Signer,
    sealer: Sealer,
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
            return Err(KeyProblem::IdNotForCookies.into());
        }
        Ok(Self {
            secrets: Arc::new(Secrets {
                id: Zeroizing::new(id.to_owned()),
                signer: token::signer(signing_key).ok_or(KeyProblem::Unusable)?,
                sealer: Sealer::new(encryption_key).map_err(KeyProblem::Random)?,
            }),
            secure: true,
        })
    }

    /// The keys of a Next.js build, from the text of its `.next/prerender-manifest.json`.
    ///
    /// # Errors
    ///
    /// When the text is no JSON, when a key is missing, and as [`new`](Self::new).
    pub fn from_manifest_json(manifest: &str) -> Result<Self, PreviewKeyError> {
        let manifest: Value = serde_json::from_str(manifest).map_err(KeyProblem::Manifest)?;
        let field = |name| {
            manifest
                .get("preview")
                .and_then(|preview| preview.get(name)?.as_str())
                .ok_or(KeyProblem::Missing(name))
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

    pub(super) fn signer(&self) -> &Signer {
        &self.secrets.signer
    }

    pub(super) fn sealer(&self) -> &Sealer {
        &self.secrets.sealer
    }

    pub(super) fn is_secure(&self) -> bool {
        self.secure
    }
}

impl fmt::Debug for PreviewKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreviewKeys")
            .field("secure", &self.secure)
            .finish_non_exhaustive()
    }
}

fn check(name: &'static str, text: &str) -> Result<(), KeyProblem> {
    if text.len() < MIN_LENGTH {
        return Err(KeyProblem::TooShort(name, text.len()));
    }
    if text.bytes().all(|byte| byte == b'0' || byte == 0) {
        return Err(KeyProblem::AllZero(name));
    }
    Ok(())
}

/// RFC 6265 §4.1.1, without the escapes that a reader would decode.
fn is_cookie_octet(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';' | b'\\' | b'%')
}

/// `N` random bytes in hexadecimal, from the operating system: keys are rare, and need no generator
/// of our own.
fn random_text<const N: usize>() -> Result<Zeroizing<String>, KeyProblem> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut_slice()).map_err(KeyProblem::Random)?;
    Ok(Zeroizing::new(HEXLOWER.encode(bytes.as_slice())))
}
