//! The cookies of preview mode.

use std::sync::LazyLock;

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tower_api_routes::preview::{Preview, PreviewKeys, PreviewOptions};

const ID: &str = "11111111111111111111111111111111";
const KEY: &str = "2222222222222222222222222222222222222222222222222222222222222222";

static KEYS: LazyLock<PreviewKeys> =
    LazyLock::new(|| PreviewKeys::new(ID, KEY, &KEY.replace('2', "3")).unwrap());

/// A token that is good.
static TOKEN: LazyLock<String> = LazyLock::new(|| seal(&Value::Null).unwrap());

fn seal(data: &Value) -> Option<String> {
    let [_, line] = KEYS.seal(data, &PreviewOptions::new()).ok()?;
    let (_, value) = line.to_str().unwrap().split_once('=').unwrap();
    Some(value.split(';').next().unwrap().to_owned())
}

/// A token with these claims, signed as the keys sign.
fn signed(claims: &[u8]) -> String {
    let mut token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.".to_owned();
    token += &BASE64URL_NOPAD.encode(claims);
    let mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
    let signature = mac.chain_update(&token).finalize().into_bytes();
    format!("{token}.{}", BASE64URL_NOPAD.encode(&signature))
}

/// Two cookies: preview mode is on for the pair that the keys made, and for no other one. The same bytes as data that
/// is sealed, as claims, and as changes to a good token.
pub(crate) fn preview(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (id, token) = text.split_once('\n').unwrap_or((&text, ""));
    let read = KEYS.read(Some(id), Some(token));
    match (id, token) {
        ("", "") => assert_eq!(read, Preview::None),
        (ID, "") => assert_eq!(read, Preview::Draft),
        _ => assert_eq!(read, Preview::Invalid, "{id} {token}"),
    }
    assert_eq!(KEYS.read(Some(ID), Some(&changed(bytes))).is_on(), {
        changed(bytes) == *TOKEN
    });
    assert_eq!(KEYS.read(Some(id), Some(&TOKEN)).is_on(), id == ID);

    // Sealed data has a salt of 64 bytes, from which a key is derived for tens of milliseconds: these are too short.
    if bytes.len() < 128 {
        let read = KEYS.read(Some(ID), Some(&signed(bytes)));
        assert_eq!(read, Preview::Invalid, "{text}");
    }

    let data = Value::from(&*text);
    match seal(&data) {
        Some(token) => {
            let Preview::Data(read) = KEYS.read(Some(ID), Some(&token)) else {
                panic!("sealed and not read: {data}");
            };
            assert_eq!(read.parse::<Value>().unwrap(), data);
        }
        // The text, its tag, salt and nonce in hexadecimal, in Base64: 2,048 characters.
        None => assert!(data.to_string().len() > 500, "not sealed: {data}"),
    }
}

/// The good token, each three bytes of `edits` a place and what stands there instead.
fn changed(edits: &[u8]) -> String {
    let mut token = TOKEN.clone().into_bytes();
    let length = token.len();
    for edit in edits.chunks_exact(3).take(8) {
        let place = usize::from(u16::from_le_bytes([edit[0], edit[1]]));
        token[place % length] = edit[2] & 0x7f;
    }
    String::from_utf8(token).unwrap()
}
