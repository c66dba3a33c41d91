//! Erasure: of fields that are kept for less time than the rest, and dates of rows when an editor changes the rule they
//! follow from.
//!
//! A row is written with the date that was the rule then. Left so, who supported early could support again after a
//! window was lengthened (I3), and would be kept longer than the page says after it was shortened (I7).

use crate::{
    deposits, questionnaire,
    rows::{DepositId, Standing, Support, mailbox_partition, partitions},
    table::{CommitError, Condition, Item, Key, Table, TableError, Write, query_all},
    voting::rows as votes,
    writing::writer_partition,
};
use domain::{address::BALLOT, deposit::Deposit, rulebook::Rulebook};
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::{Timestamp, tz::TimeZone};
use std::collections::BTreeSet;

/// People whose rows are written at the same time.
const AT_ONCE: usize = 16;

/// Gives the rows of every deposit, and of every activity in which people write, whose erasure date has changed since the
/// last call the new one.
///
/// # Errors
/// As the table; the next call does what this one could not.
pub async fn follow(table: &dyn Table, rulebook: &Rulebook, now: Timestamp) -> Result<(), TableError> {
    for (process, rules) in &rulebook.processes {
        for (deposit, rules) in &rules.deposits {
            let id = DepositId { process, deposit };
            if let Some(known) =
                has_changed(table, &format!("{process}#{deposit}"), rules.erased, now).await?
            {
                if known.is_later {
                    redate(table, id, rules.erased, now).await?;
                }
                unless_changed(table, vec![known.write], now).await?;
            }
        }
        if let Some(writing) = &rules.writing
            && let Some(known) = has_changed(table, process, writing.erased, now).await?
        {
            if known.is_later {
                redate_writings(table, process, writing.erased, now).await?;
            }
            unless_changed(table, vec![known.write], now).await?;
        }
        if let Some(voting) = &rules.voting
            && let Some(known) =
                has_changed(table, &format!("{process}#{BALLOT}"), voting.erased, now).await?
        {
            if known.is_later {
                redate_roll(table, process, voting.erased, now).await?;
            }
            unless_changed(table, vec![known.write], now).await?;
        }
    }
    Ok(())
}

/// An erasure date that the rows do not follow yet.
struct Changed {
    /// Whether they follow an earlier rule, rather than being the first.
    is_later: bool,
    /// Notes that they do.
    write: Write,
}

async fn has_changed(
    table: &dyn Table,
    of: &str,
    erased: Timestamp,
    now: Timestamp,
) -> Result<Option<Changed>, TableError> {
    let known = Key::new("erasure", of);
    let stored = table.get(&known, now).await?;
    let before = stored.as_ref().map(Item::read::<Timestamp>).transpose()?;
    if before == Some(erased) {
        return Ok(None);
    }
    let condition = stored.map_or(Condition::Absent, |item| Condition::Version(item.version));
    let write = Write::put(known, condition, None, &erased)?;
    Ok(Some(Changed { is_later: before.is_some(), write }))
}

/// The deposits with the places of their authors, and the answers that tell of a person. The place of a browser cannot be
/// found, and tells of nobody.
async fn redate_writings(
    table: &dyn Table,
    process: &str,
    erased: Timestamp,
    now: Timestamp,
) -> Result<(), TableError> {
    for partition in deposits::partitions(process) {
        for row in query_all(table, &partition, now).await? {
            let author = row.read::<Deposit>()?.author;
            let mut writes = vec![row];
            if let Some(author) = author {
                let slots = query_all(table, &writer_partition(process, &author.mailbox), now).await?;
                writes.extend(slots.into_iter().filter(|slot| slot.expires != Some(erased)));
            }
            for item in writes {
                unless_changed(table, vec![until(item, erased)], now).await?;
            }
        }
    }
    for partition in questionnaire::partitions(process) {
        let rows = query_all(table, &partition, now).await?;
        for row in rows.into_iter().filter(|row| row.expires.is_some()) {
            unless_changed(table, vec![until(row, erased)], now).await?;
        }
    }
    Ok(())
}

