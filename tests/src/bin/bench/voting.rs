//! Ballots per second on the embedded table, against bare inserts of the same table; and their write units on DynamoDB.

use crate::{embedded::inserts, median, units::metered};
use domain::tracking::Tracking;
use functions::table::{Condition, Key, Table, Write, sqlite::SqliteTable};
use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use std::time::Instant;
use tests::{
    citizen::Pair,
    engines,
    people::form,
    polling::{confirm, polling, replace, tracking, up_to_code, voting},
};

/// Ballots in one measure.
const BALLOTS: usize = 1_000;
/// Measures of each kind, in turn.
const ROUNDS: usize = 3;
/// Ballots whose units are added up.
const METERED: usize = 20;

pub(crate) async fn run() {
    println!("Secret ballots on the embedded table, {BALLOTS} of them, median of {ROUNDS} rounds");
    for clients in [1, 32] {
        let (mut raw, mut cast) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            raw.push(inserts(clients).await);
            cast.push(casts(clients).await);
        }
        let (raw, cast) = (median(raw), median(cast));
        println!("  {clients:>2} clients: one bare insert per commit     {raw:>8.0} /s");
        println!(
            "              code typed to ballot in the box  {cast:>8.0} /s   {:.2} of the inserts",
            cast / raw
        );
    }
    for voters in [10_000, 100_000] {
        made_anew(voters).await;
    }
    units().await;
}

/// How long commits wait, once a minute, while the file is made anew in the order of its keys.
async fn made_anew(voters: u128) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("table.sqlite");
    let table = SqliteTable::open(&path).expect("a table");
    let now = Timestamp::now();
    let later = now + SignedDuration::from_hours(24);
    let numbers: Vec<u128> = (0..voters).collect();
    for some in numbers.chunks(30) {
        // Rows as long as real ones, in as random an order.
        let writes = some.iter().flat_map(|&number| {
            let hash = |of: u128| Tracking::new((3 * number + of).to_be_bytes()).slot();
            let (person, mailbox, slot) = (&hash(0)[..32], &hash(1)[..32], hash(2));
            let put = |partition: String, sort: &str, expires, body: String| Write::Put {
                key: Key::new(partition, sort),
                condition: Condition::Absent,
                expires,
                body,
            };
            let occupant = format!(r#"{{"civil":"{person}","birth":"{person}"}}"#);
            let voter = format!(r#"{{"mailbox":"{mailbox}","slot":0}}"#);
            let ballot = r#"{"approval":["four-a-pain","jardin-partage","passerelle-du-moulin"]}"#;
            [
                put(format!("mailbox#vote#vote#{mailbox}"), "0", Some(later), occupant),
                put(format!("roll#vote#{}", &person[..2]), person, Some(later), voter),
                put(format!("box#vote#{}", &slot[..2]), &slot, None, ballot.to_owned()),
            ]
        });
        table.commit(writes.collect(), now).await.expect("planted");
    }
    let started = Instant::now();
    table.erase(None, now).await.expect("made anew");
    let taken = started.elapsed().as_secs_f64();
    let size = std::fs::metadata(&path).expect("a file").len() / 1_000_000;
    println!(
        "  {voters} voters, a file of {size} MB made anew in the order of its keys: {taken:.2} s, {:.1} % of each minute",
        taken / 0.6
    );
}

/// Ballots cast per second, from the code that is typed to the receipt, by HTTP.
async fn casts(clients: usize) -> f64 {
    let place = polling(engines::sqlite(), voting());
    let citizen = place.open(place.door.clone()).await;
    let waiting: Vec<Vec<Pair>> = stream::iter(0..BALLOTS)
        .map(|number| {
            let (place, citizen) = (&place, citizen.clone());
            async move { up_to_code(place, &citizen, &form(number), &["mare"]).await }
        })
        .buffered(32)
        .collect()
        .await;
    let started = Instant::now();
    stream::iter(&waiting)
        .for_each_concurrent(clients, |pairs| {
            let citizen = citizen.clone();
            async move { assert_eq!(confirm(&citizen, pairs).await.status, 200) }
        })
        .await;
    BALLOTS as f64 / started.elapsed().as_secs_f64()
}

async fn units() {
    let (engine, units) = metered().await;
    let place = polling(engine, voting());
    let citizen = place.open(place.door.clone()).await;
    place.writer().run(jiff::Timestamp::now()).await.expect("registered");
    units.forget();
    let mut waiting = Vec::new();
    for number in 0..METERED {
        waiting.push(up_to_code(&place, &citizen, &form(number), &["mare"]).await);
    }
    println!("DynamoDB, write units for each of {METERED} ballots, up to the code that is mailed");
    units.report(METERED);
    let mut codes = Vec::new();
    for pairs in &waiting {
        codes.push(tracking(&confirm(&citizen, pairs).await));
    }
    println!(
        "  the code that is typed: 4 note the try, 1 takes the mailbox's slot, the others are the commit of roll and box"
    );
    units.report(METERED);
    for code in &codes {
        assert_eq!(replace(&citizen, code, &["four"]).await.status, 200);
    }
    println!("  a replacement:");
    units.report(METERED);
    place.writer().run(jiff::Timestamp::now()).await.expect("registered");
    println!("  in the register, taken together:");
    units.report(METERED);
}
