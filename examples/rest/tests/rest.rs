//! The API over HTTP, on SQLite, and on Postgres where `DATABASE_URL` names one.

use example_tests::{Answer, Server};
use serde_json::{Value, json};
use tempfile::TempDir;

mod postgres;

/// A database without users.
enum Database {
    Sqlite(TempDir),
    Postgres(postgres::Schema),
}

impl Database {
    fn all() -> Vec<Self> {
        let mut all = vec![Self::Sqlite(tempfile::tempdir().unwrap())];
        all.extend(postgres::Schema::create().map(Self::Postgres));
        all
    }

    fn serve(&self) -> Api {
        let url = match self {
            Self::Sqlite(directory) => {
                let file = directory.path().join("rest.db");
                format!("sqlite://{}?mode=rwc", file.display())
            }
            Self::Postgres(schema) => schema.url(),
        };
        Api(Server::start_with(
            env!("CARGO_BIN_EXE_rest"),
            &[("DATABASE_URL", &url)],
        ))
    }
}

struct Api(Server);

impl Api {
    fn add(&self, name: &str) -> Answer {
        let email = format!("{}@example.com", name.to_lowercase());
        let body = json!({ "name": name, "email": email });
        self.send("POST", "/api/users", &[], &body)
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let headers = [&[("content-type", "application/json")], headers].concat();
        self.0.request(method, path, &headers, body.to_string())
    }

    fn delete(&self, path: &str, tag: &str) -> Answer {
        self.0.request("DELETE", path, &[("if-match", tag)], "")
    }
}

