//! The schemas of the types in a document, and the names that they get there.
//!
//! What a type takes and what it gives may differ (`#[serde(skip_serializing)]`), so there are two
//! collections, whose references are told apart until the document is complete: `#/in/Post` and `#/out/Post`. Then
//! each gets its name below `#/components/schemas`. It is the name of the type, wherever one type alone
//! has it and takes what it gives. Of several types of one name each has what its module has of its own
//! (`Post_drafts`, `Post_archive_old`), and a type that takes something else than it gives is two (`Post` and `PostInput`). So a
//! name follows from the types that the document has, and not from their order.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// Which way a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// From the client: what the type takes.
    In,
    /// To the client: what the type gives.
    Out,
}

/// A schema of one of the collections, by the name that it has there.
type Key = (Way, String);

/// What is known of a type from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Identity {
    /// The name that it would have alone.
    name: String,
    /// What tells it from every other type: most often its path.
    id: String,
}

#[derive(Debug)]
pub(super) struct Schemas {
    taken: SchemaGenerator,
    given: SchemaGenerator,
    identities: BTreeMap<Key, Identity>,
}

impl Default for Schemas {
    fn default() -> Self {
        let settings = |path: &'static str| {
            SchemaSettings::draft2020_12().with(|it| it.definitions_path = path.into())
        };
        Self {
            taken: settings("/in").for_deserialize().into_generator(),
            given: settings("/out").for_serialize().into_generator(),
            identities: BTreeMap::new(),
        }
    }
}

impl Schemas {
    fn generator(&mut self, way: Way) -> &mut SchemaGenerator {
        match way {
            Way::In => &mut self.taken,
            Way::Out => &mut self.given,
        }
    }

    /// The schema of a type: a reference, or the whole of it if it is small.
    pub(super) fn of<T: JsonSchema>(&mut self, way: Way) -> Value {
        let schema = self.generator(way).subschema_for::<T>().to_value();
        if let Some(key) = schema.get("$ref").and_then(Value::as_str).and_then(key_of) {
            let identity = Identity {
                name: T::schema_name().into_owned(),
                id: T::schema_id().into_owned(),
            };
            self.identities.insert(key, identity);
        }
        schema
    }

    /// The schema of a type, whole.
    pub(super) fn whole<T: JsonSchema>(&mut self, way: Way) -> Value {
        T::json_schema(self.generator(way)).to_value()
    }

    /// What a reference stands for.
    pub(super) fn resolve(&self, reference: &str) -> Option<Value> {
        let (way, name) = key_of(reference)?;
        let generator = match way {
            Way::In => &self.taken,
            Way::Out => &self.given,
        };
        generator.definitions().get(&name).cloned()
    }

    /// The schemas as components of a document, besides those that it has for itself. Every reference in
    /// the paths comes to point at one of them.
    pub(super) fn finish(
        mut self,
        paths: &mut Value,
        reserved: Map<String, Value>,
    ) -> Map<String, Value> {
        let mut schemas = BTreeMap::new();
        for way in [Way::In, Way::Out] {
            for (name, schema) in self.generator(way).take_definitions(true) {
                schemas.insert((way, name), schema);
            }
        }
        let names = names(&schemas, &self.identities, &reserved);
        let mut components = reserved;
        for (key, mut schema) in schemas {
            rename(&mut schema, &names);
            if let Some(name) = names.get(&key) {
                components.insert(name.clone(), schema);
            }
        }
        rename(paths, &names);
        components
    }
}

/// A schema that one or the other fits.
pub(super) fn either(one: Value, other: Value) -> Value {
    if one == other {
        return one;
    }
    let mut branches = match one.as_object().map(|it| (it.len(), it.get("anyOf"))) {
        Some((1, Some(Value::Array(branches)))) => branches.clone(),
        _ => vec![one],
    };
    if !branches.contains(&other) {
        branches.push(other);
    }
    json!({ "anyOf": branches })
}

/// `#/in/Post` as its collection and its name.
fn key_of(reference: &str) -> Option<Key> {
    let (way, name) = match reference.strip_prefix("#/in/") {
        Some(name) => (Way::In, name),
        None => (Way::Out, reference.strip_prefix("#/out/")?),
    };
    // A JSON pointer in the fragment of a URL: RFC 6901, sections 3 and 6.
    let name = percent_decode_str(name).decode_utf8_lossy();
    Some((way, name.replace("~1", "/").replace("~0", "~")))
}

/// Calls `change` for every reference in a value.
fn references(value: &mut Value, change: &mut dyn FnMut(&mut String)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|it| references(it, change)),
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(reference) if key == "$ref" => change(reference),
                    value => references(value, change),
                }
            }
        }
        _ => {}
    }
}

fn rename(value: &mut Value, names: &BTreeMap<Key, String>) {
    references(value, &mut |reference| {
        if let Some(name) = key_of(reference).and_then(|key| names.get(&key)) {
            *reference = format!("#/components/schemas/{name}");
        }
    });
}

