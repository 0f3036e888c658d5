//! What can be done with something that was just added (OpenAPI 3.1, Link Object).

use serde_json::{Value, json};

/// Each operation that answers 201 with an `id`, and those that take it.
const LINKS: [(&str, &[&str]); 2] = [
    (
        "/api/users",
        &[
            "getUsersById",
            "putUsersById",
            "deleteUsersById",
            "postUsersByIdOrders",
        ],
    ),
    (
        "/api/users/{id}/orders",
        &[
            "getOrdersById",
            "postOrdersByIdCancel",
            "getOrdersByIdInvoice",
            "putOrdersByIdInvoice",
        ],
    ),
];

/// Writes the links into the document, which has no method for them.
pub(crate) fn add_links(document: &mut Value) {
    for (path, operation_ids) in LINKS {
        let links = operation_ids.iter().map(|id| {
            let link = json!({ "operationId": id, "parameters": { "id": "$response.body#/id" } });
            ((*id).to_owned(), link)
        });
        let links: serde_json::Map<_, _> = links.collect();
        document["paths"][path]["post"]["responses"]["201"]["links"] = links.into();
    }
}
