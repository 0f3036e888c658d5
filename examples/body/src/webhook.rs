//! Signatures of webhooks.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac, digest::InvalidLength};
use sha2::Sha256;

/// The secret that is shared with the sender.
#[derive(Clone)]
pub(crate) struct Secret(Hmac<Sha256>);

impl Secret {
    pub(crate) fn new(secret: &[u8]) -> Result<Self, InvalidLength> {
        Hmac::new_from_slice(secret).map(Self)
    }

    /// Whether `signature` is `sha256=` and the HMAC-SHA256 of `body` in hexadecimal digits, as
    /// GitHub sends it. The comparison takes the same time wherever the first difference is.
    pub(crate) fn has_signed(&self, body: &[u8], signature: &str) -> bool {
        let code = signature.strip_prefix("sha256=");
        let code = code.and_then(|hex| HEXLOWER.decode(hex.as_bytes()).ok());
        let computed = self.0.clone().chain_update(body);
        code.is_some_and(|code| computed.verify_slice(&code).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_signature_of_these_bytes_passes() {
        // The example in GitHub's documentation.
        let secret = Secret::new(b"It's a Secret to Everybody").unwrap();
        let good = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        assert!(secret.has_signed(b"Hello, World!", good));

        assert!(!secret.has_signed(b"Hello, World! ", good));
        let other = Secret::new(b"another secret").unwrap();
        assert!(!other.has_signed(b"Hello, World!", good));
        for bad in [
            "",
            "sha256=",
            &good["sha256=".len()..],
            &good[..good.len() - 2],
            &good.replace("7571", "7572"),
            &good.replace("sha256", "sha1"),
            &good.replace('7', "\u{e9}"),
        ] {
            assert!(!secret.has_signed(b"Hello, World!", bad), "{bad}");
        }
    }
}
