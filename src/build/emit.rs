//! A tree → the source code that declares its modules and registers its routes.

use std::{fmt, fmt::Write};

use super::{
    conditions::one_of,
    exports::{Clash, Export, Exports, TakesParams},
    modules::{Content, Module},
    tree::{Middleware, Route, Tree},
};

const ROUTES: &str = "::tower_api_routes::__private::RoutesBuilder<__TowerApiRoutesState>";
const ARC: &str = "::std::sync::Arc";
const TREE: &str = "::tower_api_routes::__private::TypedTree<__TowerApiRoutesState>";

/// The generated code of one tree.
pub(super) fn emit(tree: &Tree) -> String {
    let mut code = Code::default();
    code.line(format_args!(
        "// Generated from `{}`; changes are lost.",
        tree.dir
    ));
    for (file, error) in &tree.unread {
        // The compiler finds the mistake in the module itself and says it better. This line is for
        // the case that it finds none: a file must not lose its route in silence.
        let message = format!("{file}: the build script cannot read this file: {error}");
        code.line(format_args!("::core::compile_error!({message:?});"));
    }
    for Route { file, exports, .. } in &tree.routes {
        for Clash { cfg, problem } in &exports.clashes {
            code.cfg(exports.cfg.iter().chain(cfg));
            let message = format!("{file}: {problem}");
            code.line(format_args!("::core::compile_error!({message:?});"));
        }
    }
    code.line(format_args!(
        "#[allow(clippy::module_inception, unreachable_pub)]"
    ));
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
        for it in tree
            .middleware
            .iter()
            .filter(|it| it.exports.inherit.is_some())
        {
            // Its value is settled; this line lets the compiler check and use the constant.
            self.cfg(&it.exports.cfg);
            self.line(format_args!("const _: bool = {}::INHERIT;", it.module));
        }
        self.line(format_args!(
            "#[allow(clippy::arc_with_non_send_sync, unused_mut, unused_variables)]"
        ));
        self.line(format_args!("fn routes("));
        self.line(format_args!("    mut routes: {ROUTES},"));
        self.block(&format!(") -> {ROUTES} {{"), "}", |code| {
            for (index, middleware) in tree.middleware.iter().enumerate() {
                if tree.routes.iter().any(|it| it.layers.contains(&index)) {
                    code.shared_layer(index, middleware);
                }
            }
            for route in &tree.routes {
                code.cfg(route.exports.cfg.iter().chain(&answers(&route.exports)));
                code.block("{", "}", |code| code.route(tree, route));
            }
            code.line(format_args!("routes"));
        });
        self.line(format_args!("static TREE: {TREE} ="));
        self.line(format_args!(
            "    ::tower_api_routes::__private::TypedTree::new(routes);"
        ));
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
            self.line(format_args!(
                "let layer_{index} = {ARC}::new({}::layer());",
                middleware.module
            ));
        }
    }

    fn route(&mut self, tree: &Tree, route: &Route) {
        let Route {
            pattern,
            file,
            module,
            exports,
            layers,
        } = route;
        self.line(format_args!(
            "let route = ::tower_api_routes::router::MethodRouter::<__TowerApiRoutesState>::new();"
        ));
        let own = exports
            .config
            .iter()
            .chain(&exports.answers)
            .chain(&exports.layer);
        for Export { name, cfg } in own {
            self.cfg(cfg);
            let call = match name.as_str() {
                "CONFIG" => format!("config({module}::CONFIG)"),
                "handler" => format!("any({module}::handler)"),
                "service" => format!("service({module}::service())"),
                "layer" => format!("file_layer({ARC}::new({module}::layer()), {file:?})"),
                method => format!("{method}({module}::{method})"),
            };
            self.line(format_args!("let route = route.{call};"));
        }
        for it in &exports.params {
            let TakesParams { function, cfg, .. } = it;
            let places: String = it.places.iter().map(|at| format!(", {at}")).collect();
            self.cfg(cfg);
            self.line(format_args!(
                "let route = ::tower_api_routes::__check_params!(route, {function:?}, {module}::{function}{places});"
            ));
        }
        for index in layers {
            let Some(middleware) = tree.middleware.get(*index) else {
                continue;
            };
            for it in &middleware.exports.layer {
                self.cfg(middleware.exports.cfg.iter().chain(&it.cfg));
                let file = &middleware.file;
                self.line(format_args!(
                    "let route = route.file_layer({ARC}::clone(&layer_{index}), {file:?});"
                ));
            }
        }
        self.line(format_args!(
            "routes = routes.file_route({pattern:?}, {file:?}, route);"
        ));
    }
}

