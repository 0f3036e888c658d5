//! The URLs that the build script makes lead to the routes that they are named after.

use build_app::{AppState, urls};
use proptest::{collection::vec, prelude::*};
use tower_api_routes::{ApiRoutesLayer, FsRouter, RouteUrl, routing::path::decode_segment};

fn router(mount: &str) -> FsRouter {
    let layer = ApiRoutesLayer::new(build_app::PAGES_API)
        .mount(mount)
        .with_state(AppState::new("the database"));
    layer.router().unwrap()
}

/// The route that the path leads to, as it is, and the segments that its parameter takes.
fn found(router: &FsRouter, url: &str) -> Option<(String, Vec<String>)> {
    let uri: http::Uri = url.parse().unwrap();
    assert_eq!(uri.to_string(), url);
    // Not by a redirect.
    assert!(!url.contains("//") && !url.contains('\\') && (url == "/" || !url.ends_with('/')));
    let found = router.match_path(uri.path())?;
    let raw = found.raw_params().next().map(|(_, raw)| raw.to_owned());
    let segments = raw.iter().flat_map(|raw| raw.split('/'));
    let segments = segments.map(|it| decode_segment(it).unwrap().into_owned());
    Some((found.pattern().to_owned(), segments.collect()))
}

#[test]
fn every_route_has_a_url() {
    for mount in ["/api", "/", "/v1/caf%C3%A9"] {
        let router = router(mount);
        let prefix = mount.trim_end_matches('/');
        for (url, pattern) in [
            (urls::index(), ""),
            (urls::r#type::r#match(), "/type/match"),
            (urls::a_b_2(), "/a-b"),
            (urls::a_b(), "/a_b"),
            (urls::file_json(), "/file.json"),
            (urls::spa_ce(), "/spa ce"),
            (urls::caf_(), "/café"),
            (urls::index_2(), "/index"),
            (urls::in_group(), "/in-group"),
            (urls::beside(), "/beside"),
            (urls::beside::below(), "/beside/below"),
            (urls::with_comma(), "/with,comma"),
            (urls::posts::id(7).unwrap(), "/posts/[id]"),
            (urls::all::rest(["a"]).unwrap(), "/all/[...rest]"),
            (urls::opt::slug([""; 0]).unwrap(), "/opt/[[...slug]]"),
            (urls::opt::slug([1, 2]).unwrap(), "/opt/[[...slug]]"),
            (urls::service(), "/service"),
            (urls::_well_known::thing(), "/.well-known/thing"),
        ] {
            let url = url.below(mount);
            let pattern = match format!("{prefix}{pattern}") {
                root if root.is_empty() => "/".to_owned(),
                pattern => pattern,
            };
            let route = found(&router, url.as_str()).map(|it| it.0);
            assert_eq!(route, Some(pattern), "{url}");
        }
    }
}

#[test]
fn urls_are_below_the_default_mount() {
    assert_eq!(urls::posts::id(7).unwrap().as_str(), "/api/posts/7");
    assert_eq!(urls::index().as_str(), "/api");
    assert_eq!(build_app::admin_urls::users().as_str(), "/admin/users");
}

/// What a parameter can be: any text but the three that no path has.
fn value() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        "[a-z./%\\\\+?#; 2eEfF~-]{1,6}",
        any::<String>(),
        Just("...".to_owned()),
        Just("%2e".to_owned()),
    ];
    value.prop_filter("no segment", |it| !matches!(it.as_str(), "" | "." | ".."))
}

proptest! {
    #[test]
    fn the_router_finds_the_same_values(values in vec(value(), 0..5)) {
        let router = router("/api");
        let check = |url: RouteUrl, pattern: &str, values: &[String]| {
            let (route, found) = found(&router, url.as_str()).unwrap();
            assert_eq!((route.as_str(), found.as_slice()), (pattern, values), "{url}");
        };
        for value in &values {
            let url = urls::posts::id(value).unwrap();
            check(url, "/api/posts/[id]", std::slice::from_ref(value));
        }
        check(urls::opt::slug(&values).unwrap(), "/api/opt/[[...slug]]", &values);
        match urls::all::rest(&values) {
            Ok(url) => check(url, "/api/all/[...rest]", &values),
            Err(error) => {
                prop_assert!(values.is_empty());
                prop_assert_eq!(error.parameter(), "rest");
            }
        }
    }

    #[test]
    fn what_no_path_has_is_refused(before in vec(value(), 0..3), bad in "\\.{0,2}") {
        prop_assert!(urls::posts::id(&bad).is_err());
        let values = [before, vec![bad]].concat();
        prop_assert!(urls::opt::slug(&values).is_err());
        prop_assert!(urls::all::rest(&values).is_err());
    }
}
