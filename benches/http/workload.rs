//! The requests that are sent, and the types on the other side of them.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

/// One kind of request, as the bytes on the wire.
#[derive(Debug, Clone)]
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    pub(crate) request: Vec<u8>,
}

pub(crate) const STATIC: &str = "/api/user";
pub(crate) const DYNAMIC: &str = "/api/users/42";
pub(crate) const ORDERS: &str = "/api/orders";

#[derive(Serialize)]
pub(crate) struct User<'a> {
    pub(crate) name: &'a str,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Order {
    id: u64,
    customer: String,
    note: String,
    items: Vec<Item>,
}

#[derive(Serialize, Deserialize)]
struct Item {
    sku: String,
    amount: u32,
    price: f64,
}

impl Workload {
    /// GET of a route without parameters.
    pub(crate) fn fixed() -> Self {
        Self::new("GET", STATIC, &[])
    }

    /// GET of a route with a parameter.
    pub(crate) fn dynamic() -> Self {
        Self::new("GET /[id]", DYNAMIC, &[])
    }

    /// POST of about `bytes` of JSON, which comes back.
    pub(crate) fn echo(name: &'static str, bytes: usize) -> Self {
        Self::new(name, ORDERS, &order(bytes))
    }

    pub(crate) fn all() -> Vec<Self> {
        vec![
            Self::fixed(),
            Self::dynamic(),
            Self::echo("POST 1 KB", 1024),
        ]
    }

    fn new(name: &'static str, path: &str, body: &[u8]) -> Self {
        let method = if body.is_empty() { "GET" } else { "POST" };
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nuser-agent: bench\r\naccept: */*\r\n"
        );
        if !body.is_empty() {
            let length = body.len();
            write!(
                head,
                "content-type: application/json\r\ncontent-length: {length}\r\n"
            )
            .unwrap();
        }
        head.push_str("\r\n");
        let mut request = head.into_bytes();
        request.extend_from_slice(body);
        Self { name, request }
    }
}

/// JSON of about `bytes` bytes, and of 64 at least.
fn order(bytes: usize) -> Vec<u8> {
    let mut order = Order {
        id: 42,
        customer: "Jane Doe".to_owned(),
        note: "at the door".to_owned(),
        items: Vec::new(),
    };
    let mut text = serde_json::to_vec(&order).unwrap();
    let mut length = text.len();
    for n in 0.. {
        let item = Item {
            sku: format!("sku-{n:08}"),
            amount: n % 100,
            price: f64::from(n % 1000) * 1.25,
        };
        length += serde_json::to_vec(&item).unwrap().len() + 1;
        if length > bytes {
            break;
        }
        order.items.push(item);
    }
    text.clear();
    serde_json::to_writer(&mut text, &order).unwrap();
    text
}
