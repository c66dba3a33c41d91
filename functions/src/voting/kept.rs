//! What is kept of a vote for good: what its lot was committed to, and how it was counted, so that neither another secret nor
//! an editor changes what comes out. Nothing personal.

use super::{minutes::lot, rows};
use crate::table::{CommitError, Condition, Item, Key, Table, TableError, Write};
use domain::{
    rulebook::Voting,
    secret::Secret,
    voting::{Slot, commitment},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A vote as it was counted first: what is published of it ever after follows from this and from the box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Counted {
    /// The vote, by the rules then in force.
    pub(crate) voting: Voting,
    /// People on the roll, which is erased later.
    pub(crate) voters: u64,
    /// Seed of the lot, in hexadecimal.
    pub(crate) seed: String,
    /// SHA-256 of the ballots in the order of their slots, in hexadecimal.
    pub(crate) ballots: String,
}

impl Counted {
    /// How a vote was counted, if it was.
    ///
    /// # Errors
    /// As a read of the table.
    pub(crate) async fn read(
        table: &dyn Table,
        process: &str,
        now: Timestamp,
    ) -> Result<Option<Self>, TableError> {
        table.get(&counted_key(process), now).await?.map(|item| item.read()).transpose()
    }

    /// Keeps it, unless another writer has; gives what is kept.
    ///
    /// # Errors
    /// As the table.
    pub(crate) async fn keep(
        self,
        table: &dyn Table,
        process: &str,
        now: Timestamp,
    ) -> Result<Self, TableError> {
        keep(table, counted_key(process), &self, now).await?;
        Ok(Self::read(table, process, now).await?.unwrap_or(self))
    }
}

/// What the lot of a vote was committed to when its register first knew of it.
///
/// # Errors
/// As the table.
pub(crate) async fn lot_commitment(
    table: &dyn Table,
    secret: &Secret,
    process: &str,
    now: Timestamp,
) -> Result<String, TableError> {
    let key = Key::new(rows::kept_partition(process), "lot");
    let stored = |item: Option<Item>| item.map(|item| item.read::<String>()).transpose();
    if let Some(committed) = stored(table.get(&key, now).await?)? {
        return Ok(committed);
    }
    let committed = commitment(&lot(secret, process));
    keep(table, key.clone(), &committed, now).await?;
    Ok(stored(table.get(&key, now).await?)?.unwrap_or(committed))
}

/// SHA-256 of ballots, in hexadecimal.
///
/// # Errors
/// [`TableError::Broken`] when they cannot be written as JSON.
pub(crate) fn digest(ballots: &[Slot]) -> Result<String, TableError> {
    let json = serde_json::to_vec(ballots).map_err(|error| TableError::Broken(error.to_string()))?;
    Ok(hex::encode(Sha256::digest(json)))
}

fn counted_key(process: &str) -> Key {
    Key::new(rows::kept_partition(process), "counted")
}

async fn keep(table: &dyn Table, key: Key, value: &impl Serialize, now: Timestamp) -> Result<(), TableError> {
    match table.commit(vec![Write::put(key, Condition::Absent, None, value)?], now).await {
        Ok(()) | Err(CommitError::Refused) => Ok(()),
        Err(CommitError::Table(error)) => Err(error),
    }
}
