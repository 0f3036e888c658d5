//! The responses of an operation: which statuses, with which bodies.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::schemas::either;

/// Which answers a response describes: a status (`201`), a class of statuses (`"2XX"`), or all that
/// nothing else describes (`"default"`). A response of anything else is left out and is a [`Gap`](super::Gap), as OpenAPI has
/// no place for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResponseKey(String);

impl From<u16> for ResponseKey {
    fn from(status: u16) -> Self {
        Self(status.to_string())
    }
}

impl From<StatusCode> for ResponseKey {
    fn from(status: StatusCode) -> Self {
        status.as_u16().into()
    }
}

impl From<&str> for ResponseKey {
    fn from(key: &str) -> Self {
        Self(key.to_owned())
    }
}

impl ResponseKey {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it can stand in a document: `100` to `599`, `1XX` to `5XX`, or `default`.
    fn is_fit(&self) -> bool {
        let rest = self.0.strip_prefix(['1', '2', '3', '4', '5']);
        let is_number = |rest: &str| rest.len() == 2 && rest.bytes().all(|it| it.is_ascii_digit());
        self.0 == "default" || rest.is_some_and(|rest| rest == "XX" || is_number(rest))
    }

    /// Whether it is of errors: 4XX, 5XX, one status of them, or whatever nothing else describes.
    fn is_error(&self) -> bool {
        self.0.starts_with(['4', '5']) || self.0 == "default"
    }

    /// Whether no success can have it; `default` is of all that nothing else describes, successes included.
    pub(super) fn is_failure(&self) -> bool {
        self.0.starts_with(['4', '5'])
    }

    /// What is said of a response that nobody has described, as a description must be there.
    fn description(&self) -> &'static str {
        let status = self
            .0
            .parse()
            .ok()
            .and_then(|it| StatusCode::from_u16(it).ok());
        match (status.and_then(|it| it.canonical_reason()), self.as_str()) {
            (Some(reason), _) => reason,
            (None, "2XX") => "Success",
            (None, "3XX") => "Redirection",
            (None, "default" | "4XX" | "5XX") => "Error",
            _ => "Response",
        }
    }
}

/// The responses by their keys.
#[derive(Debug, Clone, Default)]
pub(super) struct Responses(BTreeMap<ResponseKey, Response>);

#[derive(Debug, Clone, Default)]
struct Response {
    description: Option<String>,
    headers: Map<String, Value>,
    /// Schemas by content type.
    content: BTreeMap<String, Value>,
}

impl Responses {
    pub(super) fn has(&self, key: &ResponseKey) -> bool {
        self.0.contains_key(key)
    }

    pub(super) fn has_content(&self, key: &ResponseKey) -> bool {
        self.0.get(key).is_some_and(|it| !it.content.is_empty())
    }

    pub(super) fn description(&self, key: &ResponseKey) -> Option<&str> {
        self.0.get(key)?.description.as_deref()
    }

    pub(super) fn describe(&mut self, key: ResponseKey, description: String) {
        self.0.entry(key).or_default().description = Some(description);
    }

    pub(super) fn header(&mut self, key: ResponseKey, name: String, schema: &Value) {
        let header = json!({ "schema": schema });
        self.0.entry(key).or_default().headers.insert(name, header);
    }

    /// Adds a body. Of two for one content type the answer has one or the other.
    pub(super) fn content(&mut self, key: ResponseKey, content_type: &str, schema: Value) {
        let content = &mut self.0.entry(key).or_default().content;
        let schema = match content.remove(content_type) {
            Some(other) => either(other, schema),
            None => schema,
        };
        content.insert(content_type.to_owned(), schema);
    }

    /// Has a response without a body.
    pub(super) fn empty(&mut self, key: ResponseKey) {
        self.0.entry(key).or_default().content.clear();
    }

    /// Removes what cannot stand in a document.
    pub(super) fn take_unfit(&mut self) -> Vec<String> {
        let unfit = self.0.keys().filter(|it| !it.is_fit());
        let unfit: Vec<_> = unfit.map(|it| it.0.clone()).collect();
        self.0.retain(|key, _| key.is_fit());
        unfit
    }

    pub(super) fn remove(&mut self, key: &ResponseKey) {
        self.0.remove(key);
    }

    /// Gives the success that is described another key: one of any status, or 200, or the one that there is.
    pub(super) fn move_success(&mut self, to: ResponseKey) {
        let vague = [ResponseKey::from("2XX"), ResponseKey::from(200)];
        let from = vague.into_iter().find(|it| *it != to && self.has(it));
        let from = from.or_else(|| self.only_success().filter(|_| !self.has(&to)));
        let moved = from.and_then(|from| self.0.remove(&from));
        let mut others = Self::default();
        others.0.extend(self.0.remove_entry(&to));
        self.0.insert(to, moved.unwrap_or_default());
        // What is said of the status itself counts more.
        self.extend_with(others);
    }

    fn only_success(&self) -> Option<ResponseKey> {
        let mut successes = self.0.keys().filter(|it| it.0.starts_with('2'));
        let first = successes.next()?;
        successes.next().is_none().then(|| first.clone())
    }

    /// Gives the errors that have this body, or none, another one.
    pub(super) fn replace_errors(
        &mut self,
        before: Option<&(String, Value)>,
        content_type: &str,
        schema: &Value,
    ) {
        for (key, response) in &mut self.0 {
            let has_before = match before {
                Some((content_type, schema)) => response.content.get(content_type) == Some(schema),
                None => response.content.is_empty(),
            };
            if key.is_error() && has_before {
                response.content = BTreeMap::from([(content_type.to_owned(), schema.clone())]);
            }
        }
    }

    /// Of errors whose status is not known not even the class is.
    pub(super) fn unknown_as_default(mut self) -> Self {
        if let Some(response) = self.0.remove(&"2XX".into()) {
            self.0.insert("default".into(), response);
        }
        self
    }

    /// Adds others; what they say of a status counts more.
    pub(super) fn extend_with(&mut self, others: Self) {
        for (key, response) in others.0 {
            for (content_type, schema) in response.content {
                self.content(key.clone(), &content_type, schema);
            }
            let known = self.0.entry(key).or_default();
            known.description = response.description.or(known.description.take());
            known.headers.extend(response.headers);
        }
    }

    pub(super) fn into_value(self) -> Value {
        let responses = self.0.into_iter().map(|(key, response)| {
            let description = response.description;
            let description = description.unwrap_or_else(|| key.description().to_owned());
            let mut object = Map::new();
            object.insert("description".into(), description.into());
            if !response.headers.is_empty() {
                object.insert("headers".into(), response.headers.into());
            }
            if !response.content.is_empty() {
                object.insert("content".into(), content(response.content));
            }
            (key.0, Value::Object(object))
        });
        responses.collect()
    }
}

/// Schemas by content type as a Media Type Object each.
pub(super) fn content(schemas: BTreeMap<String, Value>) -> Value {
    let media =
        |(content_type, schema): (String, Value)| (content_type, json!({ "schema": schema }));
    schemas.into_iter().map(media).collect()
}
