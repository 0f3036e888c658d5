use std::{sync::LazyLock, time::Duration};

use serde_json::{Value, json};

use super::*;
use crate::error::ApiError;

const ID: &str = "0123456789abcdef0123456789abcdef";
const SIGNING_KEY: &str = "1111111111111111111111111111111111111111111111111111111111111111";
const ENCRYPTION_KEY: &str = "2222222222222222222222222222222222222222222222222222222222222222";

const NOW: u64 = 1_800_000_000;

fn new_keys() -> PreviewKeys {
    PreviewKeys::new(ID, SIGNING_KEY, ENCRYPTION_KEY).unwrap()
}

/// Shared, because a derivation without optimisation is slow.
static KEYS: LazyLock<PreviewKeys> = LazyLock::new(new_keys);

fn lines<const N: usize>(cookies: &[HeaderValue; N]) -> [&str; N] {
    cookies.each_ref().map(|cookie| cookie.to_str().unwrap())
}

/// The value in a `Set-Cookie` line.
fn value(cookie: &HeaderValue) -> String {
    let (_, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
    rest.split(';').next().unwrap().to_owned()
}

fn sealed(data: &Value, max_age: Option<u64>) -> String {
    let options = PreviewOptions::new().max_age(max_age.map(Duration::from_secs));
    let [_, data] = KEYS.seal_at(data, &options, NOW).unwrap();
    value(&data)
}

fn data_of(preview: Preview) -> Option<String> {
    match preview {
        Preview::Data(data) => Some(data.text().to_owned()),
        _ => None,
    }
}

#[test]
fn tokens_of_next_are_read() {
    let file: Value =
        serde_json::from_str(include_str!("../../tests/vectors/preview-token.json")).unwrap();
    let text = |vector: &Value, field: &str| vector[field].as_str().unwrap().to_owned();
    let keys = new_keys();
    let vectors = file["vectors"].as_array().unwrap();
    for vector in vectors {
        assert_eq!(text(vector, "previewModeId"), ID);
        let token = text(vector, "token");
        let data = data_of(keys.read(Some(ID), Some(&token)));
        assert_eq!(data, Some(text(vector, "dataJson")));
        assert_eq!(data, data_of(keys.read(Some(ID), Some(&token))));
    }
    assert_eq!(
        keys.secrets.sealer.derived(),
        vectors.len(),
        "one for each salt"
    );
}

#[test]
fn warming_up_derives_what_the_first_cookie_needs() {
    let keys = new_keys();
    assert_eq!(keys.secrets.sealer.derived(), 0);
    keys.warm_up();
    assert_eq!(keys.secrets.sealer.derived(), 1);
    keys.seal(&7, &PreviewOptions::new()).unwrap();
    assert_eq!(keys.secrets.sealer.derived(), 1);
}

#[test]
fn what_was_sealed_is_read() {
    for data in [
        json!({ "lets": "goooo", "a": [1.5, null] }),
        json!("é\u{2028}"),
        json!(null),
        json!(7),
    ] {
        let token = sealed(&data, None);
        let Preview::Data(read) = KEYS.read_at(Some(ID), Some(&token), NOW) else {
            panic!("{data} is read");
        };
        assert_eq!(read.parse::<Value>().unwrap(), data);
    }
    assert_eq!(KEYS.secrets.sealer.derived(), 1);
    assert!(KEYS.clone().read_at(Some(ID), None, NOW).is_on());
}

#[test]
fn the_cookies_are_those_of_next() {
    let options = PreviewOptions::new()
        .max_age(Duration::from_millis(3_600_999))
        .path("/docs");
    let cookies = KEYS.seal_at(&7, &options, NOW).unwrap();
    let token = value(&cookies[1]);
    let attributes = "; Max-Age=3600; Path=/docs; HttpOnly; Secure; SameSite=None";
    assert_eq!(
        lines(&cookies),
        [
            format!("__prerender_bypass={ID}{attributes}"),
            format!("__next_preview_data={token}{attributes}"),
        ]
    );

    let session = KEYS.seal_at(&7, &PreviewOptions::new(), NOW).unwrap();
    for line in lines(&session) {
        assert!(
            line.ends_with("; Path=/; HttpOnly; Secure; SameSite=None"),
            "{line}"
        );
        assert!(!line.contains("Max-Age"), "{line}");
    }

    let at_once = PreviewOptions::new().max_age(Duration::ZERO);
    let [bypass, _] = KEYS.seal_at(&7, &at_once, NOW).unwrap();
    assert!(bypass.to_str().unwrap().contains("; Max-Age=0; Path=/; "));

    assert_eq!(
        lines(&KEYS.clear(None).unwrap()),
        [
            "__prerender_bypass=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=None",
            "__next_preview_data=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=None",
        ]
    );
    for line in lines(&KEYS.clear(Some("/docs")).unwrap()) {
        assert!(line.contains("=; Path=/docs; Expires=Thu, "), "{line}");
    }

    assert_eq!(
        KEYS.draft(true).unwrap(),
        format!("__prerender_bypass={ID}; Path=/; HttpOnly; Secure; SameSite=None").as_str()
    );
    assert_eq!(
        KEYS.draft(false).unwrap(),
        format!(
            "__prerender_bypass={ID}; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=None"
        )
        .as_str()
    );
    assert_eq!(
        KEYS.clone().secure(false).draft(true).unwrap(),
        format!("__prerender_bypass={ID}; Path=/; HttpOnly; SameSite=Lax").as_str()
    );
}

#[test]
fn a_path_that_no_cookie_can_hold_is_refused() {
    for path in [
        "",
        "docs",
        "/d\noc",
        "/a;Domain=evil.example",
        "/é",
        "/\x7f",
    ] {
        let options = PreviewOptions::new().path(path);
        let error = KEYS.seal_at(&7, &options, NOW).unwrap_err();
        assert_eq!(error.kind(), PreviewErrorKind::Path);
        assert_eq!(
            error.to_string(),
            format!("the path {path:?} cannot stand in a cookie")
        );
        let error = KEYS.clear(Some(path)).unwrap_err();
        assert_eq!(error.kind(), PreviewErrorKind::Path);
    }
}

#[test]
fn the_two_cookies_together_decide() {
    let token = sealed(&json!(7), None);
    let other_id = "0123456789abcdef0123456789abcdee";
    let read = |bypass, data| KEYS.read_at(bypass, data, NOW);
    for absent in [None, Some("")] {
        assert_eq!(read(absent, absent), Preview::None);
        assert_eq!(read(Some(ID), absent), Preview::Draft);
        assert_eq!(read(Some(other_id), absent), Preview::Invalid);
        assert_eq!(read(absent, Some(&token)), Preview::Invalid);
    }
    assert!(read(Some(ID), Some(&token)).is_on());
    assert_eq!(read(Some(other_id), Some(&token)), Preview::Invalid);
    assert_eq!(read(Some(&ID[1..]), Some(&token)), Preview::Invalid);
    assert_eq!(read(Some(ID), Some("garbage")), Preview::Invalid);
    assert!(!Preview::None.is_on() && !Preview::Invalid.is_on() && Preview::Draft.is_on());
}

#[test]
fn h50_a_changed_cookie_is_no_preview() {
    let token = sealed(&json!({ "lets": "goooo" }), Some(60));
    let read = |bypass: &str, data: &str| KEYS.read_at(Some(bypass), Some(data), NOW);
    assert!(read(ID, &token).is_on());

    let mut flipped = 0;
    for bit in 0..token.len() * 8 {
        let mut changed = token.clone().into_bytes();
        changed[bit / 8] ^= 1 << (bit % 8);
        // What is not UTF-8 never comes out of the cookie reader.
        if let Ok(changed) = String::from_utf8(changed) {
            assert_eq!(read(ID, &changed), Preview::Invalid, "bit {bit}");
            flipped += 1;
        }
    }
    assert_eq!(flipped, token.len() * 7);

    for length in 1..token.len() {
        assert_eq!(read(ID, &token[..length]), Preview::Invalid, "{length}");
    }
    for length in 1..ID.len() {
        assert_eq!(read(&ID[..length], &token), Preview::Invalid, "{length}");
        let alone = KEYS.read_at(Some(&ID[..length]), None, NOW);
        assert_eq!(alone, Preview::Invalid, "{length}");
    }
    assert_eq!(read(&token, ID), Preview::Invalid, "swapped");
    assert_eq!(read(&token, &token), Preview::Invalid);
    assert_eq!(read(ID, ID), Preview::Invalid);
}

#[test]
fn h50_cookies_of_other_keys_are_no_preview() {
    let token = sealed(&json!(7), None);
    let read = |id, signing, encryption| {
        let keys = PreviewKeys::new(id, signing, encryption).unwrap();
        (
            keys.read_at(Some(ID), Some(&token), NOW),
            keys.secrets.sealer.derived(),
        )
    };
    let other = "3333333333333333333333333333333333333333333333333333333333333333";
    let unread = (Preview::Invalid, 0);
    assert_eq!(read(ID, other, ENCRYPTION_KEY), unread);
    assert_eq!(read(other, SIGNING_KEY, ENCRYPTION_KEY), unread);
    assert_eq!(read(ID, SIGNING_KEY, other), (Preview::Invalid, 1));
}

#[test]
fn h51_data_expires_on_the_server() {
    let read = |token: &str, now| KEYS.read_at(Some(ID), Some(token), now);
    let token = sealed(&json!(7), Some(60));
    assert!(read(&token, NOW).is_on());
    assert!(read(&token, NOW + 59).is_on());
    assert_eq!(read(&token, NOW + 60), Preview::Invalid);
    assert_eq!(read(&token, u64::MAX), Preview::Invalid);
    // A clock that was set back revives nothing beyond what the token was good for.
    assert!(read(&token, NOW - 86_400).is_on());
    assert!(read(&token, 0).is_on());

    assert_eq!(read(&sealed(&json!(7), Some(0)), NOW), Preview::Invalid);
    assert!(read(&sealed(&json!(7), Some(u64::MAX)), NOW).is_on());
    assert!(read(&sealed(&json!(7), None), u64::MAX).is_on());
}

#[test]
fn h51_the_time_is_that_of_the_clock() {
    let options = PreviewOptions::new().max_age(Duration::from_secs(3600));
    let read = |age: u64| {
        let [_, data] = KEYS.seal_at(&7, &options, now() - age).unwrap();
        KEYS.read(Some(ID), Some(&value(&data))).is_on()
    };
    assert!(read(0) && read(3000));
    assert!(!read(3600) && !read(7200));
}

#[test]
fn h52_forged_cookies_derive_nothing() {
    let keys = new_keys();
    for forged in 0..10_000 {
        let token = format!("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.{forged:04}.AAAA");
        assert_eq!(keys.read(Some(ID), Some(&token)), Preview::Invalid);
    }
    assert_eq!(keys.secrets.sealer.derived(), 0);
}

#[test]
fn h53_weak_keys_are_refused() {
    let zeros = "0".repeat(64);
    let short = "1".repeat(31);
    let nul = "\0".repeat(64);
    let cases = [
        (
            ["", SIGNING_KEY, ENCRYPTION_KEY],
            "the preview mode id is 0 characters long, at least 32 are needed",
        ),
        (
            [ID, &short, ENCRYPTION_KEY],
            "the preview mode signing key is 31 characters long, at least 32 are needed",
        ),
        (
            [ID, SIGNING_KEY, &short],
            "the preview mode encryption key is 31 characters long, at least 32 are needed",
        ),
        (
            [&zeros, SIGNING_KEY, ENCRYPTION_KEY],
            "the preview mode id is all zeros",
        ),
        (
            [ID, &zeros, ENCRYPTION_KEY],
            "the preview mode signing key is all zeros",
        ),
        (
            [ID, SIGNING_KEY, &nul],
            "the preview mode encryption key is all zeros",
        ),
        (
            [
                "0123456789abcdef0123456789abcde;",
                SIGNING_KEY,
                ENCRYPTION_KEY,
            ],
            "the preview mode id has a character that no cookie can hold",
        ),
    ];
    for ([id, signing, encryption], message) in cases {
        let error = PreviewKeys::new(id, signing, encryption).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn h53_secrets_are_not_shown() {
    assert_eq!(format!("{:?}", *KEYS), "PreviewKeys { secure: true, .. }");
}

#[test]
fn keys_come_from_the_manifest_of_a_build() {
    let manifest = json!({
        "version": 4,
        "routes": {},
        "preview": {
            "previewModeId": ID,
            "previewModeSigningKey": SIGNING_KEY,
            "previewModeEncryptionKey": ENCRYPTION_KEY,
        },
    });
    let keys = PreviewKeys::from_manifest_json(&manifest.to_string()).unwrap();
    let token = sealed(&json!(7), None);
    assert!(keys.read_at(Some(ID), Some(&token), NOW).is_on());

    for (manifest, message) in [
        ("", "the preview mode keys are not JSON"),
        ("{}", "the preview mode keys have no text `previewModeId`"),
        (
            r#"{"preview":{"previewModeId":"a","previewModeSigningKey":7}}"#,
            "the preview mode keys have no text `previewModeSigningKey`",
        ),
    ] {
        let error = PreviewKeys::from_manifest_json(manifest).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn generated_keys_differ() {
    let [one, other] = [(); 2].map(|()| PreviewKeys::generate().unwrap());
    assert_eq!(one.id().len(), 32);
    assert_ne!(one.id(), other.id());
    assert_eq!(other.read(Some(one.id()), None), Preview::Invalid);
}

#[test]
fn h54_too_much_data_is_refused() {
    let seal = |length| KEYS.seal_at(&"a".repeat(length), &PreviewOptions::new(), NOW);
    // One more byte takes two or three more characters.
    let [_, data] = seal(625).unwrap();
    assert_eq!(value(&data).len(), token::MAX_LENGTH - 1);
    for length in [626, 2000, 1 << 20] {
        let error = seal(length).unwrap_err();
        assert_eq!(error.kind(), PreviewErrorKind::TooLong);
        assert_eq!(
            error.to_string(),
            format!(
                "the preview data of {} bytes makes a cookie of more than 2048 characters",
                length + 2
            )
        );
        assert_eq!(ApiError::from(error).message(), "Internal Server Error");
    }
}

#[test]
fn h54_a_token_of_2048_characters_is_the_longest() {
    let options = PreviewOptions::new().max_age(Duration::from_secs(60));
    let seal = |length| KEYS.seal_at(&"a".repeat(length), &options, NOW);
    let [_, data] = seal(617).unwrap();
    let token = value(&data);
    assert_eq!(token.len(), 2048);
    assert!(KEYS.read_at(Some(ID), Some(&token), NOW).is_on());
    assert_eq!(seal(618).unwrap_err().kind(), PreviewErrorKind::TooLong);
}

#[test]
fn data_that_is_no_json_is_refused() {
    let data = std::collections::HashMap::from([(vec![1], 1)]);
    let error = KEYS
        .seal_at(&data, &PreviewOptions::new(), NOW)
        .unwrap_err();
    assert_eq!(error.kind(), PreviewErrorKind::Data);
    assert_eq!(error.to_string(), "the preview data is not JSON");
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "key must be a string");
}
