//! The roll and the box as they lie in the table. They share no key, and nothing of one tells of the other: neither
//! content nor time nor order.

use crate::table::Key;
use domain::{secret::Secret, support::Claims, tracking::Tracking};
use serde::{Deserialize, Serialize};

const ROLL: &str = "roll";
const KEPT: &str = "vote";

/// The row of a person on the roll. Purpose: one ballot per person; erased when the rulebook says
/// ([`domain::rulebook::Voting::erased`]). It holds no time, and nothing of the ballot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voter {
    /// The mailbox with which they voted.
    pub mailbox: domain::secret::Pseudonym,
    /// Which slot of the mailbox they hold.
    pub slot: usize,
}

impl Voter {
    /// The row of who makes these claims and holds this slot of their mailbox.
    pub fn new(claims: &Claims, slot: usize) -> Self {
        Self { mailbox: claims.mailbox.clone(), slot }
    }
}

/// The partition of what is kept of a vote for good: how many people were on the roll, the commitment to its lot, how it was
/// counted.
pub fn kept_partition(process: &str) -> String {
    format!("{KEPT}#{process}")
}

/// Whether a partition is one of [`kept_partition`].
pub fn is_kept(partition: &str) -> bool {
    partition.strip_prefix(KEPT).is_some_and(|rest| rest.starts_with('#'))
}

/// The key of the pseudonyms of one vote, so that it cannot be joined with anything else.
pub fn key(secret: &Secret, process: &str) -> domain::secret::Key {
    secret.key(&["vote", process])
}

/// The key of a person on the roll.
pub fn roll_key(process: &str, claims: &Claims) -> Key {
    let civil = claims.civil.as_str();
    Key::new(format!("{ROLL}#{process}#{}", &civil[..2]), civil)
}

/// All partitions of a roll.
pub fn roll_partitions(process: &str) -> impl Iterator<Item = String> {
    (0..=u8::MAX).map(move |shard| format!("{ROLL}#{process}#{shard:02x}"))
}

/// The process on whose roll the rows of a partition are; `None` for a partition of something else.
pub fn process_of_roll(partition: &str) -> Option<&str> {
    let (process, _) = partition.strip_prefix(ROLL)?.strip_prefix('#')?.split_once('#')?;
    Some(process)
}

/// The partition of a mailbox's slots, each under its number.
pub fn mailbox_partition(process: &str, mailbox: &domain::secret::Pseudonym) -> String {
    format!("mailbox#{process}#vote#{}", mailbox.as_str())
}

/// The key of the ballot that is found again by a tracking code; its body is the ballot and nothing else. The partition is
/// quiet ([`crate::table::is_quiet`]).
pub fn box_key(process: &str, tracking: Tracking) -> Key {
    let slot = tracking.slot();
    Key::new(format!("box#{process}#{}", &slot[..2]), slot)
}

/// All partitions of a box.
pub fn box_partitions(process: &str) -> impl Iterator<Item = String> {
    (0..=u8::MAX).map(move |shard| format!("box#{process}#{shard:02x}"))
}
