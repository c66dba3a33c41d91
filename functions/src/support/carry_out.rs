//! How a confirmed request is carried out: on the person's row, and on the slots of the mailbox.

use super::{Subject, Wished};
use crate::{
    door::Door,
    mailbox::Mailbox,
    proof::pending,
    register,
    respond::Failure,
    rows::{Standing, Support, key, mailbox_partition, support_key},
    table::{CommitError, Condition, Item, Key, TableError, Write},
};
use domain::{
    limits::PENDING_LIFETIME,
    rulebook::Deposit,
    support::{Claims, Wish},
};
use jiff::Timestamp;

/// What became of a confirmed request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is as the person wished; the number of supports to answer.
    Done { number: u64 },
    /// The mailbox has served as many people as it may, or someone born on the same day.
    MailboxTaken,
}

/// A request for a support or a withdrawal, whose answer was a number of supports.
type Kept = pending::Kept<Claims, u64>;

/// Times a commit is tried anew when what it rests on has changed meanwhile.
const ATTEMPTS: usize = 10;

/// Does what a request wished, once (I3): being the first, and the request being still to do, are conditions of the
/// commit. One that was carried out gets its first answer again (I4).
pub(super) async fn carry_out(
    Wished { wish, subject }: Wished<'_>,
    door: &Door,
    mut kept: Kept,
    now: Timestamp,
) -> Result<Outcome, Failure> {
    for _ in 0..ATTEMPTS {
        if let Some(number) = kept.pending.done {
            return Ok(Outcome::Done { number });
        }
        let plan = match wish {
            Wish::Support => plan_support(door, subject, &kept, now).await?,
            Wish::Withdrawal => Some(plan_withdrawal(door, subject, &kept, now).await?),
        };
        let Some(Plan { mut writes, number }) = plan else { return Ok(Outcome::MailboxTaken) };
        writes.push(kept.done(kept.pending.claims.clone(), number)?);
        match door.table.commit(writes, now).await {
            Ok(()) => return Ok(Outcome::Done { number }),
            Err(CommitError::Refused) => kept = pending::read_again(door, kept, now).await?,
            Err(CommitError::Table(error)) => return Err(error.into()),
        }
    }
    Err(TableError::Busy("the same items keep changing".into()).into())
}

/// What carrying out a request takes, and the number of supports to answer. Nothing to write but the answer when
/// there is nothing to change: nobody can tell from the time it takes (I6).
struct Plan {
    writes: Vec<Write>,
    number: u64,
}

/// `None` when the mailbox cannot serve this person.
async fn plan_support(
    door: &Door,
    subject: &Subject,
    kept: &Kept,
    now: Timestamp,
) -> Result<Option<Plan>, TableError> {
    let (id, claims) = (subject.id(), &kept.pending.claims);
    let number = register::supports(&*door.table, id, now).await?;
    // The mailbox is read before the support's row: who holds a slot there has a row by then.
    let partition = mailbox_partition(id, &claims.mailbox);
    let people = subject.process().people_per_mailbox;
    let mailbox = Mailbox::read(&*door.table, partition, people, claims, now).await?;
    let stored = door.table.get(&support_key(id, &claims.civil), now).await?;
    let earlier = stored.as_ref().map(Item::read::<Support>).transpose()?;
    let counted = earlier.filter(|support| support.standing == Standing::Counted);
    if counted.as_ref().is_some_and(|support| support.mailbox == claims.mailbox) {
        return Ok(Some(Plan { writes: Vec::new(), number }));
    }
    // Asked before a support by way of another mailbox, so that a full mailbox cannot be used to find out whether
    // there is one (I6).
    let Some(mailbox) = mailbox else { return Ok(None) };
    if counted.is_some() {
        return Ok(Some(Plan { writes: Vec::new(), number }));
    }
    let support = Support {
        standing: Standing::Counted,
        at: now,
        receipt: key(&door.secret, id).pseudonym(&["receipt", &kept.pending.seed]).as_str().to_owned(),
        mailbox: claims.mailbox.clone(),
        slot: mailbox.free,
    };
    let condition = stored.map_or(Condition::Absent, |item| Condition::Version(item.version));
    let erased = subject.deposit().erased;
    let mut writes = vec![Write::put(support_key(id, &claims.civil), condition, Some(erased), &support)?];
    writes.extend(mailbox.take(claims, erased)?);
    Ok(Some(Plan { writes, number: number + 1 }))
}

/// Takes a support back only by way of the mailbox it was confirmed with.
async fn plan_withdrawal(
    door: &Door,
    subject: &Subject,
    kept: &Kept,
    now: Timestamp,
) -> Result<Plan, TableError> {
    let (id, claims) = (subject.id(), &kept.pending.claims);
    let number = register::supports(&*door.table, id, now).await?;
    let nothing = Plan { writes: Vec::new(), number };
    let Some(stored) = door.table.get(&support_key(id, &claims.civil), now).await? else {
        return Ok(nothing);
    };
    let earlier: Support = stored.read()?;
    if earlier.standing == Standing::Withdrawn || earlier.mailbox != claims.mailbox {
        return Ok(nothing);
    }
    let slot = Key::new(mailbox_partition(id, &earlier.mailbox), earlier.slot.to_string());
    let withdrawn = Support { standing: Standing::Withdrawn, at: now, ..earlier };
    // The register reads it; then nothing is left.
    let deposit: &Deposit = subject.deposit();
    let erased = now.saturating_add(PENDING_LIFETIME).map_or(deposit.erased, |soon| soon.min(deposit.erased));
    let mut writes =
        vec![Write::put(stored.key, Condition::Version(stored.version), Some(erased), &withdrawn)?];
    if let Some(held) = door.table.get(&slot, now).await? {
        writes.push(Write::Delete { key: held.key, version: held.version });
    }
    Ok(Plan { writes, number: number.saturating_sub(1) })
}
