//! The table's contract, held against every engine.

use functions::table::{Change, CommitError, Condition, Item, Key, Position, Table, Write, query_all};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use tests::engines;

fn now() -> Timestamp {
    Timestamp::from_second(Timestamp::now().as_second()).unwrap()
}

fn key(sort: &str) -> Key {
    Key::new("p", sort)
}

fn put(sort: &str, condition: Condition, body: &str) -> Write {
    Write::Put { key: key(sort), condition, expires: None, body: body.into() }
}

async fn body(table: &dyn Table, sort: &str) -> Option<(u64, String)> {
    table.get(&key(sort), now()).await.unwrap().map(|item| (item.version, item.body))
}

fn assert_refused(result: Result<(), CommitError>, engine: &str) {
    assert!(matches!(result, Err(CommitError::Refused)), "{engine}: {result:?}");
}

#[tokio::test]
async fn what_is_put_is_got() {
    for engine in engines::all().await {
        let table = &*engine.table;
        assert_eq!(body(table, "a").await, None, "{}", engine.name);
        table.commit(vec![put("a", Condition::Absent, "\"é\"")], now()).await.unwrap();
        assert_eq!(body(table, "a").await, Some((1, "\"é\"".into())), "{}", engine.name);
    }
}

#[tokio::test]
async fn a_version_is_replaced_once() {
    for engine in engines::all().await {
        let table = &*engine.table;
        table.commit(vec![put("a", Condition::Absent, "1")], now()).await.unwrap();
        table.commit(vec![put("a", Condition::Version(1), "2")], now()).await.unwrap();
        assert_refused(table.commit(vec![put("a", Condition::Version(1), "3")], now()).await, engine.name);
        assert_refused(table.commit(vec![put("b", Condition::Version(1), "3")], now()).await, engine.name);
        assert_eq!(body(table, "a").await, Some((2, "2".into())), "{}", engine.name);
    }
}

#[tokio::test]
async fn a_commit_happens_whole_or_not_at_all() {
    for engine in engines::all().await {
        let table = &*engine.table;
        table.commit(vec![put("a", Condition::Absent, "1")], now()).await.unwrap();
        let refused = vec![
            put("b", Condition::Absent, "1"),
            Write::Count { key: key("n"), most: 5, expires: now() + SignedDuration::from_hours(1) },
            put("a", Condition::Absent, "2"),
        ];
        assert_refused(table.commit(refused, now()).await, engine.name);
        assert_eq!(body(table, "b").await, None, "{}", engine.name);
        assert_eq!(body(table, "n").await, None, "{}", engine.name);
        let done = vec![
            put("b", Condition::Absent, "1"),
            Write::Check { key: key("a"), condition: Condition::Version(1) },
            Write::Check { key: key("c"), condition: Condition::Absent },
        ];
        table.commit(done, now()).await.unwrap();
        assert_eq!(body(table, "b").await, Some((1, "1".into())), "{}", engine.name);
        let unchecked = vec![
            put("d", Condition::Absent, "1"),
            Write::Check { key: key("a"), condition: Condition::Version(2) },
        ];
        assert_refused(table.commit(unchecked, now()).await, engine.name);
        assert_eq!(body(table, "d").await, None, "{}", engine.name);
    }
}

#[tokio::test]
async fn an_item_is_deleted_in_the_version_it_was_seen_in() {
    for engine in engines::all().await {
        let table = &*engine.table;
        table.commit(vec![put("a", Condition::Absent, "1")], now()).await.unwrap();
        assert_refused(
            table.commit(vec![Write::Delete { key: key("a"), version: 2 }], now()).await,
            engine.name,
        );
        table.commit(vec![Write::Delete { key: key("a"), version: 1 }], now()).await.unwrap();
        assert_eq!(body(table, "a").await, None, "{}", engine.name);
        assert_refused(
            table.commit(vec![Write::Delete { key: key("a"), version: 1 }], now()).await,
            engine.name,
        );
        table.commit(vec![put("a", Condition::Absent, "2")], now()).await.unwrap();
        assert_eq!(body(table, "a").await, Some((1, "2".into())), "{}", engine.name);
    }
}

