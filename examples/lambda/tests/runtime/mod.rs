//! A stand-in for Lambda: the interface from which a function takes its events
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).

use std::{
    net::SocketAddr,
    process::{Child, Command},
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
    routing::{get, post},
};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::sync::{Mutex, mpsc as events};

const PATIENCE: Duration = Duration::from_secs(30);

/// The function, running; killed when dropped.
pub(crate) struct Function {
    child: Child,
    events: events::UnboundedSender<Value>,
    answers: mpsc::Receiver<Answer>,
}

/// How an invocation went.
#[derive(Debug)]
struct Answer {
    invocation: String,
    /// `response` or `error`.
    kind: String,
    body: Vec<u8>,
    /// When each piece of the body came.
    pieces: Vec<Instant>,
}

#[derive(Clone)]
struct Interface {
    events: Arc<Mutex<events::UnboundedReceiver<Value>>>,
    answers: mpsc::Sender<Answer>,
}

impl Function {
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// With variables in the environment.
    pub(crate) fn start_with(environment: &[(&str, &str)]) -> Self {
        Self::start_after(environment, &[])
    }

    /// With events that wait for the function already, as the first one does.
    pub(crate) fn start_after(environment: &[(&str, &str)], first: &[Value]) -> Self {
        let (events, waiting) = events::unbounded_channel();
        for event in first {
            events.send(event.clone()).unwrap();
        }
        let (answers, answered) = mpsc::channel();
        let address = serve(Interface {
            events: Arc::new(Mutex::new(waiting)),
            answers,
        });
        let child = Command::new(env!("CARGO_BIN_EXE_lambda"))
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "api")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .envs(environment.iter().copied())
            .spawn()
            .unwrap();
        Self {
            child,
            events,
            answers: answered,
        }
    }

    /// Sends an event, and waits for the answer to it.
    pub(crate) fn invoke(&self, event: Value) -> Value {
        self.events.send(event).unwrap();
        self.answer()
    }

    /// Waits for the answer to an event that was sent.
    pub(crate) fn answer(&self) -> Value {
        serde_json::from_slice(&self.receive().body).unwrap()
    }

    /// Sends an event, and waits for the answer as a function that streams sends it: what comes before the body, and when each piece
    /// came.
    pub(crate) fn invoke_streaming(&self, event: Value) -> (Value, String, Vec<Instant>) {
        self.events.send(event).unwrap();
        let answer = self.receive();
        // Eight NUL bytes end what comes before the body.
        let end = answer.body.windows(8).position(|it| it == [0; 8]);
        let (prelude, body) = answer.body.split_at(end.expect("a prelude"));
        (
            serde_json::from_slice(prelude).unwrap(),
            String::from_utf8(body[8..].to_vec()).unwrap(),
            answer.pieces,
        )
    }

    fn receive(&self) -> Answer {
        let answer = self.answers.recv_timeout(PATIENCE).expect("an answer");
        assert_eq!(answer.kind, "response", "{answer:?}");
        assert_eq!(answer.invocation, INVOCATION);
        answer
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Names an invocation; in Lambda every one has a name of its own.
pub(crate) const INVOCATION: &str = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";

fn serve(interface: Interface) -> SocketAddr {
    let (bound, address) = mpsc::channel();
    let app = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/{kind}", post(answer))
        .with_state(interface);
    let serve = async move {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        bound.send(listener.local_addr().unwrap()).unwrap();
        axum::serve(listener, app).await.unwrap();
    };
    thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(serve);
    });
    address.recv_timeout(PATIENCE).unwrap()
}

async fn next(State(interface): State<Interface>) -> impl IntoResponse {
    let event = interface.events.lock().await.recv().await;
    let Some(event) = event else {
        // The test is over.
        return std::future::pending().await;
    };
    let headers = [
        ("content-type", "application/json"),
        ("lambda-runtime-aws-request-id", INVOCATION),
        ("lambda-runtime-deadline-ms", "4102444800000"),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:123456789012:function:api",
        ),
    ];
    (headers, event.to_string())
}

