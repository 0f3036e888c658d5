//! The schemas of the types in a document.
//!
//! What a type takes and what it gives may differ (`#[serde(skip_serializing)]`), so there are two
//! collections for each type that is asked for, whose references are told apart until the document is complete: `#/in/0/Post`
//! and `#/out/0/Post`. Both are made even where one is needed, as they tell which type is which (`names.rs`). Then each schema
//! that the document refers to gets its name below `#/components/schemas`. It is the name of the type, wherever one type alone
//! has it and takes what it gives. Of several types of one name each has what its module has of its own
//! (`Post_drafts`, `Post_archive_old`), or the type that has it inside (`Post_Draft`), and a type that takes something else than it
//! gives is two (`Post` and `PostInput`). So a name follows from the types that the document has, and not from their order.

use std::collections::BTreeMap;

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::{
    names::{Root, names, reached},
    reference::{Key, Way, references},
};

/// How many references in a row are followed: a type that holds nothing but itself has no end of them.
const MOST_REFERENCES: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Schemas {
    /// The types that were asked for, by their numbers.
    roots: Vec<Root>,
    /// The numbers of those that have a schema to refer to, by their ids.
    numbers: BTreeMap<String, usize>,
    /// The schemas that others or the document refer to.
    schemas: BTreeMap<Key, Value>,
}

impl Schemas {
    /// The schema of a type: a reference, or the whole of it if it is small.
    pub(super) fn of<T: JsonSchema>(&mut self, way: Way) -> Value {
        let id = T::schema_id();
        let known = self.numbers.get(&*id).and_then(|it| self.roots.get(*it));
        if let Some(root) = known {
            return root.schema(way).clone();
        }
        let number = self.roots.len();
        let before = self.schemas.len();
        let root = Root {
            taken: self.add::<T>(Way::In, number),
            given: self.add::<T>(Way::Out, number),
            id: id.into_owned(),
        };
        let schema = root.schema(way).clone();
        if Key::of_schema(&schema).is_some() {
            self.numbers.insert(root.id.clone(), number);
        }
        if self.schemas.len() > before {
            self.roots.push(root);
        }
        schema
    }

    /// The schema of the type of this number, with those that it refers to in a collection of its own.
    fn add<T: JsonSchema>(&mut self, way: Way, root: usize) -> Value {
        let settings = SchemaSettings::draft2020_12();
        let settings = settings.with(|it| it.definitions_path = way.collection(root).into());
        let mut generator = match way {
            Way::In => settings.for_deserialize().into_generator(),
            Way::Out => settings.for_serialize().into_generator(),
        };
        let schema = generator.subschema_for::<T>().to_value();
        for (name, schema) in generator.take_definitions(true) {
            self.schemas.insert(Key { name, way, root }, schema);
        }
        schema
    }

    /// The schema of a type, whole.
    pub(super) fn whole<T: JsonSchema>(&mut self, way: Way) -> Value {
        let schema = self.of::<T>(way);
        match Key::of_schema(&schema) {
            Some(key) => self.schemas.get(&key).cloned().unwrap_or(schema),
            None => schema,
        }
    }

    /// What a reference stands for.
    pub(super) fn resolve(&self, reference: &str) -> Option<Value> {
        self.schemas.get(&Key::parse(reference)?).cloned()
    }

    /// Whether a schema takes anything, or any object, and does not describe what that is for.
    pub(super) fn is_silent(&self, schema: &Value) -> bool {
        let mut schema = schema.clone();
        // A type in another one and no more than that is a reference to a reference.
        for _ in 0..MOST_REFERENCES {
            let target = schema.get("$ref").and_then(Value::as_str);
            match target.and_then(|it| self.resolve(it)) {
                Some(target) => schema = target,
                None => break,
            }
        }
        let Value::Object(fields) = &schema else {
            return schema == true;
        };
        fields.iter().all(|(name, value)| match name.as_str() {
            "title" | "default" | "examples" | "deprecated" => true,
            "type" => value == "object",
            "additionalProperties" => *value == true || *value == json!({}),
            _ => false,
        })
    }

