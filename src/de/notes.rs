//! The pairs that a type is read from, and [`Notes`]: what is found out while it is read.
//!
//! Reading `?page=&size=2` into numbers, the first pass notes that pair 0 is empty where a number was
//! expected, with the error that says so; the second pass leaves the pair out. If `page` has to be there,
//! serde now says that it is missing, and [`Notes::explain`] puts the noted error in its place: "page:
//! expected a whole number".

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    slice,
};

use super::error::Error;

/// What stands behind one name.
#[derive(Debug, Clone)]
pub(crate) enum Value<'de> {
    /// A single value.
    One(&'de str),
    /// A list: a repeated name, or a catch-all parameter.
    Many(Vec<&'de str>),
}

impl<'de> Value<'de> {
    pub(super) fn texts(&self) -> &[&'de str] {
        match self {
            Self::One(text) => slice::from_ref(text),
            Self::Many(texts) => texts,
        }
    }
}

/// A name and what stands behind it.
pub(crate) type Pair<'de> = (&'de str, Value<'de>);

/// What is found out while pairs are read.
#[derive(Default)]
pub(super) struct Notes {
    /// The type has flattened fields.
    pub(super) flattened: Cell<bool>,
    /// The pairs to pass over, being empty where a number was expected, each with the error that says
    /// so: it is the one to report if the field must be there.
    pub(super) absent: RefCell<BTreeMap<usize, Error>>,
    /// The first variant of the enum that was read last.
    pub(super) variant: Cell<Option<&'static str>>,
}

impl Notes {
    pub(super) fn pass_over(&self, pair: usize, error: Error) {
        self.absent.borrow_mut().insert(pair, error);
    }

    pub(super) fn is_absent(&self, pair: usize) -> bool {
        self.absent.borrow().contains_key(&pair)
    }

    /// `error` with the name of its field. One that is missing because its value was empty is not
    /// missing for the client.
    pub(super) fn explain(&self, error: Error, pairs: &[Pair<'_>]) -> Error {
        let absent = self.absent.borrow();
        let empty = absent.iter().find_map(|(pair, empty)| {
            let (name, _) = pairs.get(*pair)?;
            error.misses(name).then(|| empty.clone().in_field(name))
        });
        let about = pairs
            .iter()
            .find(|(_, value)| value.texts().iter().any(|text| error.is_about(text)));
        match (empty, about) {
            (Some(empty), _) => empty,
            (None, Some((name, _))) => error.in_field(name),
            (None, None) => error,
        }
    }
}
