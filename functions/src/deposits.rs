//! Deposits as they lie in the table: read, listed, moved from state to state, and their authors told.

use crate::{
    mail::Mail,
    register,
    rows::DepositId,
    table::{CommitError, Condition, Item, Key, Table, TableError, Write, query_all},
};
use domain::{
    deposit::{Actor, Deposit, Move, Moved, NotAllowed, State, after},
    rulebook::{Purpose, Rulebook, Writing},
    secret::Secret,
};
use jiff::{Timestamp, tz::TimeZone};

/// Shards of a process's deposits: the hexadecimal digits.
const SHARDS: &str = "0123456789abcdef";

/// Hexadecimal digits of a deposit's id.
pub(crate) const ID_DIGITS: usize = 20;

/// A deposit as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// Its id: 20 hexadecimal digits, drawn at random.
    pub id: String,
    /// The version of its row.
    pub version: u64,
    /// What is kept of it.
    pub deposit: Deposit,
}

/// The key of a deposit.
pub fn key(process: &str, id: &str) -> Key {
    let shard = id.get(..1).unwrap_or_default();
    Key::new(format!("deposit#{process}#{shard}"), id)
}

/// Whether a text can be the id of a deposit: anything else was not ours.
pub fn is_id(text: &str) -> bool {
    text.len() == ID_DIGITS && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// What an author shows to see and change their deposit: derived from its id, and stored nowhere.
pub fn own_key(secret: &Secret, process: &str, id: &str) -> String {
    secret.key(&["own deposit", process]).pseudonym(&[id]).as_str().to_owned()
}

/// The address of the page on which an author follows their deposit.
pub fn own_url(secret: &Secret, rulebook: &Rulebook, process: &str, id: &str) -> String {
    let key = own_key(secret, process, id);
    format!("{}/actes/{process}/depots/{id}?cle={key}", rulebook.base_url)
}

/// The deposit of that id.
///
/// # Errors
/// As the table.
pub async fn get(
    table: &dyn Table,
    process: &str,
    id: &str,
    now: Timestamp,
) -> Result<Option<Stored>, TableError> {
    if !is_id(id) {
        return Ok(None);
    }
    table.get(&key(process, id), now).await?.map(read).transpose()
}

/// All partitions that hold deposits of a process.
pub fn partitions(process: &str) -> impl Iterator<Item = String> {
    SHARDS.chars().map(move |shard| format!("deposit#{process}#{shard}"))
}

/// All deposits of a process, the earliest first.
///
/// # Errors
/// As the table.
pub async fn list(table: &dyn Table, process: &str, now: Timestamp) -> Result<Vec<Stored>, TableError> {
    let mut deposits = Vec::new();
    for partition in partitions(process) {
        let items = query_all(table, &partition, now).await?;
        for item in items {
            deposits.push(read(item)?);
        }
    }
    deposits.sort_by(|a, b| (a.deposit.at, &a.id).cmp(&(b.deposit.at, &b.id)));
    Ok(deposits)
}

fn read(item: Item) -> Result<Stored, TableError> {
    Ok(Stored { deposit: item.read()?, id: item.key.sort, version: item.version })
}

/// The write that puts a changed deposit over what was read.
///
/// # Errors
/// [`TableError::Broken`] when it has no JSON form.
pub fn replace(
    process: &str,
    stored: &Stored,
    deposit: &Deposit,
    writing: &Writing,
) -> Result<Write, TableError> {
    let condition = Condition::Version(stored.version);
    Write::put(key(process, &stored.id), condition, Some(writing.erased), deposit)
}

/// A move was not made.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// The rules forbid it.
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// The deposit has changed since it was read.
    #[error("the deposit has changed meanwhile")]
    Changed,
    /// The store could not answer.
    #[error(transparent)]
    Table(#[from] TableError),
}

/// Moves a deposit, if the rules allow and it is still as it was read.
///
/// # Errors
/// [`MoveError`].
pub async fn make_move(
    table: &dyn Table,
    process: &str,
    writing: &Writing,
    stored: &Stored,
    did: Move,
    by: Actor,
    now: Timestamp,
) -> Result<Stored, MoveError> {
    let state = after(&stored.deposit.state, &did, &by, now, writing.window.is_open(now))?;
    check_place(table, process, writing, stored, &did, now).await?;
    let mut deposit = Deposit { state, ..stored.deposit.clone() };
    deposit.history.push(Moved { at: now, by, did });
    match table.commit(vec![replace(process, stored, &deposit, writing)?], now).await {
        Ok(()) => Ok(Stored { id: stored.id.clone(), version: stored.version + 1, deposit }),
        // Either somebody was quicker, or this very commit had happened and its answer was lost on the way.
        Err(CommitError::Refused) => match get(table, process, &stored.id, now).await? {
            Some(found) if found.deposit == deposit => Ok(found),
            _ => Err(MoveError::Changed),
        },
        Err(CommitError::Table(error)) => Err(error.into()),
    }
}

/// Whether the process has a place for a move: what is for agents alone is never published, and a deposit lives on only in
/// another one of the same process, which is there to be read.
async fn check_place(
    table: &dyn Table,
    process: &str,
    writing: &Writing,
    stored: &Stored,
    did: &Move,
    now: Timestamp,
) -> Result<(), MoveError> {
    match did {
        Move::Publish | Move::Merge { .. } if writing.purpose != Purpose::Deposit => {
            Err(NotAllowed::State.into())
        }
        Move::Merge { into, .. } => {
            let other = get(table, process, into, now).await?.filter(|other| other.id != stored.id);
            let is_there = |other: Stored| {
                matches!(other.deposit.state, State::UnderReview | State::Admissible | State::Published)
            };
            if other.is_some_and(is_there) { Ok(()) } else { Err(NotAllowed::State.into()) }
        }
        _ => Ok(()),
    }
}

/// Archives the published deposits that gathered too few supports in time, by the rule of their process. Gives those
/// that were, with their process.
///
/// # Errors
/// As the table; the next call does what this one could not.
pub async fn archive(
    table: &dyn Table,
    rulebook: &Rulebook,
    now: Timestamp,
) -> Result<Vec<(String, Stored)>, TableError> {
    let zone = TimeZone::get(&rulebook.time_zone).unwrap_or(TimeZone::UTC);
    let mut archived = Vec::new();
    for (process, rules) in &rulebook.processes {
        let Some((writing, rule)) = rules.writing.as_ref().and_then(|own| Some((own, own.archive?))) else {
            continue;
        };
        for stored in list(table, process, now).await? {
            let published = stored.deposit.history.iter().rfind(|moved| moved.did == Move::Publish);
            let is_due = published.is_some_and(|moved| rule.after.after(moved.at, &zone) <= now);
            if stored.deposit.state != State::Published || !is_due {
                continue;
            }
            let id = DepositId { process, deposit: &stored.deposit.slug };
            if register::supports(table, id, now).await? >= rule.below {
                continue;
            }
            match make_move(table, process, writing, &stored, Move::Archive, Actor::Rule, now).await {
                Ok(stored) => archived.push((process.clone(), stored)),
                // Somebody has moved it meanwhile: the next call looks again.
                Err(MoveError::Changed | MoveError::NotAllowed(_)) => {}
                Err(MoveError::Table(error)) => return Err(error),
            }
        }
    }
    Ok(archived)
}

/// What tells the author of the last move; nothing when they cannot be written to, or a page has told them.
pub fn mail_of_last_move(
    secret: &Secret,
    rulebook: &Rulebook,
    process: &str,
    stored: &Stored,
) -> Option<Mail> {
    let rules = rulebook.processes.get(process)?;
    let Stored { id, deposit, .. } = stored;
    let author = deposit.author.as_ref()?;
    let moved = deposit.history.last()?;
    if matches!(moved.did, Move::Submit | Move::Edit) {
        return None;
    }
    let name = moved.did.name();
    let form = &rules.writing.as_ref()?.form;
    let words = &rulebook.words;
    let (mut until, mut request, mut reason, mut into) =
        (String::new(), String::new(), String::new(), String::new());
    match &moved.did {
        Move::AskRevision { until: end, request: asked } => {
            let zone = TimeZone::get(&rulebook.time_zone).unwrap_or(TimeZone::UTC);
            until = end.to_zoned(zone).strftime("%d/%m/%Y %H:%M").to_string();
            request.clone_from(asked);
        }
        Move::Refuse { reason: why } => reason.clone_from(why),
        Move::Hide { reason: why } => reason = words.say(&format!("deposit.hidden.{}", why.as_str()), &[]),
        Move::Merge { into: other, supports } => {
            into.clone_from(other);
            reason = words.say(&format!("deposit.carry.{}", supports.as_str()), &[]);
        }
        _ => {}
    }
    let url = own_url(secret, rulebook, process, id);
    let values = [
        ("title", deposit.title(form)),
        ("reference", &deposit.reference),
        ("process", &rules.title),
        ("site", &rulebook.site),
        ("contact", &rules.contact),
        ("url", &url),
        ("until", &until),
        ("request", &request),
        ("reason", &reason),
        ("into", &into),
    ];
    Some(Mail {
        from: rulebook.sender.clone(),
        to: author.email.clone(),
        subject: words.say(&format!("mail.move.{name}.subject"), &values),
        body: words.say(&format!("mail.move.{name}.body"), &values),
    })
}