/// The name of each schema in the document.
fn names(
    schemas: &BTreeMap<Key, Value>,
    identities: &BTreeMap<Key, Identity>,
    reserved: &Map<String, Value>,
) -> BTreeMap<Key, String> {
    let twins = twins(schemas, identities);
    // What is named: every schema but those that are the same as one that is given.
    let mut groups: BTreeMap<String, Vec<&Key>> = BTreeMap::new();
    for key in schemas.keys().filter(|key| !twins.contains_key(key)) {
        let name = identities.get(key).map_or(&key.1, |it| &it.name);
        groups.entry(component_name(name)).or_default().push(key);
    }
    let mut names = BTreeMap::new();
    let mut taken: BTreeSet<String> = reserved.keys().cloned().collect();
    for (base, keys) in groups {
        let ids: BTreeSet<_> = keys.iter().map(|key| id(key, identities)).collect();
        for key in &keys {
            let own = own_words(id(key, identities), &ids);
            let mut name = match own.is_empty() {
                true => base.clone(),
                false => format!("{base}_{own}"),
            };
            let is_both =
                |other: &&&Key| other.0 != key.0 && id(other, identities) == id(key, identities);
            if key.0 == Way::In && keys.iter().any(|other| is_both(&other)) {
                name.push_str("Input");
            }
            let free = (2..).map(|number| format!("{name}{number}"));
            let mut free = std::iter::once(name.clone()).chain(free);
            let free = free.find(|it| !taken.contains(it)).unwrap_or(name);
            taken.insert(free.clone());
            names.insert((*key).clone(), free);
        }
    }
    for (key, twin) in twins {
        if let Some(name) = names.get(twin).cloned() {
            names.insert(key.clone(), name);
        }
    }
    names
}

/// What tells a type from others: its path where that is known, and else the name in its collection.
fn id<'k>(key: &'k Key, identities: &'k BTreeMap<Key, Identity>) -> &'k str {
    identities.get(key).map_or(&key.1, |it| &it.id)
}

/// The schemas that are taken and the same as one that is given, with that one.
fn twins<'k>(
    schemas: &'k BTreeMap<Key, Value>,
    identities: &'k BTreeMap<Key, Identity>,
) -> BTreeMap<&'k Key, &'k Key> {
    let given = || schemas.keys().filter(|key| key.0 == Way::Out);
    let mut twins = BTreeMap::new();
    for key in schemas.keys().filter(|key| key.0 == Way::In) {
        let same_type = given().find(|other| match (identities.get(key), identities.get(other)) {
            (Some(one), Some(other)) => one == other,
            _ => key.1 == other.1,
        });
        twins.extend(same_type.map(|other| (key, other)));
    }
    // Two are the same if they say the same, and what they refer to is the same.
    loop {
        let differs = |(key, twin): (&&Key, &&Key)| {
            let seen_as = |key: &Key| {
                let mut schema = schemas.get(key).cloned().unwrap_or_default();
                references(&mut schema, &mut |reference| {
                    let target = key_of(reference);
                    let twin = target.as_ref().and_then(|target| twins.get(target));
                    if let Some((_, name)) = twin.map(|it| (*it).clone()) {
                        *reference = format!("#/out/{name}");
                    } else if let Some((way, name)) = target {
                        *reference = format!("{way:?} {name}");
                        if way == Way::Out {
                            *reference = format!("#/out/{name}");
                        }
                    }
                });
                schema
            };
            seen_as(key) != seen_as(twin)
        };
        let Some(wrong) = twins.iter().find(|it| differs(*it)).map(|(key, _)| *key) else {
            return twins;
        };
        twins.remove(wrong);
    }
}

/// A name of what the names of components may have: letters of ASCII, digits, `.`, `_` and `-`.
fn component_name(name: &str) -> String {
    let fit = |it: char| {
        if it.is_ascii_alphanumeric() || "._-".contains(it) {
            it
        } else {
            '_'
        }
    };
    name.chars().map(fit).collect()
}

