//! A handler → the lines with which the compiler checks it piece by piece; see `handler::check`.

use super::{code::Code, exports::Export, tree::Route};

/// The most arguments that a handler may have.
pub(super) const MAX_ARGUMENTS: usize = 16;

/// The checks of all routes, which are never run.
pub(super) fn checks(code: &mut Code, routes: &[Route]) {
    code.block("const _: () = {", "};", |code| {
        code.line(format_args!("use ::tower_api_routes::__private::check::*;"));
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
        .filter(|it| it.name != "service")
        .filter_map(|it| Some((it, it.arguments?)))
        .filter(|(_, arguments)| *arguments <= MAX_ARGUMENTS)
        .collect();
    if handlers.is_empty() {
        return;
    }
    code.cfg(&route.exports.cfg);
    let open = format!("fn of_route_{index}(check: Check<__TowerApiRoutesState>) {{");
    code.block(&open, "}", |code| {
        for (handler, arguments) in handlers {
            code.cfg(&handler.cfg);
            code.block("{", "}", |code| of_handler(code, route, handler, arguments));
        }
    });
}

fn of_handler(code: &mut Code, route: &Route, Export { name, .. }: &Export, arguments: usize) {
    let Route { file, module, .. } = route;
    let each = 1..=arguments;
    let pieces: String = each.clone().map(|it| format!("a{it}, ")).collect();
    code.line(format_args!(
        "let ({pieces}result,) = check.signature_{arguments}({module}::{name});"
    ));
    for argument in each {
        code.line_of(
            format_args!("(&&a{argument}).fits();"),
            format_args!("{file}: argument {argument} of `{name}`"),
        );
    }
    code.line_of(
        format_args!("result.is_send();"),
        format_args!("{file}: the future of `{name}`"),
    );
    code.line_of(
        format_args!("result.fits();"),
        format_args!("{file}: the result of `{name}`"),
    );
}
