//! The layers of this crate, stacked: readiness, and layers twice, in any order, or missing.

mod support;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
};

use axum::body::Body;
use http::{Request, Response};
use support::{Answer, get, send};
use tokio_test::task;
use tower::{
    Layer, Service, ServiceBuilder, ServiceExt, layer::layer_fn, util::BoxCloneSyncService,
};
use tower_api_routes::{
    ApiConfig, ApiError, ApiRequest, ApiResponse, ApiRoutes, BodyParserLayer, BoxError,
    CookiesLayer, CorsLayer, FsRouter, QueryLayer,
    router::{MethodRouter, any, get as on_get},
};
use tower_test::mock::{self, Mock};

type Inner = Mock<Request<Body>, Response<Body>>;

/// The layer waits for its service, hands on its error, and calls the one that was ready.
async fn keeps_to_readiness<L>(name: &str, layer: L)
where
    L: Layer<Inner>,
    L::Service: Service<Request<Body>, Error = BoxError> + Clone,
{
    let request = || Request::post("/inner").body(Body::from("{}")).unwrap();
    let (inner, mut handle) = mock::pair::<Request<Body>, Response<Body>>();
    let mut service = layer.layer(inner);

    handle.allow(0);
    {
        let mut ready = task::spawn(ServiceExt::<Request<Body>>::ready(&mut service));
        assert!(ready.poll().is_pending(), "{name}");
        handle.allow(2);
        assert!(ready.is_woken(), "{name}");
        assert!(matches!(ready.poll(), Poll::Ready(Ok(_))), "{name}");
    }
    // A clone that was not ready is not called, however often.
    for _ in 0..2 {
        let ready = ServiceExt::<Request<Body>>::ready(&mut service).await;
        let answer = ready.unwrap().call(request());
        let serve = async {
            let (request, respond) = handle.next_request().await.unwrap();
            assert_eq!(request.uri(), "/inner");
            respond.send_response(Response::new(Body::empty()));
        };
        let (answer, ()) = tokio::join!(answer, serve);
        assert!(answer.is_ok(), "{name}");
    }

    handle.allow(1);
    let ready = ServiceExt::<Request<Body>>::ready(&mut service).await;
    let answer = ready.unwrap().call(request());
    let serve = async {
        let (_, respond) = handle.next_request().await.unwrap();
        respond.send_error("broken");
    };
    let (answer, ()) = tokio::join!(answer, serve);
    assert_eq!(answer.err().unwrap().to_string(), "broken", "{name}");

    handle.send_error("closed");
    let ready = ServiceExt::<Request<Body>>::ready(&mut service).await;
    assert_eq!(ready.err().unwrap().to_string(), "closed", "{name}");
}

#[tokio::test]
async fn h77_layers_keep_to_the_readiness_of_their_service() {
    keeps_to_readiness("query", QueryLayer::new()).await;
    keeps_to_readiness("cookies", CookiesLayer::new()).await;
    keeps_to_readiness("body", BodyParserLayer::new()).await;
    keeps_to_readiness("eager body", BodyParserLayer::new().eager(true)).await;
    keeps_to_readiness("cors", CorsLayer::new()).await;
    let router = FsRouter::builder()
        .mount("/api")
        .route("x", on_get(async || "x"))
        .build()
        .unwrap();
    let outer = router.clone();
    let routes = layer_fn(move |inner| ApiRoutes::new(outer.clone(), inner));
    keeps_to_readiness("routes", routes).await;
    let routes = layer_fn(move |inner| ApiRoutes::new(router.clone(), inner));
    let all = ServiceBuilder::new()
        .layer(QueryLayer::new())
        .layer(CookiesLayer::new())
        .layer(BodyParserLayer::new())
        .layer(routes)
        .layer(CorsLayer::new());
    keeps_to_readiness("all of them", all).await;
}

#[tokio::test]
async fn h77_a_service_of_a_route_is_waited_for() {
    let (inner, mut handle) = mock::pair::<Request<Body>, Response<Body>>();
    let router = FsRouter::builder()
        .route("x", MethodRouter::new().service(inner))
        .build()
        .unwrap();
    handle.allow(0);
    let mut answer = task::spawn(get(&router, "/x"));
    assert!(answer.poll().is_pending());
    handle.allow(1);
    assert!(answer.is_woken());
    assert!(answer.poll().is_pending());
    let (_, respond) = handle.next_request().await.unwrap();
    respond.send_response(Response::new(Body::from("served")));
    assert_eq!(answer.await.body, "served");
    handle.send_error("closed: secret");
    let answer = get(&router, "/x").await;
    assert_eq!(answer.status, 500);
    assert_eq!(answer.body, "Internal Server Error");
}

