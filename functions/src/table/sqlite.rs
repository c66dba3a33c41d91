//! The embedded table: one SQLite file, one thread that writes, any number that read.
//!
//! The writer takes all commits that wait and makes them one SQLite transaction (group commit): each caller still
//! gets the answer to its own conditions, and waits for the sync of the batch.

use super::{
    Change, Changes, CommitError, Condition, Item, Key, Position, Table, TableError, Write, is_quiet,
};
use crate::attachment::named::{PARTITIONS, named_by};
use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::Duration,
};
use tokio::sync::{Notify, futures::Notified, oneshot};

/// Commits made one transaction at most.
const BATCH: usize = 256;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS items (
        partition TEXT NOT NULL,
        sort      TEXT NOT NULL,
        version   INTEGER NOT NULL,
        expires   INTEGER,          -- Unix seconds
        body      TEXT NOT NULL,
        PRIMARY KEY (partition, sort)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS expiring ON items (expires) WHERE expires IS NOT NULL;
    CREATE TABLE IF NOT EXISTS changes (
        position  INTEGER PRIMARY KEY AUTOINCREMENT,
        partition TEXT NOT NULL,
        sort      TEXT NOT NULL,
        old       TEXT,             -- [version, expires, body]
        new       TEXT
    );
";

/// A table in a file.
#[derive(Clone)]
pub struct SqliteTable {
    path: PathBuf,
    jobs: mpsc::Sender<Job>,
    readers: Arc<Mutex<Vec<Connection>>>,
    committed: Arc<Notify>,
    /// Whether pages of the file may tell in which order quiet items were put: at first too, for whoever had the file
    /// before may have been killed.
    is_ordered: Arc<AtomicBool>,
}

struct Job {
    writes: Vec<Write>,
    now: Timestamp,
    answer: oneshot::Sender<Result<(), CommitError>>,
}

impl SqliteTable {
    /// Opens the table in the file at `path`, which is made when missing.
    ///
    /// # Errors
    /// [`TableError::Broken`] when the file cannot be opened as a table.
    pub fn open(path: &Path) -> Result<Self, TableError> {
        let writer = connect(path)?;
        writer.execute_batch(SCHEMA).map_err(broken)?;
        let (jobs, queue) = mpsc::channel();
        let committed = Arc::new(Notify::new());
        let is_ordered = Arc::new(AtomicBool::new(true));
        let (notify, ordered) = (committed.clone(), is_ordered.clone());
        std::thread::Builder::new()
            .name("table-writer".into())
            .spawn(move || write_batches(writer, &queue, &notify, &ordered))
            .map_err(|error| TableError::Broken(error.to_string()))?;
        Ok(Self { path: path.to_owned(), jobs, readers: Arc::default(), committed, is_ordered })
    }

    /// Waits until something is committed after the call.
    pub fn committed(&self) -> Notified<'_> {
        self.committed.notified()
    }

    /// Erases what has expired at `now`, and the changes up to a position that nobody reads any more; and makes the file
    /// anew, in the order of the keys, when something quiet was put.
    ///
    /// # Errors
    /// As a commit.
    pub async fn erase(&self, read_up_to: Option<Position>, now: Timestamp) -> Result<(), TableError> {
        let path = self.path.clone();
        let is_ordered = self.is_ordered.clone();
        let task = move || {
            let mut connection = connect(&path)?;
            let transaction = connection
                .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
                .map_err(busy)?;
            transaction.execute("DELETE FROM items WHERE expires <= ?1", [now.as_second()]).map_err(busy)?;
            if let Some(position) = read_up_to {
                transaction
                    .execute("DELETE FROM changes WHERE position <= ?1", [parse(&position)?])
                    .map_err(busy)?;
            }
            transaction.commit().map_err(busy)?;
            if is_ordered.swap(false, Ordering::SeqCst)
                && let Err(error) = connection.execute_batch("VACUUM")
            {
                is_ordered.store(true, Ordering::SeqCst);
                return Err(busy(error));
            }
            // What was erased must not stay legible in the write-ahead log.
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(busy)
        };
        tokio::task::spawn_blocking(task).await.map_err(|error| TableError::Broken(error.to_string()))?
    }

    /// The files that deposits, answers and what waits for its code name, and that are still of use.
    ///
    /// # Errors
    /// As a read.
    pub async fn named_files(&self, now: Timestamp) -> Result<BTreeSet<String>, TableError> {
        self.read(move |connection| {
            let mut rows = connection.prepare_cached(
                "SELECT partition, body FROM items
                 WHERE partition >= ?1 AND partition < ?2 AND (expires IS NULL OR expires > ?3)",
            )?;
            let mut named = BTreeSet::new();
            for prefix in PARTITIONS {
                let beyond = prefix.replace('#', "$");
                let mut rows = rows.query(params![prefix, beyond, now.as_second()])?;
                while let Some(row) = rows.next()? {
                    let (partition, body): (String, String) = (row.get(0)?, row.get(1)?);
                    named.extend(named_by(&partition, &body));
                }
            }
            Ok(named)
        })
        .await
    }

    /// Runs `task` on a connection of its own thread, which later reads use again.
    async fn read<T: Send + 'static>(
        &self,
        task: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, TableError> {
        let table = self.clone();
        let task = move || {
            let idle = table.readers.lock().ok().and_then(|mut readers| readers.pop());
            let connection = match idle {
                Some(connection) => connection,
                None => connect(&table.path)?,
            };
            let result = task(&connection).map_err(busy);
            if let Ok(mut readers) = table.readers.lock() {
                readers.push(connection);
            }
            result
        };
        tokio::task::spawn_blocking(task).await.map_err(|error| TableError::Broken(error.to_string()))?
    }
}

