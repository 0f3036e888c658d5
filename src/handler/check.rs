//! What the compiler is asked of each handler of a route file, piece by piece, so that its answer names
//! the piece: which argument, the result, or what the future holds across an `.await`. (Of the whole
//! handler it says only that it is none.)
//!
//! The generated code takes a handler apart and asks one question a line, and ends each line with the
//! file and the piece, as the compiler prints the line:
//!
//! ```text
//! let (a1, a2, result) = check.signature_2(pages_api::posts::id::put);
//! (&&a1).fits(); // pages/api/posts/[id].rs: argument 1 of `put`
//! (&&a2).fits(); // pages/api/posts/[id].rs: argument 2 of `put`
//! result.is_send(); // pages/api/posts/[id].rs: the future of `put`
//! result.fits(); // pages/api/posts/[id].rs: the result of `put`
//! ```
//!
//! Nothing of it runs, nor is any of it compiled to code. Which question is asked depends on the type:
//! of several methods `fits`, a call takes the first that there is for `&&Argument`, then for
//! `&Argument`, then for `Argument`. The first is there for arguments that are as they should be. The
//! others are there for all and ask for what is missing, which makes the error.

use std::{future::Future, marker::PhantomData};

use axum_core::{
    extract::{FromRequest, FromRequestParts},
    response::IntoResponse,
};
use serde::de::DeserializeOwned;

use crate::{
    body::{Form, Json},
    request::ApiRequest,
    response::ApiResponse,
};

macro_rules! pieces {
    ($($(#[$doc:meta])* $name:ident<$($ty:ident),+>)+) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name<$($ty),+>(PhantomData<fn() -> ($($ty,)+)>);

        impl<$($ty),+> $name<$($ty),+> {
            const fn new() -> Self {
                Self(PhantomData)
            }
        }

        impl<$($ty),+> Clone for $name<$($ty),+> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<$($ty),+> Copy for $name<$($ty),+> {}
    )+};
}

pieces! {
    /// Takes handlers apart, for routes with the state `S`.
    Check<S>
    /// An argument `A` with two or more after it.
    Argument<A, S>
    /// The argument `A` with `B` alone after it: an extractor, or `req` before `res`.
    Before<A, B, S>
    /// The argument `B` with nothing after it, and `A` or `()` before it.
    Last<A, B, S>
    /// The future of the handler.
    Outcome<F>
}

impl<S> Check<S> {
    /// Takes apart handlers for routes with the state `S`.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "generated code alone makes one")]
    pub const fn of_state() -> Self {
        Self::new()
    }
}

macro_rules! signature {
    ($name:ident: $($ty:ident)* => $($piece:ty),*) => {
        impl<S> Check<S> {
            /// The pieces of a handler.
            pub fn $name<F, R, $($ty),*>(self, _handler: F) -> ($($piece,)* Outcome<R>,)
            where
                F: Fn($($ty),*) -> R,
            {
                ($(<$piece>::new(),)* Outcome::new(),)
            }
        }
    };
}

/// A signature for each number of arguments from two on: each name stands behind the last argument of its
/// signature, and in brackets are those that have two or more after them.
macro_rules! signatures {
    ([$($first:ident)*] $before:ident $last:ident $name:ident $($rest:ident)*) => {
        signature!($name: $($first)* $before $last =>
            $(Argument<$first, S>,)* Before<$before, $last, S>, Last<$before, $last, S>);
        signatures!([$($first)* $before] $last $($rest)*);
    };
    ([$($first:ident)*] $last:ident) => {};
}

signature!(signature_0: =>);
signature!(signature_1: A => Last<(), A, S>);
signatures! {
    [] A B signature_2 C signature_3 D signature_4 E signature_5 G signature_6 H signature_7
    I signature_8 J signature_9 K signature_10 L signature_11 N signature_12 O signature_13
    P signature_14 Q signature_15 T signature_16
}

/// The methods of arguments that are as they should be.
pub trait Fits<M> {
    /// There is nothing to ask.
    fn fits(self);
}

impl<A: FromRequestParts<S>, S> Fits<()> for &&Argument<A, S> {
    fn fits(self) {}
}

impl<A: FromRequestParts<S>, B, S> Fits<()> for &&Before<A, B, S> {
    fn fits(self) {}
}

impl<A, B: FromRequest<S, M>, S, M> Fits<M> for &&Last<A, B, S> {
    fn fits(self) {}
}

/// The method of an argument that reads the body and is not the last.
pub trait ReadsBody<A> {
    /// Asks for what no such argument is.
    fn fits(self)
    where
        A: LeavesBody;
}

impl<A: FromRequest<S>, S> ReadsBody<A> for &Argument<A, S> {
    fn fits(self)
    where
        A: LeavesBody,
    {
    }
}

impl<A: FromRequest<S>, B, S> ReadsBody<A> for &Before<A, B, S> {
    fn fits(self)
    where
        A: LeavesBody,
    {
    }
}

/// Implemented by nothing.
#[diagnostic::on_unimplemented(
    message = "`{Self}` reads the body of the request, so it must be the last argument",
    label = "reads the body, and is not the last argument",
    note = "of the arguments of a handler only the last may read the body: move this one to the end"
)]
pub trait LeavesBody {}

/// The method of what is no extractor at all.
pub trait NoExtractor<A, S> {
    /// Asks for what is missing.
    fn fits(self)
    where
        A: FromRequestParts<S>;
}

impl<A, S> NoExtractor<A, S> for Argument<A, S> {
    fn fits(self)
    where
        A: FromRequestParts<S>,
    {
    }
}

impl<A, B, S> NoExtractor<A, S> for Before<A, B, S> {
    fn fits(self)
    where
        A: FromRequestParts<S>,
    {
    }
}

// Asked for an extractor of either kind, the compiler would not say which part of the state is missing.
impl<A, B, S> NoExtractor<B, S> for Last<A, B, S> {
    fn fits(self)
    where
        B: FromRequestParts<S>,
    {
    }
}

/// `handler(req, res)`. (`handler(res, req)` is one of extractors, as `ApiResponse` is one.)
impl<D, S> Before<ApiRequest, ApiResponse<D>, S> {
    /// There is nothing to ask.
    pub fn fits(&self) {}
}

impl<D, S> Last<ApiRequest, ApiResponse<D>, S> {
    /// There is nothing to ask.
    pub fn fits(&self) {}
}

impl<A, T, S> Last<A, Json<T>, S> {
    /// Asks for a type that can be read.
    pub fn fits(&self)
    where
        T: DeserializeOwned,
    {
    }
}

impl<A, T, S> Last<A, Form<T>, S> {
    /// Asks for a type that can be read.
    pub fn fits(&self)
    where
        T: DeserializeOwned,
    {
    }
}

impl<F: Future> Outcome<F> {
    /// Asks for a future that can move between threads: nothing else may be held across an `.await`.
    pub fn is_send(self)
    where
        F: Send,
    {
    }

    /// Asks for a result that is a response.
    pub fn fits(self)
    where
        F::Output: IntoResponse,
    {
    }
}
