//! What every public type is besides what it is for: `Debug`, and `Send`, `Sync` and `Clone` where
//! that is honest. What is missing here does not compile.

use std::{
    fmt::Debug,
    fs,
    path::{Path, PathBuf},
};

use tower_api_routes::{
    ApiConfig, ApiError, ApiRequest, ApiResponse, ApiRoutes, ApiRoutesFuture, ApiRoutesLayer,
    BodyParserLayer, BodyValue, ByteSize, Cookies, CookiesLayer, Cors, CorsLayer, DeserializeError,
    ErrorContext, ErrorFormat, EtagAlgorithm, Form, FsRouter, InvalidByteSize, Json, MatchedRoute,
    MultiMap, Params, ParsedBody, Query, QueryLayer, ResponseBody, RouteUrl, RouteUrlError,
    RouteUrlErrorKind, RouterError, RouterOptions, Routes, Shutdown, State, TooManyPairs, Values,
    body::{self, BodyKind, BodyParser},
    cookies::{CookiesService, ParsedCookies, SetCookieError},
    cors::{self, Checked, CorsError, Unchecked},
    handler::NextShape,
    query::{ParsedQuery, QueryService},
    response::{EitherBody, Event, RedirectError, SseOptions, Untyped},
    router::{
        FsRouterBuilder, MethodRouter, PathMatch, RouteFuture, RouteInfo, RouteService,
        RouteServiceFuture, RouterErrorKind, TrailingSlash,
    },
    routing::{
        Captures, FileError, FileRole, InsertError, InsertErrorKind, Match, Pattern, PatternError,
        PatternErrorKind, RouteTree, Segment, path::MalformedPath,
    },
};

/// Something that is not the reason why anything else lacks a trait.
#[derive(Debug, Clone)]
struct Plain;

/// Calls a function that has a bound, once for each type.
macro_rules! each {
    ($is:ident: $($type:ty),* $(,)?) => {
        $($is::<$type>();)*
    };
}

fn is_debug<T: Debug>() {}
fn is_send<T: Debug + Send>() {}
fn is_shared<T: Debug + Send + Sync>() {}
fn is_value<T: Debug + Send + Sync + Clone>() {}
fn is_error<T: std::error::Error + Send + Sync + 'static>() {}

#[test]
fn values_services_and_layers_are_cloned_and_shared() {
    each!(is_value:
        ApiConfig, ByteSize, ErrorFormat, EtagAlgorithm, RouterOptions, TrailingSlash,
        ApiRoutes<Plain>, ApiRoutesLayer, FsRouter, Routes, RouteService,
        BodyParser<Plain>, BodyParserLayer, QueryLayer, QueryService<Plain>,
        CookiesLayer, CookiesService<Plain>, Cors<Plain>, CorsLayer<Checked>, CorsLayer<Unchecked>,
        Checked, Unchecked,
        BodyKind, BodyValue, ParsedBody, Form<Plain>, Json<Plain>, State<Plain>,
        Cookies, ParsedCookies, MultiMap, Values<'_>, Params<Plain>, Query<Plain>, ParsedQuery,
        Event, SseOptions, Shutdown, Untyped, MatchedRoute, RouteUrl,
        Captures, FileRole, Pattern, Segment, RouteTree<Plain>,
    );
}

#[test]
fn errors_are_shared() {
    each!(is_shared: ApiError);
    each!(is_error:
        RouterError, CorsError, DeserializeError, FileError, InsertError, InvalidByteSize,
        MalformedPath, PatternError, RedirectError, RouteUrlError, SetCookieError, TooManyPairs,
    );
    each!(is_value:
        CorsError, FileError, InsertError, InsertErrorKind, RouterErrorKind,
        InvalidByteSize, MalformedPath, PatternError, PatternErrorKind, RedirectError,
        RouteUrlError, RouteUrlErrorKind, SetCookieError, TooManyPairs,
    );
}

