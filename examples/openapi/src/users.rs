//! What a user is, and what counts as one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::errors::Refused;

/// The number of a user.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(transparent)]
pub(crate) struct UserId(#[schemars(range(min = 0, max = 4_294_967_295_u32))] pub(crate) u32);

/// What a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    Customer,
    Clerk,
    Admin,
}

/// Where something is sent to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Address {
    #[schemars(length(min = 1, max = 200))]
    street: String,
    #[schemars(length(min = 1, max = 200))]
    city: String,
    /// Two letters (ISO 3166-1).
    #[schemars(regex(pattern = "^[A-Z]{2}$"))]
    country: String,
}

/// What a client chooses of a user.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    #[schemars(length(min = 1, max = 100))]
    pub(crate) name: String,
    /// Belongs to one user.
    #[schemars(email)]
    pub(crate) email: String,
    pub(crate) role: Role,
    pub(crate) address: Option<Address>,
}

/// A user of the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<Address>,
}

impl NewUser {
    /// # Errors
    ///
    /// [`Refused::Invalid`] for what the schema of the document says and the types cannot.
    pub(crate) fn check(&self) -> Result<(), Refused> {
        let has_length = |text: &str, max| (1..=max).contains(&text.chars().count());
        if !has_length(&self.name, 100) {
            return Err(Refused::Invalid("name: expected 1 to 100 characters"));
        }
        if !self.email.contains('@') {
            return Err(Refused::Invalid("email: expected an address"));
        }
        if let Some(address) = &self.address {
            if !has_length(&address.street, 200) || !has_length(&address.city, 200) {
                return Err(Refused::Invalid("address: expected 1 to 200 characters"));
            }
            let country = address.country.as_bytes();
            if country.len() != 2 || !country.iter().all(u8::is_ascii_uppercase) {
                return Err(Refused::Invalid("address.country: expected two letters"));
            }
        }
        Ok(())
    }

    pub(crate) fn with_id(self, id: UserId) -> User {
        User {
            id,
            name: self.name,
            email: self.email,
            role: self.role,
            address: self.address,
        }
    }
}
