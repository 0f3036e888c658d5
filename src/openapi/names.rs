//! The names of schemas in a document.
//!
//! Schemars names the types of one collection, by their own names and by numbers where two have one name. What a
//! type is called inside of another follows from that other type alone, and so must its name in the document:
//! from which types there are, and not from their order.
//!
//! Schemas of one name that say the same are one, but for types that routes themselves name and that are two. What else has
//! the same name is told apart by the types in whose collections it is: by the type itself where a route names it, and
//! else by a type that has it inside.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::reference::{Key, Way, references, targets};

/// The schemas that a value refers to, and those that they refer to.
pub(super) fn reached(value: &Value, schemas: &BTreeMap<Key, Value>) -> BTreeSet<Key> {
    let mut reached = BTreeSet::new();
    let mut open = targets(value);
    while let Some(key) = open.pop() {
        if let Some(schema) = schemas.get(&key)
            && reached.insert(key)
        {
            open.extend(targets(schema));
        }
    }
    reached
}

/// A component: schemas of one class, and what tells it from others of its name.
type Component<'i> = (&'i str, usize);

/// The name in the document of each of the schemas in `reached`. `roots` has the ids of types, by their numbers, and `reserved`
/// names that are taken.
pub(super) fn names(
    schemas: &BTreeMap<Key, Value>,
    reached: &BTreeSet<Key>,
    roots: &[Root],
    reserved: BTreeSet<String>,
) -> BTreeMap<Key, String> {
    let classes = classes(schemas);
    let ids = ids(&classes, roots);
    let component =
        |key: &Key| -> Option<Component<'_>> { Some((ids.get(key)?.as_str(), *classes.get(key)?)) };
    // Which schemas are given, and which are only taken.
    let is_given = |key: &&Key| key.way == Way::Out;
    let given: BTreeSet<_> = reached
        .iter()
        .filter(is_given)
        .filter_map(component)
        .collect();
    let mut inputs: BTreeMap<Component<'_>, Component<'_>> = BTreeMap::new();
    for key in schemas.keys().filter(|key| key.way == Way::In) {
        // The same place in the same type: what is taken there, and what is given.
        let other = Key {
            way: Way::Out,
            ..key.clone()
        };
        let (Some(taken), Some(other)) = (component(key), component(&other)) else {
            continue;
        };
        if given.contains(&other) && !given.contains(&taken) {
            let output = inputs.entry(taken).or_insert(other);
            // That of its own type, and else the first.
            if (other.0 != taken.0, other) < (output.0 != taken.0, *output) {
                *output = other;
            }
        }
    }
    let mut groups: BTreeMap<String, BTreeSet<Component<'_>>> = BTreeMap::new();
    for key in reached {
        let component = component(key).filter(|it| !inputs.contains_key(it));
        groups
            .entry(component_name(&key.name))
            .or_default()
            .extend(component);
    }
    let mut taken = reserved;
    let mut named = BTreeMap::new();
    for (base, components) in groups {
        let ids: BTreeSet<_> = components.iter().map(|it| it.0).collect();
        for component in components {
            let name = match own_words(component.0, &ids) {
                own if own.is_empty() => base.clone(),
                own => format!("{base}_{own}"),
            };
            named.insert(component, free(name, &mut taken));
        }
    }
    let used: BTreeSet<_> = reached.iter().filter_map(component).collect();
    for (input, output) in inputs.into_iter().filter(|it| used.contains(&it.0)) {
        if let Some(name) = named.get(&output) {
            let name = free(format!("{name}Input"), &mut taken);
            named.insert(input, name);
        }
    }
    let name = |key: &Key| Some((key.clone(), named.get(&component(key)?)?.clone()));
    reached.iter().filter_map(name).collect()
}

/// A type that was asked for by itself.
#[derive(Debug)]
pub(super) struct Root {
    /// What tells it from every other type: most often its path.
    pub(super) id: String,
    /// Its schema, or the reference to it, in each collection.
    pub(super) taken: Value,
    pub(super) given: Value,
}

impl Root {
    pub(super) fn schema(&self, way: Way) -> &Value {
        match way {
            Way::In => &self.taken,
            Way::Out => &self.given,
        }
    }
}

