//! DynamoDB on a bad day: conflicts, throttling, answers that get lost.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use domain::{counts::ProcessCounts, support::Wish};
use functions::{
    lambda::connect,
    register::{Folder, Writer},
    rows::{self, partitions},
    table::{Changes, CommitError, Condition, Item, Key, Position, Table, TableError, Write, query_all},
};
use jiff::Timestamp;
use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};
use tests::{
    citizen::CYCLING,
    engines::{self, Engine, account, table_name},
    people::form,
    place::{Place, go},
};

/// What happens to one request for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Another transaction is at the same items.
    Conflict,
    /// Too many requests.
    Throttled,
    /// An error on Amazon's side.
    Internal,
    /// Done, but the answer is lost.
    AnswerLost,
}

/// Faults to come for operations whose name ends so.
pub(crate) type Faults = Arc<Mutex<VecDeque<(&'static str, Fault)>>>;

#[derive(Clone)]
struct Proxy {
    to: String,
    faults: Faults,
    http: reqwest::Client,
}

/// The engine behind a connection that has faults.
pub(crate) async fn behind_faults(engine: &Engine) -> (Arc<dyn Table>, Faults) {
    let faults = Faults::default();
    let to = engine.endpoint.clone().unwrap();
    let proxy = Proxy { to, faults: faults.clone(), http: reqwest::Client::new() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().fallback(forward).with_state(proxy);
    tokio::spawn(async move { axum::serve(listener, app).await });
    (Arc::new(connect(table_name(), &account(), Some(&endpoint))), faults)
}

async fn forward(State(proxy): State<Proxy>, headers: HeaderMap, body: Bytes) -> Response {
    let operation = headers["x-amz-target"].to_str().unwrap().to_owned();
    let fault = {
        let mut faults = proxy.faults.lock().unwrap();
        let next = faults.iter().position(|(name, _)| operation.ends_with(name));
        next.and_then(|position| faults.remove(position)).map(|(_, fault)| fault)
    };
    let error = |kind: &str, more: serde_json::Value| {
        let mut body = serde_json::json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{kind}") });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        (StatusCode::BAD_REQUEST, [("content-type", "application/x-amz-json-1.0")], body.to_string())
            .into_response()
    };
    match fault {
        Some(Fault::Conflict) if operation.ends_with("TransactWriteItems") => {
            let reasons = serde_json::json!({ "CancellationReasons": [{ "Code": "TransactionConflict" }, { "Code": "None" }] });
            return error("TransactionCanceledException", reasons);
        }
        Some(Fault::Conflict) => return error("TransactionConflictException", serde_json::json!({})),
        Some(Fault::Throttled) => {
            return error("ProvisionedThroughputExceededException", serde_json::json!({}));
        }
        Some(Fault::Internal) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Some(Fault::AnswerLost) | None => {}
    }
    let mut request = proxy.http.post(&proxy.to).body(body);
    for (name, value) in headers.iter().filter(|(name, _)| *name != "host" && *name != "content-length") {
        request = request.header(name, value);
    }
    let answer = request.send().await.unwrap();
    if fault == Some(Fault::AnswerLost) {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let (status, kind) = (answer.status(), answer.headers()["content-type"].clone());
    (status, [("content-type", kind)], answer.bytes().await.unwrap()).into_response()
}

/// What becomes of a commit.
pub(crate) enum Course {
    Done,
    /// Done, but said to be refused.
    DoneButRefused,
    /// Not done.
    OutOfReach,
}

/// A table some of whose commits take another course.
pub(crate) struct Troubled<F> {
    pub(crate) table: Arc<dyn Table>,
    pub(crate) course: F,
}

#[async_trait::async_trait]
impl<F: Fn(&[Write]) -> Course + Send + Sync + 'static> Table for Troubled<F> {
    async fn get(&self, key: &Key, now: Timestamp) -> Result<Option<Item>, TableError> {
        self.table.get(key, now).await
    }

    async fn query(
        &self,
        partition: &str,
        after: Option<&str>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<Item>, TableError> {
        self.table.query(partition, after, limit, now).await
    }

    async fn commit(&self, writes: Vec<Write>, now: Timestamp) -> Result<(), CommitError> {
        let course = (self.course)(&writes);
        if let Course::OutOfReach = course {
            return Err(TableError::Busy("out of reach".into()).into());
        }
        self.table.commit(writes, now).await?;
        match course {
            Course::DoneButRefused => Err(CommitError::Refused),
            _ => Ok(()),
        }
    }

    async fn changes(&self, after: Option<&Position>, limit: u32) -> Result<Changes, TableError> {
        self.table.changes(after, limit).await
    }
}

#[tokio::test]
async fn i10_counts_are_published_even_when_the_answer_to_the_register_s_commit_was_lost() {
    for engine in engines::all().await {
        let place = Place::new(engine);
        let citizen = place.open(place.door.clone()).await;
        let loses = Arc::new(AtomicBool::new(false));
        let next = loses.clone();
        let course = move |writes: &[Write]| {
            let moves_head = writes.iter().any(|write| write.key().partition == "register");
            match moves_head && next.swap(false, Ordering::SeqCst) {
                true => Course::DoneButRefused,
                false => Course::Done,
            }
        };
        let table = Arc::new(Troubled { table: place.engine.table.clone(), course });
        let to = Folder(place.folder.path().join("public"));
        let (rules, secret) = (place.door.rulebook.clone(), place.door.secret.clone());
        let mut writer = Writer::new(table, rules, secret, Box::new(to));
        writer.run(Timestamp::now()).await.unwrap();

        go(&place, &citizen, Wish::Support, CYCLING, &form(1)).await;
        loses.store(true, Ordering::SeqCst);
        writer.run(Timestamp::now()).await.unwrap();
        assert!(!loses.load(Ordering::SeqCst), "{}", place.engine.name);
        let published =
            std::fs::read(place.folder.path().join("public/data/droit-d-interpellation.json")).unwrap();
        let counts: ProcessCounts = serde_json::from_slice(&published).unwrap();
        assert_eq!((counts.entries, counts.deposits[CYCLING.id].supports), (1, 1), "{}", place.engine.name);
    }
}

fn put(sort: &str) -> Write {
    Write::Put { key: Key::new("p", sort), condition: Condition::Absent, expires: None, body: "0".into() }
}

#[tokio::test]
async fn conflicts_and_throttling_are_waited_out() {
    let engine = engines::dynoxide().await;
    let (table, faults) = behind_faults(&engine).await;
    for fault in [Fault::Conflict, Fault::Throttled, Fault::Internal] {
        faults.lock().unwrap().extend([
            ("TransactWriteItems", fault),
            ("TransactWriteItems", fault),
            ("PutItem", fault),
        ]);
        let name = format!("{fault:?}");
        table.commit(vec![put(&name), put(&format!("{name} with"))], Timestamp::now()).await.unwrap();
        table.commit(vec![put(&format!("{name} alone"))], Timestamp::now()).await.unwrap();
        assert!(faults.lock().unwrap().is_empty(), "{fault:?} happened");
    }
    assert_eq!(query_all(&*table, "p", Timestamp::now()).await.unwrap().len(), 9);
}

#[tokio::test]
async fn a_table_that_stays_out_of_reach_is_said_to_be_busy() {
    let nowhere = connect(table_name(), &account(), Some("http://127.0.0.1:1"));
    let result = nowhere.commit(vec![put("a")], Timestamp::now()).await;
    assert!(matches!(result, Err(CommitError::Table(TableError::Busy(_)))), "{result:?}");
    let result = nowhere.get(&Key::new("p", "a"), Timestamp::now()).await;
    assert!(matches!(result, Err(TableError::Busy(_))), "{result:?}");
}

#[tokio::test]
async fn i4_a_support_whose_answer_was_lost_is_counted_once_and_answered() {
    for lost in ["TransactWriteItems", "PutItem", "UpdateItem"] {
        let mut engine = engines::dynoxide().await;
        let (table, faults) = behind_faults(&engine).await;
        engine.table = table;
        let place = Place::new(engine);
        let citizen = place.open(place.door.clone()).await;
        faults.lock().unwrap().push_back((lost, Fault::AnswerLost));
        let page = go(&place, &citizen, Wish::Support, CYCLING, &form(1)).await;
        assert_eq!((page.status, page.count()), (200, Some(1)), "{lost}: {}", page.html);
        assert!(faults.lock().unwrap().is_empty(), "{lost} happened");
        let mut rows = 0;
        for partition in partitions(rows::DepositId { process: CYCLING.process, deposit: CYCLING.id }) {
            rows += query_all(&*place.engine.table, &partition, Timestamp::now()).await.unwrap().len();
        }
        assert_eq!(rows, 1, "{lost}");
    }
}

#[tokio::test]
async fn when_the_table_is_out_of_reach_the_form_comes_back_with_what_was_typed() {
    let mut engine = engines::dynoxide().await;
    engine.table = Arc::new(connect(table_name(), &account(), Some("http://127.0.0.1:1")));
    let place = Place::new(engine);
    let citizen = place.open(place.door.clone()).await;
    let page = citizen.ask(Wish::Support, CYCLING, &form(1)).await.unwrap();
    assert_eq!(page.status, 503);
    assert_eq!(page.attribute("input[name=email]", "value").as_deref(), Some("personne1@exemple.fr"));
    let page = citizen.confirm(Wish::Support, CYCLING, &"0".repeat(32), "123456").await.unwrap();
    assert_eq!(page.status, 503);
    assert_eq!(page.attribute("input[name=code]", "value").as_deref(), Some("123456"));
}
