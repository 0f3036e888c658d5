//! What the comment and the types of a function say of an operation.

use super::{
    gap::GapKind,
    operation::Operation,
    paths,
    probe::{Function, NO_INPUT, NO_OUTPUT},
};

/// The operation with what the comment and the types of a function say of it.
pub(super) fn described(mut operation: Operation, function: &Function) -> Operation {
    let (summary, description) = paths::summary(function.comment);
    if let Some(summary) = summary {
        operation = operation.summary(summary);
    }
    if let Some(description) = description {
        operation = operation.description(description);
    }
    operation = operation.deprecated(function.is_deprecated);
    let name = function.name;
    let Some(result) = &function.result else {
        let reason = format!(
            "the build script cannot read the signature of `{name}`: it is a `pub use`, or has generics or an attribute that may change it"
        );
        return operation.gap(GapKind::Operation, reason);
    };
    let arguments = &function.arguments;
    for (at, argument) in arguments.iter().enumerate() {
        let Some(describe) = argument.describe else {
            // Of the arguments only the last may read the body.
            let kind = match at + 1 == arguments.len() {
                true => GapKind::Body,
                false => GapKind::Parameters,
            };
            operation = operation.gap(
                kind,
                format!(
                    "argument {} of `{name}` (`{}`) does not describe itself: {NO_INPUT}",
                    at + 1,
                    argument.ty,
                ),
            );
            continue;
        };
        operation = describe(operation);
    }
    match result.describe {
        Some(describe) => describe(operation),
        None => operation.gap(
            GapKind::Answer,
            format!(
                "the result of `{name}` (`{}`) does not describe itself: {NO_OUTPUT}",
                result.ty,
            ),
        ),
    }
}
