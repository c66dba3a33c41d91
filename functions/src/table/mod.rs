//! Storage, as what DynamoDB promises and no more: get a key, query a partition in order, commit a few conditional
//! writes all or none, read the changes since a position. Two adapters keep this contract; one conformance suite
//! (`tests/`) holds both to it.

pub mod dynamodb;
pub mod sqlite;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where an item lies: its partition, and its place in the partition's order (by bytes).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// Partition.
    pub partition: String,
    /// Place in the partition.
    pub sort: String,
}

impl Key {
    /// The key `partition` / `sort`.
    pub fn new(partition: impl Into<String>, sort: impl Into<String>) -> Self {
        Self { partition: partition.into(), sort: sort.into() }
    }
}

/// What lies under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its key.
    pub key: Key,
    /// 1 when first put, one more at each put over it; for a counter, its count.
    pub version: u64,
    /// From this instant on (whole seconds) the item counts as absent, and is erased some time later.
    pub expires: Option<Timestamp>,
    /// JSON text; empty for a counter.
    pub body: String,
}

impl Item {
    /// Reads the body.
    ///
    /// # Errors
    /// [`TableError::Broken`] when it is not the JSON of a `T`.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, TableError> {
        serde_json::from_str(&self.body).map_err(|error| self.unreadable(error))
    }

    /// The error for an item that is not what its partition says. Names the partition's kind only: the rest may be
    /// a pseudonym.
    pub fn unreadable(&self, why: impl std::fmt::Display) -> TableError {
        let kind = self.key.partition.split('#').next().unwrap_or_default();
        TableError::Broken(format!("an item of {kind} cannot be read: {why}"))
    }

    /// Whether it is there at `now`: it has not expired.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|expires| now.as_second() < expires.as_second())
    }
}

/// What must be true of a key for a commit to happen. An item that has expired is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Nothing is there.
    Absent,
    /// An item of this version is there.
    Version(u64),
}

/// One write of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Puts an item.
    Put {
        /// Where.
        key: Key,
        /// What must be there before.
        condition: Condition,
        /// When it counts as absent again.
        expires: Option<Timestamp>,
        /// JSON text.
        body: String,
    },
    /// Removes an item of this version.
    Delete {
        /// Where.
        key: Key,
        /// Version that must be there.
        version: u64,
    },
    /// Writes nothing; requires a condition.
    Check {
        /// Where.
        key: Key,
        /// What must be there.
        condition: Condition,
    },
    /// Adds one to a counter (absent is zero) unless it stands at `most` or more.
    Count {
        /// Where. A counter's key names the span it counts in; it is never put.
        key: Key,
        /// Bound.
        most: u64,
        /// When the counter may be erased.
        expires: Timestamp,
    },
}

impl Write {
    /// A put of `body` as JSON.
    ///
    /// # Errors
    /// [`TableError::Broken`] when the value has no JSON form.
    pub fn put<T: Serialize>(
        key: Key,
        condition: Condition,
        expires: Option<Timestamp>,
        body: &T,
    ) -> Result<Self, TableError> {
        let body = serde_json::to_string(body).map_err(|error| TableError::Broken(error.to_string()))?;
        Ok(Self::Put { key, condition, expires, body })
    }

    /// The key it concerns.
    pub fn key(&self) -> &Key {
        match self {
            Self::Put { key, .. }
            | Self::Delete { key, .. }
            | Self::Check { key, .. }
            | Self::Count { key, .. } => key,
        }
    }
}

/// A change of one item by a commit. An engine may also tell of the erasure of what had expired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The item before, if there was one.
    pub old: Option<Item>,
    /// The item after, if there is one.
    pub new: Option<Item>,
}

/// A place in the changes of a table, opaque.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(pub String);

/// Some changes, and the position after them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// In the order in which they were committed, for each partition.
    pub changes: Vec<Change>,
    /// Where to read on.
    pub next: Position,
}

/// The store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// Too much at once or out of reach: the same call may go through later. Whether a commit happened is unknown;
    /// its conditions make it safe to try again.
    #[error("the table is busy or out of reach: {0}")]
    Busy(String),
    /// Something is wrong that trying again does not mend.
    #[error("the table is broken: {0}")]
    Broken(String),
}

/// A commit did not happen.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// A condition does not hold; nothing was written.
    #[error("a condition of the commit does not hold")]
    Refused,
    /// The store could not answer.
    #[error(transparent)]
    Table(#[from] TableError),
}

/// At most so many writes in one commit (DynamoDB's own bound).
pub const MOST_WRITES: usize = 100;

/// What the partitions begin with whose items come with no order but that of their keys: no change tells of them, and
/// nothing that the engine keeps tells when one of them was put, or with what else.
const QUIET: &str = "box#";

/// Whether a partition is quiet: its commits are commits like any other, but appear in no [`Table::changes`].
pub fn is_quiet(partition: &str) -> bool {
    partition.starts_with(QUIET)
}

/// The contract.
#[async_trait]
pub trait Table: Send + Sync + 'static {
    /// The item under `key`, as of the last commit; `None` when absent or expired at `now`.
    async fn get(&self, key: &Key, now: Timestamp) -> Result<Option<Item>, TableError>;

    /// At most `limit` items of a partition in the order of their sort keys, those after `after` only. Expired
    /// items are left out, so that fewer than `limit` may come while others follow: an empty answer is the end.
    async fn query(
        &self,
        partition: &str,
        after: Option<&str>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<Item>, TableError>;

    /// Does all the writes, or none; when it returns `Ok`, they are durable. Each key may appear once.
    ///
    /// # Errors
    /// [`CommitError::Refused`] when a condition does not hold at `now`.
    async fn commit(&self, writes: Vec<Write>, now: Timestamp) -> Result<(), CommitError>;

    /// At most `limit` changes after a position, from the oldest kept when `None`; never of a partition that
    /// [`is_quiet`].
    async fn changes(&self, after: Option<&Position>, limit: u32) -> Result<Changes, TableError>;
}

/// Every item of a partition, in order.
///
/// # Errors
/// As [`Table::query`].
pub async fn query_all(table: &dyn Table, partition: &str, now: Timestamp) -> Result<Vec<Item>, TableError> {
    let mut items: Vec<Item> = Vec::new();
    loop {
        let after = items.last().map(|item| item.key.sort.clone());
        let page = table.query(partition, after.as_deref(), 500, now).await?;
        if page.is_empty() {
            return Ok(items);
        }
        items.extend(page);
    }
}