/// What a problem (RFC 9457) says of itself.
fn detail(answer: &Answer) -> String {
    let content_type = answer.header("content-type");
    assert_eq!(content_type, Some("application/problem+json"), "{answer:?}");
    let problem = answer.json();
    problem["detail"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_user_is_created_read_changed_and_deleted() {
    for database in Database::all() {
        let api = database.serve();

        let created = api.add("Ada");
        assert_eq!(created.status, 201, "{created:?}");
        assert_eq!(created.header("etag"), Some("\"1\""));
        let path = created.header("location").unwrap();
        assert_eq!(path, "/api/user/1");
        let ada = json!({ "id": 1, "name": "Ada", "email": "ada@example.com" });
        assert_eq!(created.json(), ada);

        let read = api.0.get(path);
        assert_eq!((read.status, read.header("etag")), (200, Some("\"1\"")));
        assert_eq!(read.json(), ada);
        assert_eq!(read.cors_headers(), [""; 0]);

        let body = json!({ "name": "Ada L.", "email": "al@example.com" });
        let put = api.send("PUT", path, &[("if-match", "\"1\"")], &body);
        assert_eq!((put.status, put.header("etag")), (200, Some("\"2\"")));
        assert_eq!(put.json()["name"], "Ada L.");

        let body = json!({ "name": "A" });
        let patched = api.send("PATCH", path, &[("if-match", "\"2\"")], &body);
        assert_eq!(patched.header("etag"), Some("\"3\""));
        let ada = json!({ "id": 1, "name": "A", "email": "al@example.com" });
        assert_eq!(patched.json(), ada);

        let deleted = api.delete(path, "\"3\"");
        assert_eq!((deleted.status, deleted.text()), (204, ""));
        assert_eq!(api.0.get(path).status, 404);

        // Its id is not given again.
        assert_eq!(api.add("Ada").header("location"), Some("/api/user/2"));
    }
}

#[test]
fn only_the_version_that_was_seen_is_changed() {
    for database in Database::all() {
        let api = database.serve();
        api.add("Ada");
        let change = json!({ "name": "Eve" });
        let patch = |headers: &[(&str, &str)]| api.send("PATCH", "/api/user/1", headers, &change);

        let blind = patch(&[]);
        assert_eq!(blind.status, 428);
        assert_eq!(detail(&blind), "send the ETag of the user in If-Match");

        assert_eq!(patch(&[("if-match", "\"1\"")]).status, 200);
        let late = patch(&[("if-match", "\"1\"")]);
        assert_eq!(late.status, 412);
        assert_eq!(detail(&late), "the user was changed: get it again");

        assert_eq!(api.delete("/api/user/1", "\"1\"").status, 412);
        assert_eq!(api.delete("/api/user/1", "*").status, 204);
    }
}

#[test]
fn of_changes_at_the_same_time_one_wins() {
    for database in Database::all() {
        let api = database.serve();
        api.add("Ada");
        let change = |index: usize| {
            let body = json!({ "name": format!("Ada {index}") });
            api.send("PATCH", "/api/user/1", &[("if-match", "\"1\"")], &body)
        };
        let statuses = std::thread::scope(|scope| {
            let change = &change;
            let threads: Vec<_> = (0..8)
                .map(|index| scope.spawn(move || change(index).status))
                .collect();
            let join = |thread: std::thread::ScopedJoinHandle<'_, u16>| thread.join().unwrap();
            threads.into_iter().map(join).collect::<Vec<_>>()
        });
        let count = |status| statuses.iter().filter(|it| **it == status).count();
        assert_eq!((count(200), count(412)), (1, 7), "{statuses:?}");
        assert_eq!(api.0.get("/api/user/1").header("etag"), Some("\"2\""));
    }
}

#[test]
fn what_is_unchanged_is_not_sent_again() {
    for database in Database::all() {
        let api = database.serve();
        api.add("Ada");
        let again = |tag| {
            let headers = [("if-none-match", tag)];
            api.0.request("GET", "/api/user/1", &headers, "").status
        };
        assert_eq!(again("\"1\""), 304);
        assert_eq!(again("\"2\""), 200);
    }
}

#[test]
fn wrong_bodies_are_refused_with_the_field() {
    for database in Database::all() {
        let api = database.serve();
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
            let refused = api.send("POST", "/api/users", &[], &body);
            let found = (refused.status, detail(&refused));
            assert_eq!(found, (status, message.to_owned()), "{body}");
        }
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let refused = api.0.request("POST", "/api/users", &form, "name=Ada");
        assert_eq!(refused.status, 415);
        assert_eq!(api.0.get("/api/users").json(), json!([]));
    }
}

#[test]
fn an_address_belongs_to_one_user() {
    for database in Database::all() {
        let api = database.serve();
        api.add("Ada");
        api.add("Grace");
        let second = api.add("ADA");
        assert_eq!(second.status, 409);
        assert_eq!(detail(&second), "email: belongs to another user");
        let body = json!({ "email": "ada@example.com" });
        let taken = api.send("PATCH", "/api/user/2", &[("if-match", "\"1\"")], &body);
        assert_eq!(taken.status, 409);
    }
}

#[test]
fn lists_come_in_pages() {
    for database in Database::all() {
        let api = database.serve();
        let names = ["Ada", "Grace", "Barbara", "Frances", "Radia"];
        for name in names {
            assert_eq!(api.add(name).status, 201);
        }
        let on = |path: &str| {
            let users = api.0.get(path).json();
            let name = |user: &Value| user["name"].as_str().unwrap().to_owned();
            users
                .as_array()
                .unwrap()
                .iter()
                .map(name)
                .collect::<Vec<_>>()
        };
        assert_eq!(on("/api/users"), names);
        assert_eq!(on("/api/users?page=2&per_page=2"), ["Barbara", "Frances"]);
        assert_eq!(on("/api/users?page=4&per_page=2"), [""; 0]);

        let page = api.0.get("/api/users?page=2&per_page=2");
        assert_eq!(page.header("x-total-count"), Some("5"));
        let links = "</api/users?page=1&per_page=2>; rel=\"first\", \
            </api/users?page=3&per_page=2>; rel=\"last\", \
            </api/users?page=1&per_page=2>; rel=\"prev\", \
            </api/users?page=3&per_page=2>; rel=\"next\"";
        assert_eq!(page.header("link"), Some(links));

        for (query, message) in [
            ("page=0", "page: starts at 1"),
            ("per_page=101", "per_page: expected a number from 1 to 100"),
            (
                "page=x",
                "page: expected a whole number from 0 to 4294967295",
            ),
        ] {
            let refused = api.0.get(&format!("/api/users?{query}"));
            assert_eq!(refused.status, 400, "{query}");
            assert_eq!(detail(&refused), format!("invalid query: {message}"));
        }
    }
}

#[test]
fn other_methods_and_paths_are_refused() {
    for database in Database::all() {
        let api = database.serve();
        let refused = api.0.request("DELETE", "/api/users", &[], "");
        assert_eq!(refused.status, 405);
        assert_eq!(refused.header("allow"), Some("GET, HEAD, POST, OPTIONS"));
        for (path, status) in [
            ("/api/user/9", 404),
            ("/api/user/x", 400),
            ("/api/user/9223372036854775808", 400),
            ("/api/user", 404),
            ("/", 404),
        ] {
            assert_eq!(api.0.get(path).status, status, "{path}");
        }
    }
}

#[test]
fn users_outlive_the_server() {
    for database in Database::all() {
        database.serve().add("Ada");
        let users = database.serve().0.get("/api/users").json();
        assert_eq!(users[0]["name"], "Ada");
    }
}