async fn redate(
    table: &dyn Table,
    id: DepositId<'_>,
    erased: Timestamp,
    now: Timestamp,
) -> Result<(), TableError> {
    for partition in partitions(id) {
        let mut people = Vec::new();
        for row in query_all(table, &partition, now).await? {
            let support: Support = row.read()?;
            // What was withdrawn goes within a day anyway.
            if support.standing == Standing::Counted {
                let slot = Key::new(mailbox_partition(id, &support.mailbox), support.slot.to_string());
                people.push((row, slot));
            }
        }
        redate_people(table, people, erased, now).await?;
    }
    Ok(())
}

/// The people on a roll. The box is not concerned: nothing in it is anybody's.
async fn redate_roll(
    table: &dyn Table,
    process: &str,
    erased: Timestamp,
    now: Timestamp,
) -> Result<(), TableError> {
    for partition in votes::roll_partitions(process) {
        let mut people = Vec::new();
        for row in query_all(table, &partition, now).await? {
            let voter: votes::Voter = row.read()?;
            let slot = Key::new(votes::mailbox_partition(process, &voter.mailbox), voter.slot.to_string());
            people.push((row, slot));
        }
        redate_people(table, people, erased, now).await?;
    }
    Ok(())
}

/// People's rows, and the slot that each holds of their mailbox; but those that have the date, which a writer that was
/// stopped has left.
async fn redate_people(
    table: &dyn Table,
    people: Vec<(Item, Key)>,
    erased: Timestamp,
    now: Timestamp,
) -> Result<(), TableError> {
    let behind = people.into_iter().filter(|(row, _)| row.expires != Some(erased));
    let redate = async |(row, slot): (Item, Key)| {
        let slot = table.get(&slot, now).await?;
        let writes = [row].into_iter().chain(slot).map(|item| until(item, erased)).collect();
        unless_changed(table, writes, now).await
    };
    stream::iter(behind).map(redate).buffer_unordered(AT_ONCE).try_collect().await
}

/// The fields that are kept for less time than the rest, and whose time is over at `now`: process, field.
pub fn due_fields(rulebook: &Rulebook, now: Timestamp) -> BTreeSet<(String, String)> {
    let zone = TimeZone::get(&rulebook.time_zone).unwrap_or(TimeZone::UTC);
    let mut due = BTreeSet::new();
    for (process, rules) in &rulebook.processes {
        let Some(writing) = &rules.writing else { continue };
        for field in &writing.form.fields {
            let Some(personal) = &field.personal else { continue };
            let erased = personal.retention.after(writing.window.closes(), &zone);
            if erased <= now && erased < writing.erased {
                due.insert((process.clone(), field.id.clone()));
            }
        }
    }
    due
}

/// Erases what was answered to a field in every deposit of a process.
///
/// # Errors
/// As the table; calling it again does the rest.
pub async fn forget_field(
    table: &dyn Table,
    process: &str,
    field: &str,
    now: Timestamp,
) -> Result<(), TableError> {
    for partition in deposits::partitions(process) {
        for row in query_all(table, &partition, now).await? {
            let mut deposit: Deposit = row.read()?;
            if deposit.answers.remove(field).is_some() {
                let condition = Condition::Version(row.version);
                let write = Write::put(row.key, condition, row.expires, &deposit)?;
                table.commit(vec![write], now).await.map_err(|error| match error {
                    CommitError::Refused => TableError::Busy("a deposit is being changed".into()),
                    CommitError::Table(error) => error,
                })?;
            }
        }
    }
    Ok(())
}

/// The same item with another expiry.
fn until(item: Item, erased: Timestamp) -> Write {
    let condition = Condition::Version(item.version);
    Write::Put { key: item.key, condition, expires: Some(erased), body: item.body }
}

/// Whoever changed an item meanwhile has written it by the rule in force.
async fn unless_changed(table: &dyn Table, writes: Vec<Write>, now: Timestamp) -> Result<(), TableError> {
    match table.commit(writes, now).await {
        Ok(()) | Err(CommitError::Refused) => Ok(()),
        Err(CommitError::Table(error)) => Err(error),
    }
}