/// The condition under which a route answers at all, if there is one.
fn answers(exports: &Exports) -> Option<String> {
    let each = exports.answers.iter();
    let each: Option<Vec<_>> = each.map(|it| one_of("all", it.cfg.clone())).collect();
    one_of("any", each?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        build::tree::{File, Kind, tree},
        routing::FileRole,
    };

    fn code(files: &[(&str, &str)]) -> String {
        let files = files.iter().map(|(relative, text)| {
            let text = (*text).to_owned();
            let kind = match FileRole::of(relative).unwrap() {
                FileRole::Route(pattern) => Kind::Route { pattern, text },
                FileRole::Middleware(_) => Kind::Middleware { text },
                _ => Kind::Private,
            };
            File {
                relative: (*relative).to_owned(),
                path: format!("/p/{relative}").into(),
                kind,
            }
        });
        let (tree, errors) = tree("pages/api", files.collect());
        assert!(errors.is_empty(), "{errors:?}");
        emit(&tree)
    }

    #[test]
    fn a_small_tree_as_source_code() {
        let code = code(&[
            ("_db.rs", ""),
            ("_middleware.rs", "pub fn layer() -> L { L }"),
            (
                "admin/_middleware.rs",
                "pub fn layer() -> L { L } pub const INHERIT: bool = true;",
            ),
            ("admin/index.rs", "#![cfg(unix)] pub async fn handler() {}"),
            (
                "posts/[id].rs",
                "pub const CONFIG: ApiConfig = ApiConfig::new(); pub fn layer() -> L { L } \
                 pub async fn get() {} #[cfg(feature = \"x\")] pub async fn put() {}",
            ),
        ]);
        assert_eq!(code, GOLDEN);
    }

    /// The lines of the generated code that wrap a route, shortened to module and number.
    fn layers(files: &[(&str, &str)]) -> Vec<String> {
        let code = code(files);
        let lines = code
            .lines()
            .map(str::trim)
            .filter(|it| it.contains("layer"));
        lines
            .map(|it| it.replace("let route = route.file_layer", ""))
            .collect()
    }

    #[test]
    fn layers_go_from_the_file_outwards() {
        let layer = "pub fn layer() -> L { L }";
        let files = [
            ("_middleware.rs", layer),
            ("a/(g)/_middleware.rs", layer),
            (
                "a/(g)/x.rs",
                "pub fn layer() -> L { L } pub async fn get() {}",
            ),
            ("a/y.rs", "pub async fn get() {}"),
        ];
        assert_eq!(
            layers(&files),
            [
                "let layer_0 = ::std::sync::Arc::new(pages_api::_middleware::layer());",
                "let layer_1 = ::std::sync::Arc::new(pages_api::a::g::_middleware::layer());",
                "(::std::sync::Arc::new(pages_api::a::g::x::layer()), \"pages/api/a/(g)/x.rs\");",
                "(::std::sync::Arc::clone(&layer_1), \"pages/api/a/(g)/_middleware.rs\");",
                "(::std::sync::Arc::clone(&layer_0), \"pages/api/_middleware.rs\");",
                "(::std::sync::Arc::clone(&layer_0), \"pages/api/_middleware.rs\");",
            ]
        );
    }

    #[test]
    fn a_directory_that_does_not_inherit_has_its_own_layer_alone() {
        let layer = "pub fn layer() -> L { L }";
        let alone = "pub fn layer() -> L { L } pub const INHERIT: bool = false;";
        let files = [
            ("_middleware.rs", layer),
            ("a/_middleware.rs", alone),
            ("a/b/_middleware.rs", layer),
            ("a/b/x.rs", "pub async fn get() {}"),
        ];
        assert_eq!(
            layers(&files),
            [
                "let layer_1 = ::std::sync::Arc::new(pages_api::a::_middleware::layer());",
                "let layer_2 = ::std::sync::Arc::new(pages_api::a::b::_middleware::layer());",
                "(::std::sync::Arc::clone(&layer_2), \"pages/api/a/b/_middleware.rs\");",
                "(::std::sync::Arc::clone(&layer_1), \"pages/api/a/_middleware.rs\");",
            ]
        );
    }

    #[test]
    fn parameters_are_checked_where_a_handler_takes_some() {
        let code = code(&[
            (
                "[id].rs",
                "pub async fn get(db: State<Db>, Params(id): Params<u8>) {} \
                 #[cfg(a)] pub async fn put(a: Params<A>, b: Option<Params>, c: Json<C>) {} \
                 #[cfg(not(a))] pub async fn put() {} pub async fn post(a: Json<A>) {}",
            ),
            (
                "x.rs",
                "pub async fn get(a: Query<A>) {} fn helper(a: Params) {}",
            ),
        ]);
        let checks: Vec<_> = code
            .split("let route = ")
            .filter(|it| it.contains("check_params"))
            .collect();
        let line = "::tower_api_routes::__check_params!(route, ";
        assert_eq!(checks.len(), 2, "{code}");
        assert!(
            checks[0].starts_with(&format!("{line}\"get\", pages_api::id::get, 1);")),
            "{code}"
        );
        assert!(
            checks[1].starts_with(&format!("{line}\"put\", pages_api::id::put, 0, 1);")),
            "{code}"
        );
        assert!(
            code.contains(&format!("#[cfg(a)]\n            let route = {line}\"put\"")),
            "{code}"
        );
    }

    #[test]
    fn layers_keep_their_conditions() {
        let files = [
            (
                "_middleware.rs",
                "#![cfg(a)] #[cfg(b)] pub fn layer() -> L { L } \
                 #[cfg(not(b))] pub fn layer() -> M { M }",
            ),
            ("x.rs", "pub async fn get() {}"),
        ];
        let code = code(&files);
        for line in [
            "        #[cfg(a)]\n        #[cfg(b)]\n        let layer_0 = ",
            "        #[cfg(a)]\n        #[cfg(not (b))]\n        let layer_0 = ",
            "            #[cfg(a)]\n            #[cfg(b)]\n            let route = route.file_layer",
            "            #[cfg(a)]\n            #[cfg(not (b))]\n            let route = route.file_layer",
        ] {
            assert!(code.contains(line), "{line}\n{code}");
        }
    }

    #[test]
    fn h21_names_cannot_break_out_of_the_code() {
        let code = code(&[
            ("a\"b.rs", "pub async fn get() {}"),
            ("c\n\\d.rs", "pub use x::get;"),
        ]);
        for line in [
            r#"#[path = "/p/a\"b.rs"]"#,
            "pub(crate) mod a_b;",
            r#"#[path = "/p/c\n\\d.rs"]"#,
            r#"routes.file_route("a\"b", "pages/api/a\"b.rs", route)"#,
        ] {
            assert!(code.contains(line), "{line}\n{code}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_left_to_the_compiler() {
        let code = code(&[("x.rs", "pub asnc fn get() {}")]);
        assert!(
            code.contains("#[path = \"/p/x.rs\"]\n    pub(crate) mod x;"),
            "{code}"
        );
        let error =
            "::core::compile_error!(\"pages/api/x.rs: the build script cannot read this file: ";
        assert!(code.contains(error), "{code}");
        assert!(!code.contains("file_route"), "{code}");
    }

    #[test]
    fn unusual_module_names_raise_no_warning() {
        for (file, is_unusual) in [
            ("Big.rs", true),
            ("a--b.rs", true),
            ("a-b.rs", false),
            ("é.rs", false),
            ("_x.rs", false),
        ] {
            let code = code(&[(file, "pub async fn get() {}")]);
            assert_eq!(code.contains("allow(non_snake_case)"), is_unusual, "{file}");
        }
    }
    const GOLDEN: &str = r#"// Generated from `pages/api`; changes are lost.
#[allow(clippy::module_inception, unreachable_pub)]
pub(crate) mod pages_api {
    #[path = "/p/_db.rs"]
    pub(crate) mod _db;
    #[path = "/p/_middleware.rs"]
    pub(crate) mod _middleware;
    pub(crate) mod admin {
        #[path = "/p/admin/_middleware.rs"]
        pub(crate) mod _middleware;
        #[path = "/p/admin/index.rs"]
        pub(crate) mod index;
    }
    pub(crate) mod posts {
        #[path = "/p/posts/[id].rs"]
        pub(crate) mod id;
    }
}
const _: () = {
    const _: bool = pages_api::admin::_middleware::INHERIT;
    #[allow(clippy::arc_with_non_send_sync, unused_mut, unused_variables)]
    fn routes(
        mut routes: ::tower_api_routes::__private::RoutesBuilder<__TowerApiRoutesState>,
    ) -> ::tower_api_routes::__private::RoutesBuilder<__TowerApiRoutesState> {
        let layer_0 = ::std::sync::Arc::new(pages_api::_middleware::layer());
        let layer_1 = ::std::sync::Arc::new(pages_api::admin::_middleware::layer());
        #[cfg(unix)]
        {
            let route = ::tower_api_routes::router::MethodRouter::<__TowerApiRoutesState>::new();
            let route = route.any(pages_api::admin::index::handler);
            let route = route.file_layer(::std::sync::Arc::clone(&layer_1), "pages/api/admin/_middleware.rs");
            let route = route.file_layer(::std::sync::Arc::clone(&layer_0), "pages/api/_middleware.rs");
            routes = routes.file_route("admin", "pages/api/admin/index.rs", route);
        }
        {
            let route = ::tower_api_routes::router::MethodRouter::<__TowerApiRoutesState>::new();
            let route = route.config(pages_api::posts::id::CONFIG);
            let route = route.get(pages_api::posts::id::get);
            #[cfg(feature = "x")]
            let route = route.put(pages_api::posts::id::put);
            let route = route.file_layer(::std::sync::Arc::new(pages_api::posts::id::layer()), "pages/api/posts/[id].rs");
            let route = route.file_layer(::std::sync::Arc::clone(&layer_0), "pages/api/_middleware.rs");
            routes = routes.file_route("posts/[id]", "pages/api/posts/[id].rs", route);
        }
        routes
    }
    static TREE: ::tower_api_routes::__private::TypedTree<__TowerApiRoutesState> =
        ::tower_api_routes::__private::TypedTree::new(routes);
    ::tower_api_routes::__private::inventory::submit! {
        ::tower_api_routes::__private::CompiledTree::new("pages/api", env!("CARGO_PKG_NAME"), &TREE)
    }
};
"#;
}
