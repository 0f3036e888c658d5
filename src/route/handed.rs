//! The route of a request, handed to the extractors of this crate without its extensions.
//!
//! An extractor is given the head of a request alone, so that the route has to be in the extensions: three
//! allocations, which are a fifth of the instructions of a GET with `Params`. The extractors of this crate are
//! known. Where a handler has no others, the route is handed over, and whoever takes it does so when it is first polled:
//!
//! ```text
//! hand_over(route)                       leaves the route
//!   └ Params::from_request_parts(…)      takes it, before anything of the application runs
//! ```
//!
//! Any other extractor may look into the extensions, and the route is there for all of the handler's.

use std::{any::type_name, cell::Cell};

use super::matched::MatchedRoute;

thread_local! {
    static HANDED: Cell<Option<MatchedRoute>> = const { Cell::new(None) };
}

/// Leaves `route` for an extractor that [takes it](takes_route) and is polled next.
#[inline]
pub(crate) fn hand_over(route: MatchedRoute) {
    HANDED.set(Some(route));
}

/// Leaves nothing behind, should the extractor be that of another version of this crate, of the same name, which takes
/// nothing here.
#[inline]
pub(crate) fn withdraw() {
    drop(take());
}

/// What was handed over.
#[inline]
pub(super) fn take() -> Option<MatchedRoute> {
    HANDED.take()
}

// As for `Json`, nothing but the name tells a type whatever its parameters. It is a constant, so that the compiler
// removes the comparison, where all of it is inlined.

/// Whether an extractor `T` takes the route that is handed over, as soon as it is polled.
#[inline(always)]
pub(crate) fn takes_route<T>() -> bool {
    is::<T>("tower_api_routes::route::params::Params")
        || is::<T>("tower_api_routes::route::matched::MatchedRoute")
}

/// Whether an extractor `T` may look for the route in the extensions.
#[inline(always)]
pub(crate) fn may_look<T>() -> bool {
    let needs_none = is::<T>("tower_api_routes::query::Query")
        || is::<T>("tower_api_routes::handler::State")
        || is::<T>("tower_api_routes::cookies::Cookies");
    !needs_none && !takes_route::<T>()
}

/// Whether `T` is the type of this name or an `Option` of it, whatever its parameters.
#[inline(always)]
fn is<T>(name: &str) -> bool {
    let whole = type_name::<T>();
    let inner = whole.strip_prefix("core::option::Option<");
    let rest = match inner.and_then(|it| it.strip_suffix('>')) {
        Some(inner) => inner.strip_prefix(name),
        None => whole.strip_prefix(name),
    };
    // Parameters that are the default ones are left out.
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('<'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cookies, Json, Params, Query, State};

    #[test]
    fn the_extractors_of_this_crate_are_told_by_their_names() {
        assert!(takes_route::<Params>());
        assert!(takes_route::<Option<Params<Vec<u8>>>>());
        assert!(takes_route::<MatchedRoute>());
        assert!(takes_route::<Option<MatchedRoute>>());
        for needs_none in [
            may_look::<Query>,
            may_look::<Option<Query<Vec<(String, String)>>>>,
            may_look::<State<u8>>,
            may_look::<Cookies>,
            may_look::<Params<u8>>,
            may_look::<Params>,
        ] {
            assert!(!needs_none());
        }
        struct Wrapped<T>(std::marker::PhantomData<T>);
        assert!(may_look::<Json<u8>>());
        assert!(may_look::<Wrapped<Params<u8>>>());
        assert!(may_look::<Result<Params<u8>, Cookies>>());
        assert!(may_look::<Option<Option<Params<u8>>>>());
    }
}
