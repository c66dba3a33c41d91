//! The slots of a mailbox: how many people take part with one e-mail address. Supports and ballots share it.

use crate::table::{CommitError, Condition, Item, Key, Table, TableError, Write};
use domain::support::{Claims, Occupant, free_slot};
use jiff::Timestamp;

/// Times that a slot is looked for anew when somebody else took it meanwhile.
const ATTEMPTS: usize = 10;

/// The slots of a mailbox, as they were read, and the one that a person may take.
pub(crate) struct Mailbox {
    partition: String,
    items: Vec<Item>,
    /// The number of the free one.
    pub(crate) free: usize,
}

impl Mailbox {
    /// Reads the slots, which lie in `partition` each under its number; `None` when `people` use the mailbox already, or
    /// when this person cannot.
    ///
    /// # Errors
    /// As a read of the table.
    pub(crate) async fn read(
        table: &dyn Table,
        partition: String,
        people: u8,
        claims: &Claims,
        now: Timestamp,
    ) -> Result<Option<Self>, TableError> {
        let (items, slots) = read(table, &partition, now).await?;
        Ok(free_slot(&slots, people, claims).map(|free| Self { partition, items, free }))
    }

    /// The writes by which a person takes the free slot until `erased`: it must still be free, and the rule looked at who
    /// holds the others, which must still be so.
    ///
    /// # Errors
    /// As [`Write::put`].
    pub(crate) fn take(self, claims: &Claims, erased: Timestamp) -> Result<Vec<Write>, TableError> {
        let mut writes = vec![hold(self.partition, self.free, claims, erased)?];
        writes.extend(
            self.items
                .into_iter()
                .map(|item| Write::Check { key: item.key, condition: Condition::Version(item.version) }),
        );
        Ok(writes)
    }
}

/// Takes a slot in `partition` until `erased`, by a commit of its own, where nobody ever gives one back; gives its number,
/// the same when this person asks again; `None` as [`Mailbox::read`]. Slots are taken in their order: who takes one has seen
/// who holds those before it, for good, so that the condition is that of the one slot.
///
/// # Errors
/// As the table.
pub(crate) async fn take_for_good(
    table: &dyn Table,
    partition: &str,
    people: u8,
    claims: &Claims,
    erased: Timestamp,
    now: Timestamp,
) -> Result<Option<usize>, TableError> {
    for _ in 0..ATTEMPTS {
        let (_, slots) = read(table, partition, now).await?;
        let is_theirs =
            |slot: &Option<Occupant>| slot.as_ref().is_some_and(|held| held.civil == claims.civil);
        if let Some(held) = slots.iter().position(is_theirs) {
            return Ok(Some(held));
        }
        let Some(free) = free_slot(&slots, people, claims) else { return Ok(None) };
        match table.commit(vec![hold(partition, free, claims, erased)?], now).await {
            Ok(()) => return Ok(Some(free)),
            Err(CommitError::Refused) => {}
            Err(CommitError::Table(error)) => return Err(error),
        }
    }
    Err(TableError::Busy("the same mailbox keeps changing".into()))
}

/// The slots that were ever taken, and who holds each.
async fn read(
    table: &dyn Table,
    partition: &str,
    now: Timestamp,
) -> Result<(Vec<Item>, Vec<Option<Occupant>>), TableError> {
    let items = table.query(partition, None, u32::from(u8::MAX), now).await?;
    let mut slots = Vec::new();
    for item in &items {
        let slot: u8 = item.key.sort.parse().map_err(|_| item.unreadable("no slot"))?;
        let slot = usize::from(slot);
        slots.resize(slots.len().max(slot + 1), None);
        slots[slot] = Some(item.read::<Occupant>()?);
    }
    Ok((items, slots))
}

fn hold(
    partition: impl Into<String>,
    slot: usize,
    claims: &Claims,
    erased: Timestamp,
) -> Result<Write, TableError> {
    let occupant = Occupant { civil: claims.civil.clone(), birth: claims.birth.clone() };
    Write::put(Key::new(partition, slot.to_string()), Condition::Absent, Some(erased), &occupant)
}