    /// The schemas that the paths need, as components of a document, besides those that it has for itself. Every
    /// reference in the paths comes to point at one of them.
    pub(super) fn finish(
        self,
        paths: &mut Value,
        reserved: Map<String, Value>,
    ) -> Map<String, Value> {
        let reached = reached(paths, &self.schemas);
        let taken = reserved.keys().cloned().collect();
        let names = names(&self.schemas, &reached, &self.roots, taken);
        let mut components = reserved;
        for (key, mut schema) in self.schemas {
            if let Some(name) = names.get(&key) {
                rename(&mut schema, &names);
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

fn rename(value: &mut Value, names: &BTreeMap<Key, String>) {
    references(value, &mut |reference| {
        if let Some(name) = Key::parse(reference).and_then(|key| names.get(&key)) {
            *reference = format!("#/components/schemas/{name}");
        }
    });
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

    #[derive(JsonSchema)]
    #[allow(dead_code)]
    struct WithDraft {
        post: drafts::Post,
    }

    #[derive(JsonSchema)]
    #[allow(dead_code)]
    struct WithOld {
        post: archive::old::Post,
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
    fn types_inside_of_others_have_the_same_names_in_any_order() {
        let all = |is_turned: bool| {
            finished(|it| {
                let mut found = vec![
                    it.of::<WithDraft>(Way::In),
                    it.of::<WithOld>(Way::In),
                    it.of::<Tree>(Way::Out),
                ];
                if is_turned {
                    found = vec![
                        it.of::<Tree>(Way::Out),
                        it.of::<WithOld>(Way::In),
                        it.of::<WithDraft>(Way::In),
                    ];
                }
                found
            })
        };
        let (names, _, schemas) = all(false);
        assert_eq!(
            names,
            [
                "Leaf",
                "Post_WithDraft",
                "Post_WithOld",
                "Tree",
                "WithDraft",
                "WithOld"
            ]
        );
        let post = &schemas["WithOld"]["properties"]["post"]["$ref"];
        assert_eq!(post, "#/components/schemas/Post_WithOld");
        assert_eq!(schemas, all(true).2);
    }

    #[test]
    fn a_type_inside_of_another_is_the_one_that_is_known() {
        let (names, ..) = finished(|it| {
            vec![
                it.of::<WithDraft>(Way::In),
                it.of::<archive::old::Post>(Way::Out),
                it.of::<drafts::Post>(Way::Out),
            ]
        });
        assert_eq!(names, ["Post_archive_old", "Post_drafts", "WithDraft"]);
    }

    #[test]
    fn a_type_that_stands_in_lists_alone_is_told_apart_by_its_module() {
        let (names, ..) = finished(|it| {
            vec![
                it.of::<Vec<drafts::Post>>(Way::Out),
                it.of::<Option<archive::old::Post>>(Way::In),
            ]
        });
        assert_eq!(names, ["Post_archive_old", "Post_drafts"]);
    }

    #[test]
    fn a_type_that_is_only_taken_is_not_the_input_of_an_unrelated_one() {
        for is_turned in [false, true] {
            let (names, ..) = finished(|it| match is_turned {
                false => vec![it.of::<WithDraft>(Way::In), it.of::<WithOld>(Way::Out)],
                true => vec![it.of::<WithDraft>(Way::Out), it.of::<WithOld>(Way::In)],
            });
            let expected = ["Post_WithDraft", "Post_WithOld", "WithDraft", "WithOld"];
            assert_eq!(names, expected);
        }
    }

    #[test]
    fn a_type_that_nothing_refers_to_is_left_out() {
        let (names, ..) = finished(|it| {
            it.of::<WithDraft>(Way::In);
            it.of::<WithDraft>(Way::Out);
            vec![it.of::<Leaf>(Way::Out)]
        });
        assert_eq!(names, ["Leaf"]);
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