/// Numbers the schemas: two have one number if they have one name and say the same, and so does whatever they
/// refer to. The numbers follow from what the schemas say.
fn classes(schemas: &BTreeMap<Key, Value>) -> BTreeMap<&Key, usize> {
    let text = |(key, schema): (&Key, &Value)| {
        let mut schema = schema.clone();
        schema.sort_all_objects();
        let targets = targets(&schema);
        references(&mut schema, &mut |it| {
            if Key::parse(it).is_some() {
                it.clear();
            }
        });
        ((key.name.clone(), schema.to_string()), targets)
    };
    let texts: Vec<_> = schemas.iter().map(text).collect();
    let mut classes = numbered(&texts.iter().map(|it| &it.0).collect::<Vec<_>>());
    let keys: BTreeMap<&Key, usize> = schemas.keys().zip(0..).collect();
    let targets: Vec<Vec<usize>> = texts
        .iter()
        .map(|(_, targets)| {
            targets
                .iter()
                .filter_map(|it| keys.get(it).copied())
                .collect()
        })
        .collect();
    // Until no class falls apart any more.
    let mut count = 0;
    while count < classes.1 {
        count = classes.1;
        let class = |at: &usize| classes.0.get(*at);
        let seen = targets.iter().zip(&classes.0);
        let seen = seen.map(|(targets, own)| (own, targets.iter().map(class).collect::<Vec<_>>()));
        classes = numbered(&seen.collect::<Vec<_>>());
    }
    schemas.keys().zip(classes.0).collect()
}

/// The place of each value in the order of the different values, and how many those are.
fn numbered<T: Ord>(values: &[T]) -> (Vec<usize>, usize) {
    let different: BTreeSet<&T> = values.iter().collect();
    let places: BTreeMap<&T, usize> = different.into_iter().zip(0..).collect();
    let numbers = values.iter().filter_map(|it| places.get(it).copied());
    (numbers.collect(), places.len())
}

/// What tells each schema from others of its name: the id of its type where that is known, of a type of the name that
/// says the same, or of one that has it inside.
fn ids<'k>(classes: &BTreeMap<&'k Key, usize>, roots: &[Root]) -> BTreeMap<&'k Key, String> {
    let mut own: BTreeMap<Key, &str> = BTreeMap::new();
    for root in roots {
        let keys = [&root.taken, &root.given].map(Key::of_schema);
        own.extend(
            keys.into_iter()
                .flatten()
                .map(|key| (key, root.id.as_str())),
        );
    }
    let class = |key: &Key| classes.get(key).copied();
    let known = own
        .iter()
        .filter_map(|(key, id)| Some((class(key)?, (*id).to_owned())));
    let known = smallest(known);
    let inside = classes.iter().filter_map(|(key, class)| {
        let root = roots.get(key.root)?;
        Some((*class, id_inside(&root.id, &key.name)))
    });
    let inside = smallest(inside);
    let id = |(key, class): (&&'k Key, &usize)| {
        let id = own.get(*key).map(|it| (*it).to_owned());
        let id = id.or_else(|| known.get(class).or_else(|| inside.get(class)).cloned());
        (*key, id.unwrap_or_default())
    };
    classes.iter().map(id).collect()
}

/// The smallest id of each class.
fn smallest(ids: impl Iterator<Item = (usize, String)>) -> BTreeMap<usize, String> {
    let mut smallest: BTreeMap<usize, String> = BTreeMap::new();
    for (class, id) in ids {
        match smallest.get_mut(&class) {
            Some(before) if *before <= id => {}
            Some(before) => *before = id,
            None => {
                smallest.insert(class, id);
            }
        }
    }
    smallest
}

/// An id for the type of this name inside of another: `app::Post` in `app::Page<app::Post>`, and else one made of both.
fn id_inside(holder: &str, name: &str) -> String {
    let mut paths = holder.split(|it: char| !(it.is_alphanumeric() || "_:".contains(it)));
    let is_of_name = |it: &&str| it.rsplit("::").next() == Some(name);
    match paths.find(is_of_name) {
        Some(path) => path.to_owned(),
        None => format!("{holder}::{name}"),
    }
}

/// A name that is not taken yet, which it then is.
fn free(name: String, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{name}{number}"));
    let mut names = std::iter::once(name.clone()).chain(numbered);
    let free = names.find(|it| !taken.contains(it)).unwrap_or(name);
    taken.insert(free.clone());
    free
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
