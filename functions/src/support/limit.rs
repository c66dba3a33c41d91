//! Limits, counted in the table under pseudonyms of what they limit.

use super::Failure;
use crate::{
    door::Door,
    table::{CommitError, Key, Write},
};
use domain::limits::Limit;
use jiff::Timestamp;

/// Counts one more for a network; `false` when it had its share. This machine itself has no limit.
pub(super) async fn allow_network(
    door: &Door,
    limit: Limit,
    network: Option<&str>,
    now: Timestamp,
) -> Result<bool, Failure> {
    match network {
        Some(network) => allow(door, limit, network, now).await,
        None => Ok(true),
    }
}

/// Counts one more for a mailbox; `false` when it had its share.
pub(super) async fn allow_mailbox(
    door: &Door,
    limit: Limit,
    mailbox: &str,
    now: Timestamp,
) -> Result<bool, Failure> {
    allow(door, limit, mailbox, now).await
}

async fn allow(door: &Door, limit: Limit, subject: &str, now: Timestamp) -> Result<bool, Failure> {
    let (span, ends) = limit.span(now);
    let pseudonym = door.secret.key(&["limit", limit.name]).pseudonym(&[subject]);
    let key = Key::new(format!("limit#{}#{}", limit.name, pseudonym.as_str()), span.to_string());
    let write = Write::Count { key, most: limit.most, expires: ends };
    match door.table.commit(vec![write], now).await {
        Ok(()) => Ok(true),
        Err(CommitError::Refused) => Ok(false),
        Err(CommitError::Table(error)) => Err(error.into()),
    }
}
