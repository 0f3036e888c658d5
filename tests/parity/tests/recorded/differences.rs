//! Every difference from Next.js that is kept, and why: the one list.
//!
//! `docs/differences.md` shows it. An entry that differs no longer, or elsewhere, fails the test.

use crate::compare::Part::{self, Body, Connection, Headers, Reason, Status};

/// Differences with one reason.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) title: &'static str,
    pub(crate) why: &'static str,
    pub(crate) differences: &'static [Difference],
}

/// Answers that differ in the same way.
#[derive(Debug)]
pub(crate) struct Difference {
    /// The request, or what the handler does.
    pub(crate) what: &'static str,
    pub(crate) next: &'static str,
    pub(crate) here: &'static str,
    pub(crate) parts: &'static [Part],
    pub(crate) cases: &'static [&'static str],
}

pub(crate) const GROUPS: &[Group] = &[];
