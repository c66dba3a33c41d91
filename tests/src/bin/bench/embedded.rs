//! Supports per second on the embedded table, against bare inserts of the same table.

use crate::median;
use domain::support::{Form, Wish};
use functions::table::{Condition, Key, Table, Write};
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use std::{sync::Arc, time::Instant};
use tests::{
    citizen::{CYCLING, Citizen},
    engines,
    people::form,
    place::Place,
};

/// Acts in one measure.
const ACTS: usize = 1_000;
/// Measures of each kind, in turn, so that a drift of the machine's speed falls on both.
const ROUNDS: usize = 5;

pub(crate) async fn run() {
    println!("Embedded table, {ACTS} acts, median of {ROUNDS} rounds");
    for clients in [1, 32] {
        let (mut raw, mut confirmed, mut whole) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            raw.push(inserts(clients).await);
            let (confirm, all) = supports(clients).await;
            confirmed.push(confirm);
            whole.push(all);
        }
        let (raw, confirmed, whole) = (median(raw), median(confirmed), median(whole));
        println!("  {clients:>2} clients: one bare insert per commit     {raw:>8.0} /s");
        println!(
            "              code typed to support counted    {confirmed:>8.0} /s   {:.2} of the inserts",
            confirmed / raw
        );
        println!(
            "              form to support counted, by HTTP {whole:>8.0} /s   {:.2} of the inserts",
            whole / raw
        );
    }
}

/// Bare inserts per second.
pub(crate) async fn inserts(clients: usize) -> f64 {
    let engine = engines::sqlite();
    let started = Instant::now();
    stream::iter(0..ACTS)
        .for_each_concurrent(clients, |number| {
            let table: Arc<dyn Table> = engine.table.clone();
            async move {
                let key = Key::new("insert", number.to_string());
                let put =
                    Write::Put { key, condition: Condition::Absent, expires: None, body: "0".repeat(250) };
                table.commit(vec![put], Timestamp::now()).await.expect("inserted");
            }
        })
        .await;
    ACTS as f64 / started.elapsed().as_secs_f64()
}

/// Supports per second: of the confirmation alone, and of the whole journey.
async fn supports(clients: usize) -> (f64, f64) {
    let place = Place::new(engines::sqlite());
    let citizen = place.open(place.door.clone()).await;
    let forms: Vec<Form> = (0..ACTS).map(form).collect();
    let started = Instant::now();
    let requests: Vec<String> = stream::iter(&forms)
        .map(|form| {
            let citizen = citizen.clone();
            async move {
                citizen
                    .ask(Wish::Support, CYCLING, form)
                    .await
                    .expect("an answer")
                    .request()
                    .expect("a request")
            }
        })
        .buffered(clients)
        .collect()
        .await;
    let asked = started.elapsed();
    let codes: Vec<String> = forms.iter().map(|form| place.code(&form.email).expect("a mail")).collect();
    let started = Instant::now();
    stream::iter(requests.iter().zip(&codes))
        .for_each_concurrent(clients, |(request, code)| confirm(citizen.clone(), request, code))
        .await;
    let confirmed = started.elapsed();
    (ACTS as f64 / confirmed.as_secs_f64(), ACTS as f64 / (asked + confirmed).as_secs_f64())
}

async fn confirm(citizen: Citizen, request: &str, code: &str) {
    let page = citizen.confirm(Wish::Support, CYCLING, request, code).await.expect("an answer");
    assert_eq!(page.status, 200);
}
