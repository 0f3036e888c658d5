//! What a user is, and what counts as one.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tower_api_routes::ApiError;

/// A user as the database has it.
#[derive(Debug, Serialize)]
pub(crate) struct User {
    pub(crate) id: i64,
    #[serde(flatten)]
    pub(crate) profile: Profile,
    /// Counts the changes; the entity tag of the user.
    #[serde(skip)]
    pub(crate) version: i64,
}

/// What clients may choose of a user. Made by [`NewProfile::check`] alone, and by the database.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Profile {
    pub(crate) name: String,
    pub(crate) email: String,
}

/// The body of POST and PUT.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewProfile {
    pub(crate) name: String,
    pub(crate) email: String,
}

/// The body of PATCH: a field that is left out stays as it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Changes {
    name: Option<String>,
    email: Option<String>,
}

const MAX_CHARS: usize = 100;

impl NewProfile {
    /// # Errors
    ///
    /// 422 that names every field that is wrong.
    pub(crate) fn check(self) -> Result<Profile, ApiError> {
        let name = self.name.trim();
        let email = self.email.trim();
        let mut complaints = Vec::new();
        if name.is_empty() || name.chars().count() > MAX_CHARS {
            complaints.push(format!("name: expected 1 to {MAX_CHARS} characters"));
        }
        if !is_address(email) {
            complaints.push("email: expected an address such as ada@example.com".to_owned());
        }
        if complaints.is_empty() {
            Ok(Profile {
                name: name.to_owned(),
                email: email.to_lowercase(),
            })
        } else {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Err(ApiError::new(status, complaints.join("; ")))
        }
    }
}

impl Changes {
    /// The profile with the changes.
    ///
    /// # Errors
    ///
    /// Those of [`NewProfile::check`].
    pub(crate) fn apply(self, to: Profile) -> Result<Profile, ApiError> {
        let changed = NewProfile {
            name: self.name.unwrap_or(to.name),
            email: self.email.unwrap_or(to.email),
        };
        changed.check()
    }
}

/// Only a message tells whether there is such an address; this keeps out what cannot be one.
fn is_address(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control())
    };
    text.chars().count() <= MAX_CHARS
        && text.rsplit_once('@').is_some_and(|(user, host)| {
            plain(user) && plain(host) && !host.starts_with('.') && !host.ends_with('.')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, email: &str) -> Result<Profile, String> {
        let profile = NewProfile {
            name: name.to_owned(),
            email: email.to_owned(),
        };
        profile.check().map_err(|error| error.message().to_owned())
    }

    #[test]
    fn addresses() {
        for address in ["a@b", "ada@example.com", "\"a@b\"@example.com", "ä@ö.de"] {
            assert!(is_address(address), "{address}");
        }
        let long = format!("{}@example.com", "a".repeat(90));
        for text in [
            "", "@", "a@", "@b", "ab", "a b@c", "a@.c", "a@c.", "a@b\n", &long,
        ] {
            assert!(!is_address(text), "{text:?}");
        }
    }

    #[test]
    fn a_profile_is_trimmed() {
        let profile = check(" Ada ", " Ada@Example.com\n").unwrap();
        assert_eq!(
            (&*profile.name, &*profile.email),
            ("Ada", "ada@example.com")
        );
    }

    #[test]
    fn every_wrong_field_is_named() {
        let name = "name: expected 1 to 100 characters";
        let email = "email: expected an address such as ada@example.com";
        assert_eq!(check(" ", "a@b").unwrap_err(), name);
        assert_eq!(check("Ada", "ada").unwrap_err(), email);
        assert_eq!(check("", "").unwrap_err(), format!("{name}; {email}"));
        assert_eq!(check(&"ä".repeat(101), "a@b").unwrap_err(), name);
        assert!(check(&"ä".repeat(100), "a@b").is_ok());
    }

    #[test]
    fn changes_leave_the_rest() {
        let profile = check("Ada", "ada@example.com").unwrap();
        let changes = Changes {
            name: Some("Grace".to_owned()),
            email: None,
        };
        assert_eq!(
            changes.apply(profile).unwrap(),
            check("Grace", "ada@example.com").unwrap()
        );
    }
}
