//! The API without a socket, on SQLite, and on Postgres where `DATABASE_URL` names one.

use axum::http::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower_api_routes::{
    Shutdown,
    test_client::{TestClient, TestResponse},
};

use crate::state::Secrets;

mod postgres;

/// A database without users.
enum Database {
    Sqlite(TempDir),
    Postgres(postgres::Schema),
}

impl Database {
    async fn all() -> Vec<Self> {
        let mut all = vec![Self::Sqlite(tempfile::tempdir().unwrap())];
        all.extend(postgres::Schema::create().await.map(Self::Postgres));
        all
    }

    async fn serve(&self) -> Api {
        let url = match self {
            Self::Sqlite(directory) => {
                let file = directory.path().join("rest.db");
                format!("sqlite://{}?mode=rwc", file.display())
            }
            Self::Postgres(schema) => schema.url(),
        };
        let db = crate::db::Db::connect(&url).await.unwrap();
        let secrets = Secrets::from_environment().unwrap();
        Api(TestClient::new(
            crate::app(db, secrets, Shutdown::new()).unwrap(),
        ))
    }
}

struct Api(TestClient);

impl Api {
    async fn add(&self, name: &str) -> TestResponse {
        let email = format!("{}@example.com", name.to_lowercase());
        let body = json!({ "name": name, "email": email });
        self.0.post("/api/users").json(&body).send().await
    }

    async fn get(&self, path: &str) -> TestResponse {
        self.0.get(path).send().await
    }

    /// Changes the version of a user that has this tag.
    async fn change(&self, method: Method, path: &str, tag: &str, body: &Value) -> TestResponse {
        let request = self.0.request(method, path).header("if-match", tag);
        request.json(body).send().await
    }

    async fn delete(&self, path: &str, tag: &str) -> TestResponse {
        self.0.delete(path).header("if-match", tag).send().await
    }
}

