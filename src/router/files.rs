//! What the code that `build::compile` generates asks of a [`FsRouterBuilder`].

use std::rc::Rc;

use axum_core::extract::FromRef;

use super::{
    builder::FsRouterBuilder,
    error::{RouterError, RouterErrorKind},
    file_layer::{FileLayer, SharedLayer},
    method::MethodRouter,
};

impl<S: Clone + Send + Sync + 'static> FsRouterBuilder<S> {
    /// Adds the route of a file.
    #[doc(hidden)]
    pub fn file_route(
        self,
        pattern: &'static str,
        file: &'static str,
        route: MethodRouter<S>,
    ) -> Self {
        self.add(pattern.to_owned(), Some(file), route)
    }

    /// Adds the route of a foreign file, or of a value that a file leaves.
    #[doc(hidden)]
    pub fn foreign_file(self, pattern: &'static str, file: Option<&'static str>) -> Self {
        self.add_foreign(pattern.to_owned(), file)
    }

    /// A part of the state: an argument of a file's `layer` or `service`.
    #[doc(hidden)]
    pub fn part<T: FromRef<S>>(&self) -> T {
        T::from_ref(self.state())
    }

    /// Calls a file's `layer` or `service`, of which the build script cannot see how many arguments it
    /// has.
    #[doc(hidden)]
    pub fn call<F: OfState<S, M>, M>(&self, function: F) -> F::Made {
        function.call_with(self.state())
    }

    /// Takes what the `layer` of a file returned. An error in its place becomes that of `build`.
    #[doc(hidden)]
    pub fn file_layer<L: FileLayer<M>, M>(&mut self, file: &'static str, layer: L) -> SharedLayer {
        let wrap = layer.into_wrap().unwrap_or_else(|source| {
            let error = RouterError::new(RouterErrorKind::Layer, "the layer could not be made");
            self.fail(error.with_source(source).in_file(file));
            // Nothing is wrapped, and no router built.
            Rc::new(|endpoint| endpoint)
        });
        SharedLayer { wrap, file }
    }
}

/// A function whose arguments are parts of the state `S`; `M` are their types.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the arguments of `{Self}` are not parts of the state `{S}`",
    label = "takes something that is not in the state",
    note = "each argument of `layer` or `service` is of a type that implements `FromRef<{S}>`, where `include_routes!` names the state"
)]
pub trait OfState<S, M> {
    /// What the function returns.
    type Made;

    /// Calls the function.
    fn call_with(self, state: &S) -> Self::Made;
}

macro_rules! of_state {
    ($($part:ident)*) => {
        impl<F, S, R, $($part,)*> OfState<S, fn($($part,)*)> for F
        where
            F: FnOnce($($part,)*) -> R,
            $($part: FromRef<S>,)*
        {
            type Made = R;

            #[allow(unused_variables, reason = "without arguments")]
            fn call_with(self, state: &S) -> R {
                self($($part::from_ref(state),)*)
            }
        }
    };
}

of_state!();
of_state!(T1);
of_state!(T1 T2);
of_state!(T1 T2 T3);
of_state!(T1 T2 T3 T4);
of_state!(T1 T2 T3 T4 T5);
of_state!(T1 T2 T3 T4 T5 T6);
