//! A Lambda Runtime API of our own: the real binaries ask it for invocations, as they ask AWS's.

use crate::citizen::Page;
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use reqwest::header::{HeaderMap, HeaderName};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    net::SocketAddr,
    process::{Child, Command},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::{Notify, mpsc, oneshot};

/// What a function answered: its response, or the error it reported.
pub type Answer = Result<Value, Value>;

#[derive(Clone)]
struct Runtime {
    queue: Arc<tokio::sync::Mutex<mpsc::UnboundedReceiver<(String, Value)>>>,
    waiting: Arc<Mutex<HashMap<String, oneshot::Sender<Answer>>>>,
    /// Told each time the function asks for work.
    ready: Arc<Notify>,
}

/// A Lambda function running as a process.
pub struct Lambda {
    process: Child,
    invocations: mpsc::UnboundedSender<(String, Value)>,
    runtime: Runtime,
}

impl Lambda {
    /// Starts a program as a Lambda function, with more of its environment set by `configure`, and waits until its
    /// init is done.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(program: &std::path::Path, configure: impl FnOnce(&mut Command)) -> Self {
        let (invocations, queue) = mpsc::unbounded_channel();
        let runtime = Runtime {
            queue: Arc::new(tokio::sync::Mutex::new(queue)),
            waiting: Arc::default(),
            ready: Arc::default(),
        };
        let address = listen(runtime.clone()).await;
        let mut command = Command::new(program);
        command
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "test")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "test")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "test")
            .env("AWS_REGION", "eu-west-3")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test");
        configure(&mut command);
        let ready = runtime.ready.clone();
        let is_ready = ready.notified();
        let mut process = command.spawn().expect("the function's program");
        tokio::pin!(is_ready);
        while tokio::time::timeout(Duration::from_millis(100), &mut is_ready).await.is_err() {
            let ended = process.try_wait().expect("its state");
            assert!(ended.is_none(), "the function ended in its init: {ended:?}");
        }
        Self { process, invocations, runtime }
    }

    /// Invokes it with an event.
    ///
    /// # Panics
    /// When it ends without an answer.
    pub async fn invoke(&self, event: Value) -> Answer {
        static NUMBER: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        let id = format!("invocation-{}", NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        let (answer, result) = oneshot::channel();
        self.runtime.waiting.lock().expect("not poisoned").insert(id.clone(), answer);
        self.invocations.send((id, event)).expect("the runtime listens");
        let answer = tokio::time::timeout(Duration::from_secs(30), result).await;
        answer.expect("an answer within the function's time").expect("an answer")
    }

    /// What it answers to a form.
    ///
    /// # Panics
    /// When it ends without an answer, or that is none of HTTP.
    pub async fn post(&self, path: &str, form: &str) -> Page {
        let answer = self.invoke(form_event(path, form)).await.expect("an answer");
        let mut headers = HeaderMap::new();
        for (name, value) in answer["headers"].as_object().into_iter().flatten() {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a header");
            headers.insert(name, value.as_str().expect("a text").parse().expect("a header's value"));
        }
        let status = answer["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok());
        let html = answer["body"].as_str().unwrap_or_default().to_owned();
        Page { status: status.expect("a status"), headers, html }
    }
}

impl Drop for Lambda {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn listen(runtime: Runtime) -> SocketAddr {
    let app = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
        .with_state(runtime);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

async fn next(State(runtime): State<Runtime>) -> Response {
    runtime.ready.notify_one();
    let Some((id, event)) = runtime.queue.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let deadline = jiff::Timestamp::now().as_millisecond() + 30_000;
    let headers = [
        ("lambda-runtime-aws-request-id", id),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-west-3:000000000000:function:test".into()),
    ];
    (headers, Json(event)).into_response()
}

async fn response(State(runtime): State<Runtime>, Path(id): Path<String>, body: String) -> StatusCode {
    answer(&runtime, &id, Ok(serde_json::from_str(&body).unwrap_or(Value::Null)))
}

async fn error(State(runtime): State<Runtime>, Path(id): Path<String>, body: String) -> StatusCode {
    answer(&runtime, &id, Err(serde_json::from_str(&body).unwrap_or(Value::Null)))
}

fn answer(runtime: &Runtime, id: &str, answer: Answer) -> StatusCode {
    if let Some(waiting) = runtime.waiting.lock().expect("not poisoned").remove(id) {
        // The test may have given up.
        let _ = waiting.send(answer);
    }
    StatusCode::ACCEPTED
}

/// What the CDN says in [`form_event`]: `PARVIS_CDN` of the function.
pub const CDN: &str = "the CDN of the tests";

/// The event by which an HTTP API (payload format 2.0) invokes a function for a form.
pub fn form_event(path: &str, form: &str) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "POST /actes/{proxy+}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {
            "content-type": "application/x-www-form-urlencoded",
            "host": "participer.example",
            "x-parvis-cdn": CDN,
            "x-forwarded-for": "198.51.100.7, 203.0.113.1"
        },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "test",
            "domainName": "participer.example",
            "domainPrefix": "participer",
            "http": {
                "method": "POST", "path": path, "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.1", "userAgent": "test"
            },
            "requestId": "test", "routeKey": "POST /actes/{proxy+}", "stage": "$default",
            "time": "21/Nov/2026:12:00:00 +0000", "timeEpoch": 1_795_262_400_000_i64
        },
        "body": form,
        "isBase64Encoded": false
    })
}