#[tokio::test]
async fn what_has_expired_is_absent_from_that_second_on() {
    for engine in engines::all().await {
        let table = &*engine.table;
        let expires = now() + SignedDuration::from_hours(1);
        let expiring = |body: &str| Write::Put {
            key: key("a"),
            condition: Condition::Absent,
            expires: Some(expires),
            body: body.into(),
        };
        table.commit(vec![expiring("1")], now()).await.unwrap();
        let before = expires - SignedDuration::from_millis(1);
        assert_refused(table.commit(vec![expiring("2")], before).await, engine.name);
        assert!(table.get(&key("a"), before).await.unwrap().is_some(), "{}", engine.name);
        assert!(table.get(&key("a"), expires).await.unwrap().is_none(), "{}", engine.name);
        assert_eq!(table.query("p", None, 10, before).await.unwrap().len(), 1, "{}", engine.name);
        assert_eq!(table.query("p", None, 10, expires).await.unwrap(), [], "{}", engine.name);
        assert_refused(table.commit(vec![put("a", Condition::Version(1), "2")], expires).await, engine.name);
        table.commit(vec![put("a", Condition::Absent, "2")], expires).await.unwrap();
        assert_eq!(body(table, "a").await, Some((1, "2".into())), "{}", engine.name);
    }
}

#[tokio::test]
async fn a_partition_is_read_in_order_page_by_page() {
    for engine in engines::all().await {
        let table = &*engine.table;
        for sort in ["b", "é", "a", "10", "9", "B"] {
            table.commit(vec![put(sort, Condition::Absent, "0")], now()).await.unwrap();
        }
        let other = Write::Put {
            key: Key::new("q", "a"),
            condition: Condition::Absent,
            expires: None,
            body: "0".into(),
        };
        table.commit(vec![other], now()).await.unwrap();
        let sorts = |items: Vec<Item>| items.into_iter().map(|item| item.key.sort).collect::<Vec<_>>();
        assert_eq!(
            sorts(query_all(table, "p", now()).await.unwrap()),
            ["10", "9", "B", "a", "b", "é"],
            "{}",
            engine.name
        );
        assert_eq!(sorts(table.query("p", None, 2, now()).await.unwrap()), ["10", "9"], "{}", engine.name);
        assert_eq!(
            sorts(table.query("p", Some("9"), 2, now()).await.unwrap()),
            ["B", "a"],
            "{}",
            engine.name
        );
        assert_eq!(
            sorts(table.query("p", Some("A"), 2, now()).await.unwrap()),
            ["B", "a"],
            "{}",
            engine.name
        );
        assert_eq!(sorts(table.query("p", Some("é"), 2, now()).await.unwrap()), [""; 0], "{}", engine.name);
        assert_eq!(sorts(table.query("none", None, 2, now()).await.unwrap()), [""; 0], "{}", engine.name);
    }
}

#[tokio::test]
async fn i3_of_a_thousand_parallel_puts_one_is_the_first() {
    for engine in engines::all().await {
        let tries = (0..1_000).map(|number| {
            let table = Arc::clone(&engine.table);
            // Half of them as part of a transaction.
            let mut writes = vec![put("a", Condition::Absent, &number.to_string())];
            if number % 2 == 0 {
                writes.push(put(&format!("with {number}"), Condition::Absent, "0"));
            }
            tokio::spawn(async move { table.commit(writes, now()).await })
        });
        let results = join_all(tries).await;
        let done: Vec<usize> = (0..1_000).filter(|&number| matches!(results[number], Ok(Ok(())))).collect();
        assert_eq!(done.len(), 1, "{}", engine.name);
        assert_eq!(body(&*engine.table, "a").await, Some((1, done[0].to_string())), "{}", engine.name);
        let companions = query_all(&*engine.table, "p", now()).await.unwrap().len() - 1;
        assert_eq!(companions, usize::from(done[0].is_multiple_of(2)), "{}", engine.name);
    }
}

#[tokio::test]
async fn a_counter_stops_at_its_bound_however_many_count_at_once() {
    for engine in engines::all().await {
        let count = Write::Count { key: key("n"), most: 50, expires: now() + SignedDuration::from_hours(1) };
        let tries = (0..200).map(|_| {
            let (table, count) = (Arc::clone(&engine.table), count.clone());
            tokio::spawn(async move { table.commit(vec![count], now()).await })
        });
        let done = join_all(tries).await.into_iter().filter(|result| matches!(result, Ok(Ok(())))).count();
        assert_eq!(done, 50, "{}", engine.name);
        assert_eq!(body(&*engine.table, "n").await.map(|(count, _)| count), Some(50), "{}", engine.name);
    }
}

