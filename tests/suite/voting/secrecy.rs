//! Whoever has everything that was written cannot tell who cast which ballot.

use super::{found, in_box, ticked};
use domain::ballot::Ballot;
use functions::table::{Condition, Key, Table, Write, sqlite::SqliteTable};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};
use tests::{
    engines::{self, Engine, table_name},
    people::form,
    place::Place,
    polling::{PROCESS, confirm, polling, replace, tracking, up_to_code, vote, voting},
};

/// Tables, each with its rows as text in the order in which they are stored.
type Dump = BTreeMap<String, Vec<String>>;

/// Everything that an engine holds.
async fn dump(engine: &Engine) -> Dump {
    match (&engine.file, &engine.endpoint) {
        (Some(file), _) => dump_file(file),
        (None, Some(endpoint)) => dump_tables(endpoint).await,
        (None, None) => panic!("{} cannot be dumped", engine.name),
    }
}

fn dump_file(file: &Path) -> Dump {
    let connection = rusqlite::Connection::open(file).unwrap();
    let mut names = connection.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").unwrap();
    let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let rows = |name: &String| {
        let mut rows = connection.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let width = rows.column_count();
        let text = |row: &rusqlite::Row<'_>| {
            let cell = |at| row.get::<_, rusqlite::types::Value>(at).map(|cell| format!("{cell:?}"));
            (0..width).map(cell).collect::<Result<Vec<_>, _>>().map(|cells| cells.join(" | "))
        };
        (name.clone(), rows.query_map([], text).unwrap().map(Result::unwrap).collect())
    };
    names.iter().map(rows).collect()
}

async fn dump_tables(endpoint: &str) -> Dump {
    let http = reqwest::Client::new();
    let mut dump = Dump::new();
    for name in [table_name(), format!("{}-box", table_name())] {
        let answer = http
            .post(endpoint)
            .header("x-amz-target", "DynamoDB_20120810.Scan")
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-date", "20260101T000000Z")
            .header("authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-3/dynamodb/aws4_request, SignedHeaders=host, Signature=0")
            .body(json!({ "TableName": name }).to_string());
        let answer: Value =
            serde_json::from_str(&answer.send().await.unwrap().text().await.unwrap()).unwrap();
        let items = answer["Items"].as_array().unwrap_or_else(|| panic!("{answer}"));
        assert!(answer["LastEvaluatedKey"].is_null(), "in one page");
        dump.insert(name, items.iter().map(Value::to_string).collect());
    }
    dump
}

/// Whether a row is of the box.
fn is_of_box(row: &str) -> bool {
    row.contains("\"box#")
}

/// What may join two rows: every run of letters and digits that is not a word of the schema.
fn marks(row: &str) -> BTreeSet<String> {
    let runs = row.split(|c: char| !c.is_ascii_alphanumeric());
    runs.filter(|run| run.len() >= 6 && run.bytes().any(|byte| byte.is_ascii_digit()))
        .map(str::to_owned)
        .collect()
}

