//! The codes tried for a request. Different ones are counted, so that a code sent twice, by a double click or a
//! nervous network, is one try (I4), and parallel guesses have no more tries than guesses in a row.

use super::{Failure, Pending};
use crate::{
    door::Door,
    table::{CommitError, Condition, Item, Key, Write},
};
use domain::{
    limits::{PENDING_LIFETIME, TRIES_PER_CODE},
    secret::Pseudonym,
};
use jiff::Timestamp;

/// Whether a code may be compared.
pub(super) enum Try {
    /// It was tried before, and counted then.
    Again {
        /// Tries that are left.
        left: usize,
    },
    /// It is counted now.
    Counted {
        /// Tries that are left.
        left: usize,
    },
    /// There are no tries left.
    Exhausted,
}

/// Notes that a code is tried, before anyone looks whether it is right.
pub(super) async fn note(
    door: &Door,
    request: &str,
    pending: &Pending,
    typed: &str,
    now: Timestamp,
) -> Result<Try, Failure> {
    let code = door.secret.key(&["tried", request]).pseudonym(&[&pending.seed, typed]);
    loop {
        let (stored, mut tried) = read(door, request, pending, now).await?;
        let left = TRIES_PER_CODE.saturating_sub(tried.len());
        if tried.contains(&code) {
            return Ok(Try::Again { left });
        }
        if left == 0 {
            return Ok(Try::Exhausted);
        }
        tried.push(code.clone());
        let condition = stored.map_or(Condition::Absent, |item| Condition::Version(item.version));
        let expires = now.saturating_add(PENDING_LIFETIME).ok();
        let write = Write::put(key(request, pending), condition, expires, &tried)?;
        match door.table.commit(vec![write], now).await {
            Ok(()) => return Ok(Try::Counted { left: left - 1 }),
            Err(CommitError::Refused) => {} // another try was noted meanwhile; their number is bounded
            Err(CommitError::Table(error)) => return Err(error.into()),
        }
    }
}

/// Whether a request has tries left.
pub(super) async fn has_left(
    door: &Door,
    request: &str,
    pending: &Pending,
    now: Timestamp,
) -> Result<bool, Failure> {
    Ok(read(door, request, pending, now).await?.1.len() < TRIES_PER_CODE)
}

async fn read(
    door: &Door,
    request: &str,
    pending: &Pending,
    now: Timestamp,
) -> Result<(Option<Item>, Vec<Pseudonym>), Failure> {
    let stored = door.table.get(&key(request, pending), now).await?;
    let tried = stored.as_ref().map(|item| item.read()).transpose()?.unwrap_or_default();
    Ok((stored, tried))
}

fn key(request: &str, pending: &Pending) -> Key {
    Key::new(format!("request#{request}"), format!("tries#{}", pending.seed))
}
