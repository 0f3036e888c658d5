//! The ids of operations, of which no two are the same.

use std::collections::BTreeMap;

use super::{
    gap::{Gap, GapKind},
    operation::Place,
};

/// What an operation would be called.
#[derive(Debug)]
pub(super) struct Wish {
    pub(super) place: Place,
    /// What its id was set to.
    pub(super) set: Option<String>,
    pub(super) default: String,
}

/// The id of each operation, and a gap for each one that does not have the id that it was set to or that follows from
/// its path, as another has it. Ids that were set come first; of the others that are the same, all but the first in
/// the order of the paths get a number. A path that comes first later on would change that number: clients
/// can rely on ids alone where there is no gap.
pub(super) fn ids(mut wishes: Vec<Wish>) -> (Vec<(Place, String)>, Vec<Gap>) {
    let order = |it: &Wish| (it.place.path.clone(), it.place.method.as_str().to_owned());
    wishes.sort_by_cached_key(order);
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    let mut ids = Vec::new();
    let mut gaps = Vec::new();
    let mut rest = Vec::new();
    for Wish {
        place,
        set,
        default,
    } in wishes
    {
        let Some(id) = set else {
            rest.push((place, default));
            continue;
        };
        match taken.get(&id) {
            Some(other) => {
                gaps.push(place.gap(GapKind::Id, format!("`{id}` is the id of {other}")));
                rest.push((place, default));
            }
            None => {
                taken.insert(id.clone(), name(&place));
                ids.push((place, id));
            }
        }
    }
    for (place, default) in rest {
        if let Some(other) = taken.get(&default) {
            let reason = format!(
                "`{default}` is the id of {other}, and a number behind it may change with the paths that there are: \
                 set `operation_id` for one of them"
            );
            gaps.push(place.gap(GapKind::Id, reason));
        }
        let numbered = (2..).map(|number| format!("{default}{number}"));
        let mut names = std::iter::once(default.clone()).chain(numbered);
        let id = names.find(|it| !taken.contains_key(it)).unwrap_or(default);
        taken.insert(id.clone(), name(&place));
        ids.push((place, id));
    }
    (ids, gaps)
}

fn name(place: &Place) -> String {
    format!("{} {}", place.method, place.path)
}
