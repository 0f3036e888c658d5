//! To be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    Static(Box<str>),
}
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern;
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError;