async fn answer(
    State(interface): State<Interface>,
    Path((invocation, kind)): Path<(String, String)>,
    mut body: Body,
) -> StatusCode {
    let (mut whole, mut pieces) = (Vec::new(), Vec::new());
    while let Some(Ok(frame)) = body.frame().await {
        if let Ok(data) = frame.into_data() {
            whole.extend_from_slice(&data);
            pieces.push(Instant::now());
        }
    }
    let _ = interface.answers.send(Answer {
        invocation,
        kind,
        body: whole,
        pieces,
    });
    StatusCode::ACCEPTED
}

/// An event of API Gateway, as it comes for an HTTP API (payload format 2.0).
pub(crate) fn event(method: &str, path: &str, query: &str) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {
            "accept": "*/*",
            "host": "abc.execute-api.us-east-1.amazonaws.com",
            "x-forwarded-for": "203.0.113.7",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc",
            "domainName": "abc.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "abc",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": "curl/8.0.0",
            },
            "requestId": "MIZRNhJtIAMEMDw=",
            "routeKey": "$default",
            "stage": "$default",
            "time": "06/May/2020:22:36:55 +0000",
            "timeEpoch": 1_588_804_615_616_u64,
        },
        "isBase64Encoded": false,
    })
}

/// An event of a REST API of API Gateway (payload format 1.0), in the stage `prod`. It has every header and every query
/// parameter twice: the last value, and all of them.
pub(crate) fn rest_event(method: &str, path: &str, query: &[(&str, &str)]) -> Value {
    json!({
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": { "host": "abc.execute-api.us-east-1.amazonaws.com", "accept": "*/*" },
        "multiValueHeaders": { "host": ["abc.execute-api.us-east-1.amazonaws.com"], "accept": ["*/*"] },
        "queryStringParameters": last(query),
        "multiValueQueryStringParameters": all(query),
        "pathParameters": { "proxy": path.trim_start_matches('/') },
        "stageVariables": null,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc",
            "domainName": "abc.execute-api.us-east-1.amazonaws.com",
            "httpMethod": method,
            "identity": { "sourceIp": "203.0.113.7", "userAgent": "curl/8.0.0" },
            "path": format!("/prod{path}"),
            "protocol": "HTTP/1.1",
            "requestId": "41b45ea3-70b5-11e6-b7bd-69b5aaebc7d9",
            "resourceId": "us4z18",
            "resourcePath": "/{proxy+}",
            "stage": "prod",
        },
        "body": null,
        "isBase64Encoded": false,
    })
}

/// An event of an Application Load Balancer whose target group has multi-value headers switched on. Query parameters come as they
/// were sent, still percent-encoded.
pub(crate) fn load_balancer_event(method: &str, path: &str, query: &[(&str, &str)]) -> Value {
    json!({
        "requestContext": {
            "elb": { "targetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/api/50dc6c495c0c9188" },
        },
        "httpMethod": method,
        "path": path,
        "multiValueQueryStringParameters": all(query),
        "multiValueHeaders": {
            "host": ["api.example.com"],
            "accept": ["*/*"],
            "x-forwarded-for": ["198.51.100.1, 203.0.113.7"],
            "x-forwarded-port": ["443"],
            "x-forwarded-proto": ["https"],
        },
        "body": "",
        "isBase64Encoded": false,
    })
}

fn last(query: &[(&str, &str)]) -> Value {
    query
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect()
}

fn all(query: &[(&str, &str)]) -> Value {
    let of = |wanted: &str| -> Vec<&str> {
        query
            .iter()
            .filter(|(name, _)| *name == wanted)
            .map(|(_, value)| *value)
            .collect()
    };
    query
        .iter()
        .map(|(name, _)| ((*name).to_owned(), json!(of(name))))
        .collect()
}
