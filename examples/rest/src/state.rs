//! What the route files share: the database, the key of the cookies, and the word that the server stops.

use axum::extract::FromRef;
use tower_api_routes::{BoxError, Shutdown, cookies::Key, preview::PreviewKeys};

use crate::db::Db;

#[derive(Debug, Clone)]
pub(crate) struct AppState {
    pub(crate) db: Db,
    pub(crate) key: Key,
    pub(crate) preview: PreviewMode,
    pub(crate) shutdown: Shutdown,
}

/// Whether there are keys for preview mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PreviewMode {
    Available,
    Off,
}

impl FromRef<AppState> for Db {
    fn from_ref(state: &AppState) -> Self {
        state.db.clone()
    }
}

impl FromRef<AppState> for Key {
    fn from_ref(state: &AppState) -> Self {
        state.key.clone()
    }
}

impl FromRef<AppState> for PreviewMode {
    fn from_ref(state: &AppState) -> Self {
        state.preview
    }
}

impl FromRef<AppState> for Shutdown {
    fn from_ref(state: &AppState) -> Self {
        state.shutdown.clone()
    }
}

/// What makes and checks the cookies. All processes that serve one site are given the same.
pub(crate) struct Secrets {
    pub(crate) key: Key,
    /// Without them, preview mode is off.
    pub(crate) preview: Option<PreviewKeys>,
}

impl Secrets {
    /// From `COOKIE_KEY` (64 bytes or more) and `PREVIEW_ID`, `PREVIEW_SIGNING_KEY` and
    /// `PREVIEW_ENCRYPTION_KEY` (32 characters or more each). Without the first, a new key is made, which no other
    /// process has, nor this one after a restart; without the others, preview mode is off. Both are printed.
    ///
    /// # Errors
    ///
    /// When one of them is too short, or some of the three are missing.
    pub(crate) fn from_environment() -> Result<Self, BoxError> {
        let get = |name| std::env::var(name).ok();
        let key = match get("COOKIE_KEY") {
            Some(key) => {
                Key::try_from(key.as_bytes()).map_err(|error| format!("COOKIE_KEY: {error}"))?
            }
            None => {
                println!("cookies are valid until this process ends: COOKIE_KEY is not set");
                Key::generate()
            }
        };
        let parts = [
            "PREVIEW_ID",
            "PREVIEW_SIGNING_KEY",
            "PREVIEW_ENCRYPTION_KEY",
        ]
        .map(get);
        let preview = match parts {
            [Some(id), Some(signing), Some(encryption)] => {
                Some(PreviewKeys::new(&id, &signing, &encryption)?)
            }
            [None, None, None] => {
                println!(
                    "preview mode is off: PREVIEW_ID, PREVIEW_SIGNING_KEY and PREVIEW_ENCRYPTION_KEY are not set"
                );
                None
            }
            _ => {
                let error =
                    "PREVIEW_ID, PREVIEW_SIGNING_KEY and PREVIEW_ENCRYPTION_KEY belong together";
                return Err(error.into());
            }
        };
        Ok(Self { key, preview })
    }
}
