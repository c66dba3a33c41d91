//! Supports in the table: one row for each person and deposit, one for each place of a mailbox.

use crate::{
    door::Door,
    register,
    table::{CommitError, Condition, Item, Key, Table, TableError, Write},
};
use domain::{
    limits::PENDING_LIFETIME,
    rulebook::{Deposit, Process},
    secret::{Pseudonym, Secret},
    support::{Claims, Occupant, free_place},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A deposit, by its ids.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Process id.
    pub process: &'a str,
    /// Deposit id.
    pub deposit: &'a str,
}

/// Whether a support counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It counts.
    Counted,
    /// It was taken back.
    Withdrawn,
}

/// The row of one person's support of one deposit. Purpose: one support per person; erased with the deposit's
/// personal data ([`Deposit::erased`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Support {
    /// Whether it counts.
    pub standing: Standing,
    /// When it took this standing.
    pub at: Timestamp,
    /// The request that gave it this standing.
    pub request: String,
    /// What the register commits to.
    pub receipt: String,
    /// The mailbox it was confirmed with.
    pub mailbox: Pseudonym,
    /// Which place of the mailbox it holds.
    pub place: usize,
    /// The number that was answered.
    pub number: u64,
}

/// What became of a confirmed request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is as the person wished; the number of supports to answer.
    Done {
        /// Supports of the deposit.
        number: u64,
    },
    /// The mailbox has served as many people as it may, or someone born on the same day.
    MailboxTaken,
}

/// Times a commit is tried anew when what it rests on has changed meanwhile.
const ATTEMPTS: usize = 10;

/// The key of one deposit's pseudonyms, so that acts on two deposits cannot be joined.
pub fn key(secret: &Secret, place: Place<'_>) -> domain::secret::Key {
    secret.key(&["support", place.process, place.deposit])
}

/// Partition of a support: 256 for each deposit, so that none is written by every act.
const PARTITION: &str = "support";

/// The key of a person's support.
pub fn support_key(place: Place<'_>, civil: &Pseudonym) -> Key {
    let shard = &civil.as_str()[..2];
    Key::new(format!("{PARTITION}#{}#{}#{shard}", place.process, place.deposit), civil.as_str())
}

/// The deposit that a partition's supports are of; `None` for a partition of something else.
pub fn place_of(partition: &str) -> Option<Place<'_>> {
    let mut parts = partition.split('#');
    match (parts.next(), parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(PARTITION), Some(process), Some(deposit), Some(_), None) => Some(Place { process, deposit }),
        _ => None,
    }
}

/// All partitions that hold supports of a deposit.
pub fn partitions(place: Place<'_>) -> impl Iterator<Item = String> {
    (0..=u8::MAX).map(move |shard| format!("{PARTITION}#{}#{}#{shard:02x}", place.process, place.deposit))
}

fn mailbox_partition(place: Place<'_>, mailbox: &Pseudonym) -> String {
    format!("mailbox#{}#{}#{}", place.process, place.deposit, mailbox.as_str())
}

/// The number first answered to a request that has been carried out.
pub(super) async fn answered(
    door: &Door,
    place: Place<'_>,
    claims: &Claims,
    request: &str,
    now: Timestamp,
) -> Result<Option<u64>, TableError> {
    let stored = door.table.get(&support_key(place, &claims.civil), now).await?;
    let support = stored.map(|item| item.read::<Support>()).transpose()?;
    Ok(support.filter(|support| support.request == request).map(|support| support.number))
}