fn connect(path: &Path) -> Result<Connection, TableError> {
    let connection = Connection::open(path).map_err(broken)?;
    connection.busy_timeout(Duration::from_secs(10)).map_err(broken)?;
    // WAL with full synchronisation: a commit that was answered survives a power cut (I4).
    // What is erased is overwritten (I7).
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;")
        .map_err(broken)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

fn write_batches(
    mut connection: Connection,
    queue: &mpsc::Receiver<Job>,
    committed: &Notify,
    is_ordered: &AtomicBool,
) {
    while let Ok(first) = queue.recv() {
        let mut batch = vec![first];
        batch.extend(queue.try_iter().take(BATCH - 1));
        let results = write_batch(&mut connection, &batch);
        if batch.iter().flat_map(|job| &job.writes).any(|write| is_quiet(&write.key().partition)) {
            is_ordered.store(true, Ordering::SeqCst);
        }
        committed.notify_waiters();
        for (job, result) in batch.into_iter().zip(results) {
            // Nobody waits any more when the request was given up; the commit stands.
            let _ = job.answer.send(result);
        }
    }
}

/// One result for each job, none before all are durable.
fn write_batch(connection: &mut Connection, batch: &[Job]) -> Vec<Result<(), CommitError>> {
    let mut attempt = || -> rusqlite::Result<Vec<Result<(), CommitError>>> {
        let mut transaction =
            connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let mut results = Vec::with_capacity(batch.len());
        for job in batch {
            let savepoint = transaction.savepoint()?;
            if apply(&savepoint, &job.writes, job.now)? {
                savepoint.commit()?;
                results.push(Ok(()));
            } else {
                savepoint.finish()?; // rolls back
                results.push(Err(CommitError::Refused));
            }
        }
        transaction.commit()?;
        Ok(results)
    };
    attempt().unwrap_or_else(|error| {
        let failed = |_| Err(CommitError::Table(TableError::Busy(error.to_string())));
        batch.iter().map(failed).collect()
    })
}

/// Does the writes of one commit; `false` as soon as a condition does not hold.
fn apply(connection: &Connection, writes: &[Write], now: Timestamp) -> rusqlite::Result<bool> {
    for write in writes {
        let key = write.key();
        let stored = select(connection, key)?;
        let present = stored.as_ref().filter(|item| item.is_live(now));
        let holds = |condition: &Condition| match condition {
            Condition::Absent => present.is_none(),
            Condition::Version(version) => present.is_some_and(|item| item.version == *version),
        };
        let new = match write {
            Write::Put { condition, expires, body, .. } if holds(condition) => Some(Item {
                key: key.clone(),
                version: present.map_or(1, |item| item.version + 1),
                expires: *expires,
                body: body.clone(),
            }),
            Write::Delete { version, .. } if holds(&Condition::Version(*version)) => None,
            Write::Check { condition, .. } if holds(condition) => continue,
            Write::Count { most, expires, .. } => {
                let count = present.map_or(0, |item| item.version);
                if count >= *most {
                    return Ok(false);
                }
                Some(Item {
                    key: key.clone(),
                    version: count + 1,
                    expires: Some(*expires),
                    body: String::new(),
                })
            }
            _ => return Ok(false),
        };
        replace(connection, key, stored.as_ref(), new.as_ref())?;
    }
    Ok(true)
}

fn replace(
    connection: &Connection,
    key: &Key,
    old: Option<&Item>,
    new: Option<&Item>,
) -> rusqlite::Result<()> {
    match new {
        Some(item) => connection
            .prepare_cached("INSERT OR REPLACE INTO items (partition, sort, version, expires, body) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![key.partition, key.sort, item.version, item.expires.map(Timestamp::as_second), item.body])?,
        None => connection
            .prepare_cached("DELETE FROM items WHERE partition = ?1 AND sort = ?2")?
            .execute(params![key.partition, key.sort])?,
    };
    if is_quiet(&key.partition) {
        return Ok(());
    }
    connection
        .prepare_cached("INSERT INTO changes (partition, sort, old, new) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![key.partition, key.sort, old.map(image), new.map(image)])?;
    Ok(())
}

fn select(connection: &Connection, key: &Key) -> rusqlite::Result<Option<Item>> {
    connection
        .prepare_cached(
            "SELECT partition, sort, version, expires, body FROM items WHERE partition = ?1 AND sort = ?2",
        )?
        .query_row(params![key.partition, key.sort], row_to_item)
        .optional()
}

fn row_to_item(row: &rusqlite::Row<'_>) -> rusqlite::Result<Item> {
    let expires: Option<i64> = row.get(3)?;
    Ok(Item {
        key: Key { partition: row.get(0)?, sort: row.get(1)? },
        version: row.get(2)?,
        expires: expires.and_then(|seconds| Timestamp::from_second(seconds).ok()),
        body: row.get(4)?,
    })
}

fn image(item: &Item) -> String {
    serde_json::json!([item.version, item.expires.map(Timestamp::as_second), item.body]).to_string()
}

fn read_image(key: &Key, text: Option<String>) -> Result<Option<Item>, TableError> {
    let Some(text) = text else { return Ok(None) };
    let (version, expires, body): (u64, Option<i64>, String) =
        serde_json::from_str(&text).map_err(|error| TableError::Broken(error.to_string()))?;
    let expires = expires.and_then(|seconds| Timestamp::from_second(seconds).ok());
    Ok(Some(Item { key: key.clone(), version, expires, body }))
}

fn parse(position: &Position) -> Result<i64, TableError> {
    position.0.parse().map_err(|_| TableError::Broken(format!("{position:?} is no position of this table")))
}

fn broken(error: rusqlite::Error) -> TableError {
    TableError::Broken(error.to_string())
}

fn busy(error: rusqlite::Error) -> TableError {
    TableError::Busy(error.to_string())
}

#[async_trait]
impl Table for SqliteTable {
    async fn get(&self, key: &Key, now: Timestamp) -> Result<Option<Item>, TableError> {
        let key = key.clone();
        let item = self.read(move |connection| select(connection, &key)).await?;
        Ok(item.filter(|item| item.is_live(now)))
    }

    async fn query(
        &self,
        partition: &str,
        after: Option<&str>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<Item>, TableError> {
        let (partition, after) = (partition.to_owned(), after.map(str::to_owned));
        self.read(move |connection| {
            connection
                .prepare_cached(
                    "SELECT partition, sort, version, expires, body FROM items
                     WHERE partition = ?1 AND (?2 IS NULL OR sort > ?2) AND (expires IS NULL OR expires > ?3)
                     ORDER BY sort LIMIT ?4",
                )?
                .query_map(params![partition, after, now.as_second(), limit], row_to_item)?
                .collect()
        })
        .await
    }

    async fn commit(&self, writes: Vec<Write>, now: Timestamp) -> Result<(), CommitError> {
        let gone = || TableError::Broken("the writer has stopped".into());
        let (answer, result) = oneshot::channel();
        self.jobs.send(Job { writes, now, answer }).map_err(|_| gone())?;
        result.await.map_err(|_| gone())?
    }

    async fn changes(&self, after: Option<&Position>, limit: u32) -> Result<Changes, TableError> {
        let after = after.map(parse).transpose()?.unwrap_or(0);
        let rows: Vec<(i64, Key, Option<String>, Option<String>)> = self
            .read(move |connection| {
                connection
                    .prepare_cached("SELECT position, partition, sort, old, new FROM changes WHERE position > ?1 ORDER BY position LIMIT ?2")?
                    .query_map(params![after, limit], |row| {
                        Ok((row.get(0)?, Key { partition: row.get(1)?, sort: row.get(2)? }, row.get(3)?, row.get(4)?))
                    })?
                    .collect()
            })
            .await?;
        let next = Position(rows.last().map_or(after, |row| row.0).to_string());
        let change = |(_, key, old, new): (i64, Key, Option<String>, Option<String>)| {
            Ok(Change { old: read_image(&key, old)?, new: read_image(&key, new)? })
        };
        Ok(Changes { changes: rows.into_iter().map(change).collect::<Result<_, TableError>>()?, next })
    }
}
