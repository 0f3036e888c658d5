//! The shop without a socket.

use serde_json::{Value, json};
use tower_api_routes::test_client::{MultipartForm, TestClient, TestResponse};

mod document;

fn client() -> TestClient {
    TestClient::new(super::app("secret").unwrap()).default_header("authorization", "Bearer secret")
}

fn ada() -> Value {
    json!({ "name": "Ada", "email": "ada@example.com", "role": "admin" })
}

async fn add(client: &TestClient, path: &str, body: &Value) -> TestResponse {
    client.post(path).json(body).send().await
}

/// The detail of an RFC 9457 problem.
fn detail(answer: &TestResponse) -> String {
    answer.assert_header("content-type", "application/problem+json");
    let problem: Value = answer.json();
    problem["detail"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn users_are_added_shown_replaced_and_removed() {
    let client = client();
    let added = add(&client, "/api/users", &ada()).await;
    added
        .assert_status(201)
        .assert_header("location", "/api/users/1");
    let mut expected = ada();
    expected["id"] = json!(1);
    added.assert_json(&expected);
    client
        .get("/api/users/1")
        .send()
        .await
        .assert_json(&expected);

    let address = json!({ "street": "1 Road", "city": "London", "country": "GB" });
    let mut new = ada();
    new["address"] = address.clone();
    let replaced = client.put("/api/users/1").json(&new).send().await;
    assert_eq!(replaced.json::<Value>()["address"], address);

    client
        .delete("/api/users/1")
        .send()
        .await
        .assert_status(204);
    client.get("/api/users/1").send().await.assert_status(404);
}

#[tokio::test]
async fn lists_are_filtered_sorted_and_cut_into_pages() {
    let client = client();
    for (name, role) in [("Grace", "admin"), ("Ada", "clerk"), ("Radia", "customer")] {
        let email = format!("{name}@example.com");
        let user = json!({ "name": name, "email": email, "role": role });
        add(&client, "/api/users", &user).await.assert_status(201);
    }
    for (query, names, total) in [
        ("", &["Grace", "Ada", "Radia"][..], 3),
        ("?role=admin&role=clerk", &["Grace", "Ada"], 2),
        ("?sort=name", &["Ada", "Grace", "Radia"], 3),
        ("?sort=name&per_page=2&page=2", &["Radia"], 3),
    ] {
        let page: Value = client
            .get(&format!("/api/users{query}"))
            .send()
            .await
            .json();
        let items = page["items"].as_array().unwrap();
        let found: Vec<_> = items.iter().map(|it| &it["name"]).collect();
        assert_eq!(
            (found, &page["total"]),
            (
                names
                    .iter()
                    .map(|it| json!(it))
                    .collect::<Vec<_>>()
                    .iter()
                    .collect(),
                &json!(total)
            ),
            "{query}"
        );
    }
    for query in [
        "?page=0",
        "?per_page=101",
        "?role=queen",
        "?sort=age",
        "?page=x",
    ] {
        let refused = client.get(&format!("/api/users{query}")).send().await;
        refused.assert_status(400);
        detail(&refused);
    }
}

#[tokio::test]
async fn what_is_wrong_is_refused_with_a_problem() {
    let client = client();
    add(&client, "/api/users", &ada()).await.assert_status(201);
    let with = |field: &str, value: Value| {
        let mut user = ada();
        user[field] = value;
        user
    };
    for (user, status) in [
        (ada(), 409),
        (with("name", json!("")), 422),
        (with("email", json!("nobody")), 422),
        (with("role", json!("queen")), 400),
        (with("unknown", json!(1)), 400),
        (with("address", json!({ "street": "1 Road" })), 400),
    ] {
        let refused = add(&client, "/api/users", &user).await;
        refused.assert_status(status);
        detail(&refused);
    }
}

fn order() -> Value {
    json!({
        "lines": [{ "sku": "ABC-1234", "quantity": 2, "price": 1950 }],
        "payment": { "method": "card", "last_four": "4242" },
    })
}

#[tokio::test]
async fn orders_are_placed_and_cancelled() {
    let client = client();
    let missing = add(&client, "/api/users/1/orders", &order()).await;
    missing.assert_status(404);
    let user = add(&client, "/api/users", &ada()).await;
    let user = user.header("location").unwrap();
    let orders = format!("{user}/orders");
    let placed = add(&client, &orders, &order()).await;
    placed.assert_status(201);
    let path = placed.header("location").unwrap();
    let shown: Value = client.get(path).send().await.json();
    assert_eq!(
        (&shown["total"], &shown["status"]),
        (&json!(3900), &json!("open"))
    );

    let busy = client.delete(user).send().await;
    assert_eq!(detail(busy.assert_status(409)), "the user has orders");
    let cancel = format!("{path}/cancel");
    client.post(&cancel).send().await.assert_status(200);
    for (query, total) in [
        ("?status=open", 0),
        ("?status=cancelled", 1),
        ("?user=99", 0),
    ] {
        let page: Value = client
            .get(&format!("/api/orders{query}"))
            .send()
            .await
            .json();
        assert_eq!(page["total"], total, "{query}");
    }
}

#[tokio::test]
async fn an_invoice_is_uploaded_and_given_back() {
    let client = client();
    let user = add(&client, "/api/users", &ada()).await;
    let orders = format!("{}/orders", user.header("location").unwrap());
    let placed = add(&client, &orders, &order()).await;
    let path = format!("{}/invoice", placed.header("location").unwrap());
    client.get(&path).send().await.assert_status(404);
    let form = MultipartForm::new().file("invoice", "a.pdf", "application/pdf", b"%PDF".as_slice());
    client
        .put(&path)
        .multipart(&form)
        .send()
        .await
        .assert_status(204);
    let invoice = client.get(&path).send().await;
    invoice
        .assert_text("%PDF")
        .assert_header("content-type", "application/octet-stream");
    let empty = MultipartForm::new().text("other", "x");
    client
        .put(&path)
        .multipart(&empty)
        .send()
        .await
        .assert_status(400);
    client
        .put("/api/orders/99/invoice")
        .multipart(&form)
        .send()
        .await
        .assert_status(404);
}

#[tokio::test]
async fn whoever_has_no_token_gets_no_further() {
    let client = TestClient::new(super::app("secret").unwrap());
    for path in [
        "/api/users",
        "/api/users/1",
        "/api/orders",
        "/api/orders/1/invoice",
    ] {
        let refused = client.get(path).send().await;
        refused
            .assert_status(401)
            .assert_header("www-authenticate", "Bearer");
        detail(&refused);
    }
    let guess = client
        .get("/api/users")
        .header("authorization", "Bearer guess");
    guess.send().await.assert_status(401);
    let status = client.get("/api/status").send().await;
    status.assert_json(&json!({ "users": 0, "orders": 0 }));
}

#[tokio::test]
async fn the_page_and_its_files_come_from_here() {
    let client = TestClient::new(super::app("secret").unwrap());
    let page = client.get("/").send().await;
    assert!(
        !page.text().contains("//"),
        "nothing from elsewhere: {page}"
    );
    for path in ["/swagger-ui.js", "/swagger-ui.css", "/api/openapi.json"] {
        client.get(path).send().await.assert_status(200);
    }
}
