//! Limits, counted in the table under pseudonyms of what they limit.

use crate::{
    door::Door,
    respond::Failure,
    table::{CommitError, Key, Write},
};
use domain::limits::Limit;
use jiff::Timestamp;

/// Counts one more for what `limit` limits; `false` when it had its share.
pub(crate) async fn allow(door: &Door, limit: Limit, subject: &str, now: Timestamp) -> Result<bool, Failure> {
    match door.table.commit(vec![count(door, limit, subject, now)], now).await {
        Ok(()) => Ok(true),
        Err(CommitError::Refused) => Ok(false),
        Err(CommitError::Table(error)) => Err(error.into()),
    }
}

/// The write that counts one more, for a commit that must not happen beyond the limit.
pub(crate) fn count(door: &Door, limit: Limit, subject: &str, now: Timestamp) -> Write {
    let (span, ends) = limit.span(now);
    let pseudonym = door.secret.key(&["limit", limit.name]).pseudonym(&[subject]);
    let key = Key::new(format!("limit#{}#{}", limit.name, pseudonym.as_str()), span.to_string());
    Write::Count { key, most: limit.most, expires: ends }
}