/// Counts its calls, and shows what a handler sees of everything that is parsed.
fn router(calls: &Arc<AtomicUsize>, wrap: impl Fn(MethodRouter) -> MethodRouter) -> FsRouter {
    async fn show(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
        let (query, cookies) = (req.query(), req.cookies());
        let body = req.body().await?;
        Ok(res.json(&(query, cookies, body.value()?, body.raw().len())))
    }
    let calls = calls.clone();
    let handler = move |req: ApiRequest, res: ApiResponse| {
        calls.fetch_add(1, Ordering::SeqCst);
        show(req, res)
    };
    FsRouter::builder()
        .route("x/[id]", wrap(any(handler)))
        .build()
        .unwrap()
}

/// A request whose every part would change if it were decoded twice.
fn tricky() -> Request<Body> {
    Request::post("/x/%2525?q=%2525&q=%252B")
        .header("cookie", "c=%2525")
        .header("origin", "https://a.example")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("f=%2525"))
        .unwrap()
}

const SHOWN: &str = r#"[{"q":["%25","%2B"],"id":"%25"},{"c":"%25"},{"f":"%25"},7]"#;

type Boxed = BoxCloneSyncService<Request<Body>, Response<Body>, std::convert::Infallible>;

/// `inner` under the layers of these names, the first of them outermost.
fn stack<S, B>(names: &[&str], inner: S) -> Boxed
where
    S: Service<Request<Body>, Response = Response<B>, Error = std::convert::Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send,
    B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    fn boxed<S, B>(service: S) -> Boxed
    where
        S: Service<Request<Body>, Response = Response<B>, Error = std::convert::Infallible>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send,
        B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        BoxCloneSyncService::new(service.map_response(|response| response.map(Body::new)))
    }
    names
        .iter()
        .rev()
        .fold(boxed(inner), |inner, name| match *name {
            "body" => boxed(BodyParserLayer::new().layer(inner)),
            "eager" => boxed(BodyParserLayer::new().eager(true).layer(inner)),
            "stream" => {
                let config = ApiConfig::new().body_parser(false);
                boxed(BodyParserLayer::new().config(config).layer(inner))
            }
            "query" => boxed(QueryLayer::new().layer(inner)),
            "cookies" => boxed(CookiesLayer::new().layer(inner)),
            "cors" => boxed(CorsLayer::new().layer(inner)),
            name => panic!("{name}"),
        })
}

const STACKS: &[&[&str]] = &[
    &[],
    &["body"],
    &["query"],
    &["cookies"],
    &["cors"],
    &["body", "body"],
    &["body", "eager"],
    &["stream", "body"],
    &["body", "stream"],
    &["query", "query"],
    &["cookies", "cookies"],
    &["query", "cookies", "body", "cors"],
    &["cors", "body", "cookies", "query"],
    &[
        "body", "cors", "query", "body", "cookies", "query", "cookies",
    ],
];

fn assert_shown(answer: &Answer, what: impl std::fmt::Debug) {
    assert_eq!(
        (answer.status.as_u16(), &*answer.body),
        (200, SHOWN),
        "{what:?}"
    );
    let origins = answer.headers.get_all("access-control-allow-origin");
    assert!(origins.iter().count() <= 1, "{what:?}");
}

#[tokio::test]
async fn h81_layers_around_a_router_may_be_missing_repeated_or_in_any_order() {
    for names in STACKS {
        let calls = Arc::new(AtomicUsize::new(0));
        let service = stack(names, router(&calls, |route| route));
        assert_shown(&send(&service, tricky()).await, names);
        assert_eq!(calls.load(Ordering::SeqCst), 1, "{names:?}");
    }
}

#[tokio::test]
async fn h81_layers_around_a_route_may_be_missing_repeated_or_in_any_order() {
    for outer in STACKS {
        for inner in STACKS {
            let calls = Arc::new(AtomicUsize::new(0));
            let service = router(&calls, |route| {
                let inner = *inner;
                route.layer(layer_fn(move |service| stack(inner, service)))
            });
            let service = stack(outer, service);
            assert_shown(&send(&service, tricky()).await, (outer, inner));
            assert_eq!(calls.load(Ordering::SeqCst), 1, "{outer:?} {inner:?}");
        }
    }
}

#[tokio::test]
async fn h81_routes_in_front_of_themselves_answer_once() {
    let calls = Arc::new(AtomicUsize::new(0));
    let router = router(&calls, |route| route);
    let service = ApiRoutes::new(router.clone(), ApiRoutes::new(router.clone(), router));
    assert_shown(&send(&service, tricky()).await, "twice");
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    assert_eq!(get(&service, "/nowhere").await.status, 404);
}

#[tokio::test]
async fn h81_the_smaller_limit_counts() {
    let config = |limit| ApiConfig::new().body_limit(limit);
    for (outer, inner) in [("6b", "1mb"), ("1mb", "6b"), ("6b", "6b")] {
        let calls = Arc::new(AtomicUsize::new(0));
        let router = router(&calls, |route| route.config(config(inner)));
        let service = BodyParserLayer::new().config(config(outer)).layer(router);
        let answer = send(&service, tricky()).await;
        assert_eq!(answer.status, 413, "{outer} around {inner}");
        assert_eq!(answer.body, "Body exceeded 6b limit");
    }
}
