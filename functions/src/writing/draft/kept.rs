//! Drafts as they lie in the table. Of a link there is only the hash: who reads the table cannot open a draft, and
//! nothing in its row tells whose it is.

use crate::{
    door::Door,
    proof::pending::random,
    respond::Failure,
    table::{CommitError, Condition, Item, Key, TableError, Write},
    writing::Subject,
};
use domain::{
    form::version::version,
    limits::{RESEND_AFTER, draft_kept_until},
    secret::Pseudonym,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is kept of a draft. Purpose: to give it back to who holds its link; their address is not kept. Erased at
/// [`draft_kept_until`], when it is thrown away, or in the commit that carries it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Row {
    /// [`version`] of the form.
    pub(super) form: String,
    /// Names and values, as typed.
    pub(super) typed: Vec<(String, String)>,
    /// 1 when it is first kept, one more each time it is kept again.
    pub(super) revision: u32,
    /// When its link was last sent.
    sent: Timestamp,
    /// Random: tells this very commit from another's when its answer was lost on the way.
    mark: String,
}

/// A draft as it was read.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    key: Key,
    version: u64,
    /// When it is erased.
    pub(super) until: Timestamp,
    pub(super) row: Row,
}

impl Kept {
    fn read(item: Item) -> Result<Self, TableError> {
        let until = item.expires.ok_or_else(|| item.unreadable("it never expires"))?;
        Ok(Self { row: item.read()?, key: item.key, version: item.version, until })
    }

    fn put(&self, row: &Row, until: Timestamp) -> Result<Write, TableError> {
        Write::put(self.key.clone(), Condition::Version(self.version), Some(until), row)
    }
}

/// What names a draft in the table: the keyed hash of its link's token.
pub(super) fn hash(door: &Door, process: &str, token: &str) -> Option<Pseudonym> {
    // A token is 32 hexadecimal digits; anything else was not ours.
    let is_token = token.len() == 32 && token.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_token.then(|| door.secret.key(&["draft", process]).pseudonym(&[token]))
}

fn key(process: &str, hash: &Pseudonym) -> Key {
    Key::new(format!("draft#{process}#{}", hash.as_str()), "draft")
}

/// The draft that a token opens.
pub(super) async fn find(
    door: &Door,
    subject: &Subject,
    token: &str,
    now: Timestamp,
) -> Result<Option<Kept>, TableError> {
    // The activity's erasure date may have been brought forward since the draft was kept (I7).
    let Some(hash) = hash(door, &subject.process_id, token).filter(|_| now < subject.writing.erased) else {
        return Ok(None);
    };
    door.table.get(&key(&subject.process_id, &hash), now).await?.map(Kept::read).transpose()
}

/// The write that erases a draft, for the commit that carries it out; none when it is gone.
pub(in crate::writing) async fn deletion(
    door: &Door,
    process: &str,
    hash: &Pseudonym,
    now: Timestamp,
) -> Result<Option<Write>, TableError> {
    let item = door.table.get(&key(process, hash), now).await?;
    Ok(item.map(|item| Write::Delete { key: item.key, version: item.version }))
}

/// A draft whose link is to be sent.
pub(super) struct ToSend {
    pub(super) kept: Kept,
    /// What was kept of it before.
    earlier: Option<Kept>,
}

/// How a draft was taken.
pub(super) enum First {
    /// Its link is to be sent.
    ToSend(Box<ToSend>),
    /// A repetition: the link was sent a moment ago (I4). The draft is kept until then.
    Sent(Timestamp),
}

/// Keeps a draft for the first time. Asked again, it stays as its author has changed it since.
pub(super) async fn first(
    door: &Door,
    subject: &Subject,
    hash: &Pseudonym,
    typed: Vec<(String, String)>,
    now: Timestamp,
) -> Result<First, Failure> {
    let key = key(&subject.process_id, hash);
    let earlier = door.table.get(&key, now).await?.map(Kept::read).transpose()?;
    let mark = random()?;
    let (row, until, version) = match &earlier {
        Some(Kept { row, until, .. })
            if now < row.sent.saturating_add(RESEND_AFTER).unwrap_or(Timestamp::MAX) =>
        {
            return Ok(First::Sent(*until));
        }
        Some(kept) => (Row { sent: now, mark, ..kept.row.clone() }, kept.until, kept.version),
        None => {
            let form = version(&subject.writing.form);
            let until = draft_kept_until(now, subject.writing.erased);
            (Row { form, typed, revision: 1, sent: now, mark }, until, 0)
        }
    };
    let condition = if version == 0 { Condition::Absent } else { Condition::Version(version) };
    let write = Write::put(key.clone(), condition, Some(until), &row)?;
    let kept = match door.table.commit(vec![write], now).await {
        Ok(()) => Kept { key, version: version + 1, until, row },
        Err(CommitError::Refused) => match door.table.get(&key, now).await?.map(Kept::read).transpose()? {
            Some(stored) if stored.row.mark == row.mark => stored,
            // The same form, sent at the same time, was quicker.
            stored => return Ok(First::Sent(stored.map_or(until, |stored| stored.until))),
        },
        Err(CommitError::Table(error)) => return Err(error.into()),
    };
    Ok(First::ToSend(Box::new(ToSend { kept, earlier })))
}

/// Leaves all as it was, because no mail went out.
pub(super) async fn take_back(door: &Door, sent: &ToSend, now: Timestamp) -> Result<(), Failure> {
    let ToSend { kept, earlier } = sent;
    let write = match earlier {
        Some(earlier) => kept.put(&earlier.row, earlier.until)?,
        None => Write::Delete { key: kept.key.clone(), version: kept.version },
    };
    unless_changed(door, write, now).await.map(drop)
}

/// Keeps other words in place of those of a draft; `None` when it has changed since it was read.
pub(super) async fn replace(
    door: &Door,
    subject: &Subject,
    kept: &Kept,
    typed: &[(String, String)],
    now: Timestamp,
) -> Result<Option<Kept>, Failure> {
    let until = draft_kept_until(now, subject.writing.erased);
    let row = Row {
        form: version(&subject.writing.form),
        typed: typed.to_vec(),
        revision: kept.row.revision.saturating_add(1),
        sent: kept.row.sent,
        mark: random()?,
    };
    let is_done = unless_changed(door, kept.put(&row, until)?, now).await?;
    Ok(is_done.then(|| Kept { version: kept.version + 1, until, row, ..kept.clone() }))
}

/// Erases a draft; whether it was still as it had been read.
pub(super) async fn erase(door: &Door, kept: &Kept, now: Timestamp) -> Result<bool, Failure> {
    unless_changed(door, Write::Delete { key: kept.key.clone(), version: kept.version }, now).await
}

async fn unless_changed(door: &Door, write: Write, now: Timestamp) -> Result<bool, Failure> {
    match door.table.commit(vec![write], now).await {
        Ok(()) => Ok(true),
        Err(CommitError::Refused) => Ok(false),
        Err(CommitError::Table(error)) => Err(error.into()),
    }
}
