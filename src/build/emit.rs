//! A tree → the source code that declares its modules and registers its routes.

use std::{fmt, fmt::Write};

use super::{
    exports::{Export, Exports},
    modules::{Content, Module},
    tree::{Middleware, Route, Tree},
};

const ROUTES: &str = "::tower_api_routes::__private::RoutesBuilder<__TowerApiRoutesState>";
const TREE: &str = "::tower_api_routes::__private::TypedTree<__TowerApiRoutesState>";

/// The generated code of one tree.
pub(super) fn emit(tree: &Tree) -> String {
    let mut code = Code::default();
    code.line(format_args!("// Generated from `{}`; changes are lost.", tree.dir));
    for (file, error) in &tree.unread {
        // The compiler finds the mistake in the module itself and says it better. This line is for
        // the case that it finds none: a file must not lose its route in silence.
        let message = format!("{file}: the build script cannot read this file: {error}");
        code.line(format_args!("::core::compile_error!({message:?});"));
    }
    code.line(format_args!("#[allow(clippy::module_inception, unreachable_pub)]"));
    code.module(&tree.root);
    code.block("const _: () = {", "};", |code| code.registration(tree));
    code.text
}

#[derive(Default)]
struct Code {
    text: String,
    depth: usize,
}

impl Code {
    fn line(&mut self, line: fmt::Arguments<'_>) {
        let width = 4 * self.depth;
        // Writing to a `String` never fails.
        let _ = writeln!(self.text, "{:width$}{line}", "");
    }

    fn block(&mut self, open: &str, close: &str, inner: impl FnOnce(&mut Self)) {
        self.line(format_args!("{open}"));
        self.depth += 1;
        inner(self);
        self.depth -= 1;
        self.line(format_args!("{close}"));
    }

    fn cfg<'c>(&mut self, conditions: impl IntoIterator<Item = &'c String>) {
        for condition in conditions {
            self.line(format_args!("#[cfg({condition})]"));
        }
    }

    fn module(&mut self, module: &Module) {
        let name = &module.name;
        let trimmed = name.trim_matches('_');
        if trimmed.contains("__") || trimmed.contains(|it: char| it.is_ascii_uppercase()) {
            self.line(format_args!("#[allow(non_snake_case)]"));
        }
        match &module.content {
            Content::File(path) => {
                // Only paths that are text get here.
                self.line(format_args!("#[path = {:?}]", path.to_string_lossy()));
                self.line(format_args!("pub(crate) mod {name};"));
            }
            Content::Inline(modules) => {
                self.block(&format!("pub(crate) mod {name} {{"), "}", |code| {
                    modules.iter().for_each(|it| code.module(it));
                });
            }
        }
    }

    fn registration(&mut self, tree: &Tree) {
        for it in tree.middleware.iter().filter(|it| it.exports.inherit.is_some()) {
            // Its value is settled; this line lets the compiler check and use the constant.
            self.cfg(&it.exports.cfg);
            self.line(format_args!("const _: bool = {}::INHERIT;", it.module));
        }
        self.line(format_args!("#[allow(unused_mut, unused_variables)]"));
        let open = format!("fn routes(mut routes: {ROUTES}) -> {ROUTES} {{");
        self.block(&open, "}", |code| {
            for (index, middleware) in tree.middleware.iter().enumerate() {
                if tree.routes.iter().any(|it| it.layers.contains(&index)) {
                    code.shared_layer(index, middleware);
                }
            }
            for route in &tree.routes {
                code.cfg(&route.exports.cfg);
                code.block("{", "}", |code| code.route(tree, route));
            }
            code.line(format_args!("routes"));
        });
        self.line(format_args!("static TREE: {TREE} ="));
        self.line(format_args!("    ::tower_api_routes::__private::TypedTree::new(routes);"));
        self.block(
            "::tower_api_routes::__private::inventory::submit! {",
            "}",
            |code| {
                code.line(format_args!(
                    "::tower_api_routes::__private::CompiledTree::new({:?}, \
                     env!(\"CARGO_PKG_NAME\"), &TREE)",
                    tree.dir
                ));
            },
        );
    }

    /// One instance for all the routes that share it.
    fn shared_layer(&mut self, index: usize, middleware: &Middleware) {
        let Exports { cfg, layer, .. } = &middleware.exports;
        for it in layer {
            self.cfg(cfg.iter().chain(&it.cfg));
            self.line(format_args!("let layer_{index} = {}::layer();", middleware.module));
        }
    }

    fn route(&mut self, tree: &Tree, route: &Route) {
        let Route { pattern, file, module, exports, layers } = route;
        self.line(format_args!(
            "let route = ::tower_api_routes::routing::MethodRouter::new();"
        ));
        let own = exports.config.iter().chain(&exports.answers).chain(&exports.layer);
        for Export { name, cfg } in own {
            self.cfg(cfg);
            let call = match name.as_str() {
                "CONFIG" => format!("config({module}::CONFIG)"),
                "handler" => format!("any({module}::handler)"),
                "service" => format!("service({module}::service())"),
                "layer" => format!("file_layer(&{module}::layer(), {file:?})"),
                method => format!("{method}({module}::{method})"),
            };
            self.line(format_args!("let route = route.{call};"));
        }
        for index in layers {
            let Some(middleware) = tree.middleware.get(*index) else { continue };
            for it in &middleware.exports.layer {
                self.cfg(middleware.exports.cfg.iter().chain(&it.cfg));
                let file = &middleware.file;
                self.line(format_args!(
                    "let route = route.file_layer(&layer_{index}, {file:?});"
                ));
            }
        }
        self.line(format_args!(
            "routes = routes.file_route({pattern:?}, {file:?}, route);"
        ));
    }
}
