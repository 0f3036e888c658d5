//! What the compiler is asked of each handler of a route file, piece by piece, so that its answer names
//! the piece: which argument, the result, or what the future holds across an `.await`. (Of the whole
//! handler it says only that it is none.)
//!
//! The generated code takes a handler apart and asks one question a line, and ends each line with the
//! file and the piece, as the compiler prints the line:
//!
//! ```text
//! let (types, result) = pieces_2(&pages_api::posts::id::put);
//! let a1 = check.before(&types.0, &types.1);
//! (&&a1).fits(); // pages/api/posts/[id].rs: argument 1 of `put`
//! let a2 = check.last(&types.0, &types.1);
//! (&&a2).fits(); // pages/api/posts/[id].rs: argument 2 of `put`
//! result.is_send(); // pages/api/posts/[id].rs: the future of `put`
//! result.fits(); // pages/api/posts/[id].rs: the result of `put`
//! ```
//!
//! Nothing of it runs, nor is any of it compiled to code. Which question is asked depends on the type:
//! of several methods `fits`, the one that is found first is there for arguments that are as they should be. The
//! others are there for all and ask for what is missing, which makes the error.

use std::{future::Future, marker::PhantomData};

use axum_core::{
    extract::{FromRequest, FromRequestParts},
    response::IntoResponse,
};
use serde::de::DeserializeOwned;

use super::pieces::Piece;
use crate::{
    body::{Form, Json},
    request::ApiRequest,
    response::ApiResponse,
};

/// Asks of handlers for routes with the state `S`.
#[derive(Debug)]
pub struct Check<S>(PhantomData<fn() -> S>);

/// The argument `A` with `B` alone after it: an extractor, or `req` before `res`. `()` stands for two or more.
#[derive(Debug)]
pub struct Before<A, B, S>(PhantomData<(A, B, S)>);

/// The argument `B` with nothing after it, and `A` or `()` before it.
#[derive(Debug)]
pub struct Last<A, B, S>(PhantomData<(A, B, S)>);

impl<S> Check<S> {
    /// An argument with two or more after it.
    pub fn argument<A>(&self, _: &Piece<A>) -> Piece<Before<A, (), S>> {
        Piece::new()
    }

    /// The argument before the last.
    pub fn before<A, B>(&self, _: &Piece<A>, _last: &Piece<B>) -> Piece<Before<A, B, S>> {
        Piece::new()
    }

    /// The last argument, after another.
    pub fn last<A, B>(&self, _before: &Piece<A>, _: &Piece<B>) -> Piece<Last<A, B, S>> {
        Piece::new()
    }

    /// The last argument, which is the only one.
    pub fn only<B>(&self, _: &Piece<B>) -> Piece<Last<(), B, S>> {
        Piece::new()
    }
}

/// The methods of arguments that are as they should be.
pub trait Fits<M> {
    /// There is nothing to ask.
    fn fits(self);
}

impl<A: FromRequestParts<S>, B, S> Fits<()> for &&Piece<Before<A, B, S>> {
    fn fits(self) {}
}

impl<A, B: FromRequest<S, M>, S, M> Fits<M> for &&Piece<Last<A, B, S>> {
    fn fits(self) {}
}

/// The method of an argument that reads the body and is not the last.
pub trait ReadsBody<A> {
    /// Asks for what no such argument is.
    fn fits(self)
    where
        A: LeavesBody;
}

impl<A: FromRequest<S>, B, S> ReadsBody<A> for &Piece<Before<A, B, S>> {
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

impl<A, B, S> NoExtractor<A, S> for Piece<Before<A, B, S>> {
    fn fits(self)
    where
        A: FromRequestParts<S>,
    {
    }
}

// Asked for an extractor of either kind, the compiler would not say which part of the state is missing.
impl<A, B, S> NoExtractor<B, S> for Piece<Last<A, B, S>> {
    fn fits(self)
    where
        B: FromRequestParts<S>,
    {
    }
}

/// `handler(req, res)`. (`handler(res, req)` is one of extractors, as `ApiResponse` is one.)
impl<D, S> Piece<Before<ApiRequest, ApiResponse<D>, S>> {
    /// There is nothing to ask.
    pub fn fits(&self) {}
}

impl<D, S> Piece<Last<ApiRequest, ApiResponse<D>, S>> {
    /// There is nothing to ask.
    pub fn fits(&self) {}
}

impl<A, T, S> Piece<Last<A, Json<T>, S>> {
    /// Asks for a type that can be read.
    pub fn fits(&self)
    where
        T: DeserializeOwned,
    {
    }
}

impl<A, T, S> Piece<Last<A, Form<T>, S>> {
    /// Asks for a type that can be read.
    pub fn fits(&self)
    where
        T: DeserializeOwned,
    {
    }
}

/// The future of the handler.
impl<F: Future> Piece<F> {
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
