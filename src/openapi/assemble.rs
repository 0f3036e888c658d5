//! From routes to a document.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Map, Value, json};

use super::{
    answers::{error_body, error_schemas},
    document::{OpenApi, object},
    extractors::BAD_PATH,
    function::described,
    gap::{Gap, GapKind},
    ids::{Wish, ids},
    operation::{Operation, Place, Rest, Rules},
    parameter::Parameter,
    paths,
    probe::{DescribeFile, FileDescription, Function},
    schemas::Schemas,
};
use crate::{error::ErrorFormat, route::Route, routing::Segment};

/// A route, and what describes it if it comes from a file.
pub(crate) struct Described<'r> {
    pub(crate) route: &'r Route,
    pub(crate) describe: Option<DescribeFile>,
}

/// The document of these routes, in their order. `spelled` makes of a path the one that is served.
pub(crate) fn document<'r>(
    mount: &str,
    max_segments: usize,
    spelled: fn(String) -> String,
    routes: impl Iterator<Item = Described<'r>>,
) -> OpenApi {
    let mut assembly = Assembly {
        mount,
        max_segments,
        spelled,
        paths: Map::new(),
        owners: BTreeMap::new(),
        tags: Vec::new(),
        wishes: Vec::new(),
        security_schemes: Map::new(),
        gaps: Vec::new(),
        schemas: Schemas::default(),
    };
    let mut errors = ErrorFormat::Text;
    for Described { route, describe } in routes {
        errors = route.settings.error_format;
        match describe {
            Some(describe) => {
                let mut file = FileDescription::default();
                describe(&mut file);
                assembly.file(route, &file);
            }
            None => assembly.by_hand(route),
        }
    }
    assembly.finish(error_schemas(errors))
}

/// The field of a Path Item Object.
fn field(method: &Method) -> String {
    method.as_str().to_ascii_lowercase()
}

struct Assembly<'m> {
    mount: &'m str,
    max_segments: usize,
    spelled: fn(String) -> String,
    paths: Map<String, Value>,
    /// The route of each path, by the path without the names of its parameters.
    owners: BTreeMap<String, String>,
    tags: Vec<Value>,
    wishes: Vec<Wish>,
    security_schemes: Map<String, Value>,
    gaps: Vec<Gap>,
    schemas: Schemas,
}

/// The methods that stand for every one.
const EVERY_METHOD: [Method; 5] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

