//! Supports as they lie in the table: what the journey writes and the register reads.

use crate::table::Key;
use domain::secret::{Pseudonym, Secret};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A deposit, by its ids.
#[derive(Debug, Clone, Copy)]
pub struct DepositId<'a> {
    /// Process id.
    pub process: &'a str,
    /// Deposit id.
    pub deposit: &'a str,
}

/// Whether a support counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It counts.
    Counted,
    /// It was taken back.
    Withdrawn,
}

/// The row of one person's support of one deposit. Purpose: one support per person; erased with the deposit's
/// personal data ([`domain::rulebook::Deposit::erased`]), or a day after it was withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Support {
    /// Whether it counts.
    pub standing: Standing,
    /// When it took this standing.
    pub at: Timestamp,
    /// What the register commits to.
    pub receipt: String,
    /// The mailbox it was confirmed with.
    pub mailbox: Pseudonym,
    /// Which slot of the mailbox it holds.
    pub slot: usize,
}

/// The key of one deposit's pseudonyms, so that acts on two deposits cannot be joined.
pub fn key(secret: &Secret, id: DepositId<'_>) -> domain::secret::Key {
    secret.key(&["support", id.process, id.deposit])
}

/// Partition of a support: 256 for each deposit, so that none is written by every act.
const PARTITION: &str = "support";

/// The key of a person's support.
pub fn support_key(id: DepositId<'_>, civil: &Pseudonym) -> Key {
    let shard = &civil.as_str()[..2];
    Key::new(format!("{PARTITION}#{}#{}#{shard}", id.process, id.deposit), civil.as_str())
}

/// The deposit that a partition's supports are of; `None` for a partition of something else.
pub fn deposit_of(partition: &str) -> Option<DepositId<'_>> {
    let mut parts = partition.split('#');
    match (parts.next(), parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(PARTITION), Some(process), Some(deposit), Some(_), None) => {
            Some(DepositId { process, deposit })
        }
        _ => None,
    }
}

/// All partitions that hold supports of a deposit.
pub fn partitions(id: DepositId<'_>) -> impl Iterator<Item = String> {
    (0..=u8::MAX).map(move |shard| format!("{PARTITION}#{}#{}#{shard:02x}", id.process, id.deposit))
}

/// The partition of a mailbox's slots, each under its number.
pub fn mailbox_partition(id: DepositId<'_>, mailbox: &Pseudonym) -> String {
    format!("mailbox#{}#{}#{}", id.process, id.deposit, mailbox.as_str())
}