/// All changes after a position, and the position after them.
async fn changes(
    table: &dyn Table,
    after: Option<Position>,
) -> (Vec<(Option<String>, Option<String>)>, Position) {
    let mut position = after;
    let mut all = Vec::new();
    loop {
        let read = table.changes(position.as_ref(), 2).await.unwrap();
        if read.changes.is_empty() {
            return (all, read.next);
        }
        assert!(read.changes.len() <= 2);
        let text = |item: Option<Item>| {
            item.map(|item| format!("{} v{} {}", item.key.sort, item.version, item.body))
        };
        all.extend(read.changes.into_iter().map(|Change { old, new }| (text(old), text(new))));
        position = Some(read.next);
    }
}

#[tokio::test]
async fn changes_come_once_in_order_with_what_was_before() {
    for engine in engines::all().await {
        let table = &*engine.table;
        table.commit(vec![put("a", Condition::Absent, "1")], now()).await.unwrap();
        table.commit(vec![put("a", Condition::Version(1), "2")], now()).await.unwrap();
        assert_refused(table.commit(vec![put("a", Condition::Version(1), "3")], now()).await, engine.name);
        let (first, position) = changes(table, None).await;
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(first, [(None, some("a v1 1")), (some("a v1 1"), some("a v2 2"))], "{}", engine.name);

        table.commit(vec![Write::Delete { key: key("a"), version: 2 }], now()).await.unwrap();
        let (then, position) = changes(table, Some(position)).await;
        assert_eq!(then, [(some("a v2 2"), None)], "{}", engine.name);
        let (after, _) = changes(table, Some(position)).await;
        assert_eq!(after, [], "{}", engine.name);
    }
}

#[tokio::test]
async fn what_is_quiet_is_committed_with_the_rest_and_no_change_tells_of_it() {
    for engine in engines::all().await {
        let (table, name) = (&*engine.table, engine.name);
        let quiet = |sort: &str, condition, body: &str| Write::Put {
            key: Key::new("box#p#00", sort),
            condition,
            expires: None,
            body: body.into(),
        };
        let first = vec![put("a", Condition::Absent, "1"), quiet("x", Condition::Absent, "1")];
        table.commit(first, now()).await.unwrap();
        let refused = vec![put("b", Condition::Absent, "1"), quiet("x", Condition::Absent, "2")];
        assert_refused(table.commit(refused, now()).await, name);
        let refused = vec![put("a", Condition::Absent, "2"), quiet("y", Condition::Absent, "1")];
        assert_refused(table.commit(refused, now()).await, name);
        assert_eq!(body(table, "b").await, None, "{name}");
        table.commit(vec![quiet("w", Condition::Absent, "1")], now()).await.unwrap();
        table.commit(vec![quiet("x", Condition::Version(1), "2")], now()).await.unwrap();
        assert_refused(table.commit(vec![quiet("x", Condition::Version(1), "3")], now()).await, name);

        let items = query_all(table, "box#p#00", now()).await.unwrap();
        let found: Vec<(&str, u64, &str)> =
            items.iter().map(|item| (&*item.key.sort, item.version, &*item.body)).collect();
        assert_eq!(found, [("w", 1, "1"), ("x", 2, "2")], "{name}");
        let one = table.get(&Key::new("box#p#00", "x"), now()).await.unwrap();
        assert_eq!(one.as_ref(), items.last(), "{name}");
        let (told, _) = changes(table, None).await;
        assert_eq!(told, [(None, Some("a v1 1".to_owned()))], "{name}");
    }
}

#[tokio::test]
async fn i7_what_has_expired_is_erased_from_the_embedded_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.db");
    let table = functions::table::sqlite::SqliteTable::open(&path).unwrap();
    let expires = Some(now() + SignedDuration::from_hours(1));
    let secret = "\"personne-a-effacer\"";
    let write = Write::Put { key: key("a"), condition: Condition::Absent, expires, body: secret.into() };
    table.commit(vec![write, put("b", Condition::Absent, "\"reste\"")], now()).await.unwrap();
    let read = table.changes(None, 10).await.unwrap();
    let files = || -> Vec<u8> {
        let names = std::fs::read_dir(folder.path()).unwrap();
        names.flat_map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect()
    };
    let holds = |text: &str| files().windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("personne-a-effacer") && holds("reste"));
    table.erase(Some(read.next), now() + SignedDuration::from_hours(1)).await.unwrap();
    assert!(!holds("personne-a-effacer") && holds("reste"));
}
