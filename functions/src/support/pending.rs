//! Requests that wait for their code. What was typed in the form is not in them: they hold pseudonyms only.

use super::{Failure, Subject, tries};
use crate::{
    door::Door,
    rows,
    table::{CommitError, Condition, Item, Key, TableError, Write},
};
use domain::{
    limits::{CODE_LIFETIME, PENDING_LIFETIME, RESEND_AFTER},
    secret::Pseudonym,
    support::{Claims, Person, Wish},
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A request that waits for its code, or was carried out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Pending {
    pub(super) claims: Claims,
    /// From which the code is derived; another one makes another code.
    pub(super) seed: String,
    sent: Timestamp,
    /// By which rules of eligibility the form was checked: under others it must be checked anew (I2).
    pub(super) eligibility: Pseudonym,
    /// Whether a mail holds the code. Without one there is no right code, so that there is nothing to guess.
    mailed: bool,
    /// The number that was answered when the request was carried out.
    pub(super) done: Option<u64>,
}

impl Pending {
    fn is_sent_within(&self, time: SignedDuration, now: Timestamp) -> bool {
        now < self.sent.saturating_add(time).unwrap_or(Timestamp::MAX)
    }

    /// Whether `typed` is the code of this request, named `id`.
    pub(super) fn is_code(&self, door: &Door, id: &str, typed: &str) -> bool {
        self.mailed && code_key(door, id).is_code(&self.seed, typed)
    }
}

/// A request as it lies in the table.
pub(super) struct Kept {
    key: Key,
    version: u64,
    pub(super) pending: Pending,
}

impl Kept {
    fn read(item: Item) -> Result<Self, TableError> {
        Ok(Self { pending: item.read()?, key: item.key, version: item.version })
    }

    /// The write that notes the answer, for the commit that carries the request out.
    pub(super) fn done(&self, number: u64) -> Result<Write, TableError> {
        self.replace(&Pending { done: Some(number), ..self.pending.clone() })
    }

    fn replace(&self, pending: &Pending) -> Result<Write, TableError> {
        let expires = pending.sent.saturating_add(PENDING_LIFETIME).ok();
        Write::put(self.key.clone(), Condition::Version(self.version), expires, pending)
    }
}

/// Keeps the request, with what was kept of it before; `None` when its code was sent a moment ago.
pub(super) async fn keep(
    wish: Wish,
    door: &Door,
    subject: &Subject,
    person: &Person,
    id: &str,
    now: Timestamp,
) -> Result<Option<(Kept, Option<Pending>)>, Failure> {
    let key = request_key(wish, subject, id);
    let stored = door.table.get(&key, now).await?;
    let version = stored.as_ref().map_or(0, |item| item.version);
    let earlier = stored.map(|item| item.read::<Pending>()).transpose()?;
    let earlier = match earlier {
        Some(earlier)
            if earlier.done.is_none()
                && earlier.is_sent_within(CODE_LIFETIME, now)
                && tries::are_left(door, id, &earlier, now).await? =>
        {
            Some(earlier)
        }
        _ => None,
    };
    let pending = match &earlier {
        Some(earlier) if earlier.is_sent_within(RESEND_AFTER, now) => return Ok(None),
        Some(earlier) => Pending { sent: now, mailed: true, ..earlier.clone() },
        None => Pending {
            claims: person.claims(&rows::key(&door.secret, subject.id())),
            seed: random()?,
            eligibility: eligibility(door, subject)?,
            sent: now,
            mailed: true,
            done: None,
        },
    };
    let condition = if version == 0 { Condition::Absent } else { Condition::Version(version) };
    let expires = now.saturating_add(PENDING_LIFETIME).ok();
    let write = Write::put(key.clone(), condition, expires, &pending)?;
    let kept = Kept { key, version: version + 1, pending };
    match door.table.commit(vec![write], now).await {
        Ok(()) => Ok(Some((kept, earlier))),
        // Either the same form, sent at the same time, was quicker; or this very commit had happened and its answer
        // was lost on the way: the seed tells.
        Err(CommitError::Refused) => {
            let stored = door.table.get(&kept.key, now).await?.map(Kept::read).transpose()?;
            let is_ours = |stored: &Kept| {
                stored.pending.seed == kept.pending.seed && stored.pending.sent == kept.pending.sent
            };
            Ok(stored.filter(is_ours).map(|stored| (stored, earlier)))
        }
        Err(CommitError::Table(error)) => Err(error.into()),
    }
}

/// Takes back what [`keep`] kept, because no mail went out: the next try sends one, and a code that was mailed before
/// stays good.
pub(super) async fn take_back(
    door: &Door,
    kept: &Kept,
    earlier: Option<Pending>,
    now: Timestamp,
) -> Result<(), Failure> {
    let write = match earlier {
        Some(earlier) => kept.replace(&earlier)?,
        None => Write::Delete { key: kept.key.clone(), version: kept.version },
    };
    or_changed(door.table.commit(vec![write], now).await)
}

/// Notes that no mail goes out for a request, although the page must look as if (I6).
pub(super) async fn withhold(door: &Door, kept: &Kept, now: Timestamp) -> Result<(), Failure> {
    let write = kept.replace(&Pending { mailed: false, ..kept.pending.clone() })?;
    or_changed(door.table.commit(vec![write], now).await)
}

/// Someone else's change of a request stands.
fn or_changed(result: Result<(), CommitError>) -> Result<(), Failure> {
    match result {
        Ok(()) | Err(CommitError::Refused) => Ok(()),
        Err(CommitError::Table(error)) => Err(error.into()),
    }
}

/// The request that waits under a name, if its code can still be used.
pub(super) async fn find(
    wish: Wish,
    door: &Door,
    subject: &Subject,
    id: &str,
    now: Timestamp,
) -> Result<Option<Kept>, Failure> {
    // What a request names itself by is 32 hexadecimal digits; anything else was not ours.
    if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(None);
    }
    let stored = door.table.get(&request_key(wish, subject, id), now).await?.map(Kept::read).transpose()?;
    Ok(stored.filter(|kept| kept.pending.is_sent_within(CODE_LIFETIME, now)))
}

/// The same request as it is now.
pub(super) async fn read_again(door: &Door, kept: Kept, now: Timestamp) -> Result<Kept, Failure> {
    let stored = door.table.get(&kept.key, now).await?.map(Kept::read).transpose()?;
    stored.ok_or_else(|| TableError::Busy("the request was taken back".into()).into())
}

/// Stands for the rules of eligibility in force.
pub(super) fn eligibility(door: &Door, subject: &Subject) -> Result<Pseudonym, TableError> {
    let rules = serde_json::to_string(&subject.process().eligibility);
    let rules = rules.map_err(|error| TableError::Broken(error.to_string()))?;
    Ok(door.secret.key(&["eligibility"]).pseudonym(&[&rules]))
}

fn request_key(wish: Wish, subject: &Subject, id: &str) -> Key {
    let deposit = subject.id();
    Key::new(format!("request#{}#{}#{}#{id}", wish.as_str(), deposit.process, deposit.deposit), "request")
}

/// The key of a request's codes.
pub(super) fn code_key(door: &Door, id: &str) -> domain::secret::Key {
    door.secret.key(&["code", id])
}

fn random() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(hex::encode(bytes))
}
