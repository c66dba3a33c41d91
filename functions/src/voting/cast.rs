//! The code, and what it casts: roll and box in one commit.

use super::{Casting, Subject, rows, sent::Sent, show};
use crate::{
    answer::Page,
    door::Door,
    mailbox,
    proof::{self, Checked, unavailable},
    respond::{Address, Failure, network_of, or_unavailable},
    table::{CommitError, Condition, TableError, Write},
};
use axum::{http::StatusCode, response::Response};
use domain::{
    ballot::Ballot,
    refusal::Refusal,
    support::{Claims, Field},
    tracking::Tracking,
};
use jiff::Timestamp;

/// Times a commit is tried anew when what it rests on has changed meanwhile.
const ATTEMPTS: usize = 10;

/// Checks the code and casts the ballot.
pub(super) async fn answer(door: Door, subject: Subject, sent: Sent, address: Address) -> Response {
    let Some(tracking) = Tracking::read(&sent.tracking) else {
        // No page of ours sends none.
        let refusals = [Refusal::of(Field::Code, "expired")];
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let answer = show::ballot(&door, &subject, &sent, status, &refusals).await;
        return or_unavailable(&door, answer).await;
    };
    let casting = Casting { subject: &subject, tracking };
    let page = |status, refusal| show_code(&door, &subject, &sent, tracking, status, refusal);
    let answer = match confirm(casting, &door, &sent, address).await {
        Ok(Outcome::Cast) => show::receipt(&door, &subject, Page::BallotCast, tracking).await,
        Ok(Outcome::AlreadyVoted) => show::already_voted(&door, &subject).await,
        Ok(Outcome::Refused(status, refusal)) => match subject.voting.check_open(door.clock.now()) {
            Ok(()) => page(status, refusal).await,
            Err(closed) => show::closed(&door, &subject, closed).await,
        },
        Ok(Outcome::Invalid(refusals)) => {
            show::ballot(&door, &subject, &sent, StatusCode::UNPROCESSABLE_ENTITY, &refusals).await
        }
        Err(failure) => {
            tracing::error!(%failure, "a ballot could not be cast");
            page(StatusCode::SERVICE_UNAVAILABLE, unavailable(&subject.process().contact)).await
        }
    };
    or_unavailable(&door, answer).await
}

async fn show_code(
    door: &Door,
    subject: &Subject,
    sent: &Sent,
    tracking: Tracking,
    status: StatusCode,
    refusal: Refusal,
) -> Result<Response, Failure> {
    show::code(door, subject, sent, tracking, status, &[refusal]).await
}

/// What became of a ballot.
enum Outcome {
    /// It is in the box.
    Cast,
    /// Another one of the same person is.
    AlreadyVoted,
    /// It is none, by the rules in force.
    Invalid(Vec<Refusal>),
    Refused(StatusCode, Refusal),
}

async fn confirm(
    casting: Casting<'_>,
    door: &Door,
    sent: &Sent,
    address: Address,
) -> Result<Outcome, Failure> {
    let now = door.clock.now();
    let ballot = match sent.ballot(&casting.subject.voting) {
        Ok(ballot) => ballot,
        Err(refusals) => return Ok(Outcome::Invalid(refusals)),
    };
    match proof::check(&casting, door, &sent.code, network_of(address).as_deref(), now).await? {
        Checked::Right(kept) => cast(casting, door, &kept.pending.claims, &ballot, now).await,
        Checked::Done(()) => Ok(Outcome::Cast),
        Checked::Refused(status, refusal) => Ok(Outcome::Refused(status, refusal)),
    }
}

/// Puts the person on the roll and the ballot into the box, once (I3): that neither is there is a condition of the commit.
/// Sent again, it finds both there (I4). The slot of their mailbox is theirs before: without a ballot it does them no harm,
/// and the commit is of roll and box alone.
async fn cast(
    casting: Casting<'_>,
    door: &Door,
    claims: &Claims,
    ballot: &Ballot,
    now: Timestamp,
) -> Result<Outcome, Failure> {
    let refuse = |refusal| Ok(Outcome::Refused(StatusCode::UNPROCESSABLE_ENTITY, refusal));
    let Casting { subject, tracking } = casting;
    let (process, erased) = (&subject.process_id, subject.voting.erased);
    let people = subject.process().people_per_mailbox;
    for _ in 0..ATTEMPTS {
        match standing(door, casting, claims, now).await? {
            Standing::Cast => return Ok(Outcome::Cast),
            Standing::Voted => return Ok(Outcome::AlreadyVoted),
            Standing::CodeTaken => return refuse(Refusal::of(Field::Code, "expired")),
            Standing::None => {}
        }
        let mailbox = rows::mailbox_partition(process, &claims.mailbox);
        let slot = mailbox::take_for_good(&*door.table, &mailbox, people, claims, erased, now).await?;
        let Some(slot) = slot else {
            let contact = &subject.process().contact;
            return refuse(Refusal::general("vote_mailbox").with("people", people).with("contact", contact));
        };
        let voter = rows::Voter::new(claims, slot);
        let writes = vec![
            Write::put(rows::roll_key(process, claims), Condition::Absent, Some(erased), &voter)?,
            Write::put(rows::box_key(process, tracking), Condition::Absent, None, ballot)?,
        ];
        match door.table.commit(writes, now).await {
            Ok(()) => return Ok(Outcome::Cast),
            Err(CommitError::Refused) => {}
            Err(CommitError::Table(error)) => return Err(error.into()),
        }
    }
    Err(TableError::Busy("the same items keep changing".into()).into())
}

/// How a person and a tracking code stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Neither is known.
    None,
    /// They have voted, and a ballot lies under the code: theirs, for nobody else knows the code.
    Cast,
    /// They have voted, with another code.
    Voted,
    /// They have not, but a ballot lies under the code.
    CodeTaken,
}

pub(super) async fn standing(
    door: &Door,
    Casting { subject, tracking }: Casting<'_>,
    claims: &Claims,
    now: Timestamp,
) -> Result<Standing, TableError> {
    let process = &subject.process_id;
    let (roll, slot) = (rows::roll_key(process, claims), rows::box_key(process, tracking));
    // Both are written at once, and never removed: who is on the roll has a ballot in the box by then. The roll is asked
    // again, for the commit may have come between.
    let was_on_roll = door.table.get(&roll, now).await?.is_some();
    let is_in_box = door.table.get(&slot, now).await?.is_some();
    if !was_on_roll && !is_in_box {
        return Ok(Standing::None);
    }
    let is_on_roll = was_on_roll || door.table.get(&roll, now).await?.is_some();
    Ok(match (is_on_roll, is_in_box) {
        (true, true) => Standing::Cast,
        (true, false) => Standing::Voted,
        (false, _) => Standing::CodeTaken,
    })
}
