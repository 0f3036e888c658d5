//! The signed token around sealed data: a JSON Web Token (RFC 7519) with HMAC-SHA256, as Next.js
//! makes it.
//!
//! ```text
//! eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJkYXRhIjoi….Q3v…
//! {"alg":"HS256","typ":"JWT"}          {"data":"6b1f…","iat":1800000000,"exp":1800003600}   signature
//! ```
//!
//! The parts are in Base64url. `data` is the sealed text in hexadecimal; `exp` is there if the mode
//! ends at a time. Only this one header is accepted, so that no token chooses its own algorithm.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

/// HMAC with the key taken in already.
pub(super) type Signer = Hmac<Sha256>;

/// Browsers keep 4 KB per cookie; Next.js allows half of it.
pub(super) const MAX_LENGTH: usize = 2048;

/// `{"alg":"HS256","typ":"JWT"}`: the one header that is made and accepted.
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.";

/// `None` never happens: HMAC takes keys of every length.
pub(super) fn signer(key: &str) -> Option<Signer> {
    Signer::new_from_slice(key.as_bytes()).ok()
}

/// A token for sealed data, issued `now` and good for `max_age` seconds.
pub(super) fn sign(signer: &Signer, sealed: &[u8], now: u64, max_age: Option<u64>) -> String {
    let mut claims = format!(r#"{{"data":"{}","iat":{now}"#, HEXLOWER.encode(sealed));
    if let Some(max_age) = max_age {
        claims += &format!(r#","exp":{}"#, now.saturating_add(max_age));
    }
    claims.push('}');
    let mut token = HEADER.to_owned();
    BASE64URL_NOPAD.encode_append(claims.as_bytes(), &mut token);
    let signature = signer.clone().chain_update(&token).finalize().into_bytes();
    token.push('.');
    BASE64URL_NOPAD.encode_append(&signature, &mut token);
    token
}

/// The sealed data of a token that was signed with this key and has not expired.
pub(super) fn verify(signer: &Signer, token: &str, now: u64) -> Option<Vec<u8>> {
    if token.len() > MAX_LENGTH {
        return None;
    }
    let (signed, signature) = token.rsplit_once('.')?;
    let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).ok()?;
    signer
        .clone()
        .chain_update(signed)
        .verify_slice(&signature)
        .ok()?;

    let claims = signed.strip_prefix(HEADER)?;
    let claims = BASE64URL_NOPAD.decode(claims.as_bytes()).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    if claims.get("exp").is_some_and(|exp| is_past(exp, now)) {
        return None;
    }
    let sealed = claims.get("data")?.as_str()?;
    HEXLOWER.decode(sealed.as_bytes()).ok()
}

/// A token ends with the second it expires in (RFC 7519 §4.1.4); an unreadable time is past.
fn is_past(exp: &Value, now: u64) -> bool {
    exp.as_u64().is_none_or(|exp| exp <= now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(header: &str, claims: &str) -> String {
        let [header, claims] = [header, claims].map(|part| BASE64URL_NOPAD.encode(part.as_bytes()));
        let signed = format!("{header}.{claims}");
        let signature = signer("key").unwrap().chain_update(&signed).finalize();
        let signature = BASE64URL_NOPAD.encode(&signature.into_bytes());
        format!("{signed}.{signature}")
    }

    fn verified(token: &str) -> Option<Vec<u8>> {
        verify(&signer("key").unwrap(), token, 100)
    }

    const HS256: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

    #[test]
    fn a_token_has_the_claims_in_the_order_of_next() {
        let signer = signer("key").unwrap();
        assert_eq!(
            sign(&signer, &[0, 255], 100, None),
            signed(HS256, r#"{"data":"00ff","iat":100}"#)
        );
        assert_eq!(
            sign(&signer, &[0, 255], 100, Some(60)),
            signed(HS256, r#"{"data":"00ff","iat":100,"exp":160}"#)
        );
        assert_eq!(
            sign(&signer, &[], 100, Some(u64::MAX)),
            signed(HS256, r#"{"data":"","iat":100,"exp":18446744073709551615}"#)
        );
    }

    #[test]
    fn signed_tokens_are_accepted() {
        for claims in [
            r#"{"data":"00ff","iat":100}"#,
            r#"{"data":"00ff","iat":100,"exp":101}"#,
            r#"{"data":"00ff"}"#,
            r#"{ "extra": [], "data": "00ff" }"#,
        ] {
            assert_eq!(verified(&signed(HS256, claims)), Some(vec![0, 255]));
        }
    }

    #[test]
    fn signed_tokens_of_another_kind_are_refused() {
        for (header, claims) in [
            (r#"{"alg":"none","typ":"JWT"}"#, r#"{"data":"00ff"}"#),
            (r#"{"alg":"HS512","typ":"JWT"}"#, r#"{"data":"00ff"}"#),
            (r#"{"typ":"JWT","alg":"HS256"}"#, r#"{"data":"00ff"}"#),
            ("", r#"{"data":"00ff"}"#),
            (HS256, ""),
            (HS256, "null"),
            (HS256, "{}"),
            (HS256, r#"{"data":7}"#),
            (HS256, r#"{"data":"0"}"#),
            (HS256, r#"{"data":"zz"}"#),
            (HS256, r#"{"data":"00ff"} x"#),
            (HS256, r#"{"data":"00ff","exp":100}"#),
            (HS256, r#"{"data":"00ff","exp":-1}"#),
            (HS256, r#"{"data":"00ff","exp":1e99}"#),
            (HS256, r#"{"data":"00ff","exp":"200"}"#),
            (HS256, r#"{"data":"00ff","exp":null}"#),
        ] {
            assert_eq!(verified(&signed(header, claims)), None, "{header} {claims}");
        }
    }

    #[test]
    fn a_longer_token_than_a_cookie_holds_is_refused() {
        let padded = |length: usize| signed(HS256, &format!("{:length$}", r#"{"data":"00ff"}"#));
        let (longest, over) = (padded(1475), padded(1476));
        assert_eq!((longest.len(), over.len()), (MAX_LENGTH, MAX_LENGTH + 1));
        assert_eq!(verified(&longest), Some(vec![0, 255]));
        assert_eq!(verified(&over), None);
        assert_eq!(verified(&padded(2000)), None);
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let good = signed(HS256, r#"{"data":"00ff"}"#);
        for token in [
            "".to_owned(),
            ".".to_owned(),
            "..".to_owned(),
            "…".to_owned(),
            format!("{good}="),
            format!("{good}."),
            format!(".{good}"),
            format!(" {good}"),
            good.replace('.', ""),
            "a".repeat(1 << 20),
        ] {
            assert_eq!(verified(&token), None, "{token:.40}");
        }
        let (unsigned, _) = good.rsplit_once('.').unwrap();
        assert_eq!(verified(unsigned), None);
        assert_eq!(verified(&format!("{unsigned}.")), None);
    }
}