/// Counts the person once, however often and in parallel they ask (I3): being the first is a condition of the
/// commit.
pub(super) async fn support(
    door: &Door,
    process: &Process,
    deposit: &Deposit,
    place: Place<'_>,
    claims: &Claims,
    request: &str,
    now: Timestamp,
) -> Result<Outcome, CommitError> {
    let number = register::supports(&*door.table, place, now).await?;
    for _ in 0..ATTEMPTS {
        // The mailbox is read before the support's row: who holds a place there has a row by then.
        let mailbox = Mailbox::read(&*door.table, process, place, claims, now).await?;
        let stored = door.table.get(&support_key(place, &claims.civil), now).await?;
        let earlier = stored.as_ref().map(Item::read::<Support>).transpose()?;
        if let Some(earlier) = &earlier
            && earlier.standing == Standing::Counted
        {
            let number = if earlier.request == request { earlier.number } else { number };
            return Ok(Outcome::Done { number });
        }
        let Some(mailbox) = mailbox else { return Ok(Outcome::MailboxTaken) };
        let support = Support {
            standing: Standing::Counted,
            at: now,
            request: request.to_owned(),
            receipt: key(&door.secret, place).pseudonym(&["receipt", request]).as_str().to_owned(),
            mailbox: claims.mailbox.clone(),
            place: mailbox.free,
            number: number + 1,
        };
        let occupant = Occupant { civil: claims.civil.clone(), birth: claims.birth.clone() };
        let condition = stored.map_or(Condition::Absent, |item| Condition::Version(item.version));
        let erased = Some(deposit.erased);
        let mut writes = vec![
            Write::put(support_key(place, &claims.civil), condition, erased, &support)?,
            Write::put(mailbox.key(mailbox.free), Condition::Absent, erased, &occupant)?,
        ];
        writes.extend(mailbox.held());
        match door.table.commit(writes, now).await {
            Ok(()) => return Ok(Outcome::Done { number: support.number }),
            Err(CommitError::Refused) => {}
            Err(error) => return Err(error),
        }
    }
    Err(CommitError::Refused)
}

/// Takes the person's support back, if there is one confirmed with the same mailbox; answers alike if not (I6).
pub(super) async fn withdraw(
    door: &Door,
    deposit: &Deposit,
    place: Place<'_>,
    claims: &Claims,
    request: &str,
    now: Timestamp,
) -> Result<Outcome, CommitError> {
    let number = register::supports(&*door.table, place, now).await?;
    for _ in 0..ATTEMPTS {
        let Some(stored) = door.table.get(&support_key(place, &claims.civil), now).await? else {
            return Ok(Outcome::Done { number });
        };
        let earlier: Support = stored.read()?;
        if earlier.standing == Standing::Withdrawn || earlier.mailbox != claims.mailbox {
            return Ok(Outcome::Done { number });
        }
        let withdrawn = Support {
            standing: Standing::Withdrawn,
            at: now,
            request: request.to_owned(),
            number: number.saturating_sub(1),
            ..earlier.clone()
        };
        // Kept only as long as the request that withdrew it may be repeated (I4); then nothing is left.
        let erased =
            now.saturating_add(PENDING_LIFETIME).map_or(deposit.erased, |soon| soon.min(deposit.erased));
        let mut writes =
            vec![Write::put(stored.key, Condition::Version(stored.version), Some(erased), &withdrawn)?];
        let held = Key::new(mailbox_partition(place, &earlier.mailbox), earlier.place.to_string());
        if let Some(held) = door.table.get(&held, now).await? {
            writes.push(Write::Delete { key: held.key, version: held.version });
        }
        match door.table.commit(writes, now).await {
            Ok(()) => return Ok(Outcome::Done { number: withdrawn.number }),
            Err(CommitError::Refused) => {}
            Err(error) => return Err(error),
        }
    }
    Err(CommitError::Refused)
}

/// The places of a mailbox, as they were read.
struct Mailbox {
    partition: String,
    items: Vec<Item>,
    free: usize,
}

impl Mailbox {
    /// Reads the places; `None` when this person cannot use the mailbox.
    async fn read(
        table: &dyn Table,
        process: &Process,
        place: Place<'_>,
        claims: &Claims,
        now: Timestamp,
    ) -> Result<Option<Self>, TableError> {
        let partition = mailbox_partition(place, &claims.mailbox);
        let items = table.query(&partition, None, u32::from(u8::MAX), now).await?;
        let mut places = vec![None; usize::from(process.people_per_mailbox)];
        for item in &items {
            // Places beyond those allowed were given when the rule allowed more.
            if let Some(held) = item.key.sort.parse().ok().and_then(|place: usize| places.get_mut(place)) {
                *held = Some(item.read::<Occupant>()?);
            }
        }
        Ok(free_place(&places, claims).map(|free| Self { partition, items, free }))
    }

    fn key(&self, place: usize) -> Key {
        Key::new(self.partition.clone(), place.to_string())
    }

    /// The rule looked at who holds the other places: that must still be so.
    fn held(&self) -> impl Iterator<Item = Write> {
        self.items
            .iter()
            .map(|item| Write::Check { key: item.key.clone(), condition: Condition::Version(item.version) })
    }
}
