//! What an order is, and what counts as one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{errors::Refused, users::UserId};

/// The number of an order.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(transparent)]
pub(crate) struct OrderId(#[schemars(range(min = 0, max = 4_294_967_295_u32))] pub(crate) u32);

/// How far an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OrderStatus {
    Open,
    Cancelled,
}

/// So many of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    /// The number of the thing: `ABC-1234`.
    #[schemars(regex(pattern = "^[A-Z]{3}-[0-9]{4}$"))]
    sku: String,
    #[schemars(range(min = 1, max = 99))]
    quantity: u32,
    /// For one of them, in cents.
    #[schemars(range(min = 0, max = 1_000_000))]
    price: u32,
}

/// How an order is paid.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(tag = "method", rename_all = "lowercase")]
pub(crate) enum Payment {
    /// In the shop.
    Cash,
    /// By a card, of which no more than this is kept.
    Card {
        #[schemars(regex(pattern = "^[0-9]{4}$"))]
        last_four: String,
    },
}

/// What a client chooses of an order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOrder {
    #[schemars(length(min = 1, max = 20))]
    pub(crate) lines: Vec<Line>,
    pub(crate) payment: Payment,
}

/// An order, which cannot be changed but for its status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Order {
    pub(crate) id: OrderId,
    pub(crate) user: UserId,
    pub(crate) lines: Vec<Line>,
    pub(crate) payment: Payment,
    pub(crate) status: OrderStatus,
    /// Of all lines, in cents.
    pub(crate) total: u32,
}

impl NewOrder {
    /// # Errors
    ///
    /// [`Refused::Invalid`] for what the schema of the document says and the types cannot.
    pub(crate) fn check(&self) -> Result<(), Refused> {
        if !(1..=20).contains(&self.lines.len()) {
            return Err(Refused::Invalid("lines: expected 1 to 20 lines"));
        }
        for line in &self.lines {
            if !is_sku(&line.sku) {
                return Err(Refused::Invalid("lines.sku: expected a number as ABC-1234"));
            }
            if !(1..=99).contains(&line.quantity) {
                return Err(Refused::Invalid("lines.quantity: expected 1 to 99"));
            }
            if line.price > 1_000_000 {
                return Err(Refused::Invalid("lines.price: expected 0 to 1000000"));
            }
        }
        if let Payment::Card { last_four } = &self.payment
            && !(last_four.len() == 4 && last_four.bytes().all(|it| it.is_ascii_digit()))
        {
            return Err(Refused::Invalid("payment.last_four: expected four digits"));
        }
        Ok(())
    }

    /// An order that was [checked](Self::check).
    pub(crate) fn with_id(self, id: OrderId, user: UserId) -> Order {
        // At most 20 * 99 * 1,000,000.
        let total = self.lines.iter().map(|it| it.quantity * it.price).sum();
        Order {
            id,
            user,
            lines: self.lines,
            payment: self.payment,
            status: OrderStatus::Open,
            total,
        }
    }
}

fn is_sku(text: &str) -> bool {
    text.split_once('-').is_some_and(|(letters, digits)| {
        (letters.len(), digits.len()) == (3, 4)
            && letters.bytes().all(|it| it.is_ascii_uppercase())
            && digits.bytes().all(|it| it.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_things_have_one_form() {
        assert!(is_sku("ABC-1234"));
        for text in [
            "",
            "-",
            "ABC1234",
            "abc-1234",
            "ABC-123",
            "ABCD-1234",
            "ABC-12345",
            "ÄB-1234",
        ] {
            assert!(!is_sku(text), "{text}");
        }
    }
}