impl Assembly<'_> {
    fn by_hand(&mut self, route: &Route) {
        let reason = "the route was added by hand, and only those of files are described";
        for segments in paths::variants(route.segments.segments()) {
            // They are answered by themselves.
            let is_own = |it: &&Method| **it != Method::HEAD && **it != Method::OPTIONS;
            for method in route.methods.iter().filter(is_own) {
                let operation = self.operation(route, segments, method.clone());
                self.add(route, segments, operation.gap(GapKind::Operation, reason));
            }
            if route.methods.is_empty() {
                self.nothing_known(route, segments, reason);
            }
        }
    }

    fn file(&mut self, route: &Route, file: &FileDescription) {
        let (summary, rest) = paths::summary(file.comment);
        let comment = [summary, rest].into_iter().flatten().collect::<Vec<_>>();
        let comment = Some(comment.join("\n\n")).filter(|it| !it.is_empty());
        for segments in paths::variants(route.segments.segments()) {
            for function in &file.functions {
                self.function(route, segments, file, function);
            }
            let owner = self.owners.get(&paths::hierarchy(segments));
            let Some(comment) = comment.as_ref().filter(|_| owner == Some(&route.pattern)) else {
                continue;
            };
            let path = self.path(segments);
            let item = self.item(&path);
            item.insert("description".into(), comment.clone().into());
            let tags = |it: &Value| it["tags"].as_array().cloned().unwrap_or_default();
            let used: Vec<_> = item.values().flat_map(tags).collect();
            if let Some(tag) = paths::tag(segments)
                && used.iter().any(|it| *it == *tag)
                && self.tags.iter().all(|it| it["name"] != *tag)
            {
                self.tags
                    .push(json!({ "name": tag, "description": comment }));
            }
        }
    }

    fn function(
        &mut self,
        route: &Route,
        segments: &[Segment],
        file: &FileDescription,
        function: &Function,
    ) {
        let methods = match function.name {
            "service" => {
                let reason =
                    "a `service` answers every method, and says nothing of what it answers";
                return self.nothing_known(route, segments, reason);
            }
            "handler" => EVERY_METHOD.to_vec(),
            name => name.to_ascii_uppercase().parse().into_iter().collect(),
        };
        for method in methods {
            let operation = self.operation(route, segments, method);
            let mut operation = described(operation, function);
            for hook in &file.hooks {
                operation = hook(operation);
            }
            self.add(route, segments, operation);
        }
    }

    /// An operation with what the path and the router say of it. It has the schemas until it is added.
    fn operation(&mut self, route: &Route, segments: &[Segment], method: Method) -> Operation {
        let (config, settings) = (&route.config, &route.settings);
        let default_id = paths::operation_id(&method, segments);
        let place = Place {
            method,
            path: self.path(segments),
            file: route.file,
        };
        let rules = Rules {
            errors: match settings.on_error {
                Some(_) => None,
                None => Some(error_body(settings.error_format)),
            },
            body_limit: config.max_body(),
            buffered_limit: config.max_buffered(),
            has_deadline: config.body_idle_timeout.is_some() || config.total_deadline().is_some(),
        };
        let schemas = std::mem::take(&mut self.schemas);
        let mut operation = Operation::new(place, rules, schemas);
        operation.default_id = default_id;
        operation.default_tag = paths::tag(segments);
        operation = operation.may_fail(500, "Something went wrong.");
        if settings.on_error.is_some() {
            let reason = "`on_error` writes them: say how by `error_body` in `openapi` of the topmost \
                          `_middleware.rs`";
            operation = operation.gap(GapKind::Errors, reason);
        }
        operation.parameters = segments.iter().filter_map(Parameter::of_segment).collect();
        if !operation.parameters.is_empty() {
            operation = operation.may_fail(400, BAD_PATH);
        }
        if segments.iter().any(Segment::is_catch_all) {
            let reason = format!("The path has more than {} segments.", self.max_segments);
            operation = operation.may_fail(414, &reason);
        }
        operation
    }

    fn add(&mut self, route: &Route, segments: &[Segment], operation: Operation) {
        let place = operation.place.clone();
        let (mut object, rest) = operation.into_object();
        let Rest {
            schemas,
            gaps,
            default_id,
            security_schemes,
            is_hidden,
        } = rest;
        self.schemas = schemas;
        if is_hidden {
            return;
        }
        if let Err(reason) = self.claim(route, segments) {
            return self.gaps.push(place.gap(GapKind::Operation, &reason));
        }
        self.gaps.extend(gaps);
        self.security_schemes.extend(security_schemes);
        let field = field(&place.method);
        // The fields of a Path Item Object of OpenAPI 3.1; 3.2 has `query` among them.
        const FIELDS: [&str; 8] = [
            "get", "put", "post", "delete", "options", "head", "patch", "trace",
        ];
        if !FIELDS.contains(&field.as_str()) {
            let reason = "OpenAPI 3.1 has no such method";
            return self.gaps.push(place.gap(GapKind::Operation, reason));
        }
        let set = object.remove("operationId");
        self.item(&place.path).insert(field, object.into());
        self.wishes.push(Wish {
            set: set.and_then(|it| Some(it.as_str()?.to_owned())),
            default: default_id,
            place,
        });
    }

    fn nothing_known(&mut self, route: &Route, segments: &[Segment], reason: &str) {
        let path = self.path(segments);
        let reason = match self.claim(route, segments) {
            Ok(()) => {
                self.item(&path);
                reason.to_owned()
            }
            Err(reason) => reason,
        };
        self.gaps.push(Gap {
            method: None,
            path,
            file: route.file,
            kind: GapKind::Operation,
            reason,
        });
    }

    /// Gives the route a path of its own, unless another has it: in a document `[id]` and `[...slug]` are one segment each,
    /// and two paths may not differ in names of parameters alone (OpenAPI 3.1.0, section 4.8.8.1). Routes come in the order in which they
    /// are tried, so that the first is the one that answers for such a path.
    fn claim(&mut self, route: &Route, segments: &[Segment]) -> Result<(), String> {
        let owner = self.owners.entry(paths::hierarchy(segments));
        let owner = owner.or_insert_with(|| route.pattern.clone());
        if *owner == route.pattern {
            return Ok(());
        }
        Err(format!(
            "the route `{owner}` has this path in the document, where a parameter is one segment of any name"
        ))
    }

    fn path(&self, segments: &[Segment]) -> String {
        (self.spelled)(paths::template(self.mount, segments))
    }

    fn item(&mut self, path: &str) -> &mut Map<String, Value> {
        object(&mut self.paths, path)
    }

    fn finish(mut self, error_schemas: Map<String, Value>) -> OpenApi {
        let (ids, gaps) = ids(std::mem::take(&mut self.wishes));
        self.gaps.extend(gaps);
        for (Place { method, path, .. }, id) in ids {
            let operation = object(self.item(&path), &field(&method));
            operation.insert("operationId".into(), id.into());
        }
        let mut paths = Value::Object(self.paths);
        let schemas = self.schemas.finish(&mut paths, error_schemas);
        let mut components = Map::new();
        for (name, parts) in [
            ("schemas", schemas),
            ("securitySchemes", self.security_schemes),
        ] {
            if !parts.is_empty() {
                components.insert(name.to_owned(), parts.into());
            }
        }
        let mut document = json!({
            "openapi": "3.1.0",
            "info": { "title": "API", "version": "0.0.0" },
            "tags": self.tags,
            "paths": paths,
            "components": components,
        });
        // The same text whether or not some crate turns `serde_json/preserve_order` on.
        document.sort_all_objects();
        OpenApi::new(document, self.gaps)
    }
}
