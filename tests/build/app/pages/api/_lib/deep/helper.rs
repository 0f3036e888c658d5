//! Private, in a private directory.

pub(crate) const TEXT: &str = "from a private directory";
