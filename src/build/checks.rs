//! A handler → the lines with which the compiler checks it piece by piece; see `handler::check`.

use super::{code::Code, source::Declared, tree::Route};

/// The most arguments that a handler may have.
const MAX_ARGUMENTS: usize = 16;

/// The checks of all routes, which are never run.
pub(super) fn checks(code: &mut Code, routes: &[Route]) {
    code.block("const _: () = {", "};", |code| {
        code.line("use ::tower_api_routes::__private::{check::*, pieces::*};");
        for (index, route) in routes.iter().enumerate() {
            of_route(code, index, route);
        }
    });
}

fn of_route(code: &mut Code, index: usize, route: &Route) {
    let handlers: Vec<_> = route
        .exports
        .answers
        .iter()
        .filter_map(|it| Some((it, countable(it)?)))
        .collect();
    if handlers.is_empty() {
        return;
    }
    code.cfg(&route.exports.cfg);
    let open = format!("fn of_route_{index}(check: &Check<__TowerApiRoutesState>) {{");
    code.block(&open, "}", |code| {
        for (handler, count) in handlers {
            code.cfg(&handler.cfg);
            code.block("{", "}", |code| {
                of_handler(code, route, &handler.name, count);
            });
        }
    });
}

/// How many arguments a handler has, if it can be taken apart.
pub(super) fn countable(answer: &Declared) -> Option<usize> {
    let is_handler = answer.name != "service";
    answer
        .what
        .count()
        .filter(|it| is_handler && *it <= MAX_ARGUMENTS)
}

fn of_handler(code: &mut Code, route: &Route, name: &str, count: usize) {
    let Route { file, module, .. } = route;
    code.line(format_args!(
        "let (types, result) = pieces_{count}(&{module}::{name});"
    ));
    for at in 0..count {
        let next = at + 1;
        let piece = match (count - next, at.checked_sub(1)) {
            (0, None) => format!("only(&types.{at})"),
            (0, Some(before)) => format!("last(&types.{before}, &types.{at})"),
            (1, _) => format!("before(&types.{at}, &types.{next})"),
            _ => format!("argument(&types.{at})"),
        };
        code.line(format_args!("let a{next} = check.{piece};"));
        code.line_of(
            format_args!("(&&a{next}).fits();"),
            format_args!("{file}: argument {next} of `{name}`"),
        );
    }
    code.line_of(
        "result.is_send();",
        format_args!("{file}: the future of `{name}`"),
    );
    code.line_of(
        "result.fits();",
        format_args!("{file}: the result of `{name}`"),
    );
}
