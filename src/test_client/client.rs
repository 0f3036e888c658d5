//! [`TestClient`]: requests to a service in the same process.

use std::{
    fmt,
    future::{Future, poll_fn},
    panic::Location,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum_core::body::Body;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, header, request::Parts};
use http_body::Body as HttpBody;
use tower_service::Service;

use super::{
    cookie_store::CookieStore,
    redirect,
    request::{TestRequest, header_pair},
    response::TestResponse,
    stream::TestStream,
};
use crate::error::BoxError;

/// A client of a tower service, without a socket: it calls the service.
///
/// Cookies that answers set are sent with the requests that follow, as a browser does it; redirects
/// are followed on request. A clone shares the cookies; for another user of the application, make
/// another client.
///
/// ```
/// use axum::{Router, routing::get};
/// use tower_api_routes::test_client::TestClient;
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let client = TestClient::new(Router::new().route("/", get(async || "hello")));
/// client.get("/").send().await.assert_status(200).assert_text("hello");
/// # });
/// ```
#[derive(Clone)]
pub struct TestClient {
    call: Arc<Call>,
    headers: HeaderMap,
    cookies: Arc<Mutex<CookieStore>>,
}

type Call = dyn Fn(Request<Body>) -> Answer + Send + Sync;
type Answer = Pin<Box<dyn Future<Output = Result<Response<Body>, BoxError>> + Send>>;

macro_rules! verbs {
    ($($name:ident $method:ident),*) => {$(
        #[doc = concat!("A request of the method `", stringify!($method), "`.")]
        #[track_caller]
        pub fn $name(&self, path: &str) -> TestRequest<Self> {
            self.request(Method::$method, path)
        }
    )*};
}

impl TestClient {
    /// A client of `service`: an `FsRouter`, an `axum::Router`, a stack of a `ServiceBuilder`, …
    ///
    /// Every request goes to a clone of the service, as a server does it for its connections.
    pub fn new<S, B>(service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<B>, Error: Into<BoxError>>
            + Clone
            + Send
            + 'static,
        S::Future: Send,
        B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        // A lock, for services that are not `Sync`.
        let service = Mutex::new(service);
        Self {
            call: Arc::new(move |request| {
                let mut service = lock(&service).clone();
                Box::pin(async move {
                    let ready = poll_fn(|cx| service.poll_ready(cx)).await;
                    ready.map_err(Into::into)?;
                    let response = service.call(request).await.map_err(Into::into)?;
                    Ok(response.map(Body::new))
                })
            }),
            headers: HeaderMap::new(),
            cookies: Arc::default(),
        }
    }

    /// Sends this header with every request that does not set it itself.
    ///
    /// # Panics
    ///
    /// When it is no header, as all methods that take one.
    #[track_caller]
    #[must_use]
    pub fn default_header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName, Error: Into<BoxError>>,
        V: TryInto<HeaderValue, Error: Into<BoxError>>,
    {
        let (name, value) = header_pair(name, value);
        self.headers.insert(name, value);
        self
    }

    /// The value of a cookie that is kept, percent-decoded as `req.cookies` decodes it; of several
    /// paths, the longest.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        lock(&self.cookies).get(name)
    }

    /// A request of this method to a path, which begins with `/` and may have a query.
    #[track_caller]
    pub fn request(&self, method: Method, path: &str) -> TestRequest<Self> {
        TestRequest::new(self.clone(), method, path)
    }

    verbs! { get GET, head HEAD, post POST, put PUT, patch PATCH, delete DELETE, options OPTIONS }

    /// Adds what the client sends of itself.
    fn complete(&self, head: &mut Parts) {
        for (name, value) in &self.headers {
            head.headers.entry(name).or_insert_with(|| value.clone());
        }
        head.headers
            .entry(header::HOST)
            .or_insert(HeaderValue::from_static("localhost"));
        lock(&self.cookies).add_to(head);
    }
}

impl TestRequest<TestClient> {
    /// Follows up to `most` redirects (301, 302, 303, 307 and 308) to paths of the same host, with the
    /// methods that Fetch prescribes: 303, and 301 and 302 after `POST`, go on as `GET` without the
    /// body. Any other redirect is the answer. The default is 0.
    pub fn follow_redirects(mut self, most: usize) -> Self {
        self.redirects = most;
        self
    }

    /// Sends the request, and reads the answer to its end.
    ///
    /// # Panics
    ///
    /// When the service fails, the answer breaks off, or there are more redirects than are followed.
    #[track_caller]
    pub fn send(self) -> impl Future<Output = TestResponse> + Send {
        let stream = self.stream();
        async move {
            let mut stream = stream.await;
            while stream.chunk().await.is_some() {}
            stream.response()
        }
    }

    /// Sends the request; the body of the answer is read piece by piece, as it comes.
    ///
    /// # Panics
    ///
    /// When the service fails, or there are more redirects than are followed.
    #[track_caller]
    pub fn stream(self) -> impl Future<Output = TestStream> + Send {
        self.exchange(Location::caller())
    }

    async fn exchange(self, place: &'static Location<'static>) -> TestStream {
        let most = self.redirects;
        let (client, mut head, mut body) = self.into_parts();
        let mut left = most;
        loop {
            let mut sent = head.clone();
            client.complete(&mut sent);
            let asked = format!("{} {} (sent at {place})", sent.method, sent.uri);
            let request = Request::from_parts(sent.clone(), Body::from(body.clone()));
            let response = (client.call)(request)
                .await
                .unwrap_or_else(|error| panic!("{asked}: the service failed: {error}"));
            lock(&client.cookies).keep_all(response.headers(), sent.uri.path());
            let next = redirect::next(&sent, &response).filter(|_| most > 0);
            let stream = TestStream::new(asked, sent.uri.to_string(), response);
            let Some((method, uri)) = next else {
                return stream;
            };
            if left == 0 {
                let response = stream.response();
                response.fail(format_args!("there are more than {most} redirects"));
            }
            left -= 1;
            if method != head.method {
                body = Bytes::new();
                for name in redirect::HEADERS_OF_BODIES {
                    head.headers.remove(name);
                }
            }
            (head.method, head.uri) = (method, uri);
        }
    }
}

impl fmt::Debug for TestClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestClient").finish_non_exhaustive()
    }
}

/// A test that has failed elsewhere says enough.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
