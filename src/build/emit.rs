//! Writes the code of a tree: the source that declares its modules and registers its routes.

use super::{
    checks::{checks, countable},
    code::Code,
    descriptions::description,
    exports::Clash,
    modules::{Content, Module},
    source::Declared,
    tree::{Middleware, Route, Tree},
    urls::urls,
};
use crate::routing::handle::handle_name;

const ROUTES: &str = "::tower_api_routes::__private::RoutesBuilder<__TowerApiRoutesState>";
const PIECES: &str = "::tower_api_routes::__private::pieces";
const TREE: &str = "::tower_api_routes::__private::TypedTree<__TowerApiRoutesState>";

/// The generated code of one tree.
pub(super) fn emit(tree: &Tree) -> String {
    let mut code = Code::default();
    code.line(format_args!(
        "// Generated from `{}`; changes are lost.",
        tree.dir
    ));
    for error in &tree.unread {
        // The compiler finds the mistake in the module itself and says it better. This line is for
        // the case that it finds none: a file must not lose its route in silence.
        let (file, error) = (error.path(), error.message());
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
    code.line("#[allow(clippy::module_inception, clippy::redundant_pub_crate, unreachable_pub)]");
    code.module(&tree.root, Some(tree));
    let constant = handle_name(&tree.dir);
    let documentation = format!("The routes of `{}`, for `ApiRoutesLayer::new`.", tree.dir);
    code.line(format_args!("#[doc = {documentation:?}]"));
    code.line("#[allow(dead_code, deprecated, unreachable_pub, unused_mut, unused_variables)]");
    code.line("#[allow(clippy::all, clippy::pedantic, clippy::nursery)]");
    code.block(
        format_args!("pub const {constant}: ::tower_api_routes::Routes = {{"),
        "};",
        |code| code.registration(tree),
    );
    code.line(format_args!(
        "::tower_api_routes::__private::inventory::submit! {{ {constant} }}"
    ));
    code.text
}

impl Code {
    /// A module; that of a tree has its URLs beside the files.
    fn module(&mut self, module: &Module, tree: Option<&Tree>) {
        let name = &module.name;
        let trimmed = name.trim_matches('_');
        if trimmed.contains("__") || trimmed.contains(|it: char| it.is_ascii_uppercase()) {
            self.line("#[allow(non_snake_case)]");
        }
        match &module.content {
            Content::File(path) => {
                // Only paths that are text get here.
                self.line(format_args!("#[path = {:?}]", path.to_string_lossy()));
                self.line(format_args!("pub(crate) mod {name};"));
            }
            Content::Inline(modules) => {
                self.block(format_args!("pub(crate) mod {name} {{"), "}", |code| {
                    modules.iter().for_each(|it| code.module(it, None));
                    if let Some(tree) = tree {
                        urls(code, tree, |name| modules.iter().any(|it| it.name == name));
                    }
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
        for route in tree.routes.iter().filter(|it| !it.exports.leave.is_empty()) {
            // As above.
            self.cfg(&route.exports.cfg);
            self.line(format_args!("const _: &[&str] = {}::LEAVE;", route.module));
        }
        self.line("#[allow(unused_imports)]");
        self.line("use ::tower_api_routes::__private::ParamsArgument as _;");
        checks(self, &tree.routes);
        self.line("::tower_api_routes::__describing!();");
        self.line("fn routes(");
        self.line(format_args!("    mut routes: {ROUTES},"));
        self.block(format_args!(") -> {ROUTES} {{"), "}", |code| {
            for (index, middleware) in tree.middleware.iter().enumerate() {
                if tree.routes.iter().any(|it| it.layers.contains(&index)) {
                    code.shared_layer(index, middleware);
                }
            }
            for route in &tree.routes {
                code.cfg(&route.exports.conditions());
                code.block("{", "}", |code| code.route(tree, route));
            }
            for foreign in &tree.foreign {
                let (pattern, file) = (foreign.pattern.to_string(), &foreign.file);
                code.cfg(&foreign.cfg);
                code.line(format_args!(
                    "routes = routes.foreign_file({pattern:?}, {file:?});"
                ));
            }
            code.line("routes");
        });
        self.line(format_args!("static TREE: {TREE} ="));
        self.line("    ::tower_api_routes::__private::TypedTree::new(routes);");
        self.line(format_args!(
            "::tower_api_routes::Routes::new({:?}, env!(\"CARGO_PKG_NAME\"), &TREE)",
            tree.dir
        ));
    }

    /// One instance for all the routes that share it.
    fn shared_layer(&mut self, index: usize, middleware: &Middleware) {
        let Middleware {
            file,
            module,
            exports,
        } = middleware;
        for it in &exports.layer {
            self.layer(
                &format!("layer_{index}"),
                exports.cfg.iter().chain(&it.cfg),
                module,
                file,
                it,
            );
        }
    }

    /// Makes the layer of a file, under the name `variable`.
    fn layer<'c>(
        &mut self,
        variable: &str,
        cfg: impl Iterator<Item = &'c String> + Clone,
        module: &str,
        file: &str,
        layer: &Declared,
    ) {
        let call = call(module, layer);
        self.cfg(cfg.clone());
        self.line_of(
            format_args!("let {variable} = {call};"),
            format_args!("{file}: `layer`"),
        );
        self.cfg(cfg);
        self.line(format_args!(
            "let {variable} = routes.file_layer({file:?}, {variable});"
        ));
    }

    fn route(&mut self, tree: &Tree, route: &Route) {
        let Route {
            pattern,
            file,
            module,
            exports,
            layers,
        } = route;
        self.line(
            "let route = ::tower_api_routes::router::MethodRouter::<__TowerApiRoutesState>::new();",
        );
        let own = exports
            .config
            .iter()
            .chain(&exports.answers)
            .chain(&exports.layer);
        for export in own {
            let Declared { name, cfg, .. } = export;
            let argument = match name.as_str() {
                "CONFIG" => format!("config({module}::CONFIG)"),
                "handler" => format!("any({module}::handler)"),
                "service" => format!("service({})", call(module, export)),
                "layer" => {
                    self.layer("layer", cfg.iter(), module, file, export);
                    "file_layer(&layer)".to_owned()
                }
                method => format!("{method}({module}::{method})"),
            };
            self.cfg(cfg);
            self.line_of(
                format_args!("let route = route.{argument};"),
                format_args!("{file}: `{name}`"),
            );
        }
        for answer in &exports.answers {
            let Some(count) = countable(answer) else {
                continue;
            };
            let name = &answer.name;
            for at in answer.what.params() {
                self.cfg(&answer.cfg);
                self.line(format_args!(
                    "let route = route.check_params({name:?}, (&&{PIECES}::pieces_{count}(&{module}::{name}).0.{at}).params_check());"
                ));
            }
        }
        for index in layers {
            let Some(middleware) = tree.middleware.get(*index) else {
                continue;
            };
            for it in &middleware.exports.layer {
                self.cfg(middleware.exports.cfg.iter().chain(&it.cfg));
                self.line(format_args!(
                    "let route = route.file_layer(&layer_{index});"
                ));
            }
        }
        description(self, route, &tree.middleware);
        let pattern = pattern.to_string();
        self.line(format_args!(
            "routes = routes.file_route({pattern:?}, {file:?}, route);"
        ));
    }
}

/// The call of a file's `layer` or `service`, with parts of the state.
fn call(module: &str, Declared { name, what, .. }: &Declared) -> String {
    match what.count() {
        None => format!("routes.call({module}::{name})"),
        Some(count) => {
            let parts = vec!["routes.part()"; count].join(", ");
            format!("{module}::{name}({parts})")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        build::tree::{File, FileKind, tree},
        routing::FileRole,
    };

    fn code(files: &[(&str, &str)]) -> String {
        let files = files.iter().map(|(relative, text)| {
            let text = (*text).to_owned();
            let kind = match FileRole::of(relative).unwrap() {
                FileRole::Route(pattern) => FileKind::Route { pattern, text },
                FileRole::Middleware(_) => FileKind::Middleware { text },
                _ => FileKind::Private,
            };
            File {
                relative: (*relative).to_owned(),
                path: format!("/p/{relative}").into(),
                kind,
            }
        });
        let (tree, errors) = tree("pages/api", files.collect(), Vec::new());
        assert!(errors.is_empty(), "{errors:?}");
        emit(&tree)
    }

    #[test]
    fn a_small_tree_as_source_code() {
        let code = code(&[
            ("_db.rs", ""),
            ("_middleware.rs", "pub fn layer(a: A, b: B) -> L { L }"),
            (
                "admin/_middleware.rs",
                "pub fn layer() -> L { L } pub const INHERIT: bool = true;",
            ),
            ("admin/index.rs", "#![cfg(unix)] pub async fn handler() {}"),
            (
                "posts/[id].rs",
                "pub const CONFIG: ApiConfig = ApiConfig::new(); pub use a::layer; \
                 pub async fn get() {} #[cfg(feature = \"x\")] pub async fn put(a: A, b: B) {}",
            ),
        ]);
        assert_eq!(code, GOLDEN);
    }

    /// The lines of the generated code that make a layer or wrap a route in one, without the rest of
    /// them.
    fn layers(files: &[(&str, &str)]) -> Vec<String> {
        let code = code(files);
        let lines = code
            .lines()
            .map(str::trim)
            .filter(|it| it.contains("layer") && !it.contains("routes.file_layer"))
            .filter_map(|it| it.split(" // ").next());
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
                "let layer_0 = pages_api::_middleware::layer();",
                "let layer_1 = pages_api::a::g::_middleware::layer();",
                "let layer = pages_api::a::g::x::layer();",
                "(&layer);",
                "(&layer_1);",
                "(&layer_0);",
                "(&layer_0);",
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
                "let layer_1 = pages_api::a::_middleware::layer();",
                "let layer_2 = pages_api::a::b::_middleware::layer();",
                "(&layer_2);",
                "(&layer_1);",
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
        let check = |function: &str, piece: &str| {
            format!("route.check_params({function:?}, (&&{PIECES}::{piece}).params_check());")
        };
        let expected = [
            check("get", "pieces_2(&pages_api::id::get).0.1"),
            check("put", "pieces_3(&pages_api::id::put).0.0"),
            check("put", "pieces_3(&pages_api::id::put).0.1"),
        ];
        let lines = checks.iter().filter_map(|it| it.lines().next());
        assert_eq!(lines.collect::<Vec<_>>(), expected, "{code}");
        for check in &expected[1..] {
            let conditional = format!("#[cfg(a)]\n            let route = {check}");
            assert!(code.contains(&conditional), "{code}");
        }
    }

    #[test]
    fn a_file_is_described_with_its_comments_and_the_directories_around_it() {
        let hook = "pub fn openapi(o: O) -> O { o }";
        let code = code(&[
            ("_middleware.rs", hook),
            (
                "a/_middleware.rs",
                &format!("#![cfg(a)] pub fn layer() -> L {{ L }} #[cfg(b)] {hook}"),
            ),
            (
                "a/x.rs",
                &format!(
                    "//! Xs.\n/// Gets \"x\".\n#[deprecated] pub async fn get(a: A) {{}} \
                     pub use y::put; {hook}"
                ),
            ),
        ]);
        let (_, rest) = code.split_once("__describe!(route, |file| {\n").unwrap();
        let lines: Vec<_> = rest
            .lines()
            .map(str::trim)
            .take_while(|it| *it != "});")
            .collect();
        assert_eq!(
            lines,
            [
                r#"file.comment(&[" Xs."]);"#,
                "file.hook(pages_api::_middleware::openapi);",
                "#[cfg(a)]",
                "#[cfg(b)]",
                "file.hook(pages_api::a::_middleware::openapi);",
                "file.hook(pages_api::a::x::openapi);",
                r#"::tower_api_routes::__describe_handler!(file, pieces_1, pages_api::a::x::get, "get", &[" Gets \"x\"."], true, 0);"#,
                r#"file.function("put", &[], false);"#,
            ]
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
    fn the_module_of_urls_gives_way_to_a_file() {
        let route = "pub async fn get() {}";
        let name = |file: &str| {
            let code = code(&[(file, route)]);
            ["urls", "urls_2"].map(|it| code.contains(&format!("\n    pub mod {it} {{")))
        };
        assert_eq!(name("x.rs"), [true, false]);
        for file in ["urls.rs", "[urls].rs", "urls/x.rs"] {
            assert_eq!(name(file), [false, true], "{file}");
        }
    }

    #[test]
    fn h21_names_cannot_break_out_of_the_code() {
        let code = code(&[
            ("a\"b.rs", "pub async fn get() {}"),
            ("c\n\\d.rs", "pub use x::get;"),
            ("e\nf();.rs", "pub async fn get() {}"),
        ]);
        for line in [
            r#"#[path = "/p/a\"b.rs"]"#,
            "pub(crate) mod a_b;",
            r#"#[path = "/p/c\n\\d.rs"]"#,
            r#"routes.file_route("a\"b", "pages/api/a\"b.rs", route)"#,
            "result.fits(); // pages/api/e f();.rs: the result of `get`",
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
#[allow(clippy::module_inception, clippy::redundant_pub_crate, unreachable_pub)]
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
    #[doc = "The URLs of the routes of `pages/api`."]
    #[allow(dead_code, missing_docs, non_snake_case, unused_qualifications)]
    #[allow(clippy::all, clippy::pedantic, clippy::nursery)]
    pub mod urls {
        #[doc = "`/api/admin`, the route of `pages/api/admin/index.rs`."]
        #[cfg(unix)]
        pub fn admin() -> ::tower_api_routes::RouteUrl {
            ::tower_api_routes::RouteUrl::new("/api", "/admin")
        }
        pub mod posts {
            #[doc = "`/api/posts/[id]`, the route of `pages/api/posts/[id].rs`."]
            pub fn id(id: impl ::core::fmt::Display) -> ::core::result::Result<::tower_api_routes::RouteUrl, ::tower_api_routes::RouteUrlError> {
                ::core::result::Result::Ok(::tower_api_routes::RouteUrl::new("/api", "/posts").segment("id", &id)?)
            }
        }
    }
}
#[doc = "The routes of `pages/api`, for `ApiRoutesLayer::new`."]
#[allow(dead_code, deprecated, unreachable_pub, unused_mut, unused_variables)]
#[allow(clippy::all, clippy::pedantic, clippy::nursery)]
pub const PAGES_API: ::tower_api_routes::Routes = {
    const _: bool = pages_api::admin::_middleware::INHERIT;
    #[allow(unused_imports)]
    use ::tower_api_routes::__private::ParamsArgument as _;
    const _: () = {
        use ::tower_api_routes::__private::{check::*, pieces::*};
        #[cfg(unix)]
        fn of_route_0(check: &Check<__TowerApiRoutesState>) {
            {
                let (types, result) = pieces_0(&pages_api::admin::index::handler);
                result.is_send(); // pages/api/admin/index.rs: the future of `handler`
                result.fits(); // pages/api/admin/index.rs: the result of `handler`
            }
        }
        fn of_route_1(check: &Check<__TowerApiRoutesState>) {
            {
                let (types, result) = pieces_0(&pages_api::posts::id::get);
                result.is_send(); // pages/api/posts/[id].rs: the future of `get`
                result.fits(); // pages/api/posts/[id].rs: the result of `get`
            }
            #[cfg(feature = "x")]
            {
                let (types, result) = pieces_2(&pages_api::posts::id::put);
                let a1 = check.before(&types.0, &types.1);
                (&&a1).fits(); // pages/api/posts/[id].rs: argument 1 of `put`
                let a2 = check.last(&types.0, &types.1);
                (&&a2).fits(); // pages/api/posts/[id].rs: argument 2 of `put`
                result.is_send(); // pages/api/posts/[id].rs: the future of `put`
                result.fits(); // pages/api/posts/[id].rs: the result of `put`
            }
        }
    };
    ::tower_api_routes::__describing!();
    fn routes(
        mut routes: ::tower_api_routes::__private::RoutesBuilder<__TowerApiRoutesState>,
    ) -> ::tower_api_routes::__private::RoutesBuilder<__TowerApiRoutesState> {
        let layer_0 = pages_api::_middleware::layer(routes.part(), routes.part()); // pages/api/_middleware.rs: `layer`
        let layer_0 = routes.file_layer("pages/api/_middleware.rs", layer_0);
        let layer_1 = pages_api::admin::_middleware::layer(); // pages/api/admin/_middleware.rs: `layer`
        let layer_1 = routes.file_layer("pages/api/admin/_middleware.rs", layer_1);
        #[cfg(unix)]
        {
            let route = ::tower_api_routes::router::MethodRouter::<__TowerApiRoutesState>::new();
            let route = route.any(pages_api::admin::index::handler); // pages/api/admin/index.rs: `handler`
            let route = route.file_layer(&layer_1);
            let route = route.file_layer(&layer_0);
            ::tower_api_routes::__describe!(route, |file| {
                ::tower_api_routes::__describe_handler!(file, pieces_0, pages_api::admin::index::handler, "handler", &[], false);
            });
            routes = routes.file_route("admin", "pages/api/admin/index.rs", route);
        }
        {
            let route = ::tower_api_routes::router::MethodRouter::<__TowerApiRoutesState>::new();
            let route = route.config(pages_api::posts::id::CONFIG); // pages/api/posts/[id].rs: `CONFIG`
            let route = route.get(pages_api::posts::id::get); // pages/api/posts/[id].rs: `get`
            #[cfg(feature = "x")]
            let route = route.put(pages_api::posts::id::put); // pages/api/posts/[id].rs: `put`
            let layer = routes.call(pages_api::posts::id::layer); // pages/api/posts/[id].rs: `layer`
            let layer = routes.file_layer("pages/api/posts/[id].rs", layer);
            let route = route.file_layer(&layer); // pages/api/posts/[id].rs: `layer`
            let route = route.file_layer(&layer_0);
            ::tower_api_routes::__describe!(route, |file| {
                ::tower_api_routes::__describe_handler!(file, pieces_0, pages_api::posts::id::get, "get", &[], false);
                #[cfg(feature = "x")]
                ::tower_api_routes::__describe_handler!(file, pieces_2, pages_api::posts::id::put, "put", &[], false, 0, 1);
            });
            routes = routes.file_route("posts/[id]", "pages/api/posts/[id].rs", route);
        }
        routes
    }
    static TREE: ::tower_api_routes::__private::TypedTree<__TowerApiRoutesState> =
        ::tower_api_routes::__private::TypedTree::new(routes);
    ::tower_api_routes::Routes::new("pages/api", env!("CARGO_PKG_NAME"), &TREE)
};
::tower_api_routes::__private::inventory::submit! { PAGES_API }
"#;
}
