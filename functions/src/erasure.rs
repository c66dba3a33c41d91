//! Erasure dates of rows, when an editor changes the rule they follow from.
//!
//! A row is written with the date that was the rule then. Left so, who supported early could support again after a
//! window was lengthened (I3), and would be kept longer than the page says after it was shortened (I7).

use crate::{
    rows::{DepositId, Standing, Support, mailbox_partition, partitions},
    table::{CommitError, Condition, Item, Key, Table, TableError, Write, query_all},
};
use domain::rulebook::Rulebook;
use jiff::Timestamp;

/// Gives the rows of every deposit whose erasure date has changed since the last call the new one.
///
/// # Errors
/// As the table; the next call does what this one could not.
pub async fn follow(table: &dyn Table, rulebook: &Rulebook, now: Timestamp) -> Result<(), TableError> {
    for (process, rules) in &rulebook.processes {
        for (deposit, rules) in &rules.deposits {
            let known = Key::new("erasure", format!("{process}#{deposit}"));
            let stored = table.get(&known, now).await?;
            let before = stored.as_ref().map(Item::read::<Timestamp>).transpose()?;
            if before == Some(rules.erased) {
                continue;
            }
            if before.is_some() {
                redate(table, DepositId { process, deposit }, rules.erased, now).await?;
            }
            let condition = stored.map_or(Condition::Absent, |item| Condition::Version(item.version));
            unless_changed(table, vec![Write::put(known, condition, None, &rules.erased)?], now).await?;
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
        for row in query_all(table, &partition, now).await? {
            let support: Support = row.read()?;
            // What was withdrawn goes within a day anyway.
            if support.standing == Standing::Withdrawn {
                continue;
            }
            let slot = Key::new(mailbox_partition(id, &support.mailbox), support.slot.to_string());
            let slot = table.get(&slot, now).await?;
            let writes = [row].into_iter().chain(slot).map(|item| until(item, erased)).collect();
            unless_changed(table, writes, now).await?;
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
