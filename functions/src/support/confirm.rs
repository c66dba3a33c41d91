//! The code: compared, and what its request wished done.

use super::{
    Address, CodeForm, Failure, Subject,
    carry_out::{Outcome, carry_out},
    limit, network_of, pending, too_many, tries,
};
use crate::door::Door;
use axum::http::StatusCode;
use domain::{
    limits::TRIES_PER_NETWORK,
    support::{Field, Refusal, Wish, check_open},
};

/// What became of a code.
pub(super) enum Confirmed {
    Done { number: u64 },
    Refused(StatusCode, Refusal),
}

/// Checks the code and does what the request wished.
pub(super) async fn confirm(
    wish: Wish,
    door: &Door,
    subject: &Subject,
    form: &CodeForm,
    address: Address,
) -> Result<Confirmed, Failure> {
    let now = door.clock.now();
    let refuse = |refusal| Ok(Confirmed::Refused(StatusCode::UNPROCESSABLE_ENTITY, refusal));
    let typed: String = form.code.chars().filter(char::is_ascii_alphanumeric).collect();
    if typed.is_empty() {
        return refuse(Refusal::of(Field::Code, "missing"));
    }
    if typed.len() != 6 || !typed.bytes().all(|byte| byte.is_ascii_digit()) {
        return refuse(Refusal::of(Field::Code, "malformed"));
    }
    let Some(kept) = pending::find(wish, door, subject, &form.request, now).await? else {
        return refuse(Refusal::of(Field::Code, "expired"));
    };
    let pending = &kept.pending;
    let is_code = pending.is_code(door, &form.request, &typed);
    // A request that was already carried out gets its first answer again (I4), whatever has closed since.
    if is_code && let Some(number) = pending.done {
        return Ok(Confirmed::Done { number });
    }
    if let Err(refusal) = check_open(subject.deposit(), now) {
        return refuse(refusal);
    }
    if pending.eligibility != pending::eligibility(door, subject)? {
        return refuse(Refusal::of(Field::Code, "expired"));
    }
    let network = network_of(address);
    if let Some(network) = &network
        && !limit::allow(door, TRIES_PER_NETWORK, network, now).await?
    {
        return Ok(Confirmed::Refused(StatusCode::TOO_MANY_REQUESTS, too_many(subject)));
    }
    // From each network by itself, so that nobody uses up the tries of the mailbox's owner.
    let guesser = format!("{} {}", pending.claims.mailbox.as_str(), network.unwrap_or_default());
    let Some(left) = tries::note(door, &form.request, pending, &typed, &guesser, now).await? else {
        return refuse(Refusal::of(Field::Code, "exhausted"));
    };
    if !is_code {
        return refuse(match left {
            0 => Refusal::of(Field::Code, "exhausted"),
            1 => Refusal::of(Field::Code, "wrong_last"),
            left => Refusal::of(Field::Code, "wrong").with("left", left),
        });
    }
    match carry_out(wish, door, subject, kept, now).await? {
        Outcome::Done { number } => Ok(Confirmed::Done { number }),
        Outcome::MailboxTaken => {
            refuse(Refusal::general("mailbox").with("people", subject.process().people_per_mailbox))
        }
    }
}
