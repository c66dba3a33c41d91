//! The public counts: what the register publishes, the build reads and the page refreshes.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `data/<process>.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessCounts {
    /// Process id.
    pub process: String,
    /// Instant up to which acts are counted.
    pub as_of: Timestamp,
    /// Entries of the process's log that the counts are made of.
    pub entries: u64,
    /// Deposit id → its counts; a deposit that nobody has supported may be missing.
    pub deposits: BTreeMap<String, DepositCounts>,
    /// The vote; before it opens too, for its lot is committed to then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voting: Option<VotingCounts>,
}

/// What is known of a vote before it is counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VotingCounts {
    /// People on the roll.
    pub voters: u64,
    /// The commitment to the seed of the public lot: its SHA-256, in hexadecimal. The seed is in the minutes.
    pub lot: String,
}

/// Supports of one deposit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepositCounts {
    /// Supports given and not withdrawn.
    pub supports: u64,
    /// The thresholds of its process, in increasing order.
    pub thresholds: Vec<ThresholdState>,
}

/// Whether a threshold was reached. Once reached it stays so, even if supports are withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThresholdState {
    /// Required number of supports.
    pub supports: u64,
    /// When it was first reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crossed: Option<Timestamp>,
    /// By which day the pledge is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
}
