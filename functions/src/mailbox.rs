//! The slots of a mailbox: how many people take part with one e-mail address. Supports and ballots share it.

use crate::table::{Condition, Item, Key, Table, TableError, Write};
use domain::support::{Claims, Occupant, free_slot};
use jiff::Timestamp;

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
        let items = table.query(&partition, None, u32::from(u8::MAX), now).await?;
        let mut slots = vec![None; usize::from(people)];
        for item in &items {
            let slot: usize = item.key.sort.parse().map_err(|_| item.unreadable("no slot"))?;
            // More than are allowed were given when the rule allowed more.
            slots.resize(slots.len().max(slot + 1), None);
            slots[slot] = Some(item.read::<Occupant>()?);
        }
        let free = free_slot(&slots, claims).filter(|free| *free < usize::from(people));
        Ok(free.map(|free| Self { partition, items, free }))
    }

    /// The writes by which a person takes the free slot until `erased`: it must still be free, and the rule looked at who
    /// holds the others, which must still be so.
    ///
    /// # Errors
    /// As [`Write::put`].
    pub(crate) fn take(self, claims: &Claims, erased: Timestamp) -> Result<Vec<Write>, TableError> {
        let occupant = Occupant { civil: claims.civil.clone(), birth: claims.birth.clone() };
        let slot = Key::new(self.partition, self.free.to_string());
        let mut writes = vec![Write::put(slot, Condition::Absent, Some(erased), &occupant)?];
        writes.extend(
            self.items
                .into_iter()
                .map(|item| Write::Check { key: item.key, condition: Condition::Version(item.version) }),
        );
        Ok(writes)
    }
}
