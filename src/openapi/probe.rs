//! What the generated code says of a route file: its comments, and the types of its handlers, each asked
//! whether it can describe itself.
//!
//! The generated code has a function for each file that takes each handler apart ([`pieces`](crate::handler::pieces))
//! and asks each piece: for one that describes itself there is a method that is found first, and for all others one that
//! says that nothing can be known. Neither fails to compile. The function is run when a document is asked for, and
//! never else.

use std::{any::type_name, future::Future};

use super::{
    describe::{OperationInput, OperationOutput},
    gap::GapKind,
    operation::Operation,
};
use crate::handler::pieces::Piece;

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
    /// In their order.
    pub(super) arguments: Vec<Described>,
    /// There is none where the build script cannot read the signature.
    pub(super) result: Option<Described>,
}

/// An argument or a result.
#[derive(Debug)]
pub(super) struct Described {
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

    /// A function. Its arguments and its result come next, if its signature can be read.
    pub fn function(
        &mut self,
        name: &'static str,
        comment: &'static [&'static str],
        is_deprecated: bool,
    ) {
        self.functions.push(Function {
            name,
            comment,
            is_deprecated,
            arguments: Vec::new(),
            result: None,
        });
    }

    fn argument(&mut self, argument: Described) {
        if let Some(function) = self.functions.last_mut() {
            function.arguments.push(argument);
        }
    }

    fn result(&mut self, result: Described) {
        if let Some(function) = self.functions.last_mut() {
            function.result = Some(result);
        }
    }
}

/// An argument, asked for what it takes.
pub trait Input {
    /// Adds the argument to the function that was added last.
    fn input(&self, file: &mut FileDescription);
}

/// The first choice: it describes itself.
impl<T: OperationInput> Input for &Piece<T> {
    fn input(&self, file: &mut FileDescription) {
        file.argument(Described::by::<T>(T::describe));
    }
}

impl<T> Input for Piece<T> {
    fn input(&self, file: &mut FileDescription) {
        file.argument(Described::unknown::<T>());
    }
}

impl<F: Future> Piece<F> {
    /// The result of a handler, of which this is the future.
    pub const fn awaited(&self) -> Piece<F::Output> {
        Piece::new()
    }
}

/// A result, asked for what it answers.
pub trait Output {
    /// Adds the result to the function that was added last.
    fn output(&self, file: &mut FileDescription);
}

/// The first choice: it describes itself.
impl<T: OperationOutput> Output for &&&Piece<T> {
    fn output(&self, file: &mut FileDescription) {
        file.result(Described::by::<T>(T::describe));
    }
}

/// The second: its success describes itself.
impl<T: OperationOutput, E> Output for &&Piece<Result<T, E>> {
    fn output(&self, file: &mut FileDescription) {
        file.result(Described::by::<Result<T, E>>(|operation| {
            T::describe(operation).gap(GapKind::Answer, no_output::<E>())
        }));
    }
}

/// The third: its error does.
impl<T, E: OperationOutput> Output for &Piece<Result<T, E>> {
    fn output(&self, file: &mut FileDescription) {
        file.result(Described::by::<Result<T, E>>(|operation| {
            let operation = operation.with_errors(E::describe);
            operation.gap(GapKind::Answer, no_output::<T>())
        }));
    }
}

impl<T> Output for Piece<T> {
    fn output(&self, file: &mut FileDescription) {
        file.result(Described::unknown::<T>());
    }
}

impl Described {
    fn by<T>(describe: fn(Operation) -> Operation) -> Self {
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