#[test]
fn what_borrows_from_a_router_or_a_request_is_shared() {
    each!(is_shared: ApiRequest, ErrorContext<'_>, Match<'_, Plain>, PathMatch<'_, '_>, RouteInfo<'_>);
}

/// A response may hold a stream, which is nobody's but its reader's; the futures hold a handler.
#[test]
fn responses_and_futures_are_sent() {
    each!(is_send:
        ApiResponse, ApiResponse<Plain>, ResponseBody, EitherBody<Plain>,
        RouteFuture, RouteServiceFuture, ApiRoutesFuture<Plain>, cors::CorsFuture<Plain>,
        body::BodyParserFuture<FsRouter>,
    );
}

#[test]
fn builders_are_shown() {
    each!(is_debug: FsRouterBuilder<Plain>, MethodRouter<Plain>, NextShape<Plain>);
}

#[cfg(feature = "build")]
#[test]
fn the_build_script_has_values() {
    use tower_api_routes::build::{
        BuildError, BuildErrors, Builder, ForeignRoute, LayerFile, Report, Rewrite, Rewrites,
        RouteDir, RouteFile,
    };
    each!(is_value: BuildError, BuildErrors, Builder, ForeignRoute, LayerFile, Report, RouteFile);
    each!(is_value: Rewrite, Rewrites, RouteDir);
    each!(is_error: BuildError, BuildErrors);
}

#[cfg(feature = "multipart")]
#[test]
fn uploads_are_sent() {
    use tower_api_routes::body::{Field, Multipart};
    each!(is_send: Multipart, Field<'_>);
}

#[cfg(feature = "preview")]
#[test]
fn preview_mode_has_values() {
    use tower_api_routes::preview::{
        Preview, PreviewData, PreviewError, PreviewErrorKind, PreviewKeyError, PreviewKeys,
        PreviewOptions,
    };
    each!(is_value: Preview, PreviewData, PreviewErrorKind, PreviewKeys, PreviewOptions);
    each!(is_error: PreviewError, PreviewKeyError);
}

#[cfg(all(feature = "signed-cookies", feature = "private-cookies"))]
#[test]
fn cookie_jars_are_values() {
    use tower_api_routes::cookies::{PrivateCookies, SignedCookies};
    each!(is_value: PrivateCookies, SignedCookies);
}

#[cfg(feature = "test-client")]
#[test]
fn tests_have_values() {
    use tower_api_routes::test_client::{
        MultipartForm, ReceivedEvent, TestClient, TestRequest, TestResponse, TestStream,
    };
    each!(is_value: MultipartForm, ReceivedEvent, TestClient, TestResponse);
    each!(is_send: TestRequest, TestRequest<TestClient>, TestStream);
}

/// An operation is described by one thread, which has all schemas meanwhile.
#[cfg(feature = "openapi")]
#[test]
fn documents_are_values() {
    use tower_api_routes::openapi::{Gap, GapKind, OpenApi, Operation, ResponseKey};
    each!(is_value: Gap, GapKind, OpenApi, ResponseKey);
    each!(is_send: Operation);
}

/// Public by the rules of Rust alone: not to be named by applications.
const HIDDEN: [&str; 14] = [
    "Before",
    "Check",
    "Described",
    "Error", // `DeserializeError`
    "Fallible",
    "FileDescription",
    "HandlerEndpoint",
    "HandlerResponse",
    "Iter",
    "Last",
    "Piece",
    "RouteEndpoint",
    "SharedLayer",
    "TypedTree",
];

#[test]
fn no_public_type_is_left_out() {
    let mut files = vec![];
    source_files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    let named = include_str!("auto_traits.rs");
    let is_named = |name: &str| {
        named
            .split(|char: char| !char.is_alphanumeric())
            .any(|word| word == name)
    };
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for line in text.lines() {
            let Some(rest) = ["pub struct ", "pub enum "]
                .iter()
                .find_map(|start| line.trim_start().strip_prefix(start))
            else {
                continue;
            };
            let end = rest.find(|char: char| !char.is_alphanumeric());
            let name = &rest[..end.unwrap_or(rest.len())];
            let is_known = HIDDEN.contains(&name) || is_named(name);
            assert!(is_known, "{name} in {}", file.display());
        }
    }
}

fn source_files(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            source_files(&path, files);
        } else if path.extension().is_some_and(|it| it == "rs") {
            files.push(path);
        }
    }
}
