//! Answers to questionnaires as they lie in the table, and what they amount to.
//!
//! A row has neither author nor time, and lies under a random key: nothing tells whose it is.

use crate::table::{Key, Table, TableError, query_all};
use domain::{
    form::Answers,
    results::Results,
    rulebook::{Purpose, Writing},
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long after the close an answer that was being written may still come.
const LATEST: SignedDuration = SignedDuration::from_mins(1);

/// One person's answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// [`domain::form::version::version`] of the form that was filled in.
    pub form: String,
    /// What was answered.
    pub answers: Answers,
}

/// The key of a row, by 32 hexadecimal digits drawn at random.
pub fn key(process: &str, random: &str) -> Key {
    Key::new(format!("answer#{process}#{}", random.get(..2).unwrap_or_default()), random)
}

/// All partitions that hold answers of a process.
pub fn partitions(process: &str) -> impl Iterator<Item = String> {
    (0..=u8::MAX).map(move |shard| format!("answer#{process}#{shard:02x}"))
}

/// Whether what was answered may be published at `now`: never while people still answer, for the difference between two
/// publications would tell what one person answered.
pub fn is_published(writing: &Writing, now: Timestamp) -> bool {
    let settled = writing.window.closes().saturating_add(LATEST).unwrap_or(Timestamp::MAX);
    writing.purpose == Purpose::Answer && now >= settled
}

/// Whether anybody has answered.
///
/// # Errors
/// As the table.
pub async fn is_answered(table: &dyn Table, process: &str, now: Timestamp) -> Result<bool, TableError> {
    for partition in partitions(process) {
        if !table.query(&partition, None, 1, now).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Counts all answers to a questionnaire.
///
/// # Errors
/// As the table.
pub async fn results(
    table: &dyn Table,
    process: &str,
    writing: &Writing,
    now: Timestamp,
) -> Result<Results, TableError> {
    let mut results = Results::default();
    for partition in partitions(process) {
        for item in query_all(table, &partition, now).await? {
            let row: Row = item.read()?;
            results.count(&writing.form, &writing.crossings, &row.answers);
        }
    }
    Ok(results)
}

/// All answers to a questionnaire, in the order of their random keys, for agents alone.
///
/// # Errors
/// As the table.
pub async fn rows(table: &dyn Table, process: &str, now: Timestamp) -> Result<Vec<Row>, TableError> {
    let mut rows = Vec::new();
    for partition in partitions(process) {
        for item in query_all(table, &partition, now).await? {
            rows.push(item.read()?);
        }
    }
    Ok(rows)
}
