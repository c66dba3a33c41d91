//! Write units of a support on DynamoDB, as the engine reports them.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use domain::support::Wish;
use functions::lambda::connect;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use tests::{
    citizen::CYCLING,
    engines::{self, Engine, account, table_name},
    people::form,
    place::{Place, go},
};

const SUPPORTS: usize = 20;

type Units = Arc<Mutex<BTreeMap<String, f64>>>;

#[derive(Clone)]
struct Meter {
    to: String,
    units: Units,
    http: reqwest::Client,
}

/// Write units by operation, added up.
pub(crate) struct Metered(Units);

impl Metered {
    /// What was consumed since the last call, for each of so many acts.
    pub(crate) fn report(&self, acts: usize) {
        let units = std::mem::take(&mut *self.0.lock().expect("not poisoned"));
        for (operation, units) in &units {
            println!("  {operation:<20} {:>6.2}", units / acts as f64);
        }
        println!("  {:<20} {:>6.2}", "all", units.values().sum::<f64>() / acts as f64);
    }

    /// Forgets what was consumed so far.
    pub(crate) fn forget(&self) {
        self.0.lock().expect("not poisoned").clear();
    }
}

/// An engine whose write units are added up.
pub(crate) async fn metered() -> (Engine, Metered) {
    let mut engine = engines::dynoxide().await;
    let units = Units::default();
    let meter = Meter {
        to: engine.endpoint.clone().expect("an endpoint"),
        units: units.clone(),
        http: reqwest::Client::new(),
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(
        async move { axum::serve(listener, Router::new().fallback(forward).with_state(meter)).await },
    );
    engine.table = Arc::new(connect(table_name(), &account(), Some(&endpoint)));
    (engine, Metered(units))
}

pub(crate) async fn run() {
    let (engine, units) = metered().await;
    let place = Place::new(engine);
    let citizen = place.open(place.door.clone()).await;
    // What the register notes once of each deposit is not of a support.
    place.writer().run(jiff::Timestamp::now()).await.expect("registered");
    units.forget();
    for number in 0..SUPPORTS {
        assert_eq!(go(&place, &citizen, Wish::Support, CYCLING, &form(number)).await.status, 200);
    }
    println!("DynamoDB, write units for each of {SUPPORTS} supports (form and code)");
    units.report(SUPPORTS);
    place.writer().run(jiff::Timestamp::now()).await.expect("registered");
    println!("  and in the register, taken together:");
    units.report(SUPPORTS);
}

/// Asks the engine what a write consumed, and adds it up.
async fn forward(State(meter): State<Meter>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers["x-amz-target"].to_str().expect("text").to_owned();
    let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
    let is_write =
        ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"].contains(&operation.as_str());
    let body = match serde_json::from_slice::<Value>(&body) {
        Ok(mut request) if is_write => {
            request["ReturnConsumedCapacity"] = "TOTAL".into();
            request.to_string().into_bytes()
        }
        _ => body.to_vec(),
    };
    let mut request = meter.http.post(&meter.to).body(body);
    for (name, value) in headers.iter().filter(|(name, _)| *name != "host" && *name != "content-length") {
        request = request.header(name, value);
    }
    let answer = request.send().await.expect("an answer");
    let (status, kind) = (answer.status(), answer.headers()["content-type"].clone());
    let text = answer.bytes().await.expect("a body");
    if is_write && let Ok(answer) = serde_json::from_slice::<Value>(&text) {
        let consumed = match &answer["ConsumedCapacity"] {
            Value::Array(all) => all.iter().filter_map(units_of).sum(),
            one => units_of(one).unwrap_or(0.0),
        };
        *meter.units.lock().expect("not poisoned").entry(operation).or_default() += consumed;
    }
    (status, [("content-type", kind)], text).into_response()
}

fn units_of(consumed: &Value) -> Option<f64> {
    consumed["WriteCapacityUnits"].as_f64().or_else(|| consumed["CapacityUnits"].as_f64())
}