/// What a problem (RFC 9457) says of itself.
fn detail(answer: &TestResponse) -> String {
    answer.assert_header("content-type", "application/problem+json");
    let problem: Value = answer.json();
    problem["detail"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_user_is_created_read_changed_and_deleted() {
    for database in Database::all().await {
        let api = database.serve().await;

        let created = api.add("Ada").await;
        let ada = json!({ "id": 1, "name": "Ada", "email": "ada@example.com" });
        let path = created
            .assert_status(201)
            .assert_header("etag", "\"1\"")
            .assert_json(&ada)
            .header("location")
            .unwrap();
        assert_eq!(path, "/api/user/1");

        let read = api.get(path).await;
        read.assert_status(200)
            .assert_header("etag", "\"1\"")
            .assert_json(&ada);
        let mut names = read.headers().keys();
        let is_cors = names.any(|name| name.as_str().starts_with("access-control-"));
        assert!(!is_cors, "{read}");

        let body = json!({ "name": "Ada L.", "email": "al@example.com" });
        let put = api.change(Method::PUT, path, "\"1\"", &body).await;
        put.assert_status(200).assert_header("etag", "\"2\"");
        assert_eq!(put.json::<Value>()["name"], "Ada L.");

        let body = json!({ "name": "A" });
        let patched = api.change(Method::PATCH, path, "\"2\"", &body).await;
        let ada = json!({ "id": 1, "name": "A", "email": "al@example.com" });
        patched.assert_header("etag", "\"3\"").assert_json(&ada);

        let deleted = api.delete(path, "\"3\"").await;
        deleted.assert_status(204).assert_text("");
        api.get(path).await.assert_status(404);

        // Its id is not given again.
        let again = api.add("Ada").await;
        again.assert_header("location", "/api/user/2");
    }
}

#[tokio::test]
async fn only_the_version_that_was_seen_is_changed() {
    for database in Database::all().await {
        let api = database.serve().await;
        api.add("Ada").await;
        let path = "/api/user/1";
        let change = json!({ "name": "Eve" });

        let blind = api.0.patch(path).json(&change).send().await;
        blind.assert_status(428);
        assert_eq!(detail(&blind), "send the ETag of the user in If-Match");

        let seen = api.change(Method::PATCH, path, "\"1\"", &change).await;
        seen.assert_status(200);
        let late = api.change(Method::PATCH, path, "\"1\"", &change).await;
        late.assert_status(412);
        assert_eq!(detail(&late), "the user was changed: get it again");

        api.delete(path, "\"1\"").await.assert_status(412);
        api.delete(path, "*").await.assert_status(204);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_changes_at_the_same_time_one_wins() {
    for database in Database::all().await {
        let api = database.serve().await;
        api.add("Ada").await;
        let changes: Vec<_> = (0..8)
            .map(|index| {
                let patch = api.0.patch("/api/user/1").header("if-match", "\"1\"");
                let body = json!({ "name": format!("Ada {index}") });
                tokio::spawn(patch.json(&body).send())
            })
            .collect();
        let mut statuses = vec![];
        for change in changes {
            statuses.push(change.await.unwrap().status().as_u16());
        }
        let count = |status| statuses.iter().filter(|it| **it == status).count();
        assert_eq!((count(200), count(412)), (1, 7), "{statuses:?}");
        let changed = api.get("/api/user/1").await;
        changed.assert_header("etag", "\"2\"");
    }
}

#[tokio::test]
async fn what_is_unchanged_is_not_sent_again() {
    for database in Database::all().await {
        let api = database.serve().await;
        api.add("Ada").await;
        for (tag, status) in [("\"1\"", 304), ("\"2\"", 200)] {
            let again = api.0.get("/api/user/1").header("if-none-match", tag);
            again.send().await.assert_status(status);
        }
    }
}

#[tokio::test]
async fn wrong_bodies_are_refused_with_the_field() {
    for database in Database::all().await {
        let api = database.serve().await;
        let name = "name: expected 1 to 100 characters";
        let email = "email: expected an address such as ada@example.com";
        let both = format!("{name}; {email}");
        let cases = [
            (json!({ "name": "A" }), 400, "invalid body: email: missing"),
            (
                json!({ "name": 1, "email": "a@b" }),
                400,
                "invalid body: name: expected a string",
            ),
            (
                json!({ "name": "A", "email": "a@b", "id": 7 }),
                400,
                "invalid body: id: unknown field",
            ),
            (json!({ "name": "A", "email": "a" }), 422, email),
            (json!({ "name": " ", "email": "" }), 422, &both),
        ];
        for (body, status, message) in cases {
            let refused = api.0.post("/api/users").json(&body).send().await;
            refused.assert_status(status);
            assert_eq!(detail(&refused), message, "{body}");
        }
        let form = api.0.post("/api/users").form(&[("name", "Ada")]);
        form.send().await.assert_status(415);
        api.get("/api/users").await.assert_json(&json!([]));
    }
}

#[tokio::test]
async fn an_address_belongs_to_one_user() {
    for database in Database::all().await {
        let api = database.serve().await;
        api.add("Ada").await;
        api.add("Grace").await;
        let second = api.add("ADA").await;
        second.assert_status(409);
        assert_eq!(detail(&second), "email: belongs to another user");
        let body = json!({ "email": "ada@example.com" });
        let taken = api.change(Method::PATCH, "/api/user/2", "\"1\"", &body);
        taken.await.assert_status(409);
    }
}

#[tokio::test]
async fn lists_come_in_pages() {
    for database in Database::all().await {
        let api = database.serve().await;
        let names = ["Ada", "Grace", "Barbara", "Frances", "Radia"];
        for name in names {
            api.add(name).await.assert_status(201);
        }
        for (path, expected) in [
            ("/api/users", &names[..]),
            ("/api/users?page=2&per_page=2", &["Barbara", "Frances"]),
            ("/api/users?page=4&per_page=2", &[]),
        ] {
            let page = api.get(path).await;
            let users: Vec<Value> = page.json();
            let found: Vec<_> = users.iter().map(|user| user["name"].clone()).collect();
            assert_eq!(found, expected, "{page}");
        }

        let page = api.get("/api/users?page=2&per_page=2").await;
        let links = "</api/users?page=1&per_page=2>; rel=\"first\", \
            </api/users?page=3&per_page=2>; rel=\"last\", \
            </api/users?page=1&per_page=2>; rel=\"prev\", \
            </api/users?page=3&per_page=2>; rel=\"next\"";
        page.assert_header("x-total-count", "5")
            .assert_header("link", links);

        for (query, message) in [
            ("page=0", "page: starts at 1"),
            ("per_page=101", "per_page: expected a number from 1 to 100"),
            (
                "page=x",
                "page: expected a whole number from 0 to 4294967295",
            ),
        ] {
            let refused = api.get(&format!("/api/users?{query}")).await;
            refused.assert_status(400);
            assert_eq!(detail(&refused), format!("invalid query: {message}"));
        }
    }
}

#[tokio::test]
async fn other_methods_and_paths_are_refused() {
    for database in Database::all().await {
        let api = database.serve().await;
        let refused = api.0.delete("/api/users").send().await;
        refused
            .assert_status(405)
            .assert_header("allow", "GET, HEAD, POST, OPTIONS");
        for (path, status) in [
            ("/api/user/9", 404),
            ("/api/user/x", 400),
            ("/api/user/9223372036854775808", 400),
            ("/api/user", 404),
            ("/", 404),
        ] {
            api.get(path).await.assert_status(status);
        }
    }
}

#[tokio::test]
async fn users_outlive_the_connection() {
    for database in Database::all().await {
        database.serve().await.add("Ada").await;
        let users = database.serve().await.get("/api/users").await;
        assert_eq!(users.json::<Value>()[0]["name"], "Ada");
    }
}