/// Spearman's coefficient: 1 or -1 when two orders are one, near 0 when they have nothing to do with each other.
fn correlation(ranks: &[usize]) -> f64 {
    let n = ranks.len() as f64;
    let apart: f64 = ranks.iter().enumerate().map(|(one, other)| (one as f64 - *other as f64).powi(2)).sum();
    1.0 - 6.0 * apart / (n * (n * n - 1.0))
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_written_joins_roll_and_box() {
    const VOTERS: usize = 60;
    for engine in engines::all().await {
        let place = polling(engine, voting());
        let name = place.engine.name;
        let citizen = place.open(place.door.clone()).await;
        let mut codes = Vec::new();
        for number in 0..VOTERS {
            let ticks = [["mare", "four"], ["banc", "haie"], ["mare", "haie"]][number % 3];
            codes.push(tracking(&vote(&place, &citizen, number, &ticks).await));
        }
        replace(&citizen, &codes[7], &["four"]).await;
        place.writer().run(voting().window.opens() + SignedDuration::from_hours(13)).await.unwrap();
        let dump = dump(&place.engine).await;
        let all = || dump.values().flatten();
        let boxed: Vec<&String> = all().filter(|row| is_of_box(row)).collect();
        let rest: Vec<&String> = all().filter(|row| !is_of_box(row)).collect();
        assert_eq!(boxed.len(), VOTERS, "{name}: one row each, and no change tells of any");
        assert!(rest.iter().filter(|row| row.contains("\"roll#")).count() >= VOTERS, "{name}");

        // No value is in both.
        let marks_of =
            |rows: &[&String]| -> BTreeSet<String> { rows.iter().flat_map(|row| marks(row)).collect() };
        let common: BTreeSet<_> = marks_of(&boxed).intersection(&marks_of(&rest)).cloned().collect();
        assert_eq!(common, BTreeSet::new(), "{name}");
        // No row tells a tracking code; none but the box's, a ballot.
        for code in &codes {
            let bare = code.replace('-', "");
            assert!(all().all(|row| !row.contains(code) && !row.contains(&bare)), "{name}");
        }
        assert!(
            rest.iter().all(|row| !["mare", "four", "banc", "haie"].iter().any(|id| row.contains(id))),
            "{name}"
        );
        // No time and no number but the version, which says only whether a ballot was replaced.
        for row in &boxed {
            let slot = marks(row).into_iter().find(|mark| mark.len() == 64).expect("a slot");
            let tail = row.replace(&slot, "");
            let digits: String = tail
                .replace(&format!("#{}\"", &slot[..2]), "\"")
                .chars()
                .filter(char::is_ascii_digit)
                .collect();
            let is_replaced = domain::tracking::Tracking::read(&codes[7]).unwrap().slot() == slot;
            assert_eq!(digits, if is_replaced { "2" } else { "1" }, "{name}: {row}");
        }
        // The order in which they are stored is not that in which they came.
        let rank = |code: &String| {
            let slot = domain::tracking::Tracking::read(code).unwrap().slot();
            boxed.iter().position(|row| row.contains(&slot)).unwrap()
        };
        let ranks: Vec<usize> = codes.iter().map(rank).collect();
        assert!(correlation(&ranks).abs() < 0.7, "{name}: {ranks:?}");
        // Nor does the feed of changes tell of any.
        let read = place.engine.table.changes(None, 10_000).await.unwrap();
        let told = read.changes.iter().flat_map(|change| [&change.old, &change.new]).flatten();
        assert!(told.clone().count() > VOTERS, "{name}");
        assert!(told.clone().all(|item| !item.key.partition.starts_with("box#")), "{name}");

        // Yet each voter finds their own.
        assert_eq!(found(&place, &codes[1]).await, Some(ticked(&["banc", "haie"])), "{name}");
        assert_eq!(found(&place, &codes[7]).await, Some(ticked(&["four"])), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn published_files_have_nothing_that_leads_to_a_voter() {
    let place = polling(engines::sqlite(), voting());
    let citizen = place.open(place.door.clone()).await;
    for number in 0..20 {
        vote(&place, &citizen, number, &["mare"]).await;
    }
    place.writer().run(voting().window.closes() + SignedDuration::from_secs(60)).await.unwrap();
    let rest: BTreeSet<String> = dump(&place.engine)
        .await
        .values()
        .flatten()
        // What is kept of the count is published: the seed, and what it was committed to.
        .filter(|row| !is_of_box(row) && !row.contains("\"vote#"))
        .flat_map(|row| marks(row))
        .filter(|mark| mark.len() >= 32)
        .collect();
    assert!(rest.len() > 60);
    for entry in fs::read_dir(place.folder.path().join("public/data")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(marks(&text).is_disjoint(&rest), "{text}");
        let slots: BTreeSet<String> = in_box(&place).await.into_iter().map(|found| found.slot).collect();
        assert!(marks(&text).iter().filter(|mark| mark.len() == 64).count() <= slots.len() + 1);
    }
}

/// The file of a table whose quiet items were put in an order, as it is after what has expired was erased.
async fn file_after(order: impl Iterator<Item = u32>) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.db");
    let table = SqliteTable::open(&path).unwrap();
    let now = Timestamp::UNIX_EPOCH;
    let ballot = Ballot::Approval(["mare".to_owned()].into());
    for number in order {
        let key = Key::new(format!("box#p#{:02x}", number % 3), number.to_string());
        let put = Write::put(key, Condition::Absent, None, &ballot).unwrap();
        table.commit(vec![put], now).await.unwrap();
    }
    let position = table.changes(None, 1).await.unwrap().next;
    table.erase(Some(position), now).await.unwrap();
    assert_eq!(fs::metadata(path.with_extension("db-wal")).map_or(0, |file| file.len()), 0);
    fs::read(path).unwrap()
}

#[tokio::test]
async fn the_file_does_not_tell_in_which_order_quiet_items_were_put() {
    let (there, back) = (file_after(0..300).await, file_after((0..300).rev()).await);
    assert!(there.len() > 4 * 4096);
    // The first page counts how often the file was written.
    assert_eq!(there.len(), back.len());
    assert!(there[4096..] == back[4096..]);
}

#[tokio::test]
async fn i7_what_a_ballot_leaves_behind() {
    let place = polling(engines::sqlite(), voting());
    let citizen = place.open(place.door.clone()).await;
    let pairs = up_to_code(&place, &citizen, &form(1), &["mare"]).await;
    confirm(&citizen, &pairs).await;
    place.writer().run(voting().window.closes() + SignedDuration::from_secs(60)).await.unwrap();
    let mut everything = String::new();
    for row in &dump(&place.engine).await["items"] {
        everything += &format!("{}\n", row.replace("\\\"", "\""));
    }
    for mail in place.outbox.mails() {
        everything += &format!("\nTo: {}\nSubject: {}\n\n{}\n", mail.to, mail.subject, mail.body);
    }
    for what in ["json", "ballots.json", "minutes.json", "pb"] {
        let text = read_public(&place, what);
        everything += &format!("\ndata/{PROCESS}.{what}\n{text}\n");
    }
    let typed = form(1);
    for typed in [&typed.given_names, &typed.family_name, &typed.birth_date] {
        assert!(!everything.contains(typed.as_str()), "{typed}");
    }
    insta::assert_snapshot!(redact(&everything));
}

fn read_public(place: &Place, what: &str) -> String {
    fs::read_to_string(place.folder.path().join(format!("public/data/{PROCESS}.{what}"))).unwrap()
}

/// Replaces what differs at each run: hashes and codes.
fn redact(text: &str) -> String {
    let mut redacted = String::new();
    for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let (body, end) = word.split_at(word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric()).len());
        let is_hex = body.bytes().all(|byte| byte.is_ascii_hexdigit());
        redacted += match body {
            body if body.len() >= 32 && is_hex => "[hash]",
            body if body.len() == 2 && is_hex && redacted.ends_with("budget#") => "[shard]",
            body if body.len() == 6 && body.bytes().all(|byte| byte.is_ascii_digit()) => "[number]",
            body => body,
        };
        redacted += end;
    }
    redacted
}
