//! [`OpenApi`]: the document.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::gap::Gap;

/// An OpenAPI 3.1 document: a value that can be changed, serialized, and asked for what it leaves open.
///
/// Made by [`FsRouter::openapi`](crate::FsRouter::openapi) and
/// [`ApiRoutesLayer::openapi`](crate::ApiRoutesLayer::openapi). Its text (`to_string`) is JSON with line breaks.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a document does nothing until it is served or written"]
pub struct OpenApi {
    value: Value,
    gaps: Vec<Gap>,
    /// Nobody has named a server: the one that is there follows from the options of the router.
    has_default_server: bool,
}

impl OpenApi {
    pub(super) fn new(value: Value, gaps: Vec<Gap>) -> Self {
        Self {
            value,
            gaps,
            has_default_server: false,
        }
    }

    /// Has this server until one is named.
    pub(crate) fn default_server(self, url: &str) -> Self {
        let document = self.server(url);
        Self {
            has_default_server: true,
            ..document
        }
    }

    fn root(&mut self) -> &mut Map<String, Value> {
        as_object(&mut self.value)
    }

    /// Sets the title of the API. Default: the name of the package whose routes these are, and
    /// `API` for a router that was built by hand.
    pub fn title(self, title: impl Into<String>) -> Self {
        self.info("title", title.into())
    }

    /// Sets the version of the API: `env!("CARGO_PKG_VERSION")` most often. Default: `0.0.0`.
    pub fn version(self, version: impl Into<String>) -> Self {
        self.info("version", version.into())
    }

    /// Describes the API, in Markdown.
    pub fn description(self, text: impl Into<String>) -> Self {
        self.info("description", text.into())
    }

    fn info(mut self, field: &str, text: String) -> Self {
        object(self.root(), "info").insert(field.to_owned(), text.into());
        self
    }

    /// Adds a server, by the URL that all paths are appended to. Default: the
    /// [`outer_prefix`](crate::RouterOptions::outer_prefix) of the router, at the server that the document comes from; without
    /// one the document names none, and the paths are those of that server.
    pub fn server(mut self, url: impl Into<String>) -> Self {
        let servers = list(self.root(), "servers");
        servers.push(json!({ "url": url.into() }));
        if std::mem::take(&mut self.has_default_server) {
            list(self.root(), "servers").remove(0);
        }
        self
    }

    /// Declares a security scheme: a
    /// [Security Scheme Object](https://spec.openapis.org/oas/v3.1.0#security-scheme-object).
    pub fn security_scheme(mut self, name: impl Into<String>, scheme: Value) -> Self {
        let components = object(self.root(), "components");
        object(components, "securitySchemes").insert(name.into(), scheme);
        self
    }

    /// Asks for what the security scheme of this name asks for, with these scopes, in every operation that
    /// says nothing else.
    pub fn security<'s>(mut self, scheme: &str, scopes: impl IntoIterator<Item = &'s str>) -> Self {
        let scopes: Vec<_> = scopes.into_iter().collect();
        list(self.root(), "security").push(json!({ scheme: scopes }));
        self
    }

    /// Describes a tag, in Markdown. Default: the comment `//!` of the first file that has the tag and one.
    pub fn tag(mut self, name: &str, description: impl Into<String>) -> Self {
        let tags = list(self.root(), "tags");
        tags.retain(|it| it.get("name").is_none_or(|it| it != name));
        tags.push(json!({ "name": name, "description": description.into() }));
        self
    }

    /// The document as JSON.
    #[must_use]
    pub fn as_value(&self) -> &Value {
        &self.value
    }

    /// The document as JSON, to be changed.
    pub fn as_value_mut(&mut self) -> &mut Value {
        &mut self.value
    }

    /// What the document leaves open: parameters, bodies and answers that no type describes, and why. A test
    /// can hold it at none:
    ///
    /// ```
    /// # let router = tower_api_routes::FsRouter::builder().build()?;
    /// let gaps: Vec<_> = router.openapi().gaps().iter().map(ToString::to_string).collect();
    /// assert_eq!(gaps, [""; 0]);
    /// # Ok::<(), tower_api_routes::RouterError>(())
    /// ```
    #[must_use]
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }
}

impl From<OpenApi> for Value {
    fn from(document: OpenApi) -> Self {
        document.value
    }
}

impl Serialize for OpenApi {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

/// JSON with line breaks, for a file. The fields are in alphabetical order.
impl fmt::Display for OpenApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut value = self.value.clone();
        value.sort_all_objects();
        writeln!(f, "{value:#}")
    }
}

/// A field that is an object; another value in its place is lost.
pub(super) fn object<'m>(
    map: &'m mut Map<String, Value>,
    name: &str,
) -> &'m mut Map<String, Value> {
    as_object(map.entry(name).or_insert(Value::Null))
}

/// A value that is an object; another value in its place is lost.
fn as_object(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = json!({});
    }
    match value {
        Value::Object(object) => object,
        _ => unreachable!("it was made an object just now"),
    }
}

/// A field that is a list; another value in its place is lost.
fn list<'m>(map: &'m mut Map<String, Value>, name: &str) -> &'m mut Vec<Value> {
    let field = map.entry(name).or_insert(Value::Null);
    if !field.is_array() {
        *field = json!([]);
    }
    match field {
        Value::Array(list) => list,
        _ => unreachable!("it was made a list just now"),
    }
}
