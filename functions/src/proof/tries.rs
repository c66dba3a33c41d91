//! The codes tried for a request. Different ones are counted, so that a code sent twice, by a double click or a
//! nervous network, is one try (I4), and parallel guesses have no more tries than guesses in a row.

use super::limit;
use crate::{
    door::Door,
    respond::Failure,
    table::{CommitError, Condition, Item, Key, Write},
};
use domain::{
    limits::{PENDING_LIFETIME, TRIES_PER_CODE, TRIES_PER_MAILBOX},
    secret::Pseudonym,
};
use jiff::Timestamp;

/// Notes that a code is tried, before anyone looks whether it is right. Gives how many other codes may still be
/// tried for the request, or `None` when this one may not be: the request had its share, or the guesser (a mailbox from
/// a network).
pub(super) async fn note(
    door: &Door,
    request: &str,
    seed: &str,
    typed: &str,
    guesser: &str,
    now: Timestamp,
) -> Result<Option<usize>, Failure> {
    let code = door.secret.key(&["tried", request]).pseudonym(&[seed, typed]);
    let mut refused = None;
    loop {
        let (stored, mut tried) = read(door, request, seed, now).await?;
        let left = TRIES_PER_CODE.saturating_sub(tried.len());
        if tried.contains(&code) {
            return Ok(Some(left));
        }
        let version = stored.as_ref().map(|item| item.version);
        // Refused though nobody else has noted a try: it is the guesser's count that stands at its bound.
        if left == 0 || refused == Some(version) {
            return Ok(None);
        }
        tried.push(code.clone());
        let condition = version.map_or(Condition::Absent, Condition::Version);
        let expires = now.saturating_add(PENDING_LIFETIME).ok();
        let note = Write::put(key(request, seed), condition, expires, &tried)?;
        let count = limit::count(door, TRIES_PER_MAILBOX, guesser, now);
        match door.table.commit(vec![note, count], now).await {
            Ok(()) => return Ok(Some(left - 1)),
            Err(CommitError::Refused) => refused = Some(version),
            Err(CommitError::Table(error)) => return Err(error.into()),
        }
    }
}

/// Whether a request has tries left.
pub(super) async fn are_left(
    door: &Door,
    request: &str,
    seed: &str,
    now: Timestamp,
) -> Result<bool, Failure> {
    Ok(read(door, request, seed, now).await?.1.len() < TRIES_PER_CODE)
}

async fn read(
    door: &Door,
    request: &str,
    seed: &str,
    now: Timestamp,
) -> Result<(Option<Item>, Vec<Pseudonym>), Failure> {
    let stored = door.table.get(&key(request, seed), now).await?;
    let tried = stored.as_ref().map(|item| item.read()).transpose()?.unwrap_or_default();
    Ok((stored, tried))
}

fn key(request: &str, seed: &str) -> Key {
    Key::new(format!("tries#{request}"), seed)
}
