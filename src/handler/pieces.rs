//! A function, taken apart into the types of its arguments and of its result.
//!
//! The build script knows the names of handlers, how many arguments they have and in which place each stands,
//! and the compiler knows their types. So the generated code takes a handler apart, `pieces_2(&get)` for one of two
//! arguments, and asks something of the type in a place: whether it fits ([`check`](super::check)), whether it
//! takes route parameters that there are (`params_check`), what it says of itself in
//! documents (`openapi::probe`).
//!
//! Where the answer depends on what the type implements, the methods that give it have one name, and are there for
//! references of several depths: of `(&&piece).input()` the compiler takes the method that is there for `&&Piece<T>`,
//! then for `&Piece<T>`, then for `Piece<T>`.

use std::marker::PhantomData;

/// A type, without a value.
#[derive(Debug)]
pub struct Piece<T>(PhantomData<fn() -> T>);

impl<T> Piece<T> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> Clone for Piece<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Piece<T> {}

/// A function for each number of arguments: each name stands behind the last argument that its function takes apart.
macro_rules! pieces {
    ([$($ty:ident)*] $name:ident $($rest:ident)*) => {
        /// The types of the arguments, and of the result.
        pub const fn $name<F, R, $($ty),*>(_function: &F) -> (($(Piece<$ty>,)*), Piece<R>)
        where
            F: Fn($($ty),*) -> R,
        {
            (($(Piece::<$ty>::new(),)*), Piece::new())
        }
        pieces! { after [$($ty)*] $($rest)* }
    };
    (after [$($ty:ident)*]) => {};
    (after [$($ty:ident)*] $next:ident $($rest:ident)*) => {
        pieces! { [$($ty)* $next] $($rest)* }
    };
}

pieces! {
    [] pieces_0 A pieces_1 B pieces_2 C pieces_3 D pieces_4 E pieces_5 G pieces_6 H pieces_7
    I pieces_8 J pieces_9 K pieces_10 L pieces_11 M pieces_12 N pieces_13 O pieces_14 P pieces_15
    Q pieces_16
}
