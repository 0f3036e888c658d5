//! What the generated code says of a route file: its comments, and the types of its handlers, each asked
//! whether it can describe itself.
//!
//! The build script knows names and places, and the compiler types. So the generated code has a function
//! for each file that takes each handler apart into a [`Probe`] for every argument and one for the result, and
//! asks each: `(&&probe).input()`. Of several methods of this name a call takes the first that there is
//! for `&&Probe<T>`, then for `&Probe<T>`: one that describes, if `T` can, and else one that says that nothing can be known. Neither
//! fails to compile. The function is run when a document is asked for, and never else.

use std::{any::type_name, future::Future, marker::PhantomData};

use super::{
    describe::{OperationInput, OperationOutput},
    gap::GapKind,
    operation::Operation,
};

/// Describes a route file.
pub type DescribeFile = fn(&mut FileDescription);

/// What is known of a route file.
#[derive(Debug, Default)]
pub struct FileDescription {
    /// The lines of its own comment, as `//!` has them.
    pub(super) comment: &'static [&'static str],
    /// The functions `openapi`, in the order in which they are called.
    pub(super) hooks: Vec<fn(Operation) -> Operation>,
    pub(super) functions: Vec<Function>,
}

/// A function that answers requests.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) comment: &'static [&'static str],
    pub(super) is_deprecated: bool,
    /// The arguments in their order and the result, unless the build script cannot read the signature.
    pub(super) pieces: Option<(Vec<Piece>, Piece)>,
}

/// An argument or a result.
#[derive(Debug)]
pub struct Piece {
    /// The name of the type.
    pub(super) ty: &'static str,
    /// How it describes itself, if it can.
    pub(super) describe: Option<fn(Operation) -> Operation>,
}

impl FileDescription {
    /// The comment of the file.
    pub fn comment(&mut self, lines: &'static [&'static str]) {
        self.comment = lines;
    }

    /// A function that changes the operations.
    pub fn hook(&mut self, hook: fn(Operation) -> Operation) {
        self.hooks.push(hook);
    }

    /// A function whose signature can be read.
    pub fn handler<const N: usize>(
        &mut self,
        name: &'static str,
        comment: &'static [&'static str],
        is_deprecated: bool,
        arguments: [Piece; N],
        result: Piece,
    ) {
        self.functions.push(Function {
            name,
            comment,
            is_deprecated,
            pieces: Some((arguments.into(), result)),
        });
    }

    /// A function whose signature cannot be read.
    pub fn unread(
        &mut self,
        name: &'static str,
        comment: &'static [&'static str],
        is_deprecated: bool,
    ) {
        self.functions.push(Function {
            name,
            comment,
            is_deprecated,
            pieces: None,
        });
    }
}

/// A type, without a value.
#[derive(Debug)]
pub struct Probe<T>(PhantomData<fn() -> T>);

impl<T> Probe<T> {
    const fn new() -> Self {
        Self(PhantomData)
    }
}

/// The first choice for an argument: it describes itself.
pub trait DescribedInput {
    /// The argument.
    fn input(&self) -> Piece;
}

impl<T: OperationInput> DescribedInput for &Probe<T> {
    fn input(&self) -> Piece {
        Piece::described::<T>(T::describe)
    }
}

/// The last choice for an argument.
pub trait UnknownInput {
    /// The argument.
    fn input(&self) -> Piece;
}

impl<T> UnknownInput for Probe<T> {
    fn input(&self) -> Piece {
        Piece::unknown::<T>()
    }
}

/// The first choice for a result: it describes itself.
pub trait DescribedOutput {
    /// The result.
    fn output(&self) -> Piece;
}

impl<T: OperationOutput> DescribedOutput for &&&Probe<T> {
    fn output(&self) -> Piece {
        Piece::described::<T>(T::describe)
    }
}

/// The second: a result whose success describes itself.
pub trait DescribedSuccess {
    /// The result.
    fn output(&self) -> Piece;
}

impl<T: OperationOutput, E> DescribedSuccess for &&Probe<Result<T, E>> {
    fn output(&self) -> Piece {
        Piece::described::<Result<T, E>>(|operation| {
            T::describe(operation).gap(GapKind::Answer, no_output::<E>())
        })
    }
}

/// The third: a result whose error describes itself.
pub trait DescribedError {
    /// The result.
    fn output(&self) -> Piece;
}

impl<T, E: OperationOutput> DescribedError for &Probe<Result<T, E>> {
    fn output(&self) -> Piece {
        Piece::described::<Result<T, E>>(|operation| {
            let operation = operation.with_errors(E::describe);
            operation.gap(GapKind::Answer, no_output::<T>())
        })
    }
}

/// The last choice for a result.
pub trait UnknownOutput {
    /// The result.
    fn output(&self) -> Piece;
}

impl<T> UnknownOutput for Probe<T> {
    fn output(&self) -> Piece {
        Piece::unknown::<T>()
    }
}

impl Piece {
    fn described<T>(describe: fn(Operation) -> Operation) -> Self {
        Self {
            ty: type_name::<T>(),
            describe: Some(describe),
        }
    }

    fn unknown<T>() -> Self {
        Self {
            ty: type_name::<T>(),
            describe: None,
        }
    }
}

/// Why an argument does not describe itself.
pub(super) const NO_INPUT: &str =
    "it is no `OperationInput`, or holds a type that is no `JsonSchema`";
/// Why a result does not.
pub(super) const NO_OUTPUT: &str = "it is no `OperationOutput`, holds a type that is no \
                                    `JsonSchema`, or stands behind `impl IntoResponse`";

fn no_output<T>() -> String {
    format!(
        "`{}` does not describe itself: {NO_OUTPUT}",
        type_name::<T>()
    )
}

macro_rules! signature {
    ($name:ident: $($ty:ident)*) => {
        /// The types of a handler.
        pub const fn $name<F, R, $($ty),*>(_handler: &F) -> (($(Probe<$ty>,)*), Probe<R::Output>)
        where
            F: Fn($($ty),*) -> R,
            R: Future,
        {
            (($(Probe::<$ty>::new(),)*), Probe::new())
        }
    };
}

/// A signature for each number of arguments: each name stands behind the last argument of its signature.
macro_rules! signatures {
    ([$($ty:ident)*] $name:ident $next:ident $($rest:ident)*) => {
        signature!($name: $($ty)*);
        signatures!([$($ty)* $next] $($rest)*);
    };
    ([$($ty:ident)*] $name:ident) => {
        signature!($name: $($ty)*);
    };
}

signatures! {
    [] pieces_0 A pieces_1 B pieces_2 C pieces_3 D pieces_4 E pieces_5 G pieces_6 H pieces_7
    I pieces_8 J pieces_9 K pieces_10 L pieces_11 M pieces_12 N pieces_13 O pieces_14 P pieces_15
    Q pieces_16
}
