//! `/api/session`: cookies in place of a session in the memory of a process. Every replica with the same key reads
//! them. `theme` is signed, `user` is encrypted.

use serde::{Deserialize, Serialize};
use tower_api_routes::{
    ApiResponse, Json,
    cookies::{PrivateCookies, SignedCookies},
};

#[derive(Serialize, Deserialize)]
pub(crate) struct Session {
    theme: String,
    user: String,
}

#[derive(Serialize)]
pub(crate) struct Seen {
    theme: Option<String>,
    user: Option<String>,
}

pub async fn get(signed: SignedCookies, private: PrivateCookies) -> Json<Seen> {
    Json(Seen {
        theme: signed.get("theme"),
        user: private.get("user"),
    })
}

pub async fn post(
    signed: SignedCookies,
    private: PrivateCookies,
    Json(session): Json<Session>,
) -> ApiResponse {
    ApiResponse::new()
        .set_cookie(signed.sign(("theme", session.theme)))
        .set_cookie(private.seal(("user", session.user)))
        .status(204)
        .end()
}
