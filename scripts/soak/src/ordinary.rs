//! Requests of a well-behaved client, over HTTP/1.1 and HTTP/2, and what has to come back.

use bytes::Bytes;
use http::{Request, header};
use http_body_util::Full;
use serde_json::json;

use crate::{BoxError, client::Answer};

/// A request and its answer.
#[derive(Debug)]
pub(crate) struct Exchange {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
    status: u16,
    answer: String,
}

/// How many kinds there are.
pub(crate) const KINDS: u64 = 20;

impl Exchange {
    fn get(path: impl Into<String>, status: u16, answer: impl Into<String>) -> Self {
        Self {
            method: "GET",
            path: path.into(),
            headers: Vec::new(),
            body: String::new(),
            status,
            answer: answer.into(),
        }
    }

    fn post(
        path: &str,
        kind: &str,
        body: impl Into<String>,
        status: u16,
        answer: impl Into<String>,
    ) -> Self {
        Self {
            method: "POST",
            body: body.into(),
            ..Self::get(path, status, answer)
        }
        .header("content-type", kind)
    }

    fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The exchange of this number, which stands in its values. `tag` is the entity tag of `/api/text`.
    pub(crate) fn number(n: u64, tag: &str) -> Self {
        const JSON: &str = "application/json";
        let order = format!(
            r#"{{"customer":"Ada","id":{n},"items":[["pen",{}],["ink",2]]}}"#,
            n % 1000
        );
        match n % KINDS {
            0 => Self::get(
                format!("/api/user?name={n}"),
                200,
                json!({ "name": n.to_string() }).to_string(),
            ),
            1 => Self::get(format!("/api/users/{n}"), 200, format!("\"{n}\"")),
            2 => Self::post("/api/orders", JSON, order.clone(), 200, order),
            3 => Self::post("/api/body", JSON, order.clone(), 200, order),
            4 => Self::post(
                "/api/form",
                "application/x-www-form-urlencoded",
                format!("email=a{n}%40b.example&topic=news&topic=jobs"),
                200,
                format!(r#"{{"email":"a{n}@b.example","topic":["news","jobs"]}}"#),
            ),
            5 => Self::post(
                "/api/body",
                "text/plain",
                format!("text {n}"),
                200,
                format!("\"text {n}\""),
            ),
            6 => Self::get("/api/cookies", 200, "3").header("cookie", format!("a=1; b=2; c={n}")),
            7 => Self::get("/api/text", 304, "").header("if-none-match", tag),
            8 => Self::get("/api/text", 200, "a text with an entity tag"),
            9 => Self {
                method: "HEAD",
                ..Self::get(format!("/api/users/{n}"), 200, "")
            },
            10 => Self::get(format!("/api/nothing/{n}"), 404, "Not Found"),
            11 => Self::get("/api/orders", 405, "Method Not Allowed"),
            12 => Self::post("/api/orders", JSON, "{", 400, "Invalid JSON"),
            13 => Self::post(
                "/api/orders",
                "text/plain",
                order,
                415,
                "unsupported content-type, expected application/json",
            ),
            14 => Self::post(
                "/api/small",
                JSON,
                "[1,2,3,4,5,6]",
                413,
                "Body exceeded 10b limit",
            ),
            15 => Self::get("/api/panics", 500, "Internal Server Error"),
            16 => Self::get("/api/fails", 500, "Internal Server Error"),
            17 => Self::get("/api/none", 204, ""),
            18 => Self::get(
                format!("/api/layered?name={n}"),
                200,
                json!({ "name": n.to_string() }).to_string(),
            ),
            _ => Self::post(
                "/api/body",
                JSON,
                order,
                415,
                "unsupported content-encoding, expected identity",
            )
            .header("content-encoding", "gzip"),
        }
    }

    pub(crate) fn request(&self) -> Result<Request<Full<Bytes>>, BoxError> {
        let mut request = Request::builder()
            .method(self.method)
            .uri(format!("http://localhost{}", self.path))
            .header("host", "localhost");
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        Ok(request.body(Full::new(Bytes::from(self.body.clone())))?)
    }

    /// Says what is wrong with `answer`, if anything is.
    pub(crate) fn check(&self, answer: &Answer) -> Result<(), BoxError> {
        let found = answer.expect(self.status, self.answer.as_bytes());
        found.map_err(|error| format!("{} {}: {error}", self.method, self.path))?;
        let length = answer.header(header::CONTENT_LENGTH);
        let wanted = match self.method {
            "HEAD" => Some(self.path.len() - "/api/users/".len() + 2),
            _ if self.status == 204 || self.status == 304 => return Ok(()),
            _ => Some(self.answer.len()),
        };
        if length == wanted.map(|it| it.to_string()).as_deref() {
            Ok(())
        } else {
            Err(format!("{} {}: the length is {length:?}", self.method, self.path).into())
        }
    }
}
