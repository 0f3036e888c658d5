//! The people.

use serde::Serialize;

#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Person {
    pub(crate) id: &'static str,
    name: &'static str,
    gender: &'static str,
}

const fn person(id: &'static str, name: &'static str, gender: &'static str) -> Person {
    Person { id, name, gender }
}

pub(crate) const PEOPLE: [Person; 3] = [
    person("1", "Luke Skywalker", "male"),
    person("2", "C-3PO", "n/a"),
    person("3", "R2-D2", "n/a"),
];