/// The words of an id that not all of the ids begin or end with: `posts_id` for `app::posts::id::Post`
/// beside `app::users::Post`.
fn own_words(id: &str, ids: &BTreeSet<&str>) -> String {
    let words = |id: &str| -> Vec<String> {
        let is_word = |it: char| it.is_alphanumeric() || it == '_';
        let words = id.split(|it| !is_word(it)).filter(|it| !it.is_empty());
        words.map(component_name).collect()
    };
    if ids.len() < 2 {
        return String::new();
    }
    let own = words(id);
    let all: Vec<_> = ids.iter().map(|id| words(id)).collect();
    let shortest = all.iter().map(Vec::len).min().unwrap_or_default();
    let shared = |is_same: &dyn Fn(&Vec<String>, usize) -> bool| {
        (0..shortest)
            .take_while(|at| all.iter().all(|it| is_same(it, *at)))
            .count()
    };
    let first = shared(&|it, at| it.get(at) == own.get(at));
    let last = shared(&|it, at| it.iter().rev().nth(at) == own.iter().rev().nth(at));
    let end = own.len().saturating_sub(last);
    own.get(first..end).unwrap_or_default().join("_")
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;

    mod drafts {
        #[derive(schemars::JsonSchema)]
        #[allow(dead_code)]
        pub(super) struct Post {
            pub(super) draft: bool,
        }
    }

    mod archive {
        pub(super) mod old {
            #[derive(schemars::JsonSchema)]
            #[allow(dead_code)]
            pub(in super::super) struct Post {
                pub(in super::super) year: u16,
            }
        }
    }

    #[derive(JsonSchema, Serialize, Deserialize)]
    struct Tree {
        children: Vec<Tree>,
        leaf: Leaf,
    }

    #[derive(JsonSchema, Serialize, Deserialize)]
    struct Leaf {
        #[serde(skip_serializing)]
        #[allow(dead_code, reason = "it is written nowhere")]
        secret: u8,
    }

    #[derive(JsonSchema, Serialize, Deserialize)]
    struct Page<T> {
        items: Vec<T>,
    }

    /// What there is below `components`, and the references of the document itself.
    fn finished(
        describe: impl FnOnce(&mut Schemas) -> Vec<Value>,
    ) -> (Vec<String>, Vec<String>, Value) {
        let mut schemas = Schemas::default();
        let mut paths = Value::from(describe(&mut schemas));
        let mut all = Value::from(schemas.finish(&mut paths, Map::new()));
        all.sort_all_objects();
        let names = all.as_object().map(|it| it.keys().cloned().collect());
        let mut found = Vec::new();
        references(&mut paths, &mut |it| {
            found.push(it.replace("#/components/schemas/", ""));
        });
        // Whatever is referred to is there.
        references(&mut json!([paths, all]), &mut |it| {
            let name = it.replace("#/components/schemas/", "");
            assert!(all.get(&name).is_some(), "{it} {all}");
        });
        (names.unwrap_or_default(), found, all)
    }

    #[test]
    fn types_of_one_name_get_names_of_their_modules_in_any_order() {
        let ways = [Way::In, Way::Out];
        for first in ways {
            let (names, found, _) = finished(|it| {
                vec![
                    it.of::<drafts::Post>(first),
                    it.of::<archive::old::Post>(Way::Out),
                ]
            });
            assert_eq!(names, ["Post_archive_old", "Post_drafts"]);
            assert_eq!(found, ["Post_drafts", "Post_archive_old"]);
        }
        let (_, found, _) = finished(|it| {
            vec![
                it.of::<archive::old::Post>(Way::Out),
                it.of::<drafts::Post>(Way::Out),
            ]
        });
        assert_eq!(found, ["Post_archive_old", "Post_drafts"]);
    }

    #[test]
    fn a_type_that_is_alone_has_its_name() {
        let (names, found, _) = finished(|it| {
            vec![
                it.of::<drafts::Post>(Way::In),
                it.of::<drafts::Post>(Way::Out),
                it.of::<u8>(Way::In),
            ]
        });
        assert_eq!(
            (names.as_slice(), found.len()),
            (&["Post".to_owned()][..], 2)
        );
    }

    #[test]
    fn a_recursive_type_that_takes_more_than_it_gives_is_two() {
        let (names, found, schemas) =
            finished(|it| vec![it.of::<Tree>(Way::In), it.of::<Tree>(Way::Out)]);
        assert_eq!(names, ["Leaf", "LeafInput", "Tree", "TreeInput"]);
        assert_eq!(found, ["TreeInput", "Tree"]);
        let child = &schemas["TreeInput"]["properties"]["children"]["items"]["$ref"];
        assert_eq!(child, "#/components/schemas/TreeInput");
        assert!(schemas["Leaf"].get("required").is_none(), "{schemas}");
        assert_eq!(schemas["LeafInput"]["required"], json!(["secret"]));
    }

    #[test]
    fn generic_types_have_a_name_for_each_of_their_arguments() {
        let (names, ..) = finished(|it| {
            vec![
                it.of::<Page<drafts::Post>>(Way::Out),
                it.of::<Page<archive::old::Post>>(Way::Out),
                it.of::<Page<u8>>(Way::Out),
            ]
        });
        let pages: Vec<_> = names.iter().filter(|it| it.starts_with("Page")).collect();
        assert_eq!(pages.len(), 3, "{names:?}");
        assert_eq!(names.len(), 5, "{names:?}");
        let are_fit = |it: &String| {
            it.chars()
                .all(|it| it.is_ascii_alphanumeric() || "._-".contains(it))
        };
        assert!(names.iter().all(are_fit), "{names:?}");
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let mut schemas = Schemas::default();
        let mut paths = schemas.of::<Leaf>(Way::Out);
        let reserved = Map::from_iter([("Leaf".to_owned(), json!({}))]);
        let components = schemas.finish(&mut paths, reserved);
        assert_eq!(paths["$ref"], "#/components/schemas/Leaf2");
        assert_eq!(components.len(), 2);
    }

    #[test]
    fn either_of_several_is_one_list() {
        let (a, b) = (json!({"type": "string"}), json!({"type": "null"}));
        let both = either(a.clone(), b.clone());
        assert_eq!(both, json!({"anyOf": [a, b]}));
        assert_eq!(either(both.clone(), a.clone()), both);
        assert_eq!(either(a.clone(), a.clone()), a);
    }
}
