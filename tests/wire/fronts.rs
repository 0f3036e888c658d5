//! The ways in which a server comes to speak HTTP/2: hyper's builder for HTTP/2 alone, its builder for both versions with
//! prior knowledge of the client (RFC 9113, section 3.3), and that builder behind TLS, by ALPN (section 3.2).

use std::{convert::Infallible, sync::Arc, time::Duration};

use bytes::Bytes;
use h2::client::SendRequest;
use http::Request;
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_rustls::{
    TlsAcceptor, TlsConnector,
    rustls::{
        ClientConfig, RootCertStore, ServerConfig,
        crypto::ring::default_provider,
        pki_types::{CertificateDer, PrivateKeyDer, ServerName},
    },
};
use tower::Service;
use tower_api_routes::{BoxError, FsRouter};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.expect("in time")
}

pub(crate) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

pub(crate) type Connection = Box<dyn Io>;

/// A server of one kind.
pub(crate) struct Front {
    pub(crate) name: &'static str,
    listener: std::net::SocketAddr,
    certificate: Option<CertificateDer<'static>>,
}

/// A router behind each of them.
pub(crate) async fn everywhere(router: FsRouter) -> [Front; 3] {
    [
        only_http2(router.clone()).await,
        auto(router.clone()).await,
        tls(router).await,
    ]
}

async fn listen() -> (TcpListener, std::net::SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

async fn only_http2(router: FsRouter) -> Front {
    Front {
        name: "HTTP/2 alone",
        listener: super::http2::serve(router).await,
        certificate: None,
    }
}

async fn serve_auto<S, B>(stream: impl Io + 'static, service: S)
where
    S: Service<Request<Incoming>, Response = http::Response<B>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http2().enable_connect_protocol();
    let service = TowerToHyperService::new(service);
    // Clients break off as they like.
    let _ = http
        .serve_connection_with_upgrades(TokioIo::new(stream), service)
        .await;
}

async fn auto(router: FsRouter) -> Front {
    let (listener, address) = listen().await;
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve_auto(stream, router.clone()));
        }
    });
    Front {
        name: "both versions",
        listener: address,
        certificate: None,
    }
}

async fn tls(router: FsRouter) -> Front {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    config.alpn_protocols = ["h2", "http/1.1"].map(Into::into).into();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let (listener, address) = listen().await;
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (acceptor, router) = (acceptor.clone(), router.clone());
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    serve_auto(stream, router).await;
                }
            });
        }
    });
    Front {
        name: "TLS",
        listener: address,
        certificate: Some(certificate),
    }
}

impl Front {
    /// A connection for bytes, by a client that can speak these protocols; which one was agreed on.
    pub(crate) async fn open(&self, protocols: &[&str]) -> (Connection, Option<Vec<u8>>) {
        let stream = TcpStream::connect(self.listener).await.unwrap();
        let Some(certificate) = &self.certificate else {
            return (Box::new(stream), None);
        };
        let mut roots = RootCertStore::empty();
        roots.add(certificate.clone()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|it| it.as_bytes().into()).collect();
        let name = ServerName::try_from("localhost").unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        let stream = connector.connect(name, stream).await.unwrap();
        let agreed = stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
        (Box::new(stream), agreed)
    }

    /// A client that sends and shows frames.
    pub(crate) async fn connect(&self) -> SendRequest<Bytes> {
        let (stream, _) = self.open(&["h2"]).await;
        let (sender, connection) = h2::client::handshake(stream).await.unwrap();
        tokio::spawn(async move {
            let _ = connection.await;
        });
        sender
    }
}
