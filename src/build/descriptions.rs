//! A route file → the lines that describe it for OpenAPI documents; see `openapi::probe`.
//!
//! They stand inside of a macro of the crate, which leaves them out unless the application turns the
//! feature `openapi` on.

use super::{
    checks::countable,
    code::Code,
    source::Declared,
    tree::{Middleware, Route},
};

/// The description of a route file and of the directories around it.
pub(super) fn description(code: &mut Code, route: &Route, middleware: &[Middleware]) {
    let Route {
        module,
        exports,
        layers,
        ..
    } = route;
    code.block(
        "::tower_api_routes::__describe!(route, |file| {",
        "});",
        |code| {
            if !exports.comment.is_empty() {
                code.line(format_args!(
                    "file.comment(&[{}]);",
                    exports.comment.join(", ")
                ));
            }
            // The outermost directory first, and the file last.
            for around in layers.iter().rev().filter_map(|at| middleware.get(*at)) {
                for it in &around.exports.openapi {
                    code.cfg(around.exports.cfg.iter().chain(&it.cfg));
                    code.line(format_args!("file.hook({}::openapi);", around.module));
                }
            }
            for it in &exports.openapi {
                code.cfg(&it.cfg);
                code.line(format_args!("file.hook({module}::openapi);"));
            }
            for it in &exports.answers {
                code.cfg(&it.cfg);
                function(code, module, it);
            }
        },
    );
}

fn function(code: &mut Code, module: &str, answer: &Declared) {
    let Declared {
        name,
        comment,
        is_deprecated,
        ..
    } = answer;
    let comment = comment.join(", ");
    let Some(count) = countable(answer) else {
        return code.line(format_args!(
            "file.function({name:?}, &[{comment}], {is_deprecated});"
        ));
    };
    let places: String = (0..count).map(|at| format!(", {at}")).collect();
    code.line(format_args!(
        "::tower_api_routes::__describe_handler!(file, pieces_{count}, {module}::{name}, {name:?}, &[{comment}], {is_deprecated}{places});"
    ));
}
