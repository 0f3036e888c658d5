//! Which file of a Next.js application is which route: the files that another service answers.

use super::{
    path,
    pattern::{Pattern, PatternError},
};

/// How a directory of Next.js is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// `pages/api`: each file is a route, named by its path. There are neither groups nor private names.
    Pages,
    /// `app/api`: the directories name the route, and a file `route.ts` or `page.tsx` makes it one.
    App,
}

/// The route of a file by its path relative to the directory, with `/` between names, or `None` for a
/// file that is none. `extensions` come without their dot, as `pageExtensions` in `next.config.js` does.
///
/// # Errors
///
/// [`PatternError`] when the file is a route by its place and no pattern by its name. Next.js refuses most of
/// these itself.
pub(crate) fn foreign_route(
    layout: Layout,
    file: &str,
    extensions: &[String],
) -> Result<Option<Pattern>, PatternError> {
    let (directory, name) = file.rsplit_once('/').unwrap_or(("", file));
    let directories = path::segments(directory);
    let Some(stem) = stem(name, extensions) else {
        return Ok(None);
    };
    let names = match layout {
        Layout::Pages => {
            let name = Some(stem).filter(|stem| *stem != "index");
            Some(directories.chain(name).map(str::to_owned).collect())
        }
        Layout::App if matches!(stem, "route" | "page") => directories
            .filter(|it| !is_traceless(it))
            .map(app_segment)
            .collect::<Option<Vec<_>>>(),
        Layout::App => None,
    };
    names
        .map(|names| Pattern::parse(&names.join("/")))
        .transpose()
}

/// The name without its extension, the longest one that fits. Declarations of types are no code.
fn stem<'n>(name: &'n str, extensions: &[String]) -> Option<&'n str> {
    let stem = extensions
        .iter()
        .filter_map(|it| name.strip_suffix(it.as_str())?.strip_suffix('.'))
        .min_by_key(|stem| stem.len())?;
    (!stem.is_empty() && !stem.starts_with('.') && !stem.ends_with(".d")).then_some(stem)
}

/// Whether a directory of the app router is not seen in the URL: a group or a slot.
fn is_traceless(directory: &str) -> bool {
    directory.starts_with('@') || directory.starts_with('(') && directory.ends_with(')')
}

/// The segment of a directory of the app router; `None` where nothing below is reached by its URL: private
/// directories (`_lib`, but `%5Flib` is `_lib`) and intercepted routes (`(.)photo`).
fn app_segment(directory: &str) -> Option<String> {
    if let Some(rest) = directory.strip_prefix("%5F") {
        return Some(format!("_{rest}"));
    }
    (!directory.starts_with(['_', '('])).then(|| directory.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(layout: Layout, file: &str, extensions: &[&str]) -> Option<String> {
        let extensions: Vec<_> = extensions.iter().map(ToString::to_string).collect();
        let pattern = foreign_route(layout, file, &extensions).unwrap();
        pattern.map(|it| it.to_string())
    }

    #[test]
    fn each_file_of_the_pages_router_is_a_route() {
        for (file, expected) in [
            ("user.js", Some("user")),
            ("index.ts", Some("")),
            ("posts/index.tsx", Some("posts")),
            ("posts/[id].js", Some("posts/[id]")),
            ("docs/[[...slug]].jsx", Some("docs/[[...slug]]")),
            // Next.js knows neither private names nor groups nor tests here.
            ("_lib/db.js", Some("_lib/db")),
            ("_middleware.js", Some("_middleware")),
            (".well-known/thing.js", Some(".well-known/thing")),
            ("(shop)/cart.js", Some("(shop)/cart")),
            ("user.test.js", Some("user.test")),
            ("user.rs", None),
            ("user.css", None),
            ("user", None),
            ("types.d.ts", None),
            (".eslintrc.js", None),
            (".js", None),
        ] {
            let found = route(Layout::Pages, file, &["js", "jsx", "ts", "tsx"]);
            assert_eq!(found.as_deref(), expected, "{file}");
        }
    }

    #[test]
    fn the_directories_of_the_app_router_name_the_route() {
        for (file, expected) in [
            ("route.ts", Some("")),
            ("users/route.js", Some("users")),
            ("users/page.tsx", Some("users")),
            ("posts/[id]/route.ts", Some("posts/[id]")),
            ("docs/[...slug]/route.ts", Some("docs/[...slug]")),
            ("(shop)/cart/route.ts", Some("cart")),
            ("@modal/cart/page.tsx", Some("cart")),
            ("%5Fprivate/route.ts", Some("_private")),
            ("_lib/route.ts", None),
            ("feed/(.)photo/page.tsx", None),
            ("users/helper.ts", None),
            ("users.ts", None),
            ("users/layout.tsx", None),
        ] {
            let found = route(Layout::App, file, &["js", "ts", "tsx"]);
            assert_eq!(found.as_deref(), expected, "{file}");
        }
    }

    #[test]
    fn extensions_may_have_two_parts() {
        let extensions = ["api.ts", "ts"];
        assert_eq!(
            route(Layout::Pages, "user.api.ts", &extensions).as_deref(),
            Some("user")
        );
        assert_eq!(
            route(Layout::Pages, "user.ts", &extensions[..1]).as_deref(),
            None
        );
    }

    #[test]
    fn a_name_that_is_no_pattern_is_an_error() {
        let extensions = ["js".to_owned()];
        assert!(foreign_route(Layout::Pages, "[id.js", &extensions).is_err());
        assert!(foreign_route(Layout::App, "[id/route.js", &extensions).is_err());
    }
}
