//! To be written.
#[derive(Debug)]
pub struct RouteTree<T>(T);
#[derive(Debug)]
pub struct InsertError;
#[derive(Debug)]
pub struct Match<'t, T>(&'t T);
