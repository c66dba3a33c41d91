//! Voting on the reference site while `serve` is killed, as by a power cut.

use domain::tracking::Tracking;
use functions::{
    table::sqlite::SqliteTable,
    voting::minutes::{ballots, voters},
};
use jiff::Timestamp;
use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};
use tests::{
    citizen::Citizen,
    people::form,
    place::{Served, served_code},
    polling::{ask, tracking, with},
};

const PROCESS: &str = "votation-route-des-gorges";
/// How often the process is killed.
const KILLS: usize = 20;

/// The tracking code of a ballot that was cast.
async fn vote(citizen: &Citizen, number: usize) -> Option<String> {
    let (address, form) = (format!("/actes/{PROCESS}/bulletin"), form(number));
    let page = ask(citizen, &address, &form, &["yes"]).await.ok()?;
    let code = served_code(citizen, &form.email).await.ok()??;
    let receipt = citizen.post(&format!("{address}/code"), &with(&page, &[("code", &code)])).await.ok()?;
    (receipt.status == 200).then(|| tracking(&receipt))
}

/// How many are on the roll, and the slots of the box.
async fn left_in(data: &Path) -> (u64, BTreeSet<String>) {
    let (table, now) = (SqliteTable::open(&data.join("table.db")).unwrap(), Timestamp::now());
    let slots = ballots(&table, PROCESS, now).await.unwrap().into_iter().map(|found| found.slot);
    (voters(&table, PROCESS, now).await.unwrap(), slots.collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn i4_no_acknowledged_ballot_is_lost_and_no_roll_is_without_box_when_the_process_is_killed_twenty_times()
 {
    let data = tempfile::tempdir().unwrap();
    let acknowledged = Arc::new(Mutex::new(Vec::<String>::new()));
    for round in 0..KILLS {
        let mut served = Served::start(data.path(), &[]).await;
        // It listens before it answers.
        served.citizen().get("/").await.unwrap();
        let lanes = (0..4).map(|lane| {
            let (citizen, acknowledged) = (served.citizen(), acknowledged.clone());
            let people = (round * 400 + lane * 100)..(round * 400 + lane * 100 + 100);
            tokio::spawn(async move {
                for person in people {
                    let Some(code) = vote(&citizen, person).await else { return };
                    acknowledged.lock().unwrap().push(code);
                }
            })
        });
        let lanes: Vec<_> = lanes.collect();
        tokio::time::sleep(Duration::from_millis(fastrand::u64(50..400))).await;
        served.kill();
        for lane in lanes {
            lane.await.unwrap();
        }
        let (roll, slots) = left_in(data.path()).await;
        assert_eq!(roll, slots.len() as u64, "round {round}: roll, box");
        for code in acknowledged.lock().unwrap().iter() {
            let slot = Tracking::read(code).unwrap().slot();
            assert!(slots.contains(&slot), "round {round}: {code} was acknowledged");
        }
    }
    let known = acknowledged.lock().unwrap().len();
    assert!(known > KILLS, "they voted: {known}");
}
